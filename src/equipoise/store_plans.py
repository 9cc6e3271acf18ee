"""Plans on disk: a section as one mapped array a measure, a published plan with the snapshot it was computed from.

    DIR/plan.json               question (adjustments, fingerprint), engine, digest, findings
    DIR/snapshot/               the sealed snapshot
    DIR/keys/GRAIN.parquet      codes of the rows of each grain
    DIR/sections/STAGE/         section.json, MEASURE.npy [N, T], posting_*.npy
    DIR/rollups/MEASURE.npy     sums at pairs of levels, of plans with many rows (stored_rollups)
    DIR/manifest.json           size and SHA-256 of every file

Large arrays are mapped, so a slice is read in well under a millisecond; small ones are read, for each mapping holds an
open file, and a process has few of those. The shelf is a folder of sections by key that may be deleted at any time.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import numpy as np

from equipoise.codec import adjustment_as_json, adjustment_from_json
from equipoise.core.axes import Axes
from equipoise.core.errors import EquipoiseError
from equipoise.core.finding import Finding, Severity
from equipoise.core.grid import FloatArray
from equipoise.core.identity import canonical_json
from equipoise.core.measure import Grain
from equipoise.core.panel import Panel
from equipoise.core.section import Posting, Section
from equipoise.plan import Plan, axes_of, policy_of
from equipoise.store import MANIFEST, publish_folder, read_manifest, read_snapshot, write_manifest, write_snapshot
from equipoise.stored_rollups import ROLLUPS, write_rollups

MAPPED = 4 << 20
"""Bytes from which the array of a measure is mapped."""


class PlanDamaged(EquipoiseError):
    """A plan folder whose contents are not what was published."""


def write_plan(plan: Plan, folder: Path | str) -> None:
    """Publish the plan as `folder`, whole or not at all. The same plan again does nothing."""
    target = Path(folder)
    if (target / MANIFEST).is_file() and read_manifest(target).get("id") == plan.digest:
        return

    def fill(place: Path) -> None:
        write_snapshot(plan.snapshot, place / "snapshot")
        (place / "keys").mkdir()
        for grain, keys in plan.axes.keys.items():
            keys.frame.write_parquet(place / "keys" / f"{grain.value}.parquet")
        for stage, section in plan.sections.items():
            (place / "sections" / stage).mkdir(parents=True)
            write_section(section, place / "sections" / stage)
        write_rollups(plan, place / ROLLUPS)
        (place / "plan.json").write_bytes(
            canonical_json(
                {
                    "format": 1,
                    "fingerprint": plan.fingerprint,
                    "digest": plan.digest,
                    "engine": plan.engine,
                    "adjustments": [adjustment_as_json(a) for a in plan.adjustments],
                    "findings": [finding_as_json(f) for f in plan.findings],
                }
            )
        )
        write_manifest(place, id=plan.digest, kind="plan")

    publish_folder(target, fill)


def read_plan(folder: Path | str, *, is_checked: bool = True) -> Plan:
    """The plan in `folder`, its arrays mapped. With `is_checked` every byte is compared with the manifest first.

    Raises SnapshotDamaged or PlanDamaged naming the file that is not what was published.
    """
    place = Path(folder)
    if is_checked:
        read_manifest(place)
    head = json.loads((place / "plan.json").read_bytes())
    snapshot = read_snapshot(place / "snapshot")
    axes = _AXES.get(snapshot.id) or _AXES.setdefault(snapshot.id, axes_of(snapshot))
    sections = {name: read_section(place / "sections" / name, axes) for name in _stages(place)}
    adjustments = tuple(adjustment_from_json(raw) for raw in head["adjustments"])
    findings = tuple(_finding_from(raw) for raw in head["findings"])
    plan = Plan(snapshot, axes, policy_of(snapshot, adjustments), adjustments, sections, head["engine"], findings)
    if plan.fingerprint != head["fingerprint"]:
        raise PlanDamaged(f"plan.json names question {head['fingerprint'][:12]}, its rows ask {plan.fingerprint[:12]}")
    return plan


_AXES: WeakValueDictionary[str, Axes] = WeakValueDictionary()
"""Axes of open plans by their snapshot, which they follow from: versions of one plan share them, and what is kept by
them."""


def read_tier(folder: Path | str) -> str:
    """How the supply of a published plan was found, without opening the plan. Raises PlanDamaged."""
    try:
        facts = json.loads((Path(folder) / "sections" / "supply" / "section.json").read_bytes())["facts"]
    except FileNotFoundError as error:
        raise PlanDamaged(f"{Path(folder).name} has no supply section") from error
    return str(facts["tier"])


def is_plan(folder: Path | str) -> bool:
    """True if the folder is a published plan."""
    return (Path(folder) / "plan.json").is_file()


def _stages(place: Path) -> list[str]:
    from equipoise.stages import STAGES

    return [stage.name for stage in STAGES if (place / "sections" / stage.name).is_dir()]


def write_section(section: Section, folder: Path) -> None:
    """A section as files in an existing empty folder."""
    for panel, name in section.measures():
        np.save(folder / f"{name}.npy", panel.measures[name], allow_pickle=False)
    for name, array in section.arrays.items():
        np.save(folder / f"array_{name}.npy", array, allow_pickle=False)
    for part in ("rows", "buckets", "amounts"):
        parts = [getattr(posting, part) for posting in section.postings]
        empty = np.zeros(0, dtype=np.float64 if part == "amounts" else np.int64)
        np.save(folder / f"posting_{part}.npy", np.concatenate([empty, *parts]), allow_pickle=False)
    (folder / "section.json").write_bytes(
        canonical_json(
            {
                "stage": section.stage,
                "panels": [
                    {"grain": p.grain.value, "first": p.first, "measures": sorted(p.measures)} for p in section.panels
                ],
                "postings": [{"measure": p.measure, "cause": p.cause, "count": len(p.rows)} for p in section.postings],
                "findings": [finding_as_json(f) for f in section.findings],
                "arrays": sorted(section.arrays),
                "facts": dict(section.facts),
            }
        )
    )


def read_section(folder: Path, axes: Axes) -> Section:
    """A section with its measures: the large ones mapped from disk, none to be written to."""
    head = json.loads((folder / "section.json").read_bytes())
    panels = tuple(
        Panel(
            axes.keys[Grain(raw["grain"])],
            {name: _measure(folder / f"{name}.npy") for name in raw["measures"]},
            raw["first"],
        )
        for raw in head["panels"]
    )
    return Section(
        head["stage"],
        panels,
        tuple(_postings(folder, head["postings"])),
        tuple(_finding_from(raw) for raw in head["findings"]),
        {name: np.load(folder / f"array_{name}.npy", allow_pickle=False) for name in head["arrays"]},
        head["facts"],
    )


def _measure(path: Path) -> FloatArray:
    if path.stat().st_size >= MAPPED:
        mapped: FloatArray = np.load(path, mmap_mode="r", allow_pickle=False)
        return mapped
    values: FloatArray = np.load(path, allow_pickle=False)
    values.flags.writeable = False
    return values


def _postings(folder: Path, heads: Iterable[dict[str, Any]]) -> Iterable[Posting]:
    rows, buckets, amounts = (
        np.load(folder / f"posting_{part}.npy", allow_pickle=False) for part in ("rows", "buckets", "amounts")
    )
    begin = 0
    for head in heads:
        end = begin + head["count"]
        yield Posting(head["measure"], head["cause"], rows[begin:end], buckets[begin:end], amounts[begin:end])
        begin = end


def finding_as_json(finding: Finding) -> dict[str, Any]:
    """A finding with the money at stake, as it is stored."""
    return {**finding.as_json(), "amount": finding.amount}


def _finding_from(raw: dict[str, Any]) -> Finding:
    return Finding(
        raw["code"],
        Severity(raw["severity"]),
        raw["where"],
        raw["message"],
        raw["remedy"],
        raw["count"],
        raw["amount"],
    )


class DiskShelf:
    """Sections by key in `folder`; whole or absent, evictable, never trusted beyond its own files."""

    def __init__(self, folder: Path, axes: Axes) -> None:
        """A shelf for plans of one snapshot, whose axes give the rows."""
        self.folder, self.axes = folder, axes

    def get(self, key: str) -> Section | None:
        """The section kept under a key, or None."""
        place = self.folder / key
        return read_section(place, self.axes) if (place / "section.json").is_file() else None

    def put(self, key: str, section: Section) -> None:
        """Keep a section; a second writer of the same key finds it there already."""
        if not (self.folder / key / "section.json").is_file():
            publish_folder(self.folder / key, lambda place: write_section(section, place))
