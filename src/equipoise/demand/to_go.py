"""What of the demand is behind us and what is still to go, when the data stand before or inside the first bucket.

Data are true at the end of the day `as_of`. The buckets open then begin with the one that holds the day after: bucket
0, or where as_of lies before the eve of the plan a bucket before it. In every open bucket, with S shipped to date, P
the open orders and F the forecast, O = S + P and the whole demand is O + max(0, F − O); the demand to go is that less
S, which is P + max(0, F − S − P). Demand to go before the plan begins is served from stock on the way there.
"""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.dataset import DatasetHead
from equipoise.core.fence import buckets_inside
from equipoise.core.finding import Finding
from equipoise.core.grid import QUANTITY_STEP, BoolArray, FloatArray, IntArray, on_grid
from equipoise.core.history import bucketed, row_numbers
from equipoise.core.measure import Grain
from equipoise.core.rates import Asked, painted_rates
from equipoise.demand.consumption import OpenOrders, consume_forecast
from equipoise.demand.findings import DROPPED_IN_FENCE, NO_SHIPMENTS


def first_open_bucket(head: DatasetHead) -> int:
    """The bucket that holds the day after as_of, at most 0.

    >>> from datetime import date
    >>> head = DatasetHead.of(name="c", currency="EUR", bucket="month", start=date(2027, 3, 1), horizon=6,
    ...     as_of=date(2027, 1, 15))
    >>> first_open_bucket(head)
    -2
    """
    return min(0, head.calendar.index_of(head.as_of + timedelta(days=1)))


def shipped_to_date(axes: Axes, head: DatasetHead, sales: pl.DataFrame, first: int) -> tuple[FloatArray, list[Finding]]:
    """Units shipped by as_of in the buckets first..T−1, by ship date, not below 0, [N, T − first]."""
    keys = axes.keys[Grain.DEMAND]
    known = sales.filter((pl.col("date") <= head.as_of) & (pl.col("date") >= axes.calendar.start_of(first)))
    rows = row_numbers(keys, known, ("item", "market"))
    shipped = bucketed(axes, known, "shipped_qty", rows, len(keys), first=first, last=axes.horizon)
    findings = []
    if head.as_of >= axes.calendar.start_of(first) and known["shipped_qty"].is_null().all():
        begun = axes.calendar.label(first)
        findings.append(NO_SHIPMENTS.found("table sales_history", f"all demand of {begun} is taken as still to go"))
    return on_grid(np.maximum(shipped, 0.0), QUANTITY_STEP), findings


@dataclass(frozen=True, eq=False)
class ToGo:
    """Demand after as_of, units on the grid, each [N, T]."""

    unconsumed: FloatArray
    """Forecast that neither shipments nor open orders have consumed."""
    until_start: FloatArray
    """Demand to serve before the plan begins, in bucket 0."""
    overdue: FloatArray
    """Open orders requested before all of this, in bucket 0; part of `until_start` where there is such a time."""
    to_date: FloatArray
    """Shipped in bucket 0 by as_of, in bucket 0."""


def demand_to_go(
    forecast: FloatArray,
    orders: OpenOrders,
    shipped: FloatArray,
    *,
    first: int,
    back: int,
    forward: int,
) -> ToGo:
    """Demand to go of forecast, orders and shipments [N, T − first] that begin with bucket `first`."""
    unused = consume_forecast(forecast, orders.normal + shipped, back=back, forward=forward)
    unconsumed = unused[:, -first:]
    until_start, overdue, to_date = (np.zeros(unconsumed.shape) for _ in range(3))
    overdue[:, 0] = orders.overdue
    to_date[:, 0] = shipped[:, -first]
    if first < 0:
        between = orders.normal[:, :-first] + orders.abnormal[:, :-first] + unused[:, :-first]
        until_start[:, 0] = orders.overdue + between.sum(axis=1)
        overdue[:] = 0.0
    return ToGo(unconsumed, until_start, overdue, to_date)


def inside_fence(axes: Axes, head: DatasetHead, fences: pl.DataFrame, items: pl.DataFrame) -> BoolArray:
    """Where forecast does not count beside orders, [N, T]: inside the demand fence of make_to_order items.

    The demand fence of an item is the longest of its locations: a customer does not say where he is served from.
    """
    keys = axes.keys[Grain.DEMAND]
    item = keys.column("item")
    days = np.zeros(len(keys))
    for location in sorted(set(fences["location"].to_list())):
        mine = fences.filter(pl.col("location") == location)
        days = np.fmax(days, painted_rates(axes, mine, "demand_days", Asked("item", axes.items, item))[:, 0])
    fulfillment = dict(items.select("item", "fulfillment").iter_rows())
    to_order = np.array([fulfillment.get(code) == "make_to_order" for code in axes.items.leaves], dtype=np.bool_)
    elapsed = (head.as_of - head.start).days + 1
    return buckets_inside(axes.calendar.horizon_days, elapsed, np.where(to_order[item], days, 0.0))


def lost_in_fence(axes: Axes, rows: IntArray, dropped: FloatArray) -> list[Finding]:
    """What is said of series `rows` [n] that lose `dropped` [n] units of forecast inside their demand fence."""
    lose = np.flatnonzero(dropped > 0)
    if lose.size == 0:
        return []
    example = " in ".join(axes.keys[Grain.DEMAND].labels(int(rows[lose[0]])))
    message = f"{lose.size} series lose forecast without orders, first {example}, {dropped[lose[0]]:,.0f} units"
    return [DROPPED_IN_FENCE.found("table fences", message, count=int(lose.size))]
