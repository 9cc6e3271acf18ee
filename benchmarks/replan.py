"""Subject: one adjustment more, planned again from what the base plan left on the shelf."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from statistics import median
from time import process_time

import polars as pl

from benchmarks.company import demo_snapshot
from benchmarks.measure import Disagreement, measure
from benchmarks.subject import Comparison, Result, Subject, Table
from equipoise.codec import adjustment_from_json
from equipoise.core.adjustment import Adjustment
from equipoise.core.snapshot import Snapshot
from equipoise.plan import MemoryShelf, Plan, compute_plan
from equipoise.stages import STAGES

QUARTER = {"first": "2027-01-01", "last": "2027-03-31"}
ADJUSTMENTS = {
    "demand −4 % on one family": {
        "id": "less-dish",
        "kind": "demand_override",
        "amount": "-4%",
        "scope": {"item": "Dish care"},
    },
    "capacity +10 % of one line for a quarter": {
        "id": "more-capsules",
        "kind": "capacity",
        "amount": "+10%",
        "scope": {"resource": "capsule-line", **QUARTER},
    },
    "service level 97 %": {"id": "service", "kind": "set_policy", "knob": "service_level_pct", "value": 97},
}
BEFORE = "Before the first stage"


def copy_of(shelf: MemoryShelf) -> MemoryShelf:
    """Another shelf with the same sections; what is put on it does not reach the first."""
    fresh = MemoryShelf()
    fresh.sections.update(shelf.sections)
    return fresh


def snapshot_without_levels(size: str) -> Snapshot:
    """The demo company without the service levels of its table inventory_policy, which outrank the policy's."""
    snapshot = demo_snapshot(size)
    rules = snapshot.table("inventory_policy")
    blank = rules.with_columns(pl.lit(None, rules.schema["service_level_pct"]).alias("service_level_pct"))
    return replace(snapshot, tables={**snapshot.tables, "inventory_policy": blank})


@dataclass(frozen=True, eq=False)
class Run:
    """A plan and the CPU seconds of its stages."""

    plan: Plan
    seconds: Mapping[str, float]


def plan_timed(snapshot: Snapshot, asked: Sequence[Adjustment], shelf: MemoryShelf) -> Run:
    """Compute a plan and read the clock whenever it reports its progress."""
    begins = [(BEFORE, process_time())]
    plan = compute_plan(
        snapshot, asked, shelf=shelf, progress=lambda title, _done: begins.append((title, process_time()))
    )
    seconds: dict[str, float] = {}
    for (title, begin), (_, end) in pairwise(begins):
        seconds[title] = seconds.get(title, 0.0) + end - begin
    return Run(plan, seconds)


def run(size: str, repeat: int) -> Result:
    """Measure each adjustment from the shelf, without one, and beside the base plan."""
    snapshot = snapshot_without_levels(size)
    shelf = MemoryShelf()
    base = compute_plan(snapshot, shelf=shelf)
    comparisons: list[Comparison] = []
    answers: list[list[str]] = []
    stages: dict[str, dict[str, float]] = {}
    for words, raw in ADJUSTMENTS.items():
        asked = (adjustment_from_json(raw, seq=1),)
        # Copies are made beforehand: copying is no part of planning.
        shelves = [copy_of(shelf) for _ in range(repeat)]
        again, cold, alone = (
            _Repeated(snapshot, question, at)
            for question, at in ((asked, iter(shelves)), (asked, _empty_shelves()), ((), _empty_shelves()))
        )
        took = measure({"again": [again], "cold": [cold], "alone": [alone]}, repeat)
        plan = check_same_answer(again.runs[-1], cold.runs[-1])
        comparisons += [
            Comparison(words, took["again"].whole, "the same without a shelf", took["cold"].whole),
            Comparison(words, took["again"].whole, "the base plan alone", took["alone"].whole),
        ]
        stages.setdefault("base plan", alone.medians())
        stages[words] = again.medians()
        anew = len(shelves[-1].sections) - len(shelf.sections)
        other = sum(plan.sections[stage.name].digest != base.sections[stage.name].digest for stage in STAGES)
        costs = (f"{one.total('cost_total_amount'):,.0f}" for one in (base, plan))
        answers.append([words, f"{anew} of {len(STAGES)}", str(other), *costs])
    head = ("adjustment", "stages computed again", "of these with another answer", "cost before", "cost after")
    return Result(
        size,
        f"{len(base.axes.items)} items, {len(base.axes.markets)} markets, {base.axes.horizon} buckets",
        comparisons,
        [Table("What each adjustment did to the base plan", head, answers), _stage_table(stages)],
        [_largest(stages)],
    )


def check_same_answer(again: Run, cold: Run) -> Plan:
    """The plan from a shelf; Disagreement if its bytes are not those of the plan without one."""
    if again.plan.digest != cold.plan.digest:
        raise Disagreement("a plan from the shelf is not the plan computed without one")
    return again.plan


@dataclass(eq=False)
class _Repeated:
    """One question, asked once per call, each time of the next shelf."""

    snapshot: Snapshot
    asked: Sequence[Adjustment]
    shelves: Iterator[MemoryShelf]
    runs: list[Run] = field(default_factory=list)

    def __call__(self) -> None:
        self.runs.append(plan_timed(self.snapshot, self.asked, next(self.shelves)))

    def medians(self) -> dict[str, float]:
        """Median CPU seconds of each stage."""
        return {title: median(run.seconds[title] for run in self.runs) for title in self.runs[0].seconds}


def _empty_shelves() -> Iterator[MemoryShelf]:
    while True:
        yield MemoryShelf()


def _stage_table(stages: Mapping[str, Mapping[str, float]]) -> Table:
    """Milliseconds and share of every stage, for the base plan and each re-plan."""
    totals = {name: sum(seconds.values()) for name, seconds in stages.items()}

    def cell(name: str, title: str) -> str:
        seconds = stages[name][title]
        return f"{seconds * 1000:.1f} ms ({seconds / totals[name]:.0%})"

    titles = [BEFORE, *(stage.title for stage in STAGES)]
    rows = [[title, *(cell(name, title) for name in stages)] for title in titles]
    rows.append(["All", *(f"{total * 1000:.1f} ms" for total in totals.values())])
    return Table("CPU time by stage (median)", ("stage", *stages), rows)


def _largest(stages: Mapping[str, Mapping[str, float]]) -> str:
    """Where the time goes, in words: the two largest stages of each plan."""

    def words(seconds: Mapping[str, float]) -> str:
        first, second = sorted(seconds, key=lambda title: -seconds[title])[:2]
        return f"{first} {seconds[first] / sum(seconds.values()):.0%} and {second}"

    return "The largest stages: " + "; ".join(f"{name}: {words(seconds)}" for name, seconds in stages.items()) + "."


SUBJECT = Subject(
    "replan",
    "Planning again after one adjustment",
    """
    Equipoise's side is `compute_plan(snapshot, [adjustment], shelf)`, where the shelf (in memory, a fresh copy for each
    repeat) holds the base plan and nothing of the adjusted one. Beside it stand two other ways of Equipoise itself, for
    no other package computes this plan: the same question without a shelf, which has to solve the base plan first, and
    the base plan alone, without any adjustment. The run fails if the plan from the shelf differs by one byte from the
    plan without it. The digests of the snapshot's tables and of the engine are known before the timing. The demo's
    table of inventory policy states service levels of its own, which outrank the policy's; here they are blank.
    """,
    """
    The shelf is in memory; the product's shelf is on disk and has its sections to read. The three adjustments move a
    mildly loaded company a little; closing a line moves more. Supply starts from the base plan's basis, but in a fresh
    solver and with a model built anew. A stage whose key changed is computed again even where its answer turns out the
    same, and everything after it too.
    """,
    run,
)
