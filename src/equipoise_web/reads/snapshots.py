"""Sealed snapshots by id: a few stay open."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from equipoise.core.axes import Axes
from equipoise.core.errors import EquipoiseError
from equipoise.core.snapshot import Snapshot
from equipoise.portfolio.build_axes import build_axes
from equipoise.store import MANIFEST, read_snapshot
from equipoise_web.records.models import PublishedPlan

OPEN_SNAPSHOTS = 3


class SnapshotNotFound(EquipoiseError):
    """No snapshot of that id was sealed here."""


def open_snapshot(id: str) -> Snapshot:
    """The sealed snapshot of an id. Raises SnapshotNotFound; SnapshotDamaged if its folder was tampered with."""
    return _opened(snapshot_folder(id))[0]


def axes_of(id: str) -> Axes:
    """The axes of a sealed snapshot."""
    return _opened(snapshot_folder(id))[1]


def snapshot_folder(id: str) -> Path:
    """Where it lies: among the snapshots, else inside a plan that was published from it."""
    home = Path(settings.EQUIPOISE_HOME)
    if not id.isalnum():  # ids are hexadecimal; anything else could name another folder
        raise SnapshotNotFound(f"no snapshot {id[:12]} was sealed here")
    if (home / "snapshots" / id / MANIFEST).is_file():
        return home / "snapshots" / id
    plan = PublishedPlan.objects.filter(snapshot=id).first()
    if plan is None:
        raise SnapshotNotFound(f"no snapshot {id[:12]} was sealed here")
    return home / "plans" / plan.folder / "snapshot"


@lru_cache(maxsize=OPEN_SNAPSHOTS)
def _opened(folder: Path) -> tuple[Snapshot, Axes]:
    snapshot = read_snapshot(folder)
    return snapshot, build_axes(snapshot)
