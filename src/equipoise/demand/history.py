"""Closed sales history by bucket, and the demand that trains a forecast.

A bucket that had not ended at history_to holds only part of its sales: it never trains a forecast and is no actual.
From the first sale of an item in a market on, a bucket without a row sold nothing (0); before it the item was not yet
sold (unknown, NaN for training).
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.dataset import DatasetHead
from equipoise.core.finding import Finding
from equipoise.core.grid import QUANTITY_STEP, BoolArray, FloatArray, on_grid
from equipoise.core.history import bucketed, row_numbers
from equipoise.core.measure import Grain
from equipoise.core.panel import Panel
from equipoise.demand.findings import (
    HISTORY_GAP,
    NEGATIVE_HISTORY,
    OPEN_BUCKET,
    ORDERED_FOR_SHIPPED,
    SHIPPED_FOR_ORDERED,
    STRANGE_HISTORY,
)

RETURNED = "returned"
"""Cause of what customers sent back, where sell-out trains the forecast."""


@dataclass(frozen=True, eq=False)
class History:
    """Sales of the closed buckets first..end−1, both at most 0, as [N, H] units on the grid."""

    ordered: FloatArray
    shipped: FloatArray
    first: int
    has_ordered: bool
    """True if any row states an ordered quantity."""
    has_shipped: bool
    returned: FloatArray
    out_of_stock: BoolArray
    """Buckets in which some row says that the item was out of stock, [N, H]."""
    is_stated: BoolArray
    """Buckets of which there is any row, [N, H]."""

    @property
    def end(self) -> int:
        """The bucket after the last closed one."""
        return self.first + int(self.ordered.shape[1])


def read_history(axes: Axes, head: DatasetHead, sales: pl.DataFrame) -> tuple[History, list[Finding]]:
    """Table sales_history as arrays aligned to the rows of grain demand, from the earliest row to history_to."""
    keys = axes.keys[Grain.DEMAND]
    end = head.closed_buckets_end
    rows = row_numbers(keys, sales, ("item", "market"))
    buckets = axes.calendar.index_dates(sales["date"])
    closed = (rows >= 0) & (buckets < end)
    first = max(int(buckets[closed].min()), -axes.calendar.first) if closed.any() else end
    ordered, shipped, returned, flagged = (
        on_grid(bucketed(axes, sales, column, rows, len(keys), first=first, last=end), QUANTITY_STEP)
        for column in ("ordered_qty", "shipped_qty", "returned_qty", "stockout")
    )
    counted = sales.select("date", rows=pl.lit(1.0))
    is_stated = bucketed(axes, counted, "rows", rows, len(keys), first=first, last=end) > 0
    stated = sales.select(pl.col("ordered_qty", "shipped_qty").is_not_null().any())
    has = bool(stated["ordered_qty"][0]), bool(stated["shipped_qty"][0])
    history = History(ordered, shipped, first, *has, returned, flagged > 0, is_stated)
    findings = []
    if strange := sales.filter(pl.Series(rows < 0)).select("item", "market").unique().sort("item", "market").rows():
        example = " in ".join(strange[0])
        findings.append(
            STRANGE_HISTORY.found("table sales_history", f"no such series, first {example}", count=len(strange))
        )
    if late := int(((rows >= 0) & (buckets >= end)).sum()):
        findings.append(
            OPEN_BUCKET.found(
                "table sales_history", f"{late} rows from {axes.calendar.label(end)} on are left out", count=late
            )
        )
    if end < 0 and closed.any():
        findings.append(
            HISTORY_GAP.found(
                "table sales_history",
                f"actuals end with {axes.calendar.label(end - 1)}, the plan begins with {axes.calendar.label(0)}",
                count=-end,
            )
        )
    return history, findings


@dataclass(frozen=True, eq=False)
class Captured:
    """Sales as the policy captures demand, before cleansing."""

    measure: str
    """The measure they start from."""
    sold: FloatArray
    """Units on the grid, [N, H]; below 0 where more came back than went out."""
    is_ordered: bool
    """True if they are orders: demand, whether it was served or not."""


def capture_demand(history: History, capture: str) -> tuple[Captured, list[Finding]]:
    """Sales by the policy demand_capture: orders, shipments, or sell_out, which is shipments less returns.

    Sell-out is what stayed with the customer: where dealers may send back what they did not sell, returns are not
    demand. Where no row states the one, the other is taken.
    """
    findings = []
    by_orders = capture == "orders"
    if by_orders and not history.has_ordered and history.has_shipped:
        by_orders = False
        findings.append(SHIPPED_FOR_ORDERED.found("table sales_history", "no row states ordered_qty"))
    elif not by_orders and not history.has_shipped and history.has_ordered:
        by_orders = True
        findings.append(ORDERED_FOR_SHIPPED.found("table sales_history", "no row states shipped_qty"))
    if by_orders:
        return Captured("history_ordered_qty", history.ordered, True), findings
    sold = history.shipped - history.returned if capture == "sell_out" else history.shipped
    return Captured("history_shipped_qty", sold, False), findings


def demand_to_train(sold: FloatArray, cleansed: FloatArray) -> tuple[FloatArray, list[Finding]]:
    """Demand y [N, H] in units as `forecast_series` wants it: NaN before the first sale, never below 0."""
    findings = []
    if below := int((cleansed < 0).sum()):
        findings.append(
            NEGATIVE_HISTORY.found("table sales_history", f"{below} buckets below 0 train as 0", count=below)
        )
    is_sold_yet = np.logical_or.accumulate(sold != 0, axis=1)
    return np.where(is_sold_yet, np.maximum(cleansed, 0.0), np.nan), findings


def recent_demand(y: FloatArray, period: int) -> FloatArray:
    """Demand of the last year of the history, [N] units: in whose proportion a total is spread over its series."""
    recent: FloatArray = np.nan_to_num(y[:, -period:], nan=0.0).sum(axis=1)
    return recent


def last_year(axes: Axes, past: Panel) -> FloatArray:
    """History of the same bucket one year before, [N, T] units, as `plan_baseline` left it; 0 where there is none.

    A bucket more than a year ahead takes the same bucket of the last year that is closed. Where nothing was recorded as
    ordered, shipments stand for it; buckets below zero count as 0.
    """
    ordered, shipped = past["history_ordered_qty"], past["history_shipped_qty"]
    sold = np.maximum(ordered if ordered.any() else shipped, 0.0)
    period, end = axes.calendar.periods_per_year, past.first + sold.shape[1]
    found = np.zeros((sold.shape[0], axes.horizon))
    for bucket in range(axes.horizon):
        years = max(1, -(-(bucket - end + 1) // period))  # the fewest that lead into closed history
        column = bucket - years * period - past.first
        if column >= 0:
            found[:, bucket] = sold[:, column]
    return found
