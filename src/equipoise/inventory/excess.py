"""Excess: stock above its maximum, or more than will leave before it can no longer be used.

At the close of a bucket, with stock I:

* above max: I − the lower of max_qty and max_days of coming use, of which stock that open orders wait for is no excess
* shelf life: I − use within shelf_life_days; an order that falls due later does not keep it fresh
* run-out: I − use until the item's end_date, or the open orders that are still to come, if more

Excess is the largest of the three, 0 where none is positive or none is stated. Use is what the plan lets leave the
stock: shipments to markets and other locations, and components. It goes on after the horizon at the last year's mean.
"""

from datetime import date

import numpy as np

from equipoise.core.coverage import coming_demand
from equipoise.core.grid import QUANTITY_STEP, FloatArray, on_grid
from equipoise.core.history import row_numbers
from equipoise.core.measure import Grain
from equipoise.core.panel import sum_rows
from equipoise.core.rates import Asked, painted_rates
from equipoise.core.stage import Inputs


def excess_stock(inputs: Inputs, closing: FloatArray) -> FloatArray:
    """Units of closing stock [N, T] that are too many, on the grid."""
    excess = np.zeros(closing.shape)
    for allowed in allowed_stock(inputs).values():
        limited = ~np.isnan(allowed)
        limit = on_grid(np.where(limited, allowed, 0.0), QUANTITY_STEP)
        excess = np.maximum(excess, np.where(limited, closing - limit, 0.0))
    return excess


def allowed_stock(inputs: Inputs) -> dict[str, FloatArray]:
    """The most stock that is no excess by each of the three rules, [N, T]; NaN where the rule is not stated."""
    orders, use = orders_to_come(inputs), planned_use(inputs)
    most = np.fmin(_policy(inputs, "max_qty"), _coming(inputs, use, _policy(inputs, "max_days")))
    until_end = _coming(inputs, use, _days_to_end(inputs))
    return {
        "maximum stock or open orders": np.where(np.isnan(most), np.nan, np.maximum(most, orders)),
        "use within shelf life": _coming(inputs, use, _shelf_life(inputs)),
        "use until the item ends or open orders": np.where(np.isnan(until_end), np.nan, np.maximum(until_end, orders)),
    }


def planned_use(inputs: Inputs) -> FloatArray:
    """Shipments and components that leave each stock in each bucket, [N, T]; what is scrapped is no use."""
    keys = inputs.keys(Grain.STOCK)
    source = row_numbers(keys, inputs.keys(Grain.FLOW).frame, ("item", "from"))
    return sum_rows(inputs.measure("shipment_qty"), source, len(keys)) + inputs.measure("component_use_qty")


def orders_to_come(inputs: Inputs) -> FloatArray:
    """Open orders of later buckets at the locations that serve their markets, [N, T]."""
    flow = inputs.keys(Grain.FLOW).frame
    market = row_numbers(inputs.keys(Grain.DEMAND), flow, ("item", "to"))
    source = row_numbers(inputs.keys(Grain.STOCK), flow, ("item", "from"))
    orders = inputs.measure("demand_orders_qty")
    carried = np.where((market >= 0)[:, None], inputs.measure("sourcing_share_ratio") * orders[market], 0.0)
    here = sum_rows(carried, source, len(inputs.keys(Grain.STOCK)))
    later: FloatArray = here[:, ::-1].cumsum(axis=1)[:, ::-1] - here
    return later


def _coming(inputs: Inputs, use: FloatArray, days: FloatArray) -> FloatArray:
    """Use of the days [N, T] after each close; NaN where no days are stated."""
    calendar = inputs.axes.calendar
    coming = coming_demand(use, np.nan_to_num(days), calendar.horizon_days, per_year=calendar.periods_per_year)
    return np.where(np.isnan(days), np.nan, coming)


def _policy(inputs: Inputs, column: str) -> FloatArray:
    axes, keys = inputs.axes, inputs.keys(Grain.STOCK)
    return painted_rates(
        axes,
        inputs.table("inventory_policy"),
        column,
        Asked("item", axes.items, keys.column("item")),
        Asked("location", axes.locations, keys.column("location")),
    )


def _shelf_life(inputs: Inputs) -> FloatArray:
    """shelf_life_days of each stock row, [N, T]; NaN where none is stated."""
    stated = dict(inputs.table("items").select("item", "shelf_life_days").iter_rows())
    days = np.array([np.nan if stated[i] is None else stated[i] for i in inputs.axes.items.leaves], dtype=np.float64)
    return np.repeat(days[inputs.keys(Grain.STOCK).column("item")][:, None], inputs.axes.horizon, axis=1)


def _days_to_end(inputs: Inputs) -> FloatArray:
    """Days from the close of each bucket until the item's last day of sale, [N, T]; NaN where it has none."""
    ends: dict[str, date | None] = dict(inputs.table("items").select("item", "end_date").iter_rows())
    last = np.array([_ordinal(ends[item]) for item in inputs.axes.items.leaves])
    closes = np.array([inputs.axes.calendar.end_of(bucket).toordinal() for bucket in range(inputs.axes.horizon)])
    days = last[inputs.keys(Grain.STOCK).column("item")][:, None] - closes[None, :]
    return np.where(np.isnan(days), np.nan, np.maximum(days, 0.0))


def _ordinal(day: date | None) -> float:
    return np.nan if day is None else float(day.toordinal())
