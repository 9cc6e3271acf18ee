"""Most stock of an item at a location: max_qty and max_days of table inventory_policy, bucket by bucket.

Where both are given, the smaller holds. Stock that stands above it when the plan begins is no contradiction: the limit
of a bucket is never below what is left of opening stock and scheduled receipts when nothing is added and the location
sends its markets their share of demand as soon as it can arrive.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.coverage import coming_demand
from equipoise.core.finding import Finding
from equipoise.core.grid import FloatArray, IntArray
from equipoise.core.measure import Grain
from equipoise.core.rates import Asked, painted_rates
from equipoise.supply.findings import ABOVE_MOST, MAX_DAYS_WITHOUT_DEMAND
from equipoise.supply.network.flows import Flows


@dataclass(frozen=True, eq=False)
class MostStock:
    """Stock rows with a limit, [n], and the most that may stand there at the end of each bucket, [n, T]."""

    rows: IntArray
    most: FloatArray
    """inf in buckets without a limit."""


def sent_to_markets(flows: Flows, share: FloatArray, required: FloatArray, stocks: int) -> FloatArray:
    """Demand [D, T] by the location that serves it (`share` [F, T]) and the bucket in which it has to leave, [S, T]."""
    leaving = np.zeros((stocks, required.shape[1]))
    lane, bucket = np.nonzero(flows.is_open & ((flows.to_demand >= 0) & (flows.from_stock >= 0))[:, None])
    arrives = flows.arrival[lane, bucket]
    np.add.at(
        leaving, (flows.from_stock[lane], bucket), share[lane, arrives] * required[flows.to_demand[lane], arrives]
    )
    return leaving


def left_over(opening: FloatArray, arriving: FloatArray, leaving: FloatArray) -> FloatArray:
    """Stock left at the close of each bucket when nothing is added, [S, T], from opening [S] and fixed flows [S, T].

    >>> left_over(np.array([10.0]), np.array([[0.0, 5.0]]), np.array([[4.0, 4.0]])).tolist()
    [[6.0, 7.0]]
    """
    left = np.zeros(arriving.shape)
    stock = opening
    for bucket in range(arriving.shape[1]):
        stock = np.maximum(stock + arriving[:, bucket] - leaving[:, bucket], 0.0)
        left[:, bucket] = stock
    return left


def read_most_stock(
    axes: Axes, policy: pl.DataFrame, *, left: FloatArray, sourced: FloatArray
) -> tuple[MostStock, list[Finding]]:
    """Limits of the stock rows that have one; `left` and `sourced` (demand by location) are [S, T]."""
    keys = axes.keys[Grain.STOCK]
    asked = (
        Asked("item", axes.items, keys.column("item")),
        Asked("location", axes.locations, keys.column("location")),
    )
    quantity = painted_rates(axes, policy, "max_qty", *asked)
    days = painted_rates(axes, policy, "max_days", *asked)
    faces_demand = sourced.sum(axis=1) > 0
    findings: list[Finding] = []
    idle = np.flatnonzero(~faces_demand & ~np.isnan(days).any(axis=1))
    if idle.size:
        item, location = keys.labels(int(idle[0]))
        text = f"{idle.size} stocks have max_days but serve no market; the first is {item} at {location}"
        findings.append(MAX_DAYS_WITHOUT_DEMAND.found("table inventory_policy", text, count=int(idle.size)))
    days[~faces_demand] = np.nan
    cover = coming_demand(
        sourced, np.nan_to_num(days), axes.calendar.horizon_days, per_year=axes.calendar.periods_per_year
    )
    most = np.fmin(quantity, np.where(np.isnan(days), np.nan, cover))
    rows = np.flatnonzero(~np.isnan(most).any(axis=1))
    stated = most[rows]
    above = np.flatnonzero((left[rows] > stated).any(axis=1))
    if above.size:
        row = int(rows[above[0]])
        item, location = keys.labels(row)
        excess = float((left[row] - stated[above[0]]).max())
        text = f"{above.size} stocks stand above their most stock; {item} at {location} by {excess:,.1f}"
        findings.append(ABOVE_MOST.found("table inventory_policy", text, count=int(above.size)))
    return MostStock(rows, np.maximum(stated, left[rows])), findings
