"""The quarantine: rows left out, each with its cells, the wrong ones marked, and what the engine suggests."""

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from equipoise.core.snapshot import FILE, LINE
from equipoise.core.tables import TABLE_NAMES, table
from equipoise.intake import CODES, Draft, Quarantined
from equipoise_web.access import Access
from equipoise_web.drafts import open_contents
from equipoise_web.reads.draft_report import ON_PURPOSE
from equipoise_web.reads.drafts import DraftRow
from equipoise_web.reads.drafts_judged import draft_for

ON_A_PAGE = 20
DUPLICATE = "IN113"
_FORMULA = re.compile(r"^[=+@\t\r-]")
_NUMBER = re.compile(r"^[+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?$")


@dataclass(frozen=True)
class Cell:
    """A cell of a row left out: its value as it stands after corrections, and what belongs there."""

    column: str
    value: str
    is_wrong: bool
    meaning: str
    choices: tuple[str, ...]


@dataclass(frozen=True)
class LeftOut:
    """A row left out. One that is no row at all (broken quotes, a cell too many) is dropped, or mended in its file."""

    file: str
    line: int
    code: str
    meaning: str
    reason: str
    cells: tuple[Cell, ...]
    suggestion: str
    """What the engine thinks was meant for the wrong cell; blank if nothing."""
    same: int
    """Rows of the table that are left out for the same wrong cell, this one among them."""
    is_broken: bool

    @property
    def wrong(self) -> Cell | None:
        """The one wrong cell, if it is one."""
        marked = [cell for cell in self.cells if cell.is_wrong]
        return marked[0] if len(marked) == 1 else None


@dataclass(frozen=True)
class Quarantine:
    """A page of the quarantine of one table."""

    draft: DraftRow
    counts: tuple[tuple[str, int], ...]
    """Rows left out by table, not those left out on purpose."""
    table: str
    meaning: str
    rows: tuple[LeftOut, ...]
    first: int
    total: int
    """Rows of this table."""
    page: int
    pages: int

    @property
    def every(self) -> int:
        """Rows of all tables."""
        return sum(count for _, count in self.counts)


def read_quarantine(who: Access, *, name: str = "", page: int = 1) -> Quarantine:
    """The rows left out of a table of the open draft, of the one with most of them if none is named."""
    row = draft_for(who)
    contents = open_contents(row.id, row.version)
    counted = Counter(each.table for each in _to_mend(contents)) if contents is not None else Counter[str]()
    counts = tuple((each, counted[each]) for each in TABLE_NAMES if counted[each])
    chosen = name if name in counted else max(counts, key=lambda pair: pair[1], default=("", 0))[0]
    pages = max(1, -(-counted[chosen] // ON_A_PAGE))
    at = min(max(page, 1), pages)
    first = (at - 1) * ON_A_PAGE
    rows = _rows(contents, chosen, first, ON_A_PAGE)
    meaning = table(chosen).meaning if chosen else ""
    return Quarantine(row, counts, chosen, meaning, rows, first + 1, counted[chosen], at, pages)


def read_left_out(who: Access, id: int, name: str, *, first: int, limit: int) -> tuple[DraftRow, tuple[LeftOut, ...]]:
    """A draft, and rows left out of one of its tables from number `first` (0: from the beginning) on.

    Raises UnknownName for a table that does not exist.
    """
    row = draft_for(who, id)
    return row, _rows(open_contents(row.id, row.version), table(name).name, first, limit)


def _to_mend(contents: Draft) -> list[Quarantined]:
    """All rows left out, but for those that a person left out."""
    return [each for each in contents.quarantine if each.code != ON_PURPOSE]


def _rows(contents: Draft | None, name: str, first: int, limit: int) -> tuple[LeftOut, ...]:
    mine = [] if contents is None else [each for each in _to_mend(contents) if each.table == name]
    if contents is None or not mine:
        return ()
    asked = _alike_together(mine)[first : first + limit]
    whole = _whole(contents, name, asked)
    alike = Counter(_wrong_key(each) for each in mine)
    return tuple(_left_out(each, alike[_wrong_key(each)], (each.file, each.line) not in whole) for each in asked)


def _alike_together(rows: list[Quarantined]) -> list[Quarantined]:
    """The rows in their order, with those of one key one below the other: a person chooses between them."""

    def group(row: Quarantined) -> str:
        return row.reason if row.code == DUPLICATE else f"{row.file}:{row.line}"

    first: dict[str, int] = {}
    for number, row in enumerate(rows):
        first.setdefault(group(row), number)
    return sorted(rows, key=lambda row: first[group(row)])


def _whole(draft: Draft, name: str, rows: list[Quarantined]) -> set[tuple[str, int]]:
    """Where those of the rows stand that could be read as rows of their table."""
    places = pl.DataFrame(
        {FILE: [row.file for row in rows], LINE: [row.line for row in rows]}, schema={FILE: pl.String, LINE: pl.Int64}
    )
    frames = (delivery.rows.select(FILE, LINE) for delivery in draft.given.deliveries.get(name, ()))
    return {place for frame in frames for place in frame.join(places, on=[FILE, LINE], how="semi").iter_rows()}


def _left_out(row: Quarantined, same: int, is_broken: bool) -> LeftOut:
    declared = table(row.table)
    wrong = wrong_columns(row)
    keys = declared.keys
    ordered = sorted(row.values, key=lambda c: (c not in keys, declared.names.index(c) if c in declared.names else 99))
    cells = tuple(
        Cell(
            name,
            row.values[name].removesuffix(".0") if _NUMBER.match(row.values[name]) else row.values[name],
            name in wrong,
            declared.column(name).meaning if name in declared.names else "",
            declared.column(name).choices if name in declared.names else (),
        )
        for name in ordered
        if name in declared.names
    )
    suggested = re.search(r"did you mean '([^']+)'", row.reason)
    meaning = CODES[row.code].meaning if row.code in CODES else row.code
    return LeftOut(
        row.file, row.line, row.code, meaning, row.reason, cells, suggested[1] if suggested else "", same, is_broken
    )


def wrong_columns(row: Quarantined) -> frozenset[str]:
    """Columns that the reason is about: the one it begins with, the key where it stands twice, else those it names."""
    declared = table(row.table)
    if row.code == DUPLICATE:
        return frozenset(declared.keys)
    first = row.reason.split(" ", 1)[0]
    if first in declared.names:
        return frozenset({first})
    named = {name for name in declared.names if re.search(rf"\b{re.escape(name)}\b", row.reason)}
    return frozenset(named or ({"uom"} if row.code == "IN115" else set()))


def _wrong_key(row: Quarantined) -> tuple[str, str]:
    """The wrong cell, for counting rows that have the same; a key that stands twice is nobody's same."""
    wrong = wrong_columns(row)
    if row.code == DUPLICATE or len(wrong) != 1:
        return f"{row.file}:{row.line}", ""
    (column,) = wrong
    return column, row.values.get(column, "")


def quarantine_csv(who: Access) -> str:
    """All rows left out as CSV: table, file, line, code, reason, then every column of the rows.

    Texts that a spreadsheet would take for a formula are preceded by an apostrophe.
    """
    row = draft_for(who)
    contents = open_contents(row.id, row.version)
    rows = () if contents is None else contents.quarantine
    columns = list(dict.fromkeys(column for each in rows for column in each.values))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["table", "file", "line", "code", "reason", *columns])
    for each in rows:
        cells = [each.table, each.file, str(each.line), each.code, each.reason, *_row(each.values, columns)]
        writer.writerow([_harmless(cell) for cell in cells])
    return text.getvalue()


def _row(values: Mapping[str, str], columns: list[str]) -> list[str]:
    return [values.get(column, "") for column in columns]


def _harmless(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.match(cell) else cell
