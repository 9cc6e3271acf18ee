"""Subject: a large supply plan that does not fall apart, from nothing to its optimum: what is known after how long."""

from collections.abc import Callable
from dataclasses import dataclass
from time import process_time

import numpy as np

from benchmarks.cap import Capped, capped
from benchmarks.coupled_company import coupled_inputs
from benchmarks.measure import Disagreement, Timing
from benchmarks.subject import SMOKE, Comparison, Result, Subject, Table
from equipoise.core.grid import FloatArray
from equipoise.core.stage import Inputs
from equipoise.supply.fast.fast_plan import ROWS_OF
from equipoise.supply.fast.heuristic import plan_by_heuristic
from equipoise.supply.large.close_plan import close_plan, near_optimum
from equipoise.supply.large.item_bound import bound_at, consistent_prices
from equipoise.supply.large.item_by_item import by_resource, improve, in_groups
from equipoise.supply.large.repair import repaired
from equipoise.supply.large.two_steps import extend, reduce
from equipoise.supply.model import SupplyModel, build_model
from equipoise.supply.network.network import Network, read_network
from equipoise.supply.program.highs import Solution, solve

SHAPE = {SMOKE: "tiny", "small": "small", "mid": "mid", "medium": "medium"}
CAP = {SMOKE: 20.0, "small": 60.0, "mid": 200.0, "medium": 1000.0}
"""CPU seconds after which a peer is stopped."""
TOLERANCE = 1e-9
"""Relative difference of two optima that still are the same."""
KEPT = 1e-5
"""Units or hours by which a row may be off."""
HEAD = ("seed", "what is known", "CPU s", "cost", "bound", "at most above the best", "above the optimum")


@dataclass(frozen=True)
class Known:
    """What is known of a plan after so many CPU seconds."""

    words: str
    seconds: float
    cost: float = np.nan
    bound: float = np.nan


class Clock:
    """Notes what is known after how many CPU seconds."""

    def __init__(self) -> None:
        self.begin, self.moments = process_time(), list[Known]()

    def known(self, words: str, *, cost: float = np.nan, bound: float = np.nan) -> None:
        """Something is known by now."""
        self.moments.append(Known(words, process_time() - self.begin, cost, bound))


def early_plans(network: Network, share: FloatArray) -> list[Known]:
    """The fast plan, and what planning it anew item by item, then resource by resource, makes of it."""
    clock = Clock()
    fast = plan_by_heuristic(network, share, kernel="numba")
    model = build_model(network)
    program, missed = model.program, missed_rows(model, fast.values)
    label = "fast plan, " + (f"misses rows of {', '.join(missed)}" if missed else "keeps every row")
    clock.known(label, cost=fast.cost + float((fast.values[model.slack] * model.slack_price).sum()))
    singly = improve(model, program, fast.values, in_groups(model, 1))
    cost = _checked(model, singly.values)
    clock.known("then item by item, keeps every row", cost=cost)
    prices = consistent_prices(model, program, singly.values, singly.duals)
    clock.known("and its bound by prices", cost=cost, bound=bound_at(model, program, prices))
    better = improve(model, program, singly.values, by_resource(model))
    clock.known("then resource by resource, keeps every row", cost=_checked(model, better.values))
    return clock.moments


def plan_and_bound(network: Network) -> list[Known]:
    """Interior points that know of the items, from nothing, and the plan that they lead to."""
    clock = Clock()
    model = build_model(network)
    near = near_optimum(model, model.program, kernel="numba")
    clock.known(f"bound by interior points of the items, {near.steps} steps", bound=near.bound)
    plan = close_plan(model, model.program, near)
    if plan is not None:
        clock.known("its plan item by item, keeps every row", cost=_checked(model, plan), bound=near.bound)
    return clock.moments


def optimal_plan(network: Network) -> tuple[list[Known], Solution]:
    """The two steps of `find_optimum` for a large model, moment by moment, and the optimum."""
    clock = Clock()
    model = build_model(network)
    reduced = reduce(model, model.program)
    first = solve(reduced.program, interior=True)
    clock.known("bound: the optimum without the ample components", bound=first.objective)
    plan = repaired(model, model.program, reduced, first.values)
    if plan is not None:
        clock.known("repaired plan, keeps every row", cost=_checked(model, plan.values), bound=first.objective)
    found = solve(model.program, extend(model, model.program, reduced, first.basis))
    clock.known("optimum", cost=_checked(model, found.values), bound=found.objective)
    return clock.moments, found


def _checked(model: SupplyModel, values: FloatArray) -> float:
    """The cost of a plan that keeps every row; Disagreement if it does not."""
    if words := missed_rows(model, values):
        raise Disagreement(f"a plan misses rows of {', '.join(words)}")
    return float((model.program.cost * values).sum()) + model.program.offset


def missed_rows(model: SupplyModel, values: FloatArray) -> list[str]:
    """Families of rows that a plan does not keep, slack left open as the fast plan leaves it."""
    program = model.program
    amounts = program.values * np.repeat(values, np.diff(program.starts))
    activity = np.bincount(program.indices, amounts, minlength=program.shape[0])
    over = np.maximum(program.row_lower - activity, activity - program.row_upper)
    return [
        ROWS_OF.get(name, (name, name))[1] for name, span in model.rows.items() if over[span].max(initial=0.0) > KEPT
    ]


def peer_way(network: Network, cap: float, *, interior: bool) -> tuple[float, Solution | None]:
    """CPU seconds of HiGHS for the whole at once, and what it found; None if it was stopped at its cap."""
    begin = process_time()
    program = build_model(network).program
    try:
        found = solve(program, interior=interior, watch=capped(cap))
    except Capped:
        return process_time() - begin, None
    return process_time() - begin, found


PEERS: dict[str, Callable[[Network, float], tuple[float, Solution | None]]] = {
    "HiGHS, interior point and crossover": lambda network, cap: peer_way(network, cap, interior=True),
    "HiGHS, dual simplex": lambda network, cap: peer_way(network, cap, interior=False),
}


def case(size: str, seed: int) -> tuple[Inputs, Network]:
    """What stage supply sees of a company of a seed, and its network."""
    inputs = coupled_inputs(SHAPE[size], seed)
    return inputs, read_network(inputs)


def run(size: str, repeat: int) -> Result:
    """Every repeat is a company of another seed, solved once each way."""
    ours: list[float] = []
    theirs: dict[str, list[float]] = {name: [] for name in PEERS}
    capped: dict[str, int] = dict.fromkeys(PEERS, 0)
    rows: list[list[str]] = []
    inputs, small = case(SMOKE, 0)
    plan_by_heuristic(small, inputs.measure("sourcing_share_ratio"), kernel="numba")  # compiled before the clock runs
    plan_and_bound(small)
    about = ""
    for seed in range(repeat):
        inputs, network = case(size, seed)
        moments, best = optimal_plan(network)
        ours.append(moments[-1].seconds)
        early = early_plans(network, inputs.measure("sourcing_share_ratio"))
        close = plan_and_bound(network)
        rows += [_row(seed, moment, best.objective) for moment in (*early, *close, *moments)]
        for name, peer in PEERS.items():
            seconds, found = peer(network, CAP[size])
            theirs[name].append(seconds)
            if found is None:
                capped[name] += 1
            else:
                _check_same(name, best.objective, found.objective)
        height, width = build_model(network).program.shape
        about = f"{height:,} rows, {width:,} columns, {repeat} companies"
    comparisons = [
        Comparison("model and optimum", Timing(tuple(ours)), name, Timing(tuple(seconds)))
        for name, seconds in theirs.items()
    ]
    notes = [f"{name} was stopped at {CAP[size]:g} CPU s in {count} of {repeat}." for name, count in capped.items()]
    return Result(size, about, comparisons, [Table("What is known after how long", HEAD, rows)], notes)


def _row(seed: int, moment: Known, best: float) -> list[str]:
    gap, above = moment.cost / moment.bound - 1, moment.cost / best - 1
    numbers = [f"{moment.cost:,.0f}", f"{moment.bound:,.0f}", f"{gap:.3%}", f"{above:.3%}"]
    return [str(seed), moment.words, f"{moment.seconds:.3g}"] + [
        "" if "nan" in number else number.replace("%", " %") for number in numbers
    ]


def _check_same(name: str, ours: float, theirs: float) -> None:
    if abs(ours - theirs) > TOLERANCE * max(1.0, abs(theirs)):
        raise Disagreement(f"{name}: optima differ: {ours:.6f} and {theirs:.6f}")


SUBJECT = Subject(
    "large_supply",
    "A large supply plan that does not fall apart",
    """
    From the `Network` of the supply stage to its optimum, of a made-up company whose products all compete for lines,
    crews and components (`benchmarks/coupled_company.py`), in the two steps of a large model, with a bound and a plan
    beside it on the way. By another clock: the fast finite plan, and better ones made from it item by item. By a third:
    interior points that know of the items, from nothing to a plan and a bound of its own close to it. The peers are
    HiGHS for the same model at once, from nothing: its interior point method with crossover, and its dual simplex
    method, one thread each, stopped at a cap. Each repeat is a company of another seed, solved once each way. The run
    fails if two optima differ by more than 1e-9 of their size, or a plan that is said to keep every row of the model
    misses one by more than 0.00001 units or hours.
    """,
    """
    One kind of company, with room and crews that are seldom short. A peer that was stopped would have taken longer than
    its cap: then the ratio is a least one.
    """,
    run,
    sizes=("small",),
    named_sizes=("mid", "medium"),
)
