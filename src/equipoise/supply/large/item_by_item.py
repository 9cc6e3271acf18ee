"""A better plan from one at hand, item by item: each is planned anew with the hours and components the others leave.

Block coordinate descent (Gauss-Seidel): all columns of some items, and those of the lines, crews and components that
they use, are free, all others stay where they are. What is left is a small linear program with an exact optimum, so no
step makes the plan dearer, and a plan that kept the rows of the others before keeps all of them after. It ends above
the optimum of the whole: two items that would have to move together do not.
"""

from dataclasses import dataclass, replace

import numpy as np

from equipoise.core.grid import FloatArray, IntArray
from equipoise.core.measure import Grain
from equipoise.core.stage import Watch
from equipoise.supply.columns import Block
from equipoise.supply.large.component_prices import bought_components
from equipoise.supply.model import SupplyModel
from equipoise.supply.program.blocks import Part, rows_joined
from equipoise.supply.program.highs import solve
from equipoise.supply.program.program import LinearProgram

SHARED = -1
"""Number of what belongs to no item: hours, people, bought components."""
MOST_TOGETHER = 40
"""A resource that more items use couples too many for one small program."""
KEPT = 1e-6
"""Of a row's size: what is off by less is kept."""


def item_of_columns(model: SupplyModel) -> IntArray:
    """Item that each column belongs to, SHARED for hours, people and bought components, [columns]."""
    network, columns = model.network, model.columns
    keys = network.axes.keys
    found = np.full(columns.count, SHARED, dtype=np.int64)

    def of(block: Block, items: IntArray) -> None:
        found[block.span] = np.repeat(items, block.buckets)

    stock = keys[Grain.STOCK].column("item").astype(np.int64)
    of(columns.make, keys[Grain.MAKE].column("item"))
    of(columns.ship, keys[Grain.FLOW].column("item"))
    for block in (columns.held, columns.excess, columns.end_short, columns.closing_slack):
        of(block, stock)
    if columns.component_slack.rows:
        of(columns.component_slack, stock)
    of(columns.scrap, stock[network.stock_rules.scrap_rows])
    of(columns.most_slack, stock[network.stock_rules.most.rows])
    grouped = np.zeros(len(network.stability.planned), dtype=np.int64)
    grouped[network.stability.group] = keys[Grain.MAKE].column("item")[network.stability.route]
    for block in (columns.plan_up, columns.plan_down):
        of(block, grouped)
    for block in (columns.backlog, columns.lost):
        of(block, keys[Grain.DEMAND].column("item"))
    in_lots = (keys[Grain.MAKE].column("item")[network.lots.rows], keys[Grain.FLOW].column("item")[network.lots.lanes])
    for block in (columns.lots, columns.multiples):
        of(block, np.concatenate(in_lots))
    bought = np.zeros(len(network.axes.items), dtype=np.bool_)
    bought[stock[bought_components(network)]] = True
    return np.where((found >= 0) & bought[found], SHARED, found)


@dataclass(frozen=True, eq=False)
class _Shared:
    """Rows joined by shared columns alone, and the shared columns of each such set."""

    of_row: IntArray
    """[rows] number of the set."""
    columns: IntArray
    starts: IntArray
    """Shared columns sorted by set, and where those of each row's number begin, [rows + 1]."""


@dataclass(frozen=True, eq=False)
class Improved:
    """A plan and what its small programs say that a unit more of what is shared is worth."""

    values: FloatArray
    duals: FloatArray
    """[rows] of the rows that items share, weighted by how much of each the items of a small program take."""
    is_plan: bool
    """Whether it keeps every row."""


def improve(
    model: SupplyModel,
    program: LinearProgram,
    values: FloatArray,
    groups: list[IntArray],
    *,
    watch: Watch | None = None,
) -> Improved:
    """A plan no dearer than `values` [columns], if that is a plan: once over the groups of items, in their order.

    From `values` that are no plan yet, all zeros for one, it becomes one where every row belongs to an item or is
    shared by some.
    """
    owner = item_of_columns(model)
    shared = _shared_sets(program, owner)
    order = np.argsort(owner, kind="stable")
    firsts = np.searchsorted(owner[order], np.arange(len(model.network.axes.items) + 1))
    plan = np.clip(values, program.lower, program.upper)
    activity = activity_of(program, plan)
    weights, worth = np.zeros(program.shape[0]), np.zeros(program.shape[0])
    for group in groups:
        if watch is not None:
            watch("")
        mine = np.sort(np.concatenate([order[firsts[item] : firsts[item + 1]] for item in group.tolist()]))
        part = _part(program, shared, mine)
        small = _small(program, part, plan, activity)
        found = solve(small)
        if found.status == "infeasible":
            continue
        is_mine = owner[part.columns] != SHARED
        taken = np.abs(activity_of(small, np.where(is_mine, found.values, 0.0)))
        weights[part.rows] += taken**2
        worth[part.rows] += taken**2 * found.row_duals
        activity[part.rows] += activity_of(small, found.values - plan[part.columns])
        plan[part.columns] = found.values
    duals = np.divide(worth, weights, out=np.zeros(len(worth)), where=weights > 0)
    activity = activity_of(program, plan)
    room = KEPT * np.maximum(np.abs(activity), 1.0)
    is_plan = bool(((activity >= program.row_lower - room) & (activity <= program.row_upper + room)).all())
    return Improved(plan, duals, is_plan)


def activity_of(program: LinearProgram, values: FloatArray) -> FloatArray:
    """What the columns add up to in each row, [rows]."""
    amounts = program.values * np.repeat(values, np.diff(program.starts))
    return np.bincount(program.indices, amounts, minlength=program.shape[0]).astype(np.float64)


def _shared_sets(program: LinearProgram, owner: IntArray) -> _Shared:
    is_shared = owner == SHARED
    of_row = rows_joined(program, is_shared)
    columns = np.flatnonzero(is_shared & (np.diff(program.starts) > 0))
    number = of_row[program.indices[program.starts[columns]]]
    order = np.argsort(number, kind="stable")
    starts = np.searchsorted(number[order], np.arange(program.shape[0] + 1))
    return _Shared(of_row, columns[order], starts)


def _part(program: LinearProgram, shared: _Shared, mine: IntArray) -> Part:
    """The columns of some items with the shared ones that they need, and every row in which one of these stands."""
    sets = np.unique(shared.of_row[_rows_of(program, mine)])
    needed = [shared.columns[shared.starts[number] : shared.starts[number + 1]] for number in sets.tolist()]
    columns = np.sort(np.concatenate([mine, *needed]))
    return Part(columns, np.unique(_rows_of(program, columns)))


def _rows_of(program: LinearProgram, columns: IntArray) -> IntArray:
    counts = program.starts[columns + 1] - program.starts[columns]
    ends = np.cumsum(counts)
    entries = np.repeat(program.starts[columns] - (ends - counts), counts) + np.arange(int(ends[-1]))
    return program.indices[entries]


def _small(program: LinearProgram, part: Part, plan: FloatArray, activity: FloatArray) -> LinearProgram:
    """The part's program, its limits less what all other columns take."""
    small = part.program_of(program)
    others = activity[part.rows] - activity_of(small, plan[part.columns])
    return replace(small, row_lower=small.row_lower - others, row_upper=small.row_upper - others)


def in_groups(model: SupplyModel, count: int, shift: int = 0) -> list[IntArray]:
    """The items with columns of their own, `count` of them at a time, the first group of `shift` if that is not 0.

    Groups of another shift set other neighbors free together.
    """
    owner = item_of_columns(model)
    items = np.unique(owner[owner >= 0])
    begins = np.unique(np.concatenate([[0], np.arange(shift, len(items), count)]))
    return np.split(items, begins[1:])


def by_resource(model: SupplyModel, most: int = MOST_TOGETHER) -> list[IntArray]:
    """The items of each resource that a few share, resource by resource, then those in no such group."""
    network = model.network
    routes, item = network.routes, network.axes.keys[Grain.MAKE].column("item")
    groups = [
        np.unique(item[routes.load_route[routes.load_resource == row]]).astype(np.int64)
        for row in range(len(network.axes.resources))
    ]
    chosen = [group for group in groups if 1 < len(group) <= most]
    seen = np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *chosen]))
    return chosen + [group for group in in_groups(model, 1) if not np.isin(group, seen).any()]
