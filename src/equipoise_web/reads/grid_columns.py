"""The columns of a planning grid: the buckets of the horizon, or its quarters, with a total after each fiscal year.

Left of them stand closed buckets, and after the buckets of each quarter its total, where these are asked for. A total
is a column over several buckets like a quarter, so every measure is in it what it is over that time.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

import numpy as np
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from equipoise.core.axes import Axes
from equipoise.core.calendar import Calendar
from equipoise.core.grid import FloatArray
from equipoise.core.measure import OverTime, Per
from equipoise_web.reads.grid_view import Time


@dataclass(frozen=True)
class Column:
    """Buckets begin..end−1 as one column, under its quarter and year; `mark` is its name in links and marks.

    The total of a fiscal year stands under no quarter, that of a quarter under its own.
    """

    label: str
    quarter: str
    year: str
    begin: int
    end: int
    is_total: bool
    mark: str
    first: date
    last: date
    is_closed: bool = False
    """A bucket before the horizon (`begin` < 0): it holds actuals."""


@dataclass(frozen=True, eq=False)
class Columns:
    """C columns over T buckets, closed ones first."""

    calendar: Calendar
    all: tuple[Column, ...]

    @staticmethod
    def of(calendar: Calendar, time: Time, closed: range = range(0), *, quarters: bool = False) -> "Columns":
        """Columns of the horizon, at the finest as `time` says, after one for each closed bucket (numbers below 0).

        With `quarters` the buckets of a quarter are followed by its total, where columns are buckets; a quarter that
        has but one bucket here is its own total.
        """
        found = [_closed_column(calendar, bucket) for bucket in closed] if time == "bucket" else []
        years = [calendar.fiscal_year(t) for t in range(calendar.horizon)]
        for year in dict.fromkeys(years):
            begin, count = years.index(year), years.count(year)
            name = f"FY{year % 100:02d}"
            for quarter in [] if time == "fiscal_year" else _quarters(calendar, begin, begin + count):
                if time == "bucket":
                    buckets = range(*quarter[1:])
                    found += [_column(calendar, calendar.short_label(t), t, t + 1, year=name) for t in buckets]
                if time == "fiscal_quarter" or (quarters and quarter[2] - quarter[1] > 1):
                    found.append(_column(calendar, *quarter, year=name, is_total=time == "bucket"))
            found.append(_column(calendar, name, begin, begin + count, year=name, is_total=time != "fiscal_year"))
        return Columns(calendar, tuple(found))

    def __len__(self) -> int:
        """Number of columns, C."""
        return len(self.all)

    @cached_property
    def closed(self) -> range:
        """The closed buckets that have columns."""
        buckets = [column.begin for column in self.all if column.is_closed]
        return range(buckets[0], buckets[-1] + 1) if buckets else range(0)

    @cached_property
    def ahead(self) -> tuple[Column, ...]:
        """The columns of the horizon, A."""
        return self.all[len(self.closed) :]

    @cached_property
    def described(self) -> list[dict[str, object]]:
        """What the header of a page says of each; not to be written to."""
        shown = ("label", "quarter", "year", "mark", "is_total", "is_closed", "begin", "end")
        return [{name: getattr(column, name) for name in shown} for column in self.all]

    def combine(
        self, cells: FloatArray, over_time: OverTime, *, is_exact: bool = True, out: FloatArray | None = None
    ) -> FloatArray:
        """Buckets [N, T] into the columns ahead [N, A], in `out` if that is given: summed, their last, or their mean.

        With `is_exact` cells are on the grid or unknown: the order in which they are added does not matter.
        """
        found = np.empty((len(cells), len(self.ahead))) if out is None else out
        if over_time is OverTime.LAST:
            found[:] = cells[:, [column.end - 1 for column in self.ahead]]
            return found
        for place, begin, count in self._runs:
            found[:, place : place + count] = cells[:, begin : begin + count]
        by_bucket = np.ascontiguousarray(cells.T) if is_exact and self._wide else cells.T
        for place, column in self._wide:
            total = np.add.reduce(by_bucket[column.begin : column.end], axis=0)
            found[:, place] = total / (column.end - column.begin) if over_time is OverTime.MEAN else total
        return found

    @cached_property
    def _runs(self) -> tuple[tuple[int, int, int], ...]:
        """Columns ahead that are one bucket each, in runs: the first column, its bucket, and how many follow on."""
        found: list[tuple[int, int, int]] = []
        for place, column in enumerate(self.ahead):
            if column.end != column.begin + 1:
                continue
            if found and found[-1][0] + found[-1][2] == place and found[-1][1] + found[-1][2] == column.begin:
                found[-1] = (*found[-1][:2], found[-1][2] + 1)
            else:
                found.append((place, column.begin, 1))
        return tuple(found)

    @cached_property
    def _wide(self) -> tuple[tuple[int, Column], ...]:
        """Columns ahead of several buckets, with their places."""
        return tuple((place, column) for place, column in enumerate(self.ahead) if column.end != column.begin + 1)

    def scale(self, per: Per | None) -> FloatArray:
        """What a ratio over each column ahead is multiplied by, [A]."""
        if per is Per.DAYS:
            return np.array(
                [sum(self.calendar.days(t) for t in range(c.begin, c.end)) for c in self.ahead], dtype=float
            )
        if per is Per.YEAR:
            return np.array([self.calendar.periods_per_year / (c.end - c.begin) for c in self.ahead])
        return np.ones(len(self.ahead))


def columns_of(axes: Axes, time: Time, closed: range = range(0), *, quarters: bool = False) -> Columns:
    """The columns of a plan's calendar in the reader's language, made once."""
    return _columns(axes, get_language(), time, closed, quarters)


@lru_cache(maxsize=64)
def _columns(axes: Axes, _language: str | None, time: Time, closed: range, quarters: bool) -> Columns:
    return Columns.of(axes.calendar, time, closed, quarters=quarters)


def _closed_column(calendar: Calendar, bucket: int) -> Column:
    label = _("%(month)s act.") % {"month": calendar.short_label(bucket)}
    year, quarter = f"FY{calendar.fiscal_year(bucket) % 100:02d}", calendar.fiscal_label(bucket)
    days = calendar.start_of(bucket), calendar.end_of(bucket)
    return Column(label, quarter, year, bucket, bucket + 1, False, str(bucket), *days, is_closed=True)


def _quarters(calendar: Calendar, begin: int, end: int) -> list[tuple[str, int, int]]:
    """The quarters of buckets begin..end−1: what each is called, its first bucket, and where it ends."""
    quarters = [calendar.fiscal_label(t) for t in range(begin, end)]
    return [
        (name, begin + quarters.index(name), begin + quarters.index(name) + quarters.count(name))
        for name in dict.fromkeys(quarters)
    ]


def _column(calendar: Calendar, label: str, begin: int, end: int, *, year: str, is_total: bool = False) -> Column:
    is_bucket = end == begin + 1 and not is_total
    mark = str(begin) if is_bucket else label.replace(" ", "-")
    quarter = "" if is_total and label == year else calendar.fiscal_label(begin)
    return Column(label, quarter, year, begin, end, is_total, mark, calendar.start_of(begin), calendar.end_of(end - 1))
