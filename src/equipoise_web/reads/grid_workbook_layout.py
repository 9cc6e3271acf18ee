"""Where the cells of a view stand in the sheet of a workbook, and which of them are sums of others.

Only lines that can be typed in have sums: their totals then follow, in the workbook itself, what is typed below them.
A total of months is the sum of its months; a month of a family is the sum of its items.
"""

import re
from collections.abc import Mapping, Sequence

import numpy as np

from equipoise.core.grid import FloatArray
from equipoise_web.reads.grid_workbook_ticket import Ticket

MARK_ROW, QUARTER_ROW, HEAD_ROW, FIRST_ROW = 3, 4, 5, 6
"""Rows of the sheet, from 0."""
KEY, LINE, ITEM, MEASURE, FIRST_COLUMN = 0, 1, 2, 3, 4
MOST_ARGUMENTS = 250
"""Of SUM; Excel takes 255."""

Cell = tuple[int, int, int]
"""Line, node and column of a view."""


def rows_of_sheet(ticket: Ticket) -> Mapping[tuple[int, int], int]:
    """Row of the sheet by line and node."""
    return {place: FIRST_ROW + number for number, place in enumerate(ticket.places)}


def sums_of_sheet(ticket: Ticket) -> Mapping[Cell, str]:
    """The formula of every cell that is the exact sum of others."""
    found: dict[Cell, str] = {}
    at = rows_of_sheet(ticket)
    for line, node in ticket.places:
        if not ticket.edits[line]:
            continue
        values = ticket.values[line]
        below = [child for child in ticket.children[node] if (line, child) in at]
        for column, about in enumerate(ticket.columns):
            if about.is_total:
                parts = [
                    n
                    for n, each in enumerate(ticket.columns)
                    if not each.is_total and about.begin <= each.begin and each.end <= about.end
                ]
                if _is_sum(values[node, column], values[node, parts]):
                    found[line, node, column] = _span(at[line, node], parts)
            elif below and len(below) <= MOST_ARGUMENTS and _is_sum(values[node, column], values[below, column]):
                refs = ",".join(reference(at[line, child], FIRST_COLUMN + column) for child in below)
                found[line, node, column] = f"=SUM({refs})"
    return found


def reference(row: int, column: int) -> str:
    """What a sheet calls a cell.

    >>> reference(0, 0), reference(6, 27)
    ('A1', 'AB7')
    """
    letters, rest = "", column + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return f"{letters}{row + 1}"


def is_same_formula(one: str, other: str) -> bool:
    """True for formulas that differ in dollars, blanks and case only.

    >>> is_same_formula("=SUM(E7,E9)", "= sum($E$7, E9)")
    True
    """
    return _plain(one) == _plain(other)


def _plain(formula: str) -> str:
    return re.sub(r"[\s$]", "", formula).upper()


def _is_sum(total: float, parts: FloatArray) -> bool:
    """True where the parts make the total; where they do not, it is a number of its own."""
    return parts.size > 0 and bool(np.isclose(parts.sum(), total, rtol=1e-12, atol=1e-6))


def _span(row: int, parts: Sequence[int]) -> str:
    """The sum of columns that ascend: a range for each run of neighbors, because totals of quarters stand between."""
    breaks = [n for n, part in enumerate(parts) if n == 0 or part != parts[n - 1] + 1]
    ends = [(parts[begin], parts[end - 1]) for begin, end in zip(breaks, [*breaks[1:], len(parts)], strict=True)]
    ranges = (":".join(reference(row, FIRST_COLUMN + part) for part in both) for both in ends)
    return f"=SUM({','.join(ranges)})"
