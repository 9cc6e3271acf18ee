"""What the model pays: the prices of stage `prices`, and what stock and backlog are worth when the horizon ends.

Without a price on its end a plan would stop making things before it ends: stock would run out and demand of the last
buckets would wait for nobody. The plan ends after its hidden buckets (beyond.py), so that what the prices do is out of
sight. They are notional and never part of the plan's cost.
"""

from dataclasses import dataclass

import numpy as np

from equipoise.core.grid import BoolArray, FloatArray
from equipoise.core.measure import Grain
from equipoise.core.stage import Inputs
from equipoise.supply.network.flows import Flows
from equipoise.supply.network.routes import Routes

END_PREMIUM = 1.5
"""A unit missing at the horizon's end has to be made after it, in part with overtime: its price over standard cost."""

BELOW_LOST = 0.999
"""The same never exceeds this part of what a lost sale costs."""


@dataclass(frozen=True, eq=False)
class Prices:
    """Money per unit from stage prices, each [N, T] of its grain."""

    make: FloatArray
    flow: FloatArray
    holding: FloatArray
    shortfall: FloatArray
    backlog: FloatArray
    lost: FloatArray
    regular: FloatArray
    overtime: FloatArray
    hire: FloatArray
    layoff: FloatArray
    shift: FloatArray
    """Per clock hour of an extra shift."""
    rate_up: FloatArray
    rate_down: FloatArray
    """Per clock hour used more, or less, than in the bucket before."""
    order: FloatArray
    """[M, T] per lot or order."""
    idle: FloatArray
    """Per clock hour that a workforce is paid for and does not work."""
    scrap: FloatArray
    """[S, T] per unit scrapped: standard cost, else the highest cost of a source. Notional."""
    end_stock: FloatArray
    """[S] price of a unit short of the safety stock at the end."""
    end_backlog: FloatArray
    """[D, T] price of a unit in backlog over its backlog price, in the bucket that is the last for it, 0 before."""


def read_prices(inputs: Inputs, routes: Routes, flows: Flows, *, is_lost: BoolArray, meets_target: bool) -> Prices:
    """Prices of stage `prices`, all known, and those of the horizon's end where the plan is to meet its targets."""
    names = (
        "make_unit_price",
        "flow_unit_price",
        "cost_holding_price",
        "cost_shortfall_price",
        "cost_backlog_price",
        "cost_lost_price",
        "resource_regular_price",
        "resource_overtime_price",
        "resource_hire_price",
        "resource_layoff_price",
        "resource_shift_price",
        "resource_rate_up_price",
        "resource_rate_down_price",
        "make_order_price",
        "resource_idle_price",
    )
    found = [inputs.measure(name) for name in names]
    for name, values in zip(names, found, strict=True):
        assert np.isfinite(values).all(), f"{name} has unknown cells"
    make, flow, holding, shortfall, backlog, lost, regular, overtime, hire, layoff, shift, up, down, order, idle = found
    end_stock, end_backlog = np.zeros(len(holding)), np.zeros(backlog.shape)
    if meets_target:
        end_stock = _end_prices(inputs, routes, shortfall[:, -1], lost[:, -1], is_lost)
        end_backlog[:, -1] = np.where(is_lost, 0.0, _highest(end_stock, flows, len(lost)))
    return Prices(
        make,
        flow,
        holding,
        shortfall,
        backlog,
        lost,
        regular,
        overtime,
        hire,
        layoff,
        shift,
        up,
        down,
        order,
        idle,
        _scrap_prices(inputs, routes),
        end_stock,
        end_backlog,
    )


def _scrap_prices(inputs: Inputs, routes: Routes) -> FloatArray:
    """What a scrapped unit was worth, [S, T]: without a price stock would be scrapped to save its holding cost."""
    standard = inputs.measure("cost_standard_price")
    bought, fills = np.zeros(len(standard)), routes.stock >= 0
    np.maximum.at(bought, routes.stock[fills], routes.price_cap[fills])
    found: FloatArray = np.where(np.isnan(standard), bought[:, None], standard)
    return found


def _end_prices(
    inputs: Inputs, routes: Routes, shortfall: FloatArray, lost: FloatArray, is_lost: BoolArray
) -> FloatArray:
    """Price of a unit short of the safety stock at the end, [S].

    What it will cost to make it later, its standard cost with a premium (else the highest price at which the item is
    made or bought), and a bucket of shortfall. Below the price of a lost sale: serving goes before keeping.
    """
    items = inputs.keys(Grain.STOCK).column("item")
    standard = inputs.measure("cost_standard_price")[:, -1]
    bought = np.zeros(len(inputs.axes.items))
    np.maximum.at(bought, inputs.keys(Grain.MAKE).column("item"), routes.price_cap)
    worth = np.where(np.isnan(standard), bought[items], standard) * END_PREMIUM + shortfall
    cap = np.full(len(inputs.axes.items), np.inf)
    sold = inputs.keys(Grain.DEMAND).column("item")
    np.minimum.at(cap, sold[is_lost], lost[is_lost] * BELOW_LOST)
    found: FloatArray = np.minimum(worth, cap[items])
    return found


def _highest(by_stock: FloatArray, flows: Flows, count: int) -> FloatArray:
    """The highest value of the stock rows that serve each demand row, [D]."""
    highest = np.zeros(count)
    chosen = (flows.to_demand >= 0) & (flows.from_stock >= 0)
    np.maximum.at(highest, flows.to_demand[chosen], by_stock[flows.from_stock[chosen]])
    return highest
