"""What somebody changed in a planning workbook: its cells against those it was downloaded with.

A cell that says what it said is no change, nor is a total that follows what is typed below it. Whatever is no number
is kept with what is wrong about it, so that it is shown and never guessed at.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from equipoise_web.reads.grid_workbook_cells import SheetRead, SheetRow
from equipoise_web.reads.grid_workbook_layout import Cell, is_same_formula, sums_of_sheet
from equipoise_web.reads.grid_workbook_ticket import Ticket, WorkbookRefused

MOST_CHANGES = 5_000
ROUNDED_FROM = 100.0
"""Numbers of this size are shown whole: typing what is shown changes nothing, as in the grid."""
PROBLEMS: dict[str, str | Promise] = {
    "text": gettext_lazy("“%(text)s” is text; type a plain number."),
    "error": gettext_lazy("%(text)s is an error of the workbook; type a number."),
    "percent": gettext_lazy("%(text)s is a percentage; type the number that it makes."),
    "date": gettext_lazy("%(text)s is a date; type a number."),
    "truth": gettext_lazy("%(text)s is no number."),
    "formula": gettext_lazy("%(text)s gives no number as it was saved; type the number itself."),
    "empty": gettext_lazy("An empty cell says nothing: type 0 to plan none."),
}


@dataclass(frozen=True)
class Change:
    """A cell that differs from what was downloaded: its number, or what is wrong with it."""

    line: int
    node: int
    column: int
    value: float
    """NaN where something is wrong."""
    problem: str = ""

    @property
    def cell(self) -> Cell:
        """Where it is."""
        return self.line, self.node, self.column


@dataclass(frozen=True)
class Changes:
    """All of them, and what else was noticed in the workbook."""

    cells: tuple[Change, ...]
    missing_rows: int
    """Rows that were downloaded and are not there; nothing of them changes."""
    nameless_rows: int


def changes_of(ticket: Ticket, read: SheetRead) -> Changes:
    """What was changed; WorkbookRefused where nothing has a name any more, or far too much differs."""
    lines = {name: n for n, name in enumerate(ticket.lines)}
    nodes = {key: n for n, key in enumerate(ticket.keys)}
    columns = [(n, column.mark) for n, column in enumerate(ticket.columns) if column.mark in read.marks]
    places = set(ticket.places)
    known = [row for row in read.rows if (lines.get(row.line, -1), nodes.get(row.key, -1)) in places]
    if not known or not columns:
        raise WorkbookRefused(_("None of its rows is one that was downloaded; download the view again."))
    times = Counter((row.line, row.key) for row in known)
    sums = sums_of_sheet(ticket)
    found: list[Change] = []
    for row in known:
        line, node = lines[row.line], nodes[row.key]
        wrong = _wrong_row(ticket, row, line, node, times[row.line, row.key])
        for column, mark in columns:
            change = _change(ticket, (line, node, column), row.cells.get(mark), sums)
            if change is not None:
                found.append(Change(line, node, column, np.nan, wrong) if wrong else change)
        if len(found) > MOST_CHANGES:
            raise WorkbookRefused(
                _("More than %(most)s cells differ from what was downloaded; download a smaller view and edit that.")
                % {"most": f"{MOST_CHANGES:,}"}
            )
    return Changes(_once(found), len(places) - len(times), read.nameless)


def as_json(changes: Changes) -> dict[str, Any]:
    """The changes, to be kept until somebody accepts them."""
    cells = [[*each.cell, None if each.problem else each.value, each.problem] for each in changes.cells]
    return {"cells": cells, "missing_rows": changes.missing_rows, "nameless_rows": changes.nameless_rows}


def from_json(kept: Mapping[str, Any]) -> Changes:
    """The changes that were kept."""
    cells = (
        Change(line, node, column, np.nan if value is None else value, problem)
        for line, node, column, value, problem in kept["cells"]
    )
    return Changes(tuple(cells), kept["missing_rows"], kept["nameless_rows"])


def _wrong_row(ticket: Ticket, row: SheetRow, line: int, node: int, times: int) -> str:
    """What is wrong with the whole row, so that none of its numbers can be trusted to stand where they belong."""
    said = {"row": row.at, "name": f"{ticket.labels[node]}, {ticket.line_labels[line]}"}
    if times > 1:
        return _("%(name)s stands in more than one row; keep one of them.") % said
    if (row.label, row.measure) != (ticket.labels[node], ticket.line_labels[line]):
        said["shows"] = f"{row.label}, {row.measure}"[:80]
        return _("Row %(row)s shows %(shows)s, but its hidden name is that of %(name)s.") % said
    return ""


def _change(ticket: Ticket, cell: Cell, said: object, sums: Mapping[Cell, str]) -> Change | None:
    base = float(ticket.values[cell])
    if said is None:
        return None if np.isnan(base) else Change(*cell, np.nan, str(PROBLEMS["empty"]))
    if isinstance(said, float):
        return None if is_said(said, base) else Change(*cell, said)
    assert isinstance(said, list), "a cell that is no number says its sort"
    sort, text, stored = said
    if sort == "formula":
        if cell in sums and is_same_formula(str(text), sums[cell]):
            return None  # it follows what is typed below it
        if stored is not None:
            return None if is_said(stored, base) else Change(*cell, float(stored))
    return Change(*cell, np.nan, str(PROBLEMS[sort]) % {"text": text})


def is_said(typed: float, stands: float) -> bool:
    """True if a number says what stands there: to what a spreadsheet keeps of it, or as it is shown.

    >>> is_said(1234.0, 1234.4), is_said(12.0, 12.4), is_said(0.1 + 0.2, 0.3), is_said(5.0, float("nan"))
    (True, False, True, False)
    """
    if np.isnan(stands):
        return False
    if abs(typed - stands) <= max(1e-12 * abs(stands), 5e-7):
        return True
    return abs(stands) >= ROUNDED_FROM and typed == round(stands)


def _once(found: list[Change]) -> tuple[Change, ...]:
    """Each cell once: of rows that stand twice, both say the same of it."""
    return tuple({change.cell: change for change in found}.values())
