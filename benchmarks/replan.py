"""Subject: one adjustment more, planned again from what the base plan left on the shelf."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median
from time import process_time

from benchmarks.company import demo_snapshot
from benchmarks.measure import Disagreement, Timing, measure
from benchmarks.subject import Comparison, Result, Subject, Table
from equipoise.codec import adjustment_from_json
from equipoise.core.adjustment import Adjustment
from equipoise.core.section import Section
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


@dataclass(frozen=True)
class Stages:
    """CPU seconds of every stage of one plan."""

    seconds: dict[str, float]

    @staticmethod
    def of(snapshot: Snapshot, adjustments: Sequence[Adjustment], shelf: MemoryShelf) -> "Stages":
        """Compute a plan and read the clock whenever it reports progress."""
        begins: list[tuple[str, float]] = [(BEFORE, process_time())]
        compute_plan(
            snapshot,
            adjustments,
            shelf=shelf,
            progress=lambda title, _done: begins.append((title, process_time())),
        )
        pairs = zip(begins, begins[1:], strict=False)
        return Stages({title: end - begin for (title, begin), (_, end) in pairs})


def check_same_answer(snapshot: Snapshot, adjustments: Sequence[Adjustment], shelf: MemoryShelf) -> Plan:
    """The plan from a copy of the shelf; Disagreement if its bytes are not those of a plan without a shelf."""
    warm, cold = compute_plan(snapshot, adjustments, shelf=copy_of(shelf)), compute_plan(snapshot, adjustments)
    if warm.digest != cold.digest:
        raise Disagreement("a plan from the shelf is not the plan computed without one")
    return warm


def run(size: str, repeat: int) -> Result:
    snapshot = demo_snapshot(size)
    shelf = MemoryShelf()
    base = compute_plan(snapshot, shelf=shelf)
    comparisons: list[Comparison] = []
    stages = {"base plan": _stages(snapshot, (), MemoryShelf(), repeat)}
    answers = []
    for words, raw in ADJUSTMENTS.items():
        asked = (adjustment_from_json(raw, seq=1),)
        plan = check_same_answer(snapshot, asked, shelf)
        answers.append([words, *_changed(base, plan)])
        # Copying a shelf copies references; making the copies beforehand keeps even that out of the figure.
        shelves = iter([copy_of(shelf) for _ in range(repeat)])
        took = measure(
            {
                "ours": partial(_plan_from_next, snapshot, asked, shelves),
                "cold": partial(compute_plan, snapshot, asked),
                "base": partial(compute_plan, snapshot),
            },
            repeat,
        )
        comparisons += [
            Comparison(words, took["ours"], "the same without a shelf", took["cold"]),
            Comparison(words, took["ours"], "the base plan alone", took["base"]),
        ]
        stages[words] = _stages(snapshot, asked, shelf, repeat)
    return Result(
        size,
        f"{len(base.axes.items)} items, {len(base.axes.markets)} markets, {base.axes.horizon} buckets",
        comparisons,
        [
            Table(
                "What each adjustment did to the base plan",
                ("adjustment", "stages computed again", "simplex cost before", "after"),
                answers,
            ),
            _stage_table(stages),
        ],
    )


def _plan_from_next(snapshot: Snapshot, asked: Sequence[Adjustment], shelves: Iterable[MemoryShelf]) -> Plan:
    return compute_plan(snapshot, asked, shelf=next(iter(shelves)))


def _stages(snapshot: Snapshot, asked: Sequence[Adjustment], shelf: MemoryShelf, repeat: int) -> dict[str, float]:
    """Median CPU seconds of each stage, each time from a fresh copy of a shelf."""
    runs = [Stages.of(snapshot, asked, copy_of(shelf)).seconds for _ in range(repeat)]
    return {title: median(run[title] for run in runs) for title in runs[0]}


def _changed(base: Plan, plan: Plan) -> list[str]:
    """How many stages are new sections, and the money of both plans."""

    def money(sections: dict[str, Section]) -> str:
        return f"{float(sections['supply'].facts['objective_amount']):,.0f}"

    anew = sum(plan.sections[stage.name].digest != base.sections[stage.name].digest for stage in STAGES)
    return [f"{anew} of {len(STAGES)}", money(dict(base.sections)), money(dict(plan.sections))]


def _stage_table(stages: dict[str, dict[str, float]]) -> Table:
    """Milliseconds and share of every stage, for the base plan and each re-plan."""
    totals = {name: sum(seconds.values()) for name, seconds in stages.items()}

    def cell(name: str, title: str) -> str:
        seconds = stages[name][title]
        return f"{seconds * 1000:.1f} ms ({seconds / totals[name]:.0%})"

    titles = [BEFORE, *(stage.title for stage in STAGES)]
    rows = [[title, *(cell(name, title) for name in stages)] for title in titles]
    rows.append(["All", *(f"{totals[name] * 1000:.1f} ms" for name in stages)])
    return Table("CPU time by stage (median)", ("stage", *stages), rows)


SUBJECT = Subject(
    "replan",
    "Planning again after one adjustment",
    "Equipoise's side is `compute_plan(snapshot, [adjustment], shelf)`, where the shelf (in memory, a fresh copy for each "
    "repeat) holds the base plan and nothing of the adjusted one. It stands beside two other ways of Equipoise itself, for "
    "no other package computes this plan: the same question without a shelf, which has to solve the base plan first, "
    "and the base plan alone, without any adjustment. The run fails if the plan from the shelf differs by one byte from "
    "the plan without it. Data digests of the snapshot and the digest of the engine are known before the timing.",
    "The shelf is in memory; the product's shelf is on disk and has to read the sections. The three adjustments move few "
    "basic variables of a mildly loaded company; closing a line moves more. Supply is solved from the base plan's basis "
    "in a fresh solver, so each re-plan pays for building the model and its hand-over anew.",
    run,
)
