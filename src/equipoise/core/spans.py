"""Buckets gathered into spans of time: each bucket, fiscal quarters, fiscal years, or all of them as one.

>>> from datetime import date
>>> months = Calendar.build(bucket="month", start=date(2027, 1, 1), horizon=6)
>>> quarters = Spans.of(months, "fiscal_quarter", first=0, count=6)
>>> stock = np.array([[5.0, 4.0, 9.0, 1.0, 2.0, 3.0]])
>>> quarters.labels, quarters.combine(stock, OverTime.LAST).tolist(), quarters.combine(stock, OverTime.MEAN).tolist()
(('Q1 FY27', 'Q2 FY27'), [[9.0, 3.0]], [[6.0, 2.0]])
>>> quarters.days.tolist(), quarters.years.tolist()
([90.0, 91.0], [0.25, 0.25])
"""

from dataclasses import dataclass

import numpy as np

from equipoise.core.calendar import Calendar
from equipoise.core.grid import FloatArray, IntArray
from equipoise.core.measure import OverTime, Per
from equipoise.core.panel import sum_rows

TIMES = ("bucket", "fiscal_quarter", "fiscal_year")


@dataclass(frozen=True, eq=False)
class Spans:
    """K spans of T buckets; a span without buckets (T is 0) knows nothing."""

    labels: tuple[str, ...]
    groups: IntArray
    """Span of each bucket, [T]."""
    days: FloatArray
    """Calendar days of each span, [K]."""
    years: FloatArray
    """Buckets of each span over the buckets of a year, [K]."""

    @staticmethod
    def of(calendar: Calendar, time: str, *, first: int, count: int) -> "Spans":
        """Spans of buckets first, first + 1, ...; `time` is one of TIMES, or blank for all buckets as one."""
        buckets = range(first, first + count)
        if time == "bucket":
            names = [calendar.label(t) for t in buckets]
        elif time == "fiscal_quarter":
            names = [calendar.fiscal_label(t) for t in buckets]
        elif time == "fiscal_year":
            names = [f"FY{calendar.fiscal_year(t) % 100:02d}" for t in buckets]
        else:
            names = ["all"] * count
        labels = tuple(dict.fromkeys(names)) if time else ("all",)
        groups = np.array([labels.index(name) for name in names], dtype=np.int64)
        days = np.bincount(groups, weights=[calendar.days(t) for t in buckets], minlength=len(labels))
        years = np.bincount(groups, minlength=len(labels)) / calendar.periods_per_year
        return Spans(labels, groups, days.astype(np.float64), years)

    def __len__(self) -> int:
        """Number of spans, K."""
        return len(self.labels)

    @property
    def last(self) -> IntArray:
        """Last bucket of each span, [K]."""
        last = np.full(len(self), -1, dtype=np.int64)
        last[self.groups] = np.arange(len(self.groups))
        return last

    def combine(self, values: FloatArray, over_time: OverTime) -> FloatArray:
        """Buckets [N, T] into spans [N, K]: summed, their last, or their plain mean; NaN for a span without buckets."""
        if len(self.groups) == 0:
            return np.full((len(values), len(self)), np.nan)
        if over_time is OverTime.LAST:
            last: FloatArray = values[:, self.last]
            return last
        total: FloatArray = sum_rows(np.ascontiguousarray(values.T), self.groups, len(self)).T
        if over_time is OverTime.MEAN:
            total = total / np.bincount(self.groups, minlength=len(self))
        return total

    def scale(self, per: Per | None) -> FloatArray:
        """What a ratio over each span is multiplied by, [K]."""
        if per is Per.DAYS:
            return self.days
        if per is Per.YEAR:
            per_year: FloatArray = np.divide(1.0, self.years, out=np.full(len(self), np.nan), where=self.years > 0)
            return per_year
        return np.ones(len(self))
