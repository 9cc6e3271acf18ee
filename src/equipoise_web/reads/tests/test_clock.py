"""The cycle clock: five steps by working day, honest about having no gates."""

from datetime import date

import pytest

from equipoise_web.reads.clock import read_clock, working_days

NOVEMBER = date(2026, 11, 1)


def test_steps_by_working_day():
    """November 2026 begins on a Sunday: working day 1 is Monday 2, 4 is Thursday 5, 20 is Friday 27."""
    steps = read_clock(NOVEMBER, date(2026, 11, 12)).steps
    assert [(step.first.day, step.last.day) for step in steps] == [(2, 4), (5, 11), (12, 17), (18, 20), (25, 27)]
    assert [step.state for step in steps] == ["past", "past", "now", "ahead", "ahead"]
    assert steps[2].days == ("today", "ahead", "ahead", "ahead")


@pytest.mark.parametrize(
    ("today", "title"),
    [
        (date(2026, 10, 30), "Data Gathering begins Mon 2 Nov, by calendar"),
        (date(2026, 11, 12), "Supply Planning is open until Tue 17 Nov, by calendar"),
        (date(2026, 11, 16), "Supply Planning is open until tomorrow, by calendar"),
        (date(2026, 11, 17), "Supply Planning ends today, by calendar"),
        (date(2026, 11, 24), "Executive S&OP Meeting begins Wed 25 Nov, by calendar"),
        (date(2026, 12, 2), "The cycle of Nov 2026 is over, by calendar"),
    ],
)
def test_title_says_where_the_calendar_stands(today, title):
    assert read_clock(NOVEMBER, today).title == title


def test_a_weekend_between_days_of_a_step_leaves_it_open():
    clock = read_clock(NOVEMBER, date(2026, 11, 14))
    assert clock.steps[2].state == "now"
    assert clock.steps[2].days == ("past", "past", "ahead", "ahead")
    assert clock.working_day == 10


@pytest.mark.parametrize("month", range(1, 13))
def test_every_month_has_the_twenty_days_the_steps_need(month):
    for year in range(2024, 2032):
        assert len(working_days(date(year, month, 1))) >= 20
