"""Forecast consumption: open orders use up the forecast they were part of, so demand is counted once.

With orders O_t and forecast F_t of a bucket, demand = O_t + max(0, F_t − O_t): an order inside the forecast changes
nothing, one above it adds only the excess. What a bucket's orders exceed its forecast by may consume forecast that is
still unused `back` buckets before it, nearest first, then `forward` buckets after it. Orders flagged abnormal are added
and consume nothing. Orders requested before the first bucket are opening backlog, on top of the forecast.

Source: Vollmann, Berry, Whybark & Jacobs, Manufacturing Planning and Control Systems, demand management (forecast
consumption); ASCM Supply Chain Dictionary, "forecast consumption".
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.finding import Finding
from equipoise.core.grid import QUANTITY_STEP, FloatArray, IntArray, on_grid
from equipoise.core.history import bucketed, row_numbers
from equipoise.core.measure import Grain
from equipoise.demand.findings import ORDERS_BEYOND, OVERDUE_ORDERS, STRANGE_ORDER


@dataclass(frozen=True, eq=False)
class OpenOrders:
    """Open orders by requested bucket [N, T − first], in units on the grid."""

    normal: FloatArray
    abnormal: FloatArray
    overdue: FloatArray
    """Requested before bucket `first`, [N]."""

    @property
    def total(self) -> FloatArray:
        """Orders requested in the buckets, [N, T − first]."""
        return self.normal + self.abnormal

    def part(self, rows: IntArray) -> "OpenOrders":
        """Those of some rows."""
        return OpenOrders(self.normal[rows], self.abnormal[rows], self.overdue[rows])


def read_orders(axes: Axes, frame: pl.DataFrame, first: int = 0) -> tuple[OpenOrders, list[Finding]]:
    """Table open_orders as arrays aligned to the rows of grain demand, from bucket `first` (at most 0) on."""
    keys, horizon = axes.keys[Grain.DEMAND], axes.horizon
    dated = frame.rename({"requested_date": "date"})
    rows = row_numbers(keys, dated, ("item", "market"))
    buckets = axes.calendar.index_dates(dated["date"])
    is_abnormal = (dated["abnormal"].fill_null(0.0) != 0).to_numpy()

    def by_bucket(chosen: np.ndarray[tuple[int], np.dtype[np.bool_]], begin: int, end: int) -> FloatArray:
        mine = np.where(chosen, rows, -1)
        return on_grid(bucketed(axes, dated, "quantity", mine, len(keys), first=begin, last=end), QUANTITY_STEP)

    late = buckets < first
    earliest = int(buckets.min(initial=first))
    overdue = by_bucket(late, earliest, first).sum(axis=1)
    orders = OpenOrders(by_bucket(~is_abnormal, first, horizon), by_bucket(is_abnormal, first, horizon), overdue)
    known = rows >= 0
    found = (
        (STRANGE_ORDER, ~known),
        (OVERDUE_ORDERS, known & late),
        (ORDERS_BEYOND, known & (buckets >= horizon)),
    )
    findings = []
    for code, chosen in found:
        if count := int(chosen.sum()):
            units = float(dated["quantity"].fill_null(0.0).to_numpy()[chosen].sum())
            findings.append(code.found("table open_orders", f"{count} lines, {units:,.0f} units", count=count))
    return orders, findings


def consume_forecast(forecast: FloatArray, orders: FloatArray, *, back: int = 0, forward: int = 0) -> FloatArray:
    """Forecast that orders leave unconsumed, [N, T] units; both inputs are [N, T], on the grid and not negative.

    Every bucket's own orders consume first; then the excess of each bucket, in order of time.

    >>> forecast = np.array([[100.0, 100.0, 100.0]])
    >>> consume_forecast(forecast, np.array([[30.0, 130.0, 0.0]])).tolist()
    [[70.0, 0.0, 100.0]]
    >>> consume_forecast(forecast, np.array([[30.0, 190.0, 0.0]]), back=1, forward=1).tolist()
    [[0.0, 0.0, 80.0]]
    """
    unused = np.maximum(forecast - orders, 0.0)
    excess = np.maximum(orders - forecast, 0.0)
    horizon = forecast.shape[1]
    for bucket in range(horizon):
        for other in _reach(bucket, back=back, forward=forward, horizon=horizon):
            taken = np.minimum(excess[:, bucket], unused[:, other])
            excess[:, bucket] -= taken
            unused[:, other] -= taken
    return unused


def _reach(bucket: int, *, back: int, forward: int, horizon: int) -> Iterable[int]:
    """Buckets whose forecast the orders of a bucket may consume beside their own, in order."""
    yield from range(bucket - 1, max(-1, bucket - 1 - back), -1)
    yield from range(bucket + 1, min(horizon, bucket + 1 + forward))
