"""Rows of a sheet as arrays [C]: this plan, the last plan and the past, in the sheet's unit. NaN is unknown."""

from collections.abc import Callable

import numpy as np

from equipoise.core.grid import FloatArray
from equipoise.core.panel import sum_rows
from equipoise.pack.archive import archived
from equipoise.pack.past import dated, sold
from equipoise.pack.prices import SheetPrices, worth
from equipoise.pack.scope import SheetScope

Price = Callable[[SheetPrices], FloatArray]
"""Which price values a row: `net` or `standard`."""
SERVED = "demand_served_qty"


def net(prices: SheetPrices) -> FloatArray:
    """Sales are valued at net price."""
    return prices.net


def standard(prices: SheetPrices) -> FloatArray:
    """Production and inventory are valued at standard cost."""
    return prices.standard


def plan_row(scope: SheetScope, measure: str, price: Price) -> FloatArray:
    """A quantity of this plan, in money at the item's price; the closed columns are NaN."""
    if not scope.is_money:
        return scope.planned(measure)
    panel = scope.plan.measure(measure)
    items = sum_rows(panel.values, panel.keys.column("item"), len(scope.plan.axes.items))
    value = worth(items, price(SheetPrices(scope)))[scope.items].sum(axis=0)
    return np.concatenate([np.full(len(scope.closed), np.nan), value[scope.ahead.start : scope.ahead.stop]])


def demand_row(scope: SheetScope, measure: str) -> FloatArray:
    """A quantity of grain demand of this plan; in money each market at its own net price."""
    if not scope.is_money:
        return scope.planned(measure)
    panel = scope.plan.measure(measure)
    value = worth(panel.values, scope.plan.measure("sales_net_price").values)
    inside = np.isin(panel.keys.column("item"), scope.items)
    ahead = value[inside].sum(axis=0)[scope.ahead.start : scope.ahead.stop]
    return np.concatenate([np.full(len(scope.closed), np.nan), ahead])


def last_row(scope: SheetScope, measure: str, price: Price) -> FloatArray:
    """What the last plan said of a quantity, in money at this plan's prices; NaN where it said nothing."""
    prices = price(SheetPrices(scope)) if scope.is_money else None
    total = np.full(len(scope.buckets), np.nan)
    for row in archived(scope, measure):
        items = scope.plan.axes.items.positions(row.item)
        if prices is None:
            factors = np.unique(scope.in_uom[items])  # a node's total converts only if its items convert alike
            amount = row.quantity * float(factors[0]) if len(factors) == 1 else np.nan
        else:
            each = SheetPrices(scope).of_node(prices, items, int(scope.priced[row.column]))
            amount = float(worth(np.array([row.quantity]), np.array([each]))[0])
        total[row.column] = amount if np.isnan(total[row.column]) else total[row.column] + amount
    return total


def past_row(scope: SheetScope, by_item: FloatArray, price: Price) -> FloatArray:
    """Quantities of the past by item, [items, C], added up over the scope; NaN where no item is known."""
    mine = by_item[scope.items]
    if scope.is_money:
        mine = np.where(np.isnan(mine), np.nan, worth(mine, price(SheetPrices(scope))[scope.items][:, scope.priced]))
    else:
        mine = mine * scope.in_uom[scope.items][:, None]
    unknown = np.isnan(by_item[scope.items])
    total: FloatArray = np.where(unknown, 0.0, mine).sum(axis=0)
    return np.where(unknown.all(axis=0), np.nan, total)


def ordered_row(scope: SheetScope) -> FloatArray:
    """Units ordered in the closed buckets by requested date, which is what a demand plan is held against."""
    return past_row(scope, sold(scope, "history_ordered_qty"), net)


def shipped_row(scope: SheetScope) -> FloatArray:
    """What was shipped, in money what was invoiced; ahead what this plan serves, in money its revenue.

    Of a begun bucket it is both: what was shipped to date and what is to be served.
    """
    to_date, to_go = shipped_parts(scope)
    if scope.is_money:
        invoiced = dated(scope, "sales_history", "revenue_amount")[scope.items]
        past = np.where(np.isnan(invoiced).all(axis=0), np.nan, np.nansum(invoiced, axis=0))
    else:
        past = past_row(scope, sold(scope, "history_shipped_qty"), net)
    return np.where(scope.is_closed, past, to_date + to_go)


def shipped_parts(scope: SheetScope) -> tuple[FloatArray, FloatArray]:
    """Shipped to date and to be served, or invoiced and revenue to come, in the coming columns; NaN in the closed."""
    names = ("revenue_to_date_amount", "revenue_amount") if scope.is_money else ("demand_to_date_qty", SERVED)
    return scope.planned(names[0]), scope.planned(names[1])


def made_parts(scope: SheetScope) -> tuple[FloatArray, FloatArray]:
    """Made to date and to be made in the coming columns; NaN in the closed ones."""
    return plan_row(scope, "production_to_date_qty", standard), plan_row(scope, "production_qty", standard)
