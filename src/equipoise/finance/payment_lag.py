"""When money moves: what is invoiced in a span of days is paid so many days later, split over buckets by days.

An amount is taken as invoiced evenly over its span [b, e), so with terms of d days the share paid before day u is

    F(u) = min(1, max(0, (u − b − d) / (e − b)))

and bucket [u, v) receives amount × (F(v) − F(u)), each end rounded to the grid: the parts of an amount sum to it.

>>> edges = np.array([0.0, 31.0, 59.0, 90.0])           # January to March
>>> paid = payments(np.array([[3100.0, 2800.0, 3100.0]]), spans_of(edges), np.full(3, 45.0), edges)
>>> paid.round(2).tolist()
[[0.0, 1400.0, 3100.0]]
"""

from dataclasses import dataclass

import numpy as np

from equipoise.core.grid import MONEY_STEP, FloatArray, on_grid


def spans_of(edges: FloatArray) -> FloatArray:
    """The spans [T, 2] between consecutive edges [T + 1], in days."""
    return np.stack([edges[:-1], edges[1:]], axis=1)


def paid_before(span: FloatArray, days: float, until: FloatArray) -> FloatArray:
    """F: share of what is invoiced over a span [2] that is paid before each day `until` [n].

    >>> paid_before(np.array([0.0, 10.0]), 5.0, np.array([0.0, 5.0, 10.0, 15.0, 20.0])).tolist()
    [0.0, 0.0, 0.5, 1.0, 1.0]
    """
    begin, end = float(span[0]), float(span[1])
    share: FloatArray = np.clip((until - begin - days) / (end - begin), 0.0, 1.0)
    return share


def payments(amounts: FloatArray, spans: FloatArray, days: FloatArray, edges: FloatArray) -> FloatArray:
    """Paid in each bucket, [N, T] on the grid of money.

    `amounts` [N, K] invoiced over `spans` [K, 2] at terms of `days` [K]; `edges` [T + 1] bound the buckets. What is
    paid before the first edge or after the last one is in no bucket.
    """
    paid = np.zeros((len(amounts), len(edges) - 1))
    for number, (span, lag) in enumerate(zip(spans, days.tolist(), strict=True)):
        share = paid_before(span, lag, edges)
        (moving,) = np.nonzero(np.diff(share))
        if moving.size == 0:
            continue
        first, last = int(moving[0]), int(moving[-1]) + 1
        sums = on_grid(amounts[:, [number]] * share[first : last + 1], MONEY_STEP)
        paid[:, first:last] += np.diff(sums, axis=1)
    return paid


def unpaid(amounts: FloatArray, spans: FloatArray, days: FloatArray, day: float) -> FloatArray:
    """Invoiced over spans that end by `day` and not paid before it, [N] on the grid of money."""
    open_amount = np.zeros(len(amounts))
    for number, (span, lag) in enumerate(zip(spans, days.tolist(), strict=True)):
        share = paid_before(span, lag, np.array([day]))[0]
        open_amount += on_grid(amounts[:, number], MONEY_STEP) - on_grid(amounts[:, number] * share, MONEY_STEP)
    return open_amount


@dataclass(frozen=True, eq=False)
class Invoices:
    """Amounts [N, K] invoiced over spans of days [K, 2], each paid `days` [K] later."""

    amounts: FloatArray
    spans: FloatArray
    days: FloatArray

    def paid(self, edges: FloatArray) -> FloatArray:
        """Paid in each bucket, [N, T]."""
        return payments(self.amounts, self.spans, self.days, edges)

    def owed(self, day: float) -> FloatArray:
        """Invoiced before a day and not yet paid, [N]; 0 for spans that end after it."""
        past = self.spans[:, 1] <= day
        return unpaid(self.amounts[:, past], self.spans[past], self.days[past], day)
