"""The rows of the plain table: the buckets of one row as a form, and every row of the view."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isnan

from equipoise_web.access import Access
from equipoise_web.reads.grid_header import BASELINE
from equipoise_web.reads.grid_held import HELD_LINES, held_by
from equipoise_web.reads.grid_marks import CHANGED, COMMENT, ESTIMATE, HELD, MINE, THEIRS
from equipoise_web.reads.grid_rows import GridRows
from equipoise_web.reads.grid_view import CONSENSUS
from equipoise_web.reads.numbers import Scale

MOST_ROWS = 400
"""Rows of the whole table on one page."""


@dataclass(frozen=True)
class TableCell:
    """A number as text, with its marks."""

    text: str
    state: str
    testid: str
    is_held: bool
    is_mine: bool
    is_theirs: bool
    is_fresh: bool
    has_comment: bool
    is_closed: bool


@dataclass(frozen=True)
class MonthLine:
    """A bucket of the form: what stands before, the field, what comes of it."""

    mark: str
    label: str
    is_total: bool
    is_closed: bool
    before: TableCell
    now: TableCell
    after: TableCell
    held: str
    """Who holds it and until when; blank where the bucket before says the same."""
    typed: str
    error: str


def month_lines(
    rows: GridRows, node: int, line: int, who: Access, *, typed: Mapping[str, str], errors: Mapping[int, str]
) -> tuple[MonthLine, ...]:
    """One row's buckets, with what was typed by the name of its field and why it was not taken by its column."""
    before = rows.lines.index(BASELINE) if BASELINE in rows.lines else line
    after = line_after(rows)
    found: list[MonthLine] = []
    last = ""
    for number, column in enumerate(rows.columns.all):
        now = table_cell(rows, line, node, number)
        held = held_by(rows, node, number, who) if now.is_held and rows.lines[line] in HELD_LINES else ""
        is_one = not column.is_total and column.end - column.begin == 1
        found.append(
            MonthLine(
                column.mark,
                rows.columns.calendar.label(column.begin) if is_one else column.label,
                column.is_total,
                column.is_closed,
                table_cell(rows, before, node, number),
                now,
                table_cell(rows, after, node, number),
                held if held != last else "",
                typed.get(f"at-{column.mark}", ""),
                errors.get(number, ""),
            )
        )
        last = held
    return tuple(found)


def line_after(rows: GridRows) -> int:
    """The line that shows what comes of the one that is typed in."""
    return rows.lines.index(CONSENSUS) if CONSENSUS in rows.lines else 0


def all_rows(rows: GridRows, line: int) -> list[tuple[str, int, list[TableCell]]]:
    """Label, depth and cells of every row, at most MOST_ROWS of them."""
    columns = range(len(rows.columns))
    return [
        (rows.labels[node], int(rows.tree.depth[node]), [table_cell(rows, line, node, n) for n in columns])
        for node in range(min(len(rows.tree), MOST_ROWS))
    ]


def table_cell(rows: GridRows, line: int, node: int, column: int) -> TableCell:
    """A number of the view as the table shows it."""
    value = float(rows.values[line, node, column])
    marks = int(rows.marks[line, node, column])
    kind = rows.header["lines"][line]["kind"]
    text = "–"
    if not isnan(value):
        scale = Scale.of_money([value]) if kind == "amount" else Scale.of_quantity([value])
        text = scale.show(value) + (f" {scale.prefix}" if scale.prefix else "")
    return TableCell(
        text,
        "estimate" if marks & ESTIMATE else "saved" if not rows.numbers.is_exact else "exact",
        f"cell:{rows.lines[line]}:{rows.tree.keys[node]}:{rows.columns.all[column].mark}",
        bool(marks & HELD),
        bool(marks & MINE),
        bool(marks & THEIRS),
        bool(marks & CHANGED),
        bool(marks & COMMENT),
        rows.columns.all[column].is_closed,
    )
