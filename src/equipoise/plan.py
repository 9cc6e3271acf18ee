"""The plan: what was asked of a snapshot, by which engine, and the answer of every stage."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from equipoise.catalog import UNUSED_TABLE, measure_named
from equipoise.core.adjustment import Adjustment
from equipoise.core.axes import Axes
from equipoise.core.dataset import DatasetHead
from equipoise.core.finding import Finding, sort_findings
from equipoise.core.identity import digest_json, digest_parts
from equipoise.core.knob import Policy
from equipoise.core.panel import Panel
from equipoise.core.section import Section
from equipoise.core.snapshot import Snapshot
from equipoise.core.stage import Progress
from equipoise.core.table import UnknownName
from equipoise.engine import engine
from equipoise.fold import Fold, MemoryShelf, Shelf, asked_of, axes_of, in_order, key_of, policy_of
from equipoise.rollup import Rollup
from equipoise.stages import STAGES

__all__ = [
    "MemoryShelf",
    "Plan",
    "Shelf",
    "axes_of",
    "compute_plan",
    "fingerprint",
    "in_order",
    "policy_of",
    "sections_until",
]

READ_ELSEWHERE = {"items", "markets", "locations", "resources", "plan_archive", "inventory_history", "targets"}
"""Tables read beside the stages: by the axes, by the family sheet, which sets the plan beside the past, and by the
scorecard."""


@dataclass(frozen=True, eq=False)
class Plan(Rollup):
    """A frozen plan: what was asked (fingerprint), by which engine, what the answer is (sections, digest)."""

    snapshot: Snapshot = field(repr=False)
    axes: Axes = field(repr=False)
    policy: Policy
    adjustments: tuple[Adjustment, ...]
    sections: Mapping[str, Section] = field(repr=False)
    engine: str
    findings: tuple[Finding, ...] = field(repr=False)

    @property
    def snapshot_id(self) -> str:
        """Id of the data it was computed from."""
        return self.snapshot.id

    @property
    def head(self) -> DatasetHead:
        """Company, currency and calendar."""
        return self.snapshot.head

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the question."""
        return fingerprint(self.snapshot_id, self.adjustments)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical bytes of the answer."""
        return digest_parts(self.sections[stage.name].digest.encode() for stage in STAGES)

    @property
    def tier(self) -> str:
        """How its supply was found: optimum, heuristic or infinite."""
        return str(self.sections["supply"].facts["tier"])

    def section_of(self, measure: str) -> Section:
        """The section that made a measure: that of the stage to which the dictionary gives it."""
        section = self.sections.get(measure_named(measure).stage)
        if section is not None and measure in section:
            return section
        raise UnknownName(
            f"{measure_named(measure).name} is taken from its parts, not stored; ask total, frame or rows"
        )

    def measure(self, name: str) -> Panel:
        """A stored measure as a panel of its grain (`.keys`, `.values` [N, T])."""
        panel = self.section_of(name).panel_of(name)
        return Panel(panel.keys, {name: panel[name]}, panel.first)


def fingerprint(snapshot_id: str, adjustments: Iterable[Adjustment]) -> str:
    """What was asked: the snapshot and the effective adjustments, without their words, authors and times.

    The same whatever order they are given in: they are taken in the order in which they are applied.
    """
    asked = [asked_of(adjustment) for adjustment in in_order(adjustments)]
    return digest_json({"format": 1, "snapshot": snapshot_id, "adjustments": asked})


def compute_plan(
    snapshot: Snapshot,
    adjustments: Iterable[Adjustment] = (),
    *,
    shelf: Shelf | None = None,
    progress: Progress | None = None,
    look: Callable[[], None] | None = None,
) -> Plan:
    """The plan of a snapshot and the adjustments that stand (see `core.adjustment.standing`); pure.

    `look` is called many times while a step takes long; what it raises, or `progress`, ends the plan.

    With a shelf, stages whose inputs did not change are taken from it. The optimum starts from the basis of the
    snapshot's base plan, so the answer never depends on what was solved before.
    """
    asked = in_order(adjustments)
    fold = Fold(snapshot, axes_of(snapshot), shelf or MemoryShelf(), progress, look=look)
    sections = fold.run(asked)
    unused = set(snapshot.tables) - {name for stage in STAGES for name in stage.tables} - READ_ELSEWHERE
    found = [f for section in sections.values() for f in section.findings] + [
        UNUSED_TABLE.found(f"table {name}", f"{name} has {snapshot.table(name).height} rows that no stage reads yet")
        for name in sorted(unused)
        if snapshot.has(name)
    ]
    return Plan(
        snapshot,
        fold.axes,
        policy_of(snapshot, asked),
        asked,
        sections,
        engine(),
        sort_findings(found),
    )


def sections_until(plan: Plan, adjustments: Iterable[Adjustment], *, until: str) -> dict[str, Section]:
    """Sections by stage, up to the stage `until`, of other adjustments on the plan's snapshot.

    Stages whose inputs do not change are the plan's own, and so are the arrays of measures that do not move, so that an
    estimate costs no more than what it changes. Stages that need a base plan are not for estimates.
    """
    shelf = MemoryShelf()
    before: dict[str, Section] = {}
    fold = Fold(plan.snapshot, plan.axes, shelf, None, before)
    keys: dict[str, str] = {}
    for stage in STAGES:
        assert not stage.needs_base, f"stage {stage.name} comes before {until} and starts from the base plan"
        mine = tuple(adjustment for adjustment in plan.adjustments if adjustment.change.kind in stage.kinds)
        question = fold.question(stage, plan.policy, keys)
        keys[stage.name] = key_of(question, mine)
        shelf.put(keys[stage.name], plan.sections[stage.name])
        if plan.engine == engine():  # what another engine made is no answer of this one
            before[question] = plan.sections[stage.name]
        if stage.name == until:
            break
    return fold.run(in_order(adjustments), until=until)
