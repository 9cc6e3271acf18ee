"""The planning calendar: months, weeks or 4-4-5 periods, with their fiscal years. Buckets may differ in length.

Bucket 0 is the first planning bucket; history has negative numbers. A bucket is the half-open span of days
[start, next start).

>>> from datetime import date
>>> months = Calendar.build(bucket="month", start=date(2027, 1, 1), horizon=6)
>>> months.label(0), months.label(-1), months.index_of(date(2027, 2, 28)), months.days(1)
('Jan 2027', 'Dec 2026', 1, 28)
>>> fiscal = Calendar.build(bucket="month", start=date(2027, 1, 1), horizon=6, fiscal_year_start="07-01")
>>> fiscal.fiscal_label(0)
'Q3 FY27'
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise

import numpy as np
import polars as pl

from equipoise.core.errors import EquipoiseError
from equipoise.core.grid import FloatArray, IntArray

BUCKETS = ("month", "week", "4-4-5", "4-5-4", "5-4-4")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
YEARS_BACK, YEARS_AHEAD = 15, 12


class WrongCalendar(EquipoiseError):
    """Bucket, start, fiscal year or week day do not make a calendar."""


@dataclass(frozen=True)
class Calendar:
    """Buckets from `YEARS_BACK` years before `start` to `YEARS_AHEAD` after; `starts[first]` is the planning start."""

    bucket: str
    horizon: int
    starts: tuple[date, ...]
    years: tuple[int, ...]
    """Fiscal year of each bucket, named by the calendar year in which it ends."""
    periods: tuple[int, ...]
    """1-based number of each bucket in its fiscal year."""
    first: int
    """Position in `starts` of bucket 0."""

    @staticmethod
    def build(
        *,
        bucket: str,
        start: date,
        horizon: int,
        fiscal_year_start: str | Sequence[date] = "01-01",
        week_start: str = "monday",
    ) -> "Calendar":
        """The calendar of a dataset (tables.md section 1).

        `start` must be the first day of a bucket. `fiscal_year_start` is MM-DD, or for 4-4-5 the dated first days of
        fiscal years (which may hold 52 or 53 weeks; the last period takes the 53rd). With MM-DD a 4-4-5 year begins on
        the `week_start` day nearest to it.
        """
        if bucket not in BUCKETS:
            raise WrongCalendar(f"bucket {bucket!r} is not known; choose one of {', '.join(BUCKETS)}")
        if horizon < 1:
            raise WrongCalendar(f"horizon {horizon} must be 1 bucket or more")
        if week_start not in WEEKDAYS:
            raise WrongCalendar(f"week_start {week_start!r} is not a week day; choose one of {', '.join(WEEKDAYS)}")
        if bucket == "month":
            rows = _months(start, fiscal_year_start)
        elif bucket == "week":
            rows = _weeks(start, fiscal_year_start, WEEKDAYS.index(week_start))
        else:
            rows = _periods(start, fiscal_year_start, WEEKDAYS.index(week_start), bucket)
        starts = tuple(day for day, _, _ in rows)
        if start not in starts:
            near = max((day for day in starts if day <= start), default=starts[0])
            raise WrongCalendar(f"start {start} is not the first day of a {bucket}; that bucket begins on {near}")
        first = starts.index(start)
        if first + horizon >= len(starts):
            raise WrongCalendar(
                f"horizon {horizon} is longer than the {len(starts) - first - 1} buckets of the calendar"
            )
        return Calendar(bucket, horizon, starts, tuple(y for _, y, _ in rows), tuple(p for _, _, p in rows), first)

    @cached_property
    def _days(self) -> IntArray:
        return np.array([day.toordinal() for day in self.starts], dtype=np.int64)

    def start_of(self, bucket: int) -> date:
        """First day of a bucket."""
        return self.starts[self.first + bucket]

    def end_of(self, bucket: int) -> date:
        """Last day of a bucket."""
        return self.starts[self.first + bucket + 1] - timedelta(days=1)

    def days(self, bucket: int) -> int:
        """Calendar days in a bucket."""
        return (self.start_of(bucket + 1) - self.start_of(bucket)).days

    @cached_property
    def horizon_days(self) -> IntArray:
        """Calendar days of each planning bucket, [T]."""
        edges = self._days[self.first : self.first + self.horizon + 1]
        days: IntArray = np.diff(edges)
        return days

    def index_of(self, day: date) -> int:
        """Number of the bucket that holds `day` (negative: history)."""
        return int(np.searchsorted(self._days, day.toordinal(), side="right")) - 1 - self.first

    def index_dates(self, dates: pl.Series) -> IntArray:
        """Bucket numbers of a polars Date column without nulls, [n]."""
        ordinals = dates.cast(pl.Int32).to_numpy().astype(np.int64) + date(1970, 1, 1).toordinal()
        found: IntArray = np.searchsorted(self._days, ordinals, side="right").astype(np.int64) - 1 - self.first
        return found

    def span(self, first: date | None, last: date | None) -> tuple[int, int]:
        """Planning buckets that the days first..last touch, as a half-open range clipped to the horizon.

        The past is clipped away (a scope rolls with the month); an empty range means nothing is left of it.
        """
        begin = 0 if first is None else max(0, self.index_of(first))
        end = self.horizon if last is None else min(self.horizon, self.index_of(last) + 1)
        return begin, max(begin, end)

    def day_shares(self, begin: int, end: int, first: date, last: date) -> FloatArray:
        """Share of the days of each bucket begin..end−1 that lies in the days first..last, [end − begin].

        >>> months = Calendar.build(bucket="month", start=date(2027, 1, 1), horizon=3)
        >>> months.day_shares(0, 3, date(2027, 2, 15), date(2027, 3, 31)).tolist()
        [0.0, 0.5, 1.0]
        """
        edges = self._days[self.first + begin : self.first + end + 1]
        days = np.minimum(edges[1:], last.toordinal() + 1) - np.maximum(edges[:-1], first.toordinal())
        shares: FloatArray = np.maximum(days, 0) / np.diff(edges)
        return shares

    @property
    def periods_per_year(self) -> int:
        """Seasonal period: 12 for months and 4-4-5 periods, 52 for weeks."""
        return 52 if self.bucket == "week" else 12

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Names of the planning buckets, [T]."""
        return tuple(self.label(bucket) for bucket in range(self.horizon))

    def label(self, bucket: int) -> str:
        """Name of a bucket as a planner says it: `Jan 2027`, `6 Aug 2023` for weeks, `P1 FY27` for periods."""
        day = self.start_of(bucket)
        if self.bucket == "month":
            return f"{MONTHS[day.month - 1]} {day.year}"
        if self.bucket == "week":
            return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
        return f"P{self.periods[self.first + bucket]} FY{self.fiscal_year(bucket) % 100:02d}"

    def short_label(self, bucket: int) -> str:
        """`Jan`, `6 Aug` or `P1`: for column heads that stand under a year or quarter."""
        return self.label(bucket).rsplit(" ", 1)[0]

    def fiscal_year(self, bucket: int) -> int:
        """Fiscal year of a bucket, named by the year in which it ends."""
        return self.years[self.first + bucket]

    def fiscal_quarter(self, bucket: int) -> int:
        """1 to 4."""
        per_quarter = 13 if self.bucket == "week" else 3
        return min(4, (self.periods[self.first + bucket] - 1) // per_quarter + 1)

    def fiscal_label(self, bucket: int) -> str:
        """`Q3 FY27`."""
        return f"Q{self.fiscal_quarter(bucket)} FY{self.fiscal_year(bucket) % 100:02d}"


def _parse_month_day(text: str) -> tuple[int, int]:
    try:
        month, day = (int(part) for part in text.split("-"))
        date(2028, month, day)  # a leap year: 02-29 is a day of the year
    except ValueError as error:
        raise WrongCalendar(f"fiscal_year_start {text!r} must be MM-DD, such as 07-01") from error
    return month, day


def _months(start: date, fiscal: str | Sequence[date]) -> list[tuple[date, int, int]]:
    if not isinstance(fiscal, str):
        raise WrongCalendar("dated fiscal years belong to 4-4-5 calendars; give fiscal_year_start as MM-DD for months")
    month, day = _parse_month_day(fiscal)
    if day != 1:
        raise WrongCalendar(f"fiscal_year_start {fiscal} of a month calendar must be the first of a month")
    rows = []
    for number in range((start.year - YEARS_BACK) * 12, (start.year + YEARS_AHEAD) * 12):
        year, index = divmod(number, 12)
        period = (index + 1 - month) % 12 + 1
        ends = year if month == 1 or index + 1 < month else year + 1
        rows.append((date(year, index + 1, 1), ends, period))
    return rows


def _weeks(start: date, fiscal: str | Sequence[date], weekday: int) -> list[tuple[date, int, int]]:
    years = _year_starts(start, fiscal, weekday)
    rows = []
    for (begin, name), (end, _) in pairwise(years):
        count, broken = divmod((end - begin).days, 7)
        if broken:
            raise WrongCalendar(f"fiscal year from {begin} to {end} does not hold whole weeks")
        rows += [(begin + timedelta(weeks=week), name, week + 1) for week in range(count)]
    return rows


def _periods(start: date, fiscal: str | Sequence[date], weekday: int, bucket: str) -> list[tuple[date, int, int]]:
    pattern = [int(weeks) for weeks in bucket.split("-")] * 4
    rows = []
    for (begin, name), (end, _) in pairwise(_year_starts(start, fiscal, weekday)):
        day = begin
        for period, weeks in enumerate(pattern, start=1):
            rows.append((day, name, period))
            day += timedelta(weeks=weeks)
        if (end - day).days not in (0, 7):
            raise WrongCalendar(f"fiscal year from {begin} to {end} has neither 52 nor 53 weeks")
    return rows


def _year_starts(start: date, fiscal: str | Sequence[date], weekday: int) -> list[tuple[date, int]]:
    """First day and name of each fiscal year that begins on a week day; dated years are continued by 52 weeks."""
    if isinstance(fiscal, str):
        month, day = _parse_month_day(fiscal)
        found = [
            _nearest(date(year, month, min(day, 28) if month == 2 else day), weekday)
            for year in range(start.year - YEARS_BACK, start.year + YEARS_AHEAD + 1)
        ]
    else:
        found = sorted(fiscal)
        if not found:
            raise WrongCalendar("fiscal_year_start holds no dates")
        while found[0] > date(start.year - YEARS_BACK, 1, 1):
            found.insert(0, found[0] - timedelta(weeks=52))
        while found[-1] < date(start.year + YEARS_AHEAD, 1, 1):
            found.append(found[-1] + timedelta(weeks=52))
    return [(day, _name_of_year(day)) for day in found]


def _name_of_year(first_day: date) -> int:
    """The calendar year in which a 52-week year that begins on `first_day` has its last weeks."""
    return (first_day + timedelta(weeks=51)).year


def _nearest(day: date, weekday: int) -> date:
    ahead = (weekday - day.weekday()) % 7
    return day + timedelta(days=ahead if ahead <= 3 else ahead - 7)
