"""Subject: forecasts of crossed hierarchies brought to one set of numbers, beside hierarchicalforecast."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

import numpy as np

from benchmarks.measure import Disagreement, measure
from benchmarks.subject import SMOKE, Comparison, Result, Subject, Table
from equipoise.core.grid import FloatArray, IntArray
from equipoise.demand.forecast.aggregates import Aggregates
from equipoise.demand.forecast.reconciliation import Hierarchy, Weighed, structural_variance

REGIONS, FAMILY_SIZE, HORIZON = 10, 20, 12
ITEMS = {SMOKE: 12, "small": 100, "medium": 1_000}
"""Items of the even hierarchy, each sold in every region; the uneven one has about as many series."""
DENSE_TO = 1_000
"""Series up to which the peer's dense formula is the second opinion; beyond, its matrices take gigabytes."""
TOLERANCE = 1e-6
"""How far we may be from the optimum and from the dense formula, as a part of the mean forecast of a series."""
FARTHER = 1e-3
"""How much farther from the base forecasts the peer may end, as a part of the distance: its iterations (BiCGSTAB) stop
at 1e-5 of a norm, its interior-point solver (Clarabel) at 1e-8 of an objective of millions. We must not end farther."""
AT_ZERO = 1e-3
"""What lies below this part of a mean forecast counts as 0, for an interior point never gets there."""
IN_A_ROW = 10
"""Calls within one figure where a call takes about a millisecond: as many scenarios, or dates of a backtest. The first
call after the other side ran is measured, too: it mostly fetches memory."""
PEER = "hierarchicalforecast MinTraceSparse, wls_struct"
FRAMES = "hierarchicalforecast HierarchicalReconciliation, wls_struct, pandas frames"
BOUNDED = "hierarchicalforecast MinTraceSparse, wls_struct, nonnegative (Clarabel)"
MISSING = (
    "hierarchicalforecast is not installed: nothing stands beside these figures. `pip install hierarchicalforecast` "
    "into the environment of the benchmarks mends it."
)


@dataclass(frozen=True, eq=False)
class Task:
    """Base forecasts that do not add up, and who lies below whom."""

    nodes: Aggregates
    """Total, region, family, item."""
    base: FloatArray
    """[M + N, HORIZON], upper nodes first."""
    summing: Any
    """The peer's summing matrix [M + N, N]; None where SciPy is not installed."""


def make(levels: tuple[IntArray, ...], *, is_rare: bool = False) -> Task:
    """Seeded: level × season × noise; the forecasts of totals are off by a tenth, each by itself."""
    rng = np.random.default_rng(20261127)
    nodes, n = Aggregates.of(*levels), len(levels[0])
    season = 1.0 + 0.3 * np.sin(2 * np.pi * np.arange(HORIZON) / 12)
    bottom = rng.gamma(2.0, 50.0, (n, 1)) * season * rng.uniform(0.8, 1.2, (n, HORIZON))
    if is_rare:
        bottom *= rng.random(bottom.shape) < 0.5
    upper = nodes.sums(bottom) * rng.normal(1.0, 0.1, (nodes.count, HORIZON))
    return Task(nodes, np.concatenate([upper, bottom]), _summing(nodes) if _has_peer() else None)


def even(items: int) -> tuple[IntArray, ...]:
    """Every item in every region, families of one size."""
    item, region = np.repeat(np.arange(items), REGIONS), np.tile(np.arange(REGIONS), items)
    return np.zeros_like(item), region, item // FAMILY_SIZE, item


def uneven(items: int) -> tuple[IntArray, ...]:
    """As companies are: few items are sold everywhere, and few families hold most of them."""
    rng = np.random.default_rng(20261128)
    families = max(2, items // FAMILY_SIZE)
    weight = 1.0 / np.arange(1, families + 1) ** 0.7
    family = rng.choice(families, 2 * items, p=weight / weight.sum())
    reach = rng.beta(2.0, 1.0, (2 * items, 1)) * rng.uniform(0.4, 1.0, REGIONS)
    item, region = np.nonzero(rng.random((2 * items, REGIONS)) < reach)
    return np.zeros_like(item), region, family[item], item


def _summing(nodes: Aggregates) -> Any:  # noqa: ANN401  SciPy ships no types
    from scipy import sparse

    n = len(nodes.above)
    rows = np.concatenate([*nodes.above.T, nodes.count + np.arange(n)])
    columns = np.tile(np.arange(n), nodes.above.shape[1] + 1)
    return sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(nodes.count + n, n))


def _has_peer() -> bool:
    return find_spec("hierarchicalforecast") is not None


def ours(task: Task, *, is_signed: bool, known: Hierarchy | Weighed | None = None) -> FloatArray:
    """From base forecasts to series on the grid and their exact totals, all [M + N, HORIZON]. Of a hierarchy that is
    `known`, its order and pattern were kept; where it was weighed, its factors, too."""
    if known is None:
        known = Hierarchy(Aggregates(task.nodes.above, task.nodes.count))
    if isinstance(known, Hierarchy):
        known = known.weigh(structural_variance(known.nodes))
    return known.coherent(task.base, is_signed=is_signed)


def in_a_row(side: Callable[[], FloatArray], calls: int = IN_A_ROW) -> Callable[[], FloatArray]:
    """The side that many times, one after the other."""

    def several() -> FloatArray:
        for _ in range(calls - 1):
            side()
        return side()

    return several


def theirs(task: Task, *, is_signed: bool) -> FloatArray:
    """The same by the peer, from its ready summing matrix."""
    from hierarchicalforecast.methods import MinTraceSparse

    method = MinTraceSparse("wls_struct", nonnegative=not is_signed)
    found: FloatArray = method.fit_predict(S=task.summing, y_hat=task.base)["mean"]
    return found


def _dense(task: Task) -> FloatArray:
    """The textbook formula with whole matrices, by the peer."""
    from hierarchicalforecast.methods import MinTrace

    found: FloatArray = MinTrace("wls_struct").fit_predict(S=task.summing.toarray(), y_hat=task.base)["mean"]
    return found


def off_optimum(task: Task, found: FloatArray, *, is_signed: bool) -> float:
    """Greatest part of Sᵀ W⁻¹ (ŷ − S b) as parts of the mean forecast of a series: 0 at the optimum, but that series at
    0 may be pulled below it where they must not go there."""
    nodes = task.nodes
    weighed = (task.base - found) / structural_variance(nodes)[:, None]
    m = nodes.count
    pull = weighed[m:] + sum(weighed[:m][column] for column in nodes.above.T)
    mean = float(task.base[m:].mean())
    is_held = (found[m:] <= AT_ZERO * mean) & (not is_signed)
    return float(np.where(is_held, np.maximum(pull, 0.0), np.abs(pull)).max()) / mean


def distance(task: Task, found: FloatArray) -> float:
    """What is minimized: the weighted squared distance from the base forecasts."""
    variance = structural_variance(task.nodes)[:, None]
    return float(((task.base - found) ** 2 / variance).sum())


def off_sums(task: Task, found: FloatArray) -> float:
    """Greatest difference between a node and the exact sum of its series, units."""
    nodes = task.nodes
    return float(np.abs(found[: nodes.count] - nodes.sums(found[nodes.count :])).max())


def run(size: str, repeat: int) -> Result:
    """Measure least squares on both hierarchies, and with no series below 0."""
    same, other = even(ITEMS[size]), uneven(ITEMS[size])
    tasks = {
        "even hierarchy": (make(same), True, PEER),
        "uneven hierarchy": (make(other), True, PEER),
        "uneven hierarchy, no series below 0": (make(other, is_rare=True), False, BOUNDED),
    }
    sides = {what: partial(ours, task, is_signed=is_signed) for what, (task, is_signed, _) in tasks.items()}
    peers = {what: partial(theirs, task, is_signed=is_signed) for what, (task, is_signed, _) in tasks.items()}
    rows = []
    for what, (task, is_signed, peer) in tasks.items():
        mine = sides[what]()  # and compiled
        rows.append(_row(f"Equipoise, {what}", task, mine, is_signed=is_signed))
        if off_optimum(task, mine, is_signed=is_signed) > TOLERANCE:
            raise Disagreement(f"{what}: reconciled forecasts are not the optimum")
        if _has_peer():
            rows += _beside(what, task, mine, peers[what](), peer, is_signed=is_signed)
    ways = {what: _ways(task, sides[what], is_signed=is_signed) for what, (task, is_signed, _) in tasks.items()}
    about = " and ".join(_about(levels) for levels in (same, other)) + f", {HORIZON} buckets"
    if not _has_peer():
        took = {what: t.whole for what, t in measure({w: [side] for w, side in sides.items()}, repeat).items()}
        seconds = "; ".join(f"{what}: {timing.median:.3g} CPU s" for what, timing in took.items())
        return Result(size, about, [], [_table(rows)], [MISSING, f"Ours took, {seconds}."])
    compared = []
    for what, (_, is_signed, peer) in tasks.items():
        for calls in (IN_A_ROW, 1) if is_signed else (1,):
            steps = {name: [in_a_row(way, calls)] for name, way in {**ways[what], PEER: peers[what]}.items()}
            took = {name: t.whole for name, t in measure(steps, repeat).items()}
            row = f"{calls} calls" if calls > 1 else "1 call"
            compared += [Comparison(f"{what}{name}, {row}", took[name], peer, took[PEER]) for name in ways[what]]
    compared.append(_as_documented(tasks["uneven hierarchy"][0], other, repeat))
    return Result(size, about, compared, [_table(rows)], [f"hierarchicalforecast {version('hierarchicalforecast')}."])


def _ways(task: Task, new: Callable[[], FloatArray], *, is_signed: bool) -> dict[str, Callable[[], FloatArray]]:
    """Ours by what it knows beforehand; Disagreement unless all answer the same."""
    known = Hierarchy(task.nodes)
    weighed = known.weigh(structural_variance(known.nodes))
    ways = {
        ", known": partial(ours, task, is_signed=is_signed, known=known),
        ", known and weighed": partial(ours, task, is_signed=is_signed, known=weighed),
        ", new": new,
    }
    for name, way in ways.items():
        if not np.array_equal(way(), new()):
            raise Disagreement(f"what is kept changes the answer{name}")
    return ways


def _as_documented(task: Task, levels: tuple[IntArray, ...], repeat: int) -> Comparison:
    """Each the way its documentation shows it: ours from the codes of each series' nodes, the peer from data frames."""
    import pandas as pd
    from hierarchicalforecast.core import HierarchicalReconciliation
    from hierarchicalforecast.methods import MinTraceSparse

    m, names = task.nodes.count, np.array([f"node {number:06d}" for number in range(len(task.base))])
    summing = pd.DataFrame.sparse.from_spmatrix(task.summing, columns=names[m:])
    summing.insert(0, "unique_id", names)
    days = pd.date_range("2027-01-01", periods=HORIZON, freq="MS")
    base = pd.DataFrame(
        {"unique_id": np.repeat(names, HORIZON), "ds": np.tile(days, len(names)), "base": task.base.ravel()}
    )
    tags = {"totals": names[:m], "series": names[m:]}

    def mine() -> FloatArray:
        return ours(Task(Aggregates.of(*levels), task.base, None), is_signed=True)

    def peer() -> FloatArray:
        method = HierarchicalReconciliation([MinTraceSparse("wls_struct")])
        frame = method.reconcile(base, S_df=summing, tags=tags)
        found: FloatArray = frame.iloc[:, -1].to_numpy().reshape(len(names), HORIZON)
        return found

    what = "uneven hierarchy, as documented"
    _beside(what, task, mine(), peer(), FRAMES, is_signed=True)
    took = {name: t.whole for name, t in measure({"ours": [mine], "peer": [peer]}, repeat).items()}
    return Comparison(what, took["ours"], FRAMES, took["peer"])


def _about(levels: tuple[IntArray, ...]) -> str:
    nodes = Aggregates.of(*levels)
    return f"{len(nodes.above):,} series below {nodes.count:,} totals, regions, families and items"


def _beside(
    what: str, task: Task, mine: FloatArray, other: FloatArray, peer: str, *, is_signed: bool
) -> list[list[str]]:
    """Rows of the peer; Disagreement unless it ends a hair farther from the base forecasts than we do."""
    near, far = distance(task, mine), distance(task, other)
    if not near * (1.0 - 1e-9) <= far <= near * (1.0 + FARTHER):
        raise Disagreement(f"{what}: ours is {near:.12g} from the base forecasts, that of {peer} {far:.12g}")
    rows = [_row(f"{peer}, {what}", task, other, is_signed=is_signed)]
    if is_signed and len(task.nodes.above) <= DENSE_TO:
        dense = _dense(task)
        _agree("the dense formula", mine, dense, task, TOLERANCE)
        rows.append(_row(f"hierarchicalforecast MinTrace (dense), {what}", task, dense, is_signed=is_signed))
    return rows


def _agree(name: str, mine: FloatArray, other: FloatArray, task: Task, tolerance: float) -> None:
    """Disagreement where a number is farther off than the tolerance."""
    off = float(np.abs(mine - other).max() / task.base[-len(task.nodes.above) :].mean())
    if not off <= tolerance:
        raise Disagreement(f"reconciled forecasts and those of {name} are {off:.2g} of a mean forecast apart")


def _row(name: str, task: Task, found: FloatArray, *, is_signed: bool) -> list[str]:
    return [name, f"{off_optimum(task, found, is_signed=is_signed):.1e}", f"{off_sums(task, found):.1e}"]


def _table(rows: list[list[str]]) -> Table:
    head = ("", "off the optimum, parts of a mean forecast", "greatest gap between a node and its sum, units")
    return Table("How exact the answers are", head, rows)


SUBJECT = Subject(
    "reconcile",
    "Forecasts of hierarchies that cross",
    """
    Base forecasts of every series and of every total, region, family and item over regions, which do not add up, become
    the nearest numbers that do: least squares with structural weights. In the even hierarchy every item is sold in
    every region and all families are of one size; in the uneven one few items are sold everywhere and few families hold
    most of them; there it is done once more with no series below 0, where half of the cells are 0 before. Both stay in
    arrays [nodes, buckets]. The peer, hierarchicalforecast, has its sparse summing matrix ready before the clock
    starts; inside are its weights, its solver and the sums of the answer. Inside ours are the check of the input, least
    squares, rounding to the number grid and the exact sums; and, where the hierarchy is "known" (kept from an earlier
    forecast, as the peer's matrix is), the weights and the factorization; where it is "new", beside these all that is
    found out about it, from the numbers of the nodes above each series; where it is "known and weighed", neither. Ten
    calls in a row, or one right after the other side ran. The last row is what a user waits for who calls each as its
    documentation shows: ours from the codes of each series' nodes, the peer from pandas frames of base forecasts and of
    its summing matrix, which are made before.
    """,
    """
    Made-up forecasts, seeded. The peer iterates: an even hierarchy is solved in two or three steps, an uneven one takes
    many and stops short of the optimum; the table says by how much each misses it. Where the error of past forecasts is
    the weight, ours costs the same. How much reconciliation helps a forecast is not shown here: that is a question of
    the data.
    """,
    run,
    ("small", "medium"),
)
