"""Who holds the numbers below a cell, since when and until when; and what letting go and holding longer would write."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from equipoise.core.adjustment import Adjustment, WrongAdjustment, expiry_of
from equipoise.core.axes import Axes
from equipoise.core.grid import IntArray
from equipoise.core.measure import Grain
from equipoise_web.access import Access, Right
from equipoise_web.expiry import WARNED_DAYS, today, usual_expiry
from equipoise_web.reads.adjustments import AdjustmentRow, adjustments_by_id
from equipoise_web.reads.grid_columns import Column
from equipoise_web.reads.grid_rows import GridRows
from equipoise_web.reads.in_words import day_words

LISTED = 8


@dataclass(frozen=True)
class HoldLine:
    """What one person held at one time, until one day."""

    id: str
    """Of the first of its adjustments; it names the line."""
    by: str
    at: datetime
    count: int
    """Adjustments it is made of: one, or one for each cell that inputs had moved."""
    is_mine: bool
    until: date | None
    """The last day it holds; None for as long as its cycle."""
    until_words: str
    days_left: int | None
    """Days after today on which it holds, where they are few; None where it lasts."""
    may_release: bool
    may_extend: bool
    usual: date
    """The last day it is offered to hold until."""
    today: date
    ids: tuple[str, ...]
    is_replacement: bool
    """It stands in the place of an earlier hold, which a withdrawal of this one alone would bring back."""


class NoSuchHold(WrongAdjustment):
    """A hold that is not there, or is there no longer."""


def read_holds(rows: GridRows, node: int, column: Column, who: Access) -> tuple[HoldLine, ...]:
    """The holds that stand on any number below a node in a column, newest first; none in a closed bucket."""
    return _lines(rows, node, column, who)[:LISTED]


def read_hold(rows: GridRows, node: int, column: Column, who: Access, *, id: str) -> HoldLine:
    """One of them by its id; NoSuchHold where it stands there no longer."""
    found = next((line for line in _lines(rows, node, column, who) if line.id == id), None)
    if found is None:
        raise NoSuchHold(_("That hold is here no longer: it was let go, replaced or has run out. Look again."))
    return found


def held_until(body: Mapping[str, Any], asked: object) -> dict[str, Any]:
    """A hold's body with its last day: what is asked, none where that is blank, the usual day where nothing is (None).

    The engine and the door say what is wrong with a day that is none, or has passed.
    """
    without = {name: value for name, value in body.items() if name != "expires_on"}
    if asked is None:
        return without | {"expires_on": usual_expiry(today()).isoformat()}
    return without | ({"expires_on": str(asked)[:20]} if asked != "" else {})


def until_words(last: str) -> str:
    """`until 31 Dec 2026`, `as long as the cycle` where there is no last day; what is no day is left for the door.

    >>> until_words("2026-12-31")
    'until 31 Dec 2026'
    """
    try:
        return _("until %(day)s") % {"day": day_words(date.fromisoformat(last))}
    except ValueError:
        return _("as long as the cycle")


def _lines(rows: GridRows, node: int, column: Column, who: Access) -> tuple[HoldLine, ...]:
    if Grain.DEMAND not in rows.tree.nodes or column.is_closed:
        return ()
    below, axes = rows.tree.rows_of(Grain.DEMAND, node), rows.numbers.plan.axes
    holds = [a for a in rows.numbers.adjustments if a.change.kind == "demand_hold" and _meets(axes, a, below, column)]
    known = adjustments_by_id(who, (a.id for a in holds))
    steps: dict[tuple[str, str, date | None], list[AdjustmentRow]] = {}
    for hold in sorted(holds, key=lambda a: -a.seq):
        if hold.id in known:
            row = known[hold.id]
            steps.setdefault((hold.author, f"{row.made_at:%Y-%m-%d %H:%M}", expiry_of(hold)), []).append(row)
    may_rule = who.may(Right.RULE)
    may_propose = who.may(Right.PROPOSE, kind="demand_hold")
    day = today()
    return tuple(
        HoldLine(
            id=made[-1].id,
            by=made[-1].author_name,
            at=made[-1].made_at,
            count=len(made),
            is_mine=author == who.name,
            until=until,
            until_words="" if until is None else day_words(until),
            days_left=None if until is None or (until - day).days > WARNED_DAYS else (until - day).days,
            may_release=may_propose if author == who.name else may_rule,
            may_extend=may_rule and may_propose,
            usual=usual_expiry(day),
            today=day,
            ids=tuple(row.id for row in made),
            is_replacement=any(row.body.get("supersedes") for row in made),
        )
        for (author, _minute, until), made in steps.items()
    )


def _meets(axes: Axes, hold: Adjustment, below: IntArray, column: Column) -> bool:
    """True if a hold's scope has a cell among some rows and the buckets of a column."""
    begin, end = axes.calendar.span(hold.scope.first, hold.scope.last)
    if max(begin, column.begin) >= min(end, column.end):
        return False
    if not (axes.items.knows(hold.scope.item) and axes.markets.knows(hold.scope.market)):
        return False
    return bool(np.isin(axes.rows(Grain.DEMAND, hold.scope), below).any())
