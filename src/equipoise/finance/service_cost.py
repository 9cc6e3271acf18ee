"""What it costs to serve late or never, per unit: given by market, else by item, else derived from the price.

The default of both is the price p. Of a unit late at the end of the horizon the optimizer saves its source's cost c
and pays one bucket of backlog b, of a lost unit the same with the lost sale cost. With b = p it serves exactly those
units with c < p: no unit with positive contribution stays unserved while a listed source is free, and this is the
smallest cost of which that is true. Without a price, 1/0.6 of standard cost or 1.1 times the dearest listed source, the
larger of the two, stands for it; 1 where none of these is known.
"""

import numpy as np

from equipoise.core.finding import Finding, FindingCode
from equipoise.core.grid import BoolArray, FloatArray
from equipoise.core.measure import Grain
from equipoise.core.rates import painted_rates
from equipoise.core.stage import Inputs
from equipoise.finance.currency import ExchangeRates
from equipoise.finance.findings import BACKLOG_DEFAULT, COST_AT_LOCATION, LOST_DEFAULT, LOST_IS_CHEAP
from equipoise.finance.sales_price import demand_cells
from equipoise.finance.stock_cost import COST_OF_PRICE

LEAST_COST = 1.0
"""Money per unit where no money is known: serving is still better than not serving."""
ABOVE_SOURCE = 1.1
"""How much dearer than the dearest listed source not serving is, where no price is known."""


def service_costs(
    inputs: Inputs, exchange: ExchangeRates, *, price: FloatArray, item_standard: FloatArray, item_source: FloatArray
) -> tuple[FloatArray, FloatArray, list[Finding]]:
    """Backlog cost per unit and bucket, and lost sale cost per unit, of the demand rows: two of [N, T], never NaN.

    `item_standard` and `item_source`: highest standard cost and dearest listed source of each item, [items, T], NaN
    where none is known.
    """
    item = inputs.keys(Grain.DEMAND).column("item")
    fallback = np.fmax(item_standard / COST_OF_PRICE, ABOVE_SOURCE * item_source)[item]
    known = np.where(np.isnan(price), fallback, price)
    default = np.where(known > 0, known, LEAST_COST)
    findings = _at_locations(inputs)
    backlog = _given(inputs, exchange, "backlog_cost")
    findings += _noted(inputs, BACKLOG_DEFAULT, np.isnan(backlog), "take the price")
    lost = _given(inputs, exchange, "lost_sale_cost")
    findings += _noted(inputs, LOST_DEFAULT, np.isnan(lost), "take the price")
    findings += _noted(inputs, LOST_IS_CHEAP, lost < item_source[item], "are cheaper to lose than to get")
    return np.where(np.isnan(backlog), default, backlog), np.where(np.isnan(lost), default, lost), findings


def _given(inputs: Inputs, exchange: ExchangeRates, column: str) -> FloatArray:
    """The cost by market of service_costs over that by item of costs, [N, T]; NaN where neither says."""
    axes, costs = inputs.axes, inputs.table("costs")
    cells = demand_cells(axes)
    by_market = painted_rates(axes, inputs.table("service_costs"), column, *cells)
    by_item = exchange.paint(axes, costs.filter(costs["location"] == ""), column, cells[0])
    return np.where(np.isnan(by_market), by_item, by_market)


def _at_locations(inputs: Inputs) -> list[Finding]:
    costs = inputs.table("costs")
    said = costs["backlog_cost"].is_not_null() | costs["lost_sale_cost"].is_not_null()
    count = int((said & (costs["location"] != "")).sum())
    if count == 0:
        return []
    message = f"{count} rows give backlog_cost or lost_sale_cost at a location, where no customer is"
    return [COST_AT_LOCATION.found("table costs", message, count=count)]


def _noted(inputs: Inputs, code: FindingCode, cells: BoolArray, text: str) -> list[Finding]:
    """One finding for the demand rows with a cell [N, T] that is True."""
    keys = inputs.keys(Grain.DEMAND)
    rows = np.flatnonzero(cells.any(axis=1))
    if rows.size == 0:
        return []
    item, market = keys.labels(int(rows[0]))
    message = f"{rows.size} of {len(keys)} pairs of item and market {text}; the first is {item} in {market}"
    return [code.found("table costs", message, count=int(rows.size))]
