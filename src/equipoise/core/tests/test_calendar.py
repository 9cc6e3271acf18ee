"""Buckets of every kind: where they begin, what year they belong to, which of them a span of days touches."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.core.calendar import Calendar, WrongCalendar


def months(**changes: Any) -> Calendar:
    return Calendar.build(**{"bucket": "month", "start": date(2027, 1, 1), "horizon": 12, **changes})


def test_months_differ_in_length() -> None:
    calendar = months(start=date(2028, 1, 1))
    assert calendar.horizon_days.tolist() == [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    assert [calendar.days(t) for t in range(12)] == calendar.horizon_days.tolist()
    assert (calendar.start_of(1), calendar.end_of(1)) == (date(2028, 2, 1), date(2028, 2, 29))


def test_the_past_has_negative_numbers() -> None:
    calendar = months()
    assert calendar.index_of(date(2026, 12, 31)) == -1
    assert calendar.index_of(date(2027, 1, 1)) == 0
    assert calendar.label(-12) == "Jan 2026"


@given(st.dates(date(2015, 1, 1), date(2035, 12, 31)))
def test_every_day_lies_in_one_bucket_that_holds_it(day: date) -> None:
    for bucket, start in (("month", date(2027, 1, 1)), ("week", date(2027, 1, 4)), ("4-4-5", date(2027, 1, 4))):
        calendar = Calendar.build(bucket=bucket, start=start, horizon=12)
        number = calendar.index_of(day)
        assert calendar.start_of(number) <= day <= calendar.end_of(number)
        assert calendar.index_dates(pl.Series([day])).tolist() == [number]


def test_a_fiscal_year_is_named_by_its_end() -> None:
    calendar = months(fiscal_year_start="07-01")
    assert [calendar.fiscal_label(t) for t in (0, 5, 6, 11)] == ["Q3 FY27", "Q4 FY27", "Q1 FY28", "Q2 FY28"]
    assert months().fiscal_label(11) == "Q4 FY27"


def test_weeks_begin_on_the_week_day_and_years_hold_52_or_53() -> None:
    calendar = Calendar.build(bucket="week", start=date(2027, 1, 4), horizon=60)
    assert {later - earlier for earlier, later in pairwise(calendar.starts)} == {timedelta(weeks=1)}
    assert calendar.start_of(0).weekday() == 0
    assert calendar.fiscal_label(0) == "Q1 FY27"
    counts = {year: calendar.years.count(year) for year in set(calendar.years)}
    assert set(counts.values()) == {52, 53}
    assert calendar.periods_per_year == 52


def test_445_periods_have_their_weeks_and_the_last_takes_the_53rd() -> None:
    starts = [date(2026, 2, 1), date(2027, 1, 31), date(2028, 1, 30), date(2029, 2, 4)]  # FY29 has 53 weeks
    calendar = Calendar.build(
        bucket="4-4-5", start=date(2028, 1, 30), horizon=12, fiscal_year_start=starts, week_start="sunday"
    )
    assert (calendar.horizon_days // 7).tolist() == [4, 4, 5, 4, 4, 5, 4, 4, 5, 4, 4, 6]
    assert calendar.label(0) == "P1 FY29"
    assert [calendar.fiscal_quarter(t) for t in range(12)] == [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]


def test_a_span_touches_whole_buckets_and_is_clipped_to_the_horizon() -> None:
    calendar = months()
    assert calendar.span(date(2027, 2, 15), date(2027, 4, 1)) == (1, 4)
    assert calendar.span(None, None) == (0, 12)
    assert calendar.span(date(2026, 6, 1), date(2027, 1, 10)) == (0, 1)
    for first, last in ((date(2026, 1, 1), date(2026, 12, 31)), (date(2030, 1, 1), None)):
        begin, end = calendar.span(first, last)
        assert begin == end, (first, last)


def test_labels_are_short_under_a_year() -> None:
    week = Calendar.build(bucket="week", start=date(2023, 8, 7), horizon=4)
    assert (week.label(0), week.short_label(0)) == ("7 Aug 2023", "7 Aug")
    assert months().short_label(0) == "Jan"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"bucket": "day"}, "bucket 'day' is not known"),
        ({"horizon": 0}, "1 bucket or more"),
        ({"horizon": 500}, "longer than the"),
        ({"start": date(2027, 1, 2)}, "begins on 2027-01-01"),
        ({"fiscal_year_start": "13-01"}, "must be MM-DD"),
        ({"fiscal_year_start": "01-15"}, "must be the first of a month"),
        ({"fiscal_year_start": [date(2027, 1, 1)]}, "dated fiscal years belong to"),
        ({"bucket": "week", "week_start": "someday"}, "is not a week day"),
        ({"bucket": "week", "start": date(2027, 1, 5)}, "begins on 2027-01-04"),
        ({"bucket": "4-4-5", "start": date(2027, 1, 4), "fiscal_year_start": []}, "holds no dates"),
    ],
)
def test_what_makes_no_calendar_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(WrongCalendar, match=message):
        months(**changes)


@pytest.mark.parametrize("bucket", ["week", "4-4-5"])
def test_dated_years_of_broken_weeks_are_refused(bucket: str) -> None:
    years = [date(2027, 1, 4), date(2028, 1, 4)]  # 365 days
    with pytest.raises(WrongCalendar, match="weeks"):
        Calendar.build(bucket=bucket, start=date(2027, 1, 4), horizon=4, fiscal_year_start=years)
