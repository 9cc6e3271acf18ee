"""What a unit sells for: the net invoiced price less rebate, then people's changes."""

import numpy as np

from equipoise.core.axes import Axes
from equipoise.core.finding import Finding
from equipoise.core.grid import FloatArray
from equipoise.core.measure import Grain
from equipoise.core.rates import Asked, painted_rates
from equipoise.core.stage import Inputs
from equipoise.finance.changes import ChangePrice, apply_price_change
from equipoise.finance.currency import ExchangeRates
from equipoise.finance.event_discount import discount_prices
from equipoise.finance.findings import NO_PRICE


def demand_cells(axes: Axes) -> tuple[Asked, Asked]:
    """The rows of grain demand, as rates are asked for."""
    keys = axes.keys[Grain.DEMAND]
    return (
        Asked("item", axes.items, keys.column("item")),
        Asked("market", axes.markets, keys.column("market")),
    )


def price_sales(inputs: Inputs, exchange: ExchangeRates) -> tuple[FloatArray, list[Finding]]:
    """Net price of every item and market in dataset currency, [N, T]; NaN where it is not known.

    price × (1 − rebate_pct/100), less the discounts of events ahead, then adjustments in their order: what a person
    sets is the net price itself.
    """
    axes, table = inputs.axes, inputs.table("prices")
    cells = demand_cells(axes)
    findings = exchange.findings("prices", table)
    rebate = np.nan_to_num(painted_rates(axes, table, "rebate_pct", *cells))
    prices = exchange.paint(axes, table, "price", *cells) * (1 - rebate / 100)
    prices = discount_prices(axes, prices, inputs.table("events"), table)
    for adjustment in inputs.adjustments:
        if not isinstance(adjustment.change, ChangePrice):
            continue
        prices, found = apply_price_change(axes, prices, adjustment)
        findings += found
    return prices, findings + _unpriced(inputs, prices)


def _unpriced(inputs: Inputs, prices: FloatArray) -> list[Finding]:
    keys = inputs.keys(Grain.DEMAND)
    missing = np.isnan(prices) & (inputs.measure("demand_active_ratio") > 0)
    rows = np.flatnonzero(missing.any(axis=1))
    if rows.size == 0:
        return []
    if not inputs.has("prices") and rows.size == len(keys):
        return [NO_PRICE.found("table prices", "no prices are given: the plan is in units only", count=len(keys))]
    item, market = keys.labels(int(rows[0]))
    message = f"{rows.size} of {len(keys)} pairs of item and market lack a price; the first is {item} in {market}"
    return [NO_PRICE.found("table prices", message, count=int(rows.size))]
