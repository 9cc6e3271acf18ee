"""The days on which customers buy: working days of each bucket, and where the windows of holidays lie.

A calendar of table calendars that is called as a market, or as the customer, channel or region above it, says when its
customers work; the lowest level wins. Monday to Friday are working days unless a row says otherwise. The column note
names a holiday: rows of one name on days that follow each other are one feast, and its window is the feast with the
week before it, in which customers stock up or put off (Bell & Hillmer, J. Am. Stat. Assoc. 78 (1983) 526-534, who let
an effect reach a number of days back from Easter). Nothing is known outside the years of which the calendar has rows.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.grid import BoolArray, FloatArray, IntArray

LEAD_DAYS = 7
"""Days before a holiday that belong to its window."""
BRIDGE_DAYS = 3
"""Days without a row, such as a weekend, that may lie inside one feast."""
NEAR_DAYS = 10
"""Holidays that always lie this near to each other are one: Good Friday and Easter Monday."""
MOST_A_YEAR = 2
"""Feasts of one name in a year; more of them are no holiday but a habit, such as `plant closed`."""
Span = tuple[date, date]


@dataclass(frozen=True, eq=False)
class MarketCalendar:
    """One calendar over the buckets first..last−1, B of them."""

    name: str
    days: FloatArray
    """[B] working days."""
    holidays: tuple[tuple[str, FloatArray], ...]
    """Name and [B] share of its window that lies in each bucket."""
    is_known: BoolArray
    """[B] True inside the years of which the calendar has rows."""


def calendars_of_markets(axes: Axes, calendars: pl.DataFrame) -> tuple[tuple[str, ...], IntArray]:
    """Names of the calendars that markets have, and for each market the number of its own, −1 for none."""
    known = set(calendars["calendar"].to_list())
    named = [next((node for node in path if node in known), "") for path in axes.markets.paths]
    names = tuple(sorted(set(named) - {""}))
    return names, np.array([names.index(name) if name else -1 for name in named], dtype=np.int64)


def read_market_calendar(axes: Axes, calendars: pl.DataFrame, name: str, *, first: int, last: int) -> MarketCalendar:
    """Working days and holidays of the buckets first..last−1 by the calendar of that name."""
    rows = calendars.filter(pl.col("calendar") == name).sort("date")
    calendar = axes.calendar
    begin, end = calendar.start_of(first), calendar.start_of(last)
    day = np.arange(begin.toordinal(), end.toordinal())
    worked = np.where((day - 1) % 7 < 5, 1.0, 0.0)  # ordinal 1 is a Monday
    stated = np.array([one.toordinal() for one in rows["date"].to_list()], dtype=np.int64) - begin.toordinal()
    inside = (stated >= 0) & (stated < len(day))
    worked[stated[inside]] = np.minimum(rows["working"].to_numpy()[inside], 1.0)
    starts = np.array([calendar.start_of(bucket).toordinal() for bucket in range(first, last + 1)]) - begin.toordinal()
    years = [one.year for one in rows["date"].to_list()]
    known_from, known_to = date(min(years), 1, 1), date(max(years), 12, 31)
    is_known = np.array(
        [
            known_from <= calendar.start_of(bucket) and calendar.end_of(bucket) <= known_to
            for bucket in range(first, last)
        ],
        dtype=np.bool_,
    )
    feasts = _near_ones_joined(_feasts(rows))
    holidays = tuple((called, _shares(axes, spans, first, last)) for called, spans in feasts)
    return MarketCalendar(name, np.add.reduceat(worked, starts[:-1]), holidays, is_known)


def _names(note: str) -> Iterator[str]:
    """Holidays that a note names: `Labor Day; Eid al-Fitr (estimated)` names two."""
    for part in note.split(";"):
        name = re.sub(r"\s*\(.*?\)", "", part).strip()
        if name:
            yield name


def _feasts(rows: pl.DataFrame) -> dict[str, list[Span]]:
    """First and last day of every feast, by name."""
    feasts: dict[str, list[Span]] = {}
    for day, note in rows.select("date", "note").iter_rows():
        for name in _names(note or ""):
            spans = feasts.setdefault(name, [])
            if spans and (day - spans[-1][1]).days <= BRIDGE_DAYS + 1:
                spans[-1] = (spans[-1][0], day)
            else:
                spans.append((day, day))
    return {name: spans for name, spans in feasts.items() if _most_a_year(spans) <= MOST_A_YEAR}


def _most_a_year(spans: list[Span]) -> int:
    years = [begin.year for begin, _ in spans]
    return max(years.count(year) for year in set(years))


def _near_ones_joined(feasts: dict[str, list[Span]]) -> list[tuple[str, list[Span]]]:
    """Holidays that keep near each other in all years are one, called by the one that comes first in the calendar."""
    joined: list[tuple[str, list[Span]]] = []
    for name, spans in sorted(feasts.items(), key=lambda pair: (pair[1][0][0], pair[0])):
        for _, theirs in joined:
            merged = _merged(theirs, spans)
            if merged is not None:
                theirs[:] = merged
                break
        else:
            joined.append((name, list(spans)))
    return joined


def _merged(one: list[Span], other: list[Span]) -> list[Span] | None:
    """Pairs of feasts that are near each other as one each; None unless every feast of either has its pair."""
    if len(one) != len(other) or len(one) < 2:
        return None
    near = timedelta(days=NEAR_DAYS)
    if any(abs(b[0] - a[0]) > near for a, b in zip(one, other, strict=True)):
        return None
    return [(min(a[0], b[0]), max(a[1], b[1])) for a, b in zip(one, other, strict=True)]


def _shares(axes: Axes, spans: list[Span], first: int, last: int) -> FloatArray:
    """Share of each feast's window in the buckets, summed over feasts, [last − first]."""
    calendar, total = axes.calendar, np.zeros(last - first)
    length = np.array([calendar.days(bucket) for bucket in range(first, last)], dtype=np.float64)
    for begin, end in spans:
        opens = begin - timedelta(days=LEAD_DAYS)
        days = calendar.day_shares(first, last, opens, end) * length
        total += days / ((end - opens).days + 1)
    return total
