"""What stock is worth and what it costs: standard cost, holding, and safety stock that is not there.

Holding cost per unit and bucket, the first that is known:

1. holding_cost of table costs
2. holding_rate_pct / 100 / buckets a year × standard cost
3. 20 % a year of standard cost
4. 20 % a year of 60 % of the item's mean price over its markets
5. 0

Price of safety stock that is not held, per unit and bucket: shortfall_cost of inventory_policy, else the geometric
mean √(h·b) of holding cost h and backlog cost b, at least 2h. So safety stock is held where it costs nothing but
holding, and customers are served before it. For an item that no market wants standard cost stands for b.
"""

import numpy as np

from equipoise.core.axes import Axes
from equipoise.core.finding import Finding, FindingCode
from equipoise.core.grid import BoolArray, FloatArray
from equipoise.core.measure import Grain
from equipoise.core.rates import Asked, painted_rates
from equipoise.core.stage import Inputs
from equipoise.finance.currency import ExchangeRates
from equipoise.finance.findings import HOLDING_DEFAULT, NO_HOLDING, NO_STANDARD_COST, SHORTFALL_DEFAULT

HOLDING_RATE = 0.20
"""Share of an item's cost that holding it costs in a year, where the data do not say."""
COST_OF_PRICE = 0.60
"""Share of the price taken for the cost of an item without standard cost."""
LEAST_SHORTFALL = 0.1
"""Money per unit and bucket where no money is known: safety stock is never worth nothing."""


def stock_cells(axes: Axes) -> tuple[Asked, Asked]:
    """The rows of grain stock, as rates are asked for."""
    keys = axes.keys[Grain.STOCK]
    return (
        Asked("item", axes.items, keys.column("item")),
        Asked("location", axes.locations, keys.column("location")),
    )


def standard_costs(inputs: Inputs, exchange: ExchangeRates) -> tuple[FloatArray, list[Finding]]:
    """Standard cost of every item and location, [N, T]; NaN where it is not known."""
    table = inputs.table("costs")
    standard = exchange.paint(inputs.axes, table, "standard_cost", *stock_cells(inputs.axes))
    text = "{count} of {all} pairs of item and location lack a standard cost; the first is {first}"
    return standard, exchange.findings("costs", table) + _noted(inputs, NO_STANDARD_COST, np.isnan(standard), text)


def holding_costs(
    inputs: Inputs, exchange: ExchangeRates, *, standard: FloatArray, item_price: FloatArray
) -> tuple[FloatArray, list[Finding]]:
    """Holding cost per unit and bucket, [N, T], never NaN. `item_price`: mean price of each item, [items, T]."""
    axes, table, cells = inputs.axes, inputs.table("costs"), stock_cells(inputs.axes)
    buckets = axes.calendar.periods_per_year
    given = exchange.paint(axes, table, "holding_cost", *cells)
    rate = painted_rates(axes, table, "holding_rate_pct", *cells) / 100 / buckets
    cost = _first_known(given, rate * standard)
    assumed_value = _first_known(standard, COST_OF_PRICE * item_price[cells[0].leaves])
    derived = _first_known(cost, HOLDING_RATE / buckets * assumed_value)
    findings = _noted(
        inputs,
        HOLDING_DEFAULT,
        np.isnan(cost) & ~np.isnan(derived),
        "{count} of {all} pairs of item and location take the default of 20 % a year; the first is {first}",
    )
    findings += _noted(
        inputs,
        NO_HOLDING,
        np.isnan(derived),
        "{count} of {all} pairs of item and location cost nothing to hold; the first is {first}",
    )
    return np.nan_to_num(derived), findings


def shortfall_prices(
    inputs: Inputs, *, holding: FloatArray, standard: FloatArray, item_backlog: FloatArray
) -> tuple[FloatArray, list[Finding]]:
    """Price of a unit of safety stock not held for a bucket, [N, T], never 0 unless it was given as 0.

    `item_backlog`: lowest backlog cost over the markets of each item, [items, T], NaN where no market wants it.
    """
    axes, cells = inputs.axes, stock_cells(inputs.axes)
    given = painted_rates(axes, inputs.table("inventory_policy"), "shortfall_cost", *cells)
    late = np.nan_to_num(_first_known(item_backlog[cells[0].leaves], standard))
    derived = np.maximum(np.sqrt(holding * late), 2 * holding)
    # Only where nothing is known: a least price per unit would depend on what the item is counted in.
    derived = np.where(derived > 0, derived, LEAST_SHORTFALL)
    findings = _noted(
        inputs,
        SHORTFALL_DEFAULT,
        np.isnan(given),
        "{count} of {all} pairs of item and location take a default between holding and backlog cost; "
        "the first is {first}",
    )
    return _first_known(given, derived), findings


def _first_known(first: FloatArray, second: FloatArray) -> FloatArray:
    return np.where(np.isnan(first), second, first)


def _noted(inputs: Inputs, code: FindingCode, cells: BoolArray, text: str) -> list[Finding]:
    """One finding for the stock rows with a cell [N, T] that is True."""
    rows = np.flatnonzero(cells.any(axis=1))
    if rows.size == 0:
        return []
    keys = inputs.keys(Grain.STOCK)
    item, location = keys.labels(int(rows[0]))
    message = text.format(count=rows.size, all=len(keys), first=f"{item} at {location}")
    return [code.found("table costs", message, count=int(rows.size))]
