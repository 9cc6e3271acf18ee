"""What the mark of a held cell says: who holds it and until when."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from equipoise.core.adjustment import Adjustment, expiry_of
from equipoise.core.grid import BoolArray, IntArray
from equipoise.core.measure import Grain
from equipoise.demand.measures import FUNCTION_MEASURES
from equipoise_web.access import Access, Right
from equipoise_web.reads.adjustments import adjustments_by_id
from equipoise_web.reads.grid_marks import HELD
from equipoise_web.reads.grid_rows import GridRows
from equipoise_web.reads.grid_view import CONSENSUS
from equipoise_web.reads.in_words import day_words

HELD_LINES = (CONSENSUS, *FUNCTION_MEASURES.values())
"""Lines that a hold fixes."""
NAMED = 2
"""Owners who are named; of more the rest are counted."""


@dataclass(frozen=True)
class HeldCells:
    """What the marks of held cells say: `words[of[node, column]]`; below 0 where nothing is held."""

    words: tuple[str, ...]
    of: IntArray

    def to_json(self) -> dict[str, Any]:
        """`words`, and `runs` of [node, first column, last column, number of the words]: holds are wide."""
        return {"words": self.words, "runs": [*_runs(self.of)]}


def holds_of(rows: GridRows) -> tuple[str, ...]:
    """Ids of the holds that stand in the numbers, whoever's."""
    return tuple(each.id for each in rows.numbers.adjustments if each.change.kind == "demand_hold")


def read_held(rows: GridRows, who: Access) -> HeldCells:
    """Who holds each held cell of a view, as far as this person may see it; kept until holds are others."""
    key = (who.name, get_language(), rows.view, holds_of(rows))
    kept = rows.tree.kept.get("held cells")
    if kept is None or kept[0] != key:
        kept = rows.tree.kept["held cells"] = key, _held(rows, who)
    found: HeldCells = kept[1]
    return found


def held_by(rows: GridRows, node: int, column: int, who: Access) -> str:
    """`held by Dana until 31 Dec 2026`; blank where that is not known."""
    held = read_held(rows, who)
    number = int(held.of[node, column])
    return "" if number < 0 else held.words[number]


def _held(rows: GridRows, who: Access) -> HeldCells:
    axes = rows.numbers.plan.axes
    standing = [each for each in rows.numbers.adjustments if each.change.kind == "demand_hold"]
    holds = [
        each for each in standing if each.author == who.name or who.may(Right.READ, scope=each.scope, axes=axes)
    ]  # as the marks are: see `people_marks`
    nowhere = np.full(rows.values.shape[1:], -1, dtype=np.int64)
    line = next((number for number, name in enumerate(rows.lines) if name in HELD_LINES), None)
    marked = nowhere >= 0 if line is None else (rows.marks[line] & HELD) > 0
    if not holds or not marked.any():
        return HeldCells((), nowhere)
    owners = _owners(holds, who)
    groups: dict[tuple[str, date | None], list[Adjustment]] = {}
    for hold in holds:
        groups.setdefault((owners.get(hold.author, hold.author), expiry_of(hold)), []).append(hold)
    node, column = np.nonzero(marked)
    touched = np.stack([_touched(rows, made)[node, column] for made in groups.values()])
    sorts, numbers = np.unique(touched, axis=1, return_inverse=True)
    of = nowhere
    of[node, column] = numbers.ravel()
    names = list(groups)
    return HeldCells(tuple(_words([names[n] for n in np.flatnonzero(sort)]) for sort in sorts.T), of)


def _owners(holds: Sequence[Adjustment], who: Access) -> dict[str, str]:
    """What the authors of holds are called, by their names."""
    one_of = {hold.author: hold.id for hold in holds}
    return {each.author: each.author_name for each in adjustments_by_id(who, one_of.values()).values()}


def _touched(rows: GridRows, holds: Iterable[Adjustment]) -> BoolArray:
    """Nodes and columns [R, C] with a part that one of the holds holds."""
    axes, tree = rows.numbers.plan.axes, rows.tree
    held = np.zeros((len(axes.keys[Grain.DEMAND]), axes.horizon))
    for each in holds:
        scope = each.scope
        if axes.items.knows(scope.item) and axes.markets.knows(scope.market):
            begin, end = axes.calendar.span(scope.first, scope.last)
            held[axes.rows(Grain.DEMAND, scope), begin:end] = 1.0
    below = tree.roll_up(Grain.DEMAND, held[tree.rows(Grain.DEMAND)], by=np.maximum, none=0.0) > 0
    found = np.zeros((len(tree), len(rows.columns)), dtype=np.bool_)
    for number, column in enumerate(rows.columns.all):
        if not column.is_closed:
            found[:, number] = below[:, column.begin : column.end].any(axis=1)
    return found


def _words(groups: Sequence[tuple[str, date | None]]) -> str:
    """Of those who hold parts of a cell, and the day on which the first of them ends.

    >>> _words([("Dana", date(2026, 12, 31))])
    'held by Dana until 31 Dec 2026'
    >>> _words([("Dana", date(2027, 1, 31)), ("Eli", date(2026, 12, 31)), ("Eli", None), ("Fay", None)])
    'held by Dana, Eli and 1 more, the first until 31 Dec 2026'
    >>> _words([("Dana", None)])
    'held by Dana as long as the cycle'
    """
    if not groups:
        return _("held")
    owners = list(dict.fromkeys(owner for owner, _until in groups))
    by = ", ".join(owners[:NAMED])
    if len(owners) > NAMED:
        by = _("%(by)s and %(n)s more") % {"by": by, "n": len(owners) - NAMED}
    days = sorted({until for _owner, until in groups if until is not None})
    if not days:
        return _("held by %(by)s as long as the cycle") % {"by": by}
    said = {"by": by, "day": day_words(days[0])}
    if len({until for _owner, until in groups}) > 1:
        return _("held by %(by)s, the first until %(day)s") % said
    return _("held by %(by)s until %(day)s") % said


def _runs(of: IntArray) -> Iterator[list[int]]:
    """Cells beside each other in a row that say the same.

    >>> list(_runs(np.array([[-1, 0, 0, 1], [0, -1, -1, 0]])))
    [[0, 1, 2, 0], [0, 3, 3, 1], [1, 0, 0, 0], [1, 3, 3, 0]]
    """
    for node in np.flatnonzero((of >= 0).any(axis=1)).tolist():
        row = of[node]
        edges = np.flatnonzero(np.diff(row)) + 1
        for first, end in zip([0, *edges.tolist()], [*edges.tolist(), len(row)], strict=True):
            if row[first] >= 0:
                yield [node, first, end - 1, int(row[first])]
