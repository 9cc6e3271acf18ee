"""A view of the planning grid as a workbook to edit offline: open cells take numbers, all others are locked.

Sheet "Plan" shows the view: rows indented below each other, months under their quarters, totals as sums where the
person may type. Hidden columns and a hidden row name every cell; a very hidden sheet holds the ticket, by which what
comes back is compared cell by cell (`grid_workbook_diff`). Texts are written as texts, so none is ever a formula.
"""

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from equipoise.core.errors import EquipoiseError
from equipoise.core.grid import BoolArray
from equipoise_web.access import Access
from equipoise_web.reads.grid_rows import GridRows
from equipoise_web.reads.grid_workbook_layout import (
    FIRST_COLUMN,
    FIRST_ROW,
    HEAD_ROW,
    ITEM,
    KEY,
    LINE,
    MARK_ROW,
    MEASURE,
    QUARTER_ROW,
    reference,
    rows_of_sheet,
    sums_of_sheet,
)
from equipoise_web.reads.grid_workbook_locks import open_cells
from equipoise_web.reads.grid_workbook_looks import Looks
from equipoise_web.reads.grid_workbook_marks import COLUMN_MARK, LINE_MARK, ROW_MARK, TICKET_SHEET
from equipoise_web.reads.grid_workbook_ticket import Ticket, ticket_of, to_cells

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_CELLS = 150_000
"""Cells of a workbook: more are no hand work, and take a spreadsheet program long to open."""
WIDEST_LABEL = 44
SMALL = 100.0
"""Below it all numbers of a line are shown with decimals."""
DEEPEST = 7
"""Levels of outline that a spreadsheet has."""


class TooLargeForWorkbook(EquipoiseError):
    """A view with more cells than a workbook should hold."""


def write_workbook(rows: GridRows, who: Access, *, seen: int, at: datetime, company: str) -> bytes:
    """The bytes of the workbook; TooLargeForWorkbook says how far the view is beyond what one holds."""
    import xlsxwriter  # slow to import, and only needed here

    ticket = ticket_of(rows, who, seen=seen, at=at)
    # Of a view that is held in part, the rest counts too: a part of the rows must not pass for all of them.
    count = (len(ticket.places) + len(rows.lines) * rows.tree.not_held) * len(ticket.columns)
    if count > MOST_CELLS:
        raise TooLargeForWorkbook(
            _("This view has %(count)s cells; a workbook holds %(most)s. Choose a family, fewer measures, or quarters.")
            % {"count": f"{count:,}", "most": f"{MOST_CELLS:,}"}
        )
    made = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(made, plain) as book:
        _say_what_it_is(book, ticket, at, company)
        _plan_sheet(book, rows, ticket, open_cells(rows, who), company)
        _readme_sheet(book, ticket)
        _ticket_sheet(book, ticket)
    return made.getvalue()


def _say_what_it_is(book: Any, ticket: Ticket, at: datetime, company: str) -> None:  # noqa: ANN401 - xlsxwriter has no types
    """What a spreadsheet program shows of the file; what comes back is judged by the ticket alone."""
    book.set_properties({"title": _("Demand plan, %(company)s") % {"company": company}, "author": ticket.by})
    for name, value in (
        ("equipoise_scenario", ticket.scenario),
        ("equipoise_view", ticket.query[:255]),
        ("equipoise_plan", ticket.digest),
        ("equipoise_fingerprint", ticket.fingerprint),
        ("equipoise_base_revision", ticket.seen),
        ("equipoise_downloaded_by", ticket.by),
    ):
        book.set_custom_property(name, value)
    book.set_custom_property("equipoise_downloaded_at", at.replace(tzinfo=None), "date")


def _plan_sheet(book: Any, rows: GridRows, ticket: Ticket, is_open: BoolArray, company: str) -> None:  # noqa: ANN401
    sheet = book.add_worksheet(_("Plan"))
    looks = Looks(book)
    sheet.hide_gridlines(2)
    sheet.outline_settings(visible=True, symbols_below=False, symbols_right=True)
    _heads(sheet, looks, ticket, company)
    at, sums = rows_of_sheet(ticket), sums_of_sheet(ticket)
    is_small = np.nanmax(np.abs(ticket.values), axis=(1, 2), initial=0.0) < SMALL
    for (line, node), row in at.items():
        about = {"depth": ticket.depth[node], "is_foot": node == 0, "is_last": (line + 1, node) not in at}
        sheet.set_row(row, 18, None, {"level": min(max(ticket.depth[node] - 1, 0), DEEPEST)})
        sheet.write_string(row, KEY, ticket.keys[node])
        sheet.write_string(row, LINE, ticket.lines[line])
        sheet.write_string(row, ITEM, ticket.labels[node], looks.of(kind="label", **about))
        sheet.write_string(row, MEASURE, ticket.line_labels[line], looks.of(kind="measure", **about))
        about |= {"kind": rows.header["lines"][line]["kind"], "is_small": bool(is_small[line])}
        formulas = [sums.get((line, node, column), "") for column in range(len(ticket.columns))]
        open_ones, marks = is_open[line, node].tolist(), rows.marks[line, node].tolist()
        for column, value in enumerate(ticket.values[line, node].tolist()):
            place = row, FIRST_COLUMN + column
            is_total = ticket.columns[column].is_total
            look = looks.cell(about, is_open=open_ones[column], marks=marks[column], is_total=is_total)
            if np.isnan(value):
                sheet.write_blank(*place, None, look)
            elif formulas[column]:
                sheet.write_formula(*place, formulas[column], look, value)
            else:
                sheet.write_number(*place, value, look)
    _shape(sheet, looks, ticket)
    _protect(sheet, ticket)


def _heads(sheet: Any, looks: Looks, ticket: Ticket, company: str) -> None:  # noqa: ANN401
    """Title, legend, and months under quarters; the hidden row names the columns."""
    sheet.set_row(0, 26)
    sheet.write_string(0, ITEM, _title(ticket, company), looks.of(kind="title"))
    sheet.write_string(1, ITEM, _subtitle(ticket), looks.of(kind="caption"))
    sheet.set_row(2, 18)
    for place, (words, look) in enumerate(looks.legend()):
        sheet.write_string(2, FIRST_COLUMN + 3 * place, "1,800", look)
        sheet.write_string(2, FIRST_COLUMN + 3 * place + 1, words, looks.of(kind="caption"))
    sheet.set_row(MARK_ROW, None, None, {"hidden": True})
    sheet.write_string(MARK_ROW, KEY, ROW_MARK)
    sheet.write_string(MARK_ROW, LINE, LINE_MARK)
    head = looks.of(kind="head_text")
    sheet.write_string(HEAD_ROW, ITEM, _("Item"), head)
    sheet.write_string(HEAD_ROW, MEASURE, _("Measure"), head)
    for column, about in enumerate(ticket.columns):
        sheet.write_string(MARK_ROW, FIRST_COLUMN + column, COLUMN_MARK + about.mark)
        sheet.write_string(HEAD_ROW, FIRST_COLUMN + column, about.label, looks.of(kind="head", is_total=about.is_total))
        before = ticket.columns[column - 1].quarter if column else ""
        if about.quarter and about.quarter not in (before, about.label):
            sheet.write_string(QUARTER_ROW, FIRST_COLUMN + column, about.quarter, looks.of(kind="quarter"))
    sheet.freeze_panes(FIRST_ROW, FIRST_COLUMN)


def _title(ticket: Ticket, company: str) -> str:
    if not ticket.scenario:
        return _("Demand plan %(plan)s, %(company)s") % {"plan": ticket.digest[:8], "company": company}
    return _("Demand plan, %(company)s: %(scenario)s") % {"company": company, "scenario": ticket.scenario}


def _subtitle(ticket: Ticket) -> str:
    said = {"by": ticket.by, "at": f"{datetime.fromisoformat(ticket.at):%d %b %Y %H:%M}", "revision": ticket.seen}
    said |= {"plan": ticket.digest[:8]}
    return _("Downloaded by %(by)s, %(at)s UTC · plan %(plan)s · revision %(revision)s") % said


def _shape(sheet: Any, looks: Looks, ticket: Ticket) -> None:  # noqa: ANN401
    """Widths by what stands in the columns, so that no number is cut; and how it prints."""
    label = max(len(text) + 2 * depth for text, depth in zip(ticket.labels, ticket.depth, strict=True))
    sheet.set_column(KEY, LINE, None, None, {"hidden": True})
    sheet.set_column(ITEM, ITEM, min(max(label + 2, 14), WIDEST_LABEL))
    sheet.set_column(MEASURE, MEASURE, max(len(text) for text in ticket.line_labels) + 2)
    for column in range(len(ticket.columns)):
        widest = np.nanmax(np.abs(ticket.values[:, :, column]), initial=0.0)
        sheet.set_column(FIRST_COLUMN + column, FIRST_COLUMN + column, max(len(f"{widest:,.0f}") + 3, 9))
    after = FIRST_COLUMN + len(ticket.columns)
    sheet.set_column(after, after + 2, 24, looks.of(kind="note"))
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(QUARTER_ROW, HEAD_ROW)
    sheet.set_footer(_("&L&F&RPage &P of &N"))


def _protect(sheet: Any, ticket: Ticket) -> None:  # noqa: ANN401
    """Locked cells stay, open ones take numbers only. There is no password: it is a rail, the lock is on the server."""
    last = FIRST_ROW + len(ticket.places) - 1, FIRST_COLUMN + len(ticket.columns) - 1
    if last[0] >= FIRST_ROW:
        sheet.data_validation(
            FIRST_ROW,
            FIRST_COLUMN,
            *last,
            {
                "validate": "decimal",
                "criteria": ">=",
                "value": 0,
                "ignore_blank": False,
                "error_title": _("Not a quantity"),
                "error_message": _("Type a number that is not below 0. Type 0 to plan none."),
            },
        )
        whole = f"{reference(FIRST_ROW, FIRST_COLUMN)}:{reference(*last)}"
        # Sums that may be typed over are meant so: no green corner in every one of them.
        sheet.ignore_errors({"formula_unlocked": whole, "formula_range": whole, "formula_differs": whole})
    sheet.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})


def _readme_sheet(book: Any, ticket: Ticket) -> None:  # noqa: ANN401
    sheet = book.add_worksheet(_("Read me"))
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 4)
    sheet.set_column(1, 1, 110)
    title, text = Looks(book).of(kind="title"), Looks(book).of(kind="text")
    sheet.write_string(0, 1, _("How this workbook comes back"), title)
    for number, words in enumerate(readme_lines(ticket), start=1):
        sheet.set_row(number + 1, 34)
        sheet.write_number(number + 1, 0, number, text)
        sheet.write_string(number + 1, 1, words, text)
    sheet.protect()


def readme_lines(ticket: Ticket) -> Sequence[str]:
    """What can be edited and how it comes back, in five lines."""
    lines = ", ".join(label for label, is_edit in zip(ticket.line_labels, ticket.edits, strict=True) if is_edit)
    first = (
        _("White cells are yours to edit: %(lines)s. Grey cells are locked, hatched ones are held by somebody.")
        % {"lines": lines}
        if lines
        else _("This workbook is for looking: none of its cells is yours to edit.")
    )
    return (
        first,
        _("Type plain numbers, not below 0. An empty cell says nothing: type 0 to plan none."),
        _("A total follows what is typed below it. Type a total and its parts share it out; do not type both."),
        _("Leave rows and columns where they are. Sheets of your own and notes beside the numbers are passed over."),
        _("Upload it in the grid under Workbook. You see every difference, also what others changed, and accept some."),
    )


def _ticket_sheet(book: Any, ticket: Ticket) -> None:  # noqa: ANN401
    sheet = book.add_worksheet(TICKET_SHEET)
    for row, text in enumerate(to_cells(ticket)):
        sheet.write_string(row, 0, text)
    sheet.protect()
    sheet.very_hidden()
