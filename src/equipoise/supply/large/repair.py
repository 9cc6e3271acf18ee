"""A whole plan from one that was made without looking at some components: what exceeds them is planned anew.

A plan of the first step (`two_steps`) buys ample components whenever it needs them. Where that is not possible, the
items that use such a component are planned again, together, with what the plan of all others leaves them of hours and
components (one step of block coordinate descent); nothing else moves. The plan is feasible, and the bound of the first
step says how far at most it is from the best.
"""

from dataclasses import replace

import numpy as np

from equipoise.core.grid import BoolArray, FloatArray
from equipoise.core.measure import Grain
from equipoise.core.stage import Watch
from equipoise.supply.large.component_prices import supplied
from equipoise.supply.large.item_by_item import SHARED, item_of_columns
from equipoise.supply.large.two_steps import Reduced
from equipoise.supply.model import SupplyModel
from equipoise.supply.program.highs import Solution, solve
from equipoise.supply.program.program import LinearProgram

SLACK = 1e-6
"""Of what there is: use beyond it by less is rounding."""


def repaired(
    model: SupplyModel, program: LinearProgram, reduced: Reduced, values: FloatArray, *, watch: Watch | None = None
) -> Solution | None:
    """A plan of the whole near `values` [columns of the reduced program]; None if moving few items is not enough."""
    plan = np.zeros(program.shape[1])
    plan[reduced.keeps_column] = values
    stays = reduced.keeps_column & ~_moves(model, _short(model, program, reduced, plan))
    fixed = np.clip(plan, program.lower, program.upper)
    found = solve(
        replace(program, lower=np.where(stays, fixed, program.lower), upper=np.where(stays, fixed, program.upper)),
        watch=watch,
    )
    return None if found.status == "infeasible" else found


def _short(model: SupplyModel, program: LinearProgram, reduced: Reduced, plan: FloatArray) -> BoolArray:
    """Components of which a plan uses more than there can be by some bucket, [S]."""
    network, stock = model.network, reduced.priced.stock
    columns, routes, parts = model.columns, network.routes, network.components
    most = np.zeros(network.safety.shape)
    buys = np.flatnonzero((routes.stock >= 0) & ~routes.is_own)
    upper = program.upper[columns.make.all]
    for limit in network.limits:
        if limit.block == "make":
            upper[limit.members] = np.minimum(upper[limit.members], limit.most)
    np.add.at(most, routes.stock[buys], upper[buys] * routes.yield_ratio[buys, None])
    used = np.zeros(network.safety.shape)
    np.add.at(used, parts.stock, parts.quantity * columns.make.of(plan)[parts.route])
    has, needs = np.cumsum(supplied(network) + most, axis=1), np.cumsum(used, axis=1)
    found = np.zeros(len(network.opening), dtype=np.bool_)
    over = needs[stock] - has[stock]
    found[stock] = (over > SLACK * np.maximum(1.0, needs[stock])).any(axis=1)
    return found


def _moves(model: SupplyModel, short: BoolArray) -> BoolArray:
    """Columns of the items made from these components, of all components, and what belongs to no item, [columns]."""
    keys, parts = model.network.axes.keys, model.network.components
    items = np.zeros(len(model.network.axes.items), dtype=np.bool_)
    items[keys[Grain.MAKE].column("item")[parts.route[short[parts.stock]]]] = True
    items[keys[Grain.STOCK].column("item")[parts.stock]] = True
    owner = item_of_columns(model)
    found: BoolArray = (owner == SHARED) | items[owner]
    return found
