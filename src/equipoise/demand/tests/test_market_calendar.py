"""Working days and windows of holidays, counted by hand."""

from datetime import date, timedelta

import numpy as np
import pytest

from equipoise.core.dataset import DatasetHead
from equipoise.core.snapshot import conformed
from equipoise.core.tables import table
from equipoise.demand.market_calendar import calendars_of_markets, read_market_calendar
from equipoise.demand.tests.company import axes_of
from equipoise.demand.tests.effects_company import calendar_of, days_off


def rows_of(*rows):
    return {name: [row[n] for row in rows] for n, name in enumerate(("calendar", "date", "working", "note"))}


def test_working_days_are_monday_to_friday_less_days_off():
    # January 2027 has 21 weekdays and New Year on a Friday; December 2026 23, Christmas on a Friday and a Saturday
    assert calendar_of(-1, 1).days.tolist() == [22, 20]


def test_a_saturday_that_is_worked_and_hours_count_as_one_day():
    rows = rows_of(("home", date(2027, 1, 2), 8.0, ""), ("home", date(2027, 1, 9), 0.5, ""))
    assert calendar_of(0, 1, rows).days.tolist() == [22.5]


def test_a_period_of_five_weeks_has_a_quarter_more_days_than_one_of_four():
    head = DatasetHead.of(name="t", currency="EUR", bucket="4-4-5", start=date(2027, 1, 4), horizon=3)
    axes = axes_of(head, {"saw": "tools"}, {"shop": "home"})
    rows = conformed(table("calendars"), rows_of(("home", date(2027, 5, 1), 0, "")))
    assert read_market_calendar(axes, rows, "home", first=0, last=3).days.tolist() == [20, 20, 25]


def test_the_window_of_easter_is_shared_by_the_months_it_lies_in():
    # 2024: Good Friday is 29 March, Easter Monday 1 April; with the week before, 22 March to 1 April are 11 days
    first = (2024 - 2027) * 12 + 2
    share = dict(calendar_of(first, first + 2).holidays)["Easter"]
    assert share.tolist() == pytest.approx([10 / 11, 1 / 11])


def test_nothing_is_known_outside_the_years_of_the_rows():
    known = calendar_of(-13, 13, days_off(years=(2026, 2027))).is_known
    assert known.tolist() == [False] + [True] * 24 + [False]


def test_feasts_that_keep_together_are_one_and_habits_are_none():
    easters = [date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5)]
    rows = [("home", day - timedelta(2), 0, "Good Friday") for day in easters]
    rows += [("home", day + timedelta(1), 0, "Easter Monday") for day in easters]
    rows += [("home", day + timedelta(39), 0, "Ascension Day (observed)") for day in easters]
    rows += [("home", date(2026, month, 15), 0, "Plant closed") for month in (2, 6, 9)]
    rows += [("home", date(year, 5, 1), 0, "Labor Day; May feast") for year in (2024, 2025, 2026)]
    names = [name for name, _ in calendar_of(-36, 0, rows_of(*rows)).holidays]
    assert names == ["Good Friday", "Labor Day", "Ascension Day"]


def test_a_market_takes_the_calendar_of_its_lowest_level():
    head = DatasetHead.of(name="t", currency="EUR", bucket="month", start=date(2027, 1, 1), horizon=1)
    axes = axes_of(head, {"saw": "tools"}, {"shop": "home", "web": "home", "fair": "abroad"})
    rows = rows_of(*((name, date(2027, 1, 1), 0, "") for name in ("home", "web", "works")))
    names, number = calendars_of_markets(axes, conformed(table("calendars"), rows))
    found = {market: names[n] if n >= 0 else "" for market, n in zip(axes.markets.leaves, number.tolist(), strict=True)}
    assert found == {"shop": "home", "web": "web", "fair": ""}
    assert np.array_equal(calendars_of_markets(axes, conformed(table("calendars"), {}))[1], [-1, -1, -1])
