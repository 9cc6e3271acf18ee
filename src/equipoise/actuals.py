"""What was sold, by item, market and bucket: closed buckets, and the month to date.

Read from sales_history, of rows dated by as_of: units by ship date, revenue as invoiced, cost as booked. Where the
history gives no cost, units at the plan's standard cost stand for it, which the caller is told.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from equipoise.core.grid import MONEY_STEP, QUANTITY_STEP, FloatArray, on_grid
from equipoise.core.history import bucketed, row_numbers
from equipoise.core.measure import Grain
from equipoise.core.panel import sum_rows
from equipoise.plan import Plan


@dataclass(frozen=True, eq=False)
class Actuals:
    """Demand rows [N] by buckets first..0, [N, 1 − first]; the last column is the first planning bucket to date.

    NaN: not known, because the history begins later or a row of it leaves the amount blank.
    """

    first: int
    quantity: FloatArray
    revenue: FloatArray
    cost: FloatArray
    is_cost_assumed: bool


def read_actuals(plan: Plan, *, first: int) -> Actuals:
    """Actuals of a plan's demand rows from bucket `first` (≤ 0) on; 0 to date where the first bucket has not begun."""
    axes, head = plan.axes, plan.head
    keys = axes.keys[Grain.DEMAND]
    history = plan.snapshot.table("sales_history").filter(pl.col("date") <= head.as_of)
    count, width = len(keys), 1 - first
    known = np.zeros(width, dtype=np.bool_)
    known[-1] = head.as_of < axes.calendar.start_of(0)
    if history.height:
        begins = axes.calendar.index_of(history["date"].min())  # type: ignore[arg-type]  # a column of dates
        known[max(0, begins - first) :] = True
    rows = row_numbers(keys, history, ("item", "market"))
    shipped = history.with_columns(pl.coalesce("shipped_qty", "ordered_qty").alias("shipped_qty"))

    def taken(column: str, step: float) -> FloatArray:
        total = on_grid(bucketed(axes, shipped, column, rows, count, first=first, last=1), step)
        blank = shipped.with_columns(
            (pl.col(column).is_null() & (pl.col("shipped_qty") != 0)).cast(pl.Float64).alias("b")
        )
        lacks = bucketed(axes, blank, "b", rows, count, first=first, last=1) > 0
        return np.where(known & ~lacks, total, np.nan)

    quantity, revenue = taken("shipped_qty", QUANTITY_STEP), taken("revenue_amount", MONEY_STEP)
    cost = taken("cost_amount", MONEY_STEP)
    assumed = np.isnan(cost) & ~np.isnan(quantity)
    standard = on_grid(np.where(quantity == 0, 0.0, quantity * unit_cost(plan)[:, None]), MONEY_STEP)
    return Actuals(first, quantity, revenue, np.where(assumed, standard, cost), bool(assumed.any()))


def unit_cost(plan: Plan) -> FloatArray:
    """Standard cost of a unit sold of each demand row, [N]: of the plan's sales, else the mean over its locations."""
    keys, stock = plan.axes.keys[Grain.DEMAND], plan.axes.keys[Grain.STOCK]
    served = plan.measure("demand_served_qty").values.sum(axis=1)
    cost = plan.measure("cost_of_sales_amount").values.sum(axis=1)
    first = plan.measure("cost_standard_price").values[:, [0]]
    known = ~np.isnan(first)
    items = len(plan.axes.items)
    total = sum_rows(np.where(known, first, 0.0), stock.column("item"), items)[:, 0]
    number = sum_rows(known.astype(np.float64), stock.column("item"), items)[:, 0]
    mean = np.divide(total, number, out=np.full(items, np.nan), where=number > 0)[keys.column("item")]
    planned: FloatArray = np.divide(cost, served, out=mean.copy(), where=served > 0)
    return np.where(np.isnan(planned), mean, planned)
