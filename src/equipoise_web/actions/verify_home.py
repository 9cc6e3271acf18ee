"""Verify a home: the audit chain, and for every row that names a folder that the folder is what the row says."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from equipoise.core.errors import EquipoiseError
from equipoise.store import MANIFEST, read_snapshot
from equipoise.store_plans import read_plan
from equipoise_web.actions.verify_chain import ChainReport, verify_chain
from equipoise_web.records.models import PublishedPlan, SealedSnapshot


@dataclass(frozen=True)
class HomeReport:
    """What was verified, and what is wrong in words (nothing: empty)."""

    chain: ChainReport
    plans: int
    snapshots: int
    faults: tuple[str, ...]


def verify_home(home: Path) -> HomeReport:
    """Read every published plan and sealed snapshot to the last byte, and the chain from its first entry."""
    chain = verify_chain()
    plans, snapshots = list(PublishedPlan.objects.order_by("id")), list(SealedSnapshot.objects.order_by("id"))
    faults = [*chain.faults]
    for row in plans:
        faults += _plan_faults(home / "plans" / row.folder, row)
    folders = {row.snapshot: home / "plans" / row.folder / "snapshot" for row in plans}
    for sealed in snapshots:
        faults += _snapshot_faults(home, sealed.snapshot, folders)
    return HomeReport(chain, len(plans), len(snapshots), tuple(faults))


def _plan_faults(folder: Path, row: PublishedPlan) -> Iterator[str]:
    """The digest is computed anew from the numbers: a manifest that fits its files proves only that both were kept."""
    try:
        plan = read_plan(folder)
    except EquipoiseError as error:
        yield f"plan {row.digest[:12]}: {error}"
        return
    if (plan.digest, plan.fingerprint, plan.snapshot_id) != (row.digest, row.fingerprint, row.snapshot):
        yield f"plan {row.digest[:12]}: its folder {row.folder} holds plan {plan.digest[:12]}"


def _snapshot_faults(home: Path, id: str, in_plans: dict[str, Path]) -> Iterator[str]:
    own = home / "snapshots" / id
    folder = own if (own / MANIFEST).is_file() else in_plans.get(id)
    if folder is None:
        yield f"snapshot {id[:12]} is missing: neither sealed folder nor plan holds it"
        return
    try:
        found = read_snapshot(folder).id
    except EquipoiseError as error:
        yield f"snapshot {id[:12]}: {error}"
        return
    if found != id:
        yield f"snapshot {id[:12]}: its folder holds {found[:12]}"
