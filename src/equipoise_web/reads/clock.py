"""The cycle clock: the five steps of S&OP by working day of their month. It knows days, no gates: "by calendar".

Working days are Monday to Friday (Wallace & Stahl, Sales & Operations Planning, the monthly calendar: the steps follow
each other within the first twenty working days).

>>> from datetime import date
>>> clock = read_clock(date(2026, 11, 1), date(2026, 11, 18))
>>> [(step.state, step.first.day, step.last.day) for step in clock.steps][2:4]
[('past', 12, 17), ('now', 18, 20)]
>>> clock.working_day, clock.working_days
(13, 21)
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from equipoise.core.calendar import MONTHS

STEPS: tuple[tuple[str | Promise, int, int], ...] = (
    (gettext_lazy("Data Gathering"), 1, 3),
    (gettext_lazy("Demand Planning"), 4, 8),
    (gettext_lazy("Supply Planning"), 9, 12),
    (gettext_lazy("Pre-S&OP Meeting"), 13, 15),
    (gettext_lazy("Executive S&OP Meeting"), 18, 20),
)
"""Steps with their first and last working day."""
WEEKDAYS = (
    gettext_lazy("Mon"),
    gettext_lazy("Tue"),
    gettext_lazy("Wed"),
    gettext_lazy("Thu"),
    gettext_lazy("Fri"),
    gettext_lazy("Sat"),
    gettext_lazy("Sun"),
)


@dataclass(frozen=True)
class ClockStep:
    """One step: its days by calendar, and the state of each (past, today, ahead)."""

    number: int
    name: str
    first: date
    last: date
    state: str
    """past, now or ahead."""
    days: tuple[str, ...]
    span: str
    said: str


@dataclass(frozen=True)
class Clock:
    """The cycle of a month as of a day."""

    month: date
    working_day: int
    """Number of the last working day begun; 0 before the month, the last one after it."""
    working_days: int
    steps: tuple[ClockStep, ...]
    title: str
    lead: str


def read_clock(month: date, today: date) -> Clock:
    """The clock of the month that a day lies in, seen from `today`."""
    days = working_days(month)
    steps = tuple(
        _step(number, str(name), days[first - 1 : last], today)
        for number, (name, first, last) in enumerate(STEPS, start=1)
    )
    done = sum(day <= today for day in days)
    return Clock(days[0].replace(day=1), done, len(days), steps, _title(month, steps, today), _lead(days, done, today))


def working_days(month: date) -> tuple[date, ...]:
    """Mondays to Fridays of the month.

    >>> len(working_days(date(2026, 11, 1))), len(working_days(date(2026, 2, 14)))
    (21, 20)
    """
    first = month.replace(day=1)
    days = (first + timedelta(days=number) for number in range(31))
    return tuple(day for day in days if day.month == first.month and day.weekday() < 5)


def day_name(day: date) -> str:
    """`Wed 25 Nov`."""
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"


def _step(number: int, name: str, days: tuple[date, ...], today: date) -> ClockStep:
    first, last = days[0], days[-1]
    state = "past" if today > last else "now" if today >= first else "ahead"
    span = day_name(first) if first == last else f"{day_name(first)} – {day_name(last)}"
    said = {"past": _("over by calendar"), "now": _("open by calendar"), "ahead": _("not yet")}[state]
    marks = tuple("past" if day < today else "today" if day == today else "ahead" for day in days)
    return ClockStep(number, name, first, last, state, marks, span, said)


def _title(month: date, steps: tuple[ClockStep, ...], today: date) -> str:
    name = f"{MONTHS[month.month - 1]} {month.year}"
    now = next((step for step in steps if step.state == "now"), None)
    if now is not None:
        left = sum(day > today for day in working_days(month) if day <= now.last)
        if not left:
            return _("%(step)s ends today, by calendar") % {"step": now.name}
        days = _("tomorrow") if (now.last - today).days == 1 else day_name(now.last)
        return _("%(step)s is open until %(day)s, by calendar") % {"step": now.name, "day": days}
    ahead = next((step for step in steps if step.state == "ahead"), None)
    if ahead is not None:
        return _("%(step)s begins %(day)s, by calendar") % {"step": ahead.name, "day": day_name(ahead.first)}
    return _("The cycle of %(month)s is over, by calendar") % {"month": name}


def _lead(days: tuple[date, ...], done: int, today: date) -> str:
    if today < days[0]:
        return _("%(today)s. The first working day is %(day)s.") % {"today": day_name(today), "day": day_name(days[0])}
    if today > days[-1]:
        return _("%(today)s. All %(n)s working days of the month are past.") % {
            "today": day_name(today),
            "n": len(days),
        }
    return _("%(today)s, working day %(done)s of %(n)s. Steps follow the calendar; nobody has closed one by hand.") % {
        "today": day_name(today),
        "done": done,
        "n": len(days),
    }
