"""Totals and parts of them that were both typed in one workbook: do they agree?

Of a total and parts below it only one can be meant, unless the parts make the total. They are compared on what was
downloaded: what a total becomes by its parts is what it was, and what each of the topmost typed parts moves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from equipoise_web.reads.grid_workbook_changes import Change, is_said
from equipoise_web.reads.grid_workbook_ticket import Ticket


@dataclass(frozen=True)
class Total:
    """What the parts typed below a typed total make of it; NaN where they cross and cannot be summed."""

    made: float
    parts: tuple[Change, ...]

    def agrees(self, change: Change) -> bool:
        """True if the total says what its parts make."""
        return not np.isnan(self.made) and is_said(change.value, self.made)


def totals_of(ticket: Ticket, typed: Sequence[Change]) -> Mapping[Change, Total]:
    """Of each number typed at a coarser place than others that it meets: what those others make of it."""
    found: dict[Change, Total] = {}
    for line in dict.fromkeys(change.line for change in typed):
        same = [change for change in typed if change.line == line]
        if len(same) > 1:
            found |= _totals_of_line(ticket, same)
    return found


def _totals_of_line(ticket: Ticket, typed: Sequence[Change]) -> dict[Change, Total]:
    """Spans of nodes and buckets are intervals, so one holds another where both its ends do."""
    spans = np.array([_span(ticket, change) for change in typed])
    first, end, begin, until = spans.T
    meets = _overlap(first, end) & _overlap(begin, until)
    holds = (
        (first[:, None] <= first)
        & (end <= end[:, None])
        & (begin[:, None] <= begin)
        & (until <= until[:, None])
        & ~np.eye(len(typed), dtype=np.bool_)
    )
    size = (end - first) * (ticket.columns[-1].end + 1) + (until - begin)
    crosses = meets & ~holds & ~holds.T & ~np.eye(len(typed), dtype=np.bool_)
    crosses &= (size[:, None] > size) | (
        (size[:, None] == size) & (np.arange(len(typed))[:, None] < np.arange(len(typed)))
    )
    found = {}
    for n in np.flatnonzero(holds.any(axis=1) | crosses.any(axis=1)).tolist():
        inside = np.flatnonzero(holds[n])
        topmost = inside[~holds[np.ix_(inside, inside)].any(axis=0)]
        overlapping = meets[np.ix_(topmost, topmost)].sum() > len(topmost)
        parts = [typed[each] for each in [*topmost.tolist(), *np.flatnonzero(crosses[n]).tolist()]]
        made = np.nan
        if not overlapping and not crosses[n].any():
            made = float(ticket.values[typed[n].cell]) + sum(p.value - float(ticket.values[p.cell]) for p in parts)
        found[typed[n]] = Total(made, tuple(parts))
    return found


def _span(ticket: Ticket, change: Change) -> tuple[int, int, int, int]:
    column = ticket.columns[change.column]
    return change.node, ticket.end[change.node], column.begin, column.end


def _overlap(first: np.ndarray, end: np.ndarray) -> np.ndarray:
    both: np.ndarray = (first[:, None] < end) & (first < end[:, None])
    return both
