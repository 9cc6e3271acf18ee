"""The plan: a fold over the stages, from a snapshot and a set of adjustments to sections.

This is the only file that knows how stages follow each other. It knows nothing of planning.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial
from itertools import zip_longest
from typing import Any, Protocol
from weakref import WeakKeyDictionary

import numpy as np

from equipoise.catalog import UNUSED_TABLE, measure_named
from equipoise.codec import question_of
from equipoise.core.adjustment import Adjustment
from equipoise.core.axes import Axes
from equipoise.core.calendar import Calendar
from equipoise.core.dataset import DatasetHead
from equipoise.core.finding import Finding, sort_findings
from equipoise.core.grid import LIMIT_STEPS, BeyondExact, FloatArray, IntArray, is_on_grid, rows_that_differ
from equipoise.core.identity import digest_json, digest_parts
from equipoise.core.knob import Policy
from equipoise.core.panel import Panel
from equipoise.core.policy_change import SetPolicy
from equipoise.core.section import Posting, Section
from equipoise.core.snapshot import Snapshot
from equipoise.core.stage import Inputs, Progress, Report, Stage
from equipoise.core.table import UnknownName
from equipoise.engine import engine
from equipoise.portfolio.build_axes import build_axes
from equipoise.rollup import Rollup
from equipoise.stages import STAGES


class Shelf(Protocol):
    """Where sections are kept by key: memory in tests, disk in the product."""

    def get(self, key: str) -> Section | None:
        """The section kept under a key, or None."""
        ...

    def put(self, key: str, section: Section) -> None:
        """Keep a section."""
        ...


class MemoryShelf:
    """A shelf in memory."""

    def __init__(self) -> None:
        """Empty."""
        self.sections: dict[str, Section] = {}

    def get(self, key: str) -> Section | None:
        """The section kept under a key, or None."""
        return self.sections.get(key)

    def put(self, key: str, section: Section) -> None:
        """Keep a section."""
        self.sections[key] = section


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
    asked = [_asked(adjustment) for adjustment in in_order(adjustments)]
    return digest_json({"format": 1, "snapshot": snapshot_id, "adjustments": asked})


@lru_cache(maxsize=8192)
def _asked(adjustment: Adjustment) -> Mapping[str, Any]:
    """What an adjustment asks, worked out once: a fingerprint is taken of all that stand, with every edit."""
    return question_of(adjustment)


@lru_cache(maxsize=8192)
def _digest_of(adjustment: Adjustment) -> str:
    return digest_json(_asked(adjustment))


def in_order(adjustments: Iterable[Adjustment]) -> tuple[Adjustment, ...]:
    """Adjustments in the order they are applied: stage, phase, seq."""
    rank = {"policy": -1, **{stage.name: number for number, stage in enumerate(STAGES)}}
    return tuple(sorted(adjustments, key=lambda a: (rank[a.change.stage], *a.order)))


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
    fold = _Fold(snapshot, axes_of(snapshot), shelf or MemoryShelf(), progress, look=look)
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
    fold = _Fold(plan.snapshot, plan.axes, shelf, None, before)
    keys: dict[str, str] = {}
    for stage in STAGES:
        assert not stage.needs_base, f"stage {stage.name} comes before {until} and starts from the base plan"
        mine = tuple(adjustment for adjustment in plan.adjustments if adjustment.change.kind in stage.kinds)
        question = fold._question(stage, plan.policy, keys)
        keys[stage.name] = _key(question, mine)
        shelf.put(keys[stage.name], plan.sections[stage.name])
        if plan.engine == engine():  # what another engine made is no answer of this one
            before[question] = plan.sections[stage.name]
        if stage.name == until:
            break
    return fold.run(in_order(adjustments), until=until)


_AXES: WeakKeyDictionary[Snapshot, Axes] = WeakKeyDictionary()


def axes_of(snapshot: Snapshot) -> Axes:
    """The axes of a snapshot, built once for all plans on it: they follow from the snapshot alone."""
    if snapshot not in _AXES:
        _AXES[snapshot] = build_axes(snapshot)
    return _AXES[snapshot]


READ_ELSEWHERE = {"items", "markets", "locations", "resources", "plan_archive", "inventory_history", "targets"}
"""Tables read beside the stages: by the axes, by the family sheet, which sets the plan beside the past, and by the
scorecard."""


def policy_of(snapshot: Snapshot, adjustments: Iterable[Adjustment]) -> Policy:
    """The dataset's policy with what adjustments set over it."""
    policy = Policy.of(dict(snapshot.head.policy))
    for adjustment in adjustments:
        if isinstance(adjustment.change, SetPolicy):
            policy = policy.with_value(adjustment.change.knob, adjustment.change.value)
    return policy


NOTE = " · "
"""Parts the name of a stage from what is known of the step that runs."""


class _Fold:
    """One run over the stages; holds what every stage of it shares."""

    def __init__(
        self,
        snapshot: Snapshot,
        axes: Axes,
        shelf: Shelf,
        progress: Progress | None,
        before: Mapping[str, Section] | None = None,
        *,
        look: Callable[[], None] | None = None,
    ) -> None:
        self.look = look
        self.snapshot, self.axes, self.shelf = snapshot, axes, shelf
        self.before = {} if before is None else before
        self.progress = progress or (lambda _title, _done: None)
        self.axes_digest = axes.digest
        self.told = ("", 0.0)

    def run(
        self, adjustments: tuple[Adjustment, ...], *, until: str = "", report: Report | None = None
    ) -> dict[str, Section]:
        """Sections by stage; stops after the stage `until`, whose own progress goes to `report`."""
        policy = policy_of(self.snapshot, adjustments)
        sections: dict[str, Section] = {}
        keys: dict[str, str] = {}
        begin = 0
        for stage in STAGES:
            tell = (report if stage.name == until else None) or _ignore
            if not until:
                tell = partial(self._tell, stage, begin)
                tell(0.0)
            begin += stage.effort
            mine = tuple(a for a in adjustments if a.change.kind in stage.kinds)
            question = self._question(stage, policy, keys)
            key = _key(question, mine)
            base = None
            if stage.needs_base and adjustments:
                first, tell = _halves(tell)
                base = self.run((), until=stage.name, report=first)[stage.name]
                key = digest_json([key, base.digest])
            keys[stage.name] = key
            section = self.shelf.get(key)
            if section is None:
                before = self.before.get(question)
                inputs = Inputs(
                    stage, self.snapshot, self.axes, policy, mine, sections, base, before, tell, self._watch
                )
                section = stage.function(inputs)
                _check(stage, inputs, section)
                self.shelf.put(key, section)
            sections[stage.name] = section
            if stage.name == until:
                break
        if not until:
            self.progress("Done", 1.0)
        return sections

    def _tell(self, stage: Stage, begin: int, share: float) -> None:
        self.told = stage.title, (begin + stage.effort * share) / sum(stage.effort for stage in STAGES)
        self.progress(*self.told)

    def _watch(self, note: str) -> None:
        """What was told last, with what is known of the step that runs."""
        title, share = self.told
        if note:
            self.progress(f"{title}{NOTE}{note}", share)
        if self.look is not None:
            self.look()

    def _question(self, stage: Stage, policy: Policy, keys: Mapping[str, str]) -> str:
        """Digest of what a stage is asked but for its adjustments."""
        question: dict[str, Any] = {
            "engine": engine(),
            "stage": stage.name,
            "axes": self.axes_digest,
            "head": self.snapshot.head_digest,
            "tables": {name: self.snapshot.table_digests.get(name, "") for name in stage.tables},
            "knobs": {name: policy[name] for name in stage.knobs},
            "after": {name: keys[name] for name in stage.after},
        }
        return digest_json(question)


def _key(question: str, mine: Iterable[Adjustment]) -> str:
    """The key of a section: what the stage is asked, with the adjustments that it applies."""
    return digest_json([question, [_digest_of(adjustment) for adjustment in mine]])


def _ignore(_share: float) -> None:
    """Tell nobody."""


def _halves(tell: Report) -> tuple[Report, Report]:
    """Reports of the two halves of a stage's work: the base plan, then what is asked."""
    return lambda share: tell(share / 2), lambda share: tell((1 + share) / 2)


def _check(stage: Stage, inputs: Inputs, section: Section) -> None:
    """Invariants of every stage: additive measures on the grid, postings that sum to their measure, its identities.

    Rows that are those of the section before, number by number and posting by posting, were checked with it.
    """
    for panel, name in section.measures():
        measure = measure_named(name)
        assert measure.stage == stage.name, f"{stage.name} made {name}, which the dictionary gives to {measure.stage}"
        rows = _rows_to_check(inputs.before, section, name)
        if rows.size == 0:
            continue
        step, values = measure.unit.step, panel[name][rows]
        if step is not None and not measure.nullable:
            _check_size(inputs.axes.calendar, panel, name, rows, LIMIT_STEPS * step)
            assert is_on_grid(values, step), f"{name} left stage {stage.name} off the grid"
        if posted := section.postings_of(name):
            assert np.array_equal(_sum(posted, rows, panel[name].shape), values), f"postings of {name} do not sum to it"
    for check in stage.checks:
        check(inputs, section)


def _rows_to_check(before: Section | None, section: Section, name: str) -> IntArray:
    """Rows of a measure in which a number or a posting is another than in the section before; all where none is."""
    values = section.panel_of(name)[name]
    if before is None:
        return np.arange(len(values))
    was = before.panel_of(name)[name]
    is_new = rows_that_differ(np.asarray(was), np.asarray(values))
    for old, new in zip_longest(before.postings_of(name), section.postings_of(name)):
        if old is None or new is None or not old.equals(new):
            for posting in (old, new):
                is_new[[] if posting is None else posting.rows] = True
    return np.flatnonzero(is_new)


def _sum(posted: Iterable[Posting], rows: IntArray, shape: tuple[int, ...]) -> FloatArray:
    """What postings put into some rows of a measure of that shape, [n, T]."""
    at = np.full(shape[0], -1)
    at[rows] = np.arange(len(rows))
    total = np.zeros((len(rows), shape[1]))
    for posting in posted:  # one by one: thousands of events would not fit into memory as [N, T] each
        part = posting.among(rows)
        place, buckets, amounts = at[posting.rows[part]], posting.buckets[part], posting.amounts[part]
        inside = place >= 0
        np.add.at(total.ravel(), place[inside] * shape[1] + buckets[inside], amounts[inside])
    return total


def _check_size(calendar: Calendar, panel: Panel, name: str, rows: IntArray, limit: float) -> None:
    """Raise BeyondExact for a number that no source may give; changes may still come to it, +10% two hundred times."""
    sizes = np.abs(panel[name][rows])
    if not np.any(sizes > limit):
        return
    row, bucket = np.unravel_index(np.nanargmax(sizes), sizes.shape)
    raise BeyondExact(
        f"{name} of {' / '.join(panel.keys.labels(int(rows[row])))} in {calendar.label(panel.first + int(bucket))} "
        f"comes to {sizes[row, bucket]:.4g}; numbers up to {limit:,.0f} are exact. Take back the adjustment, or "
        "correct the number in the data, that makes it so large"
    )
