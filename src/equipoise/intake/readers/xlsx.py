"""Sheets of a workbook as rows of text. Dates and numbers are read by their type, formulas by their stored value."""

import io
import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence

import polars as pl

from equipoise.intake.draft import DatasetRefused
from equipoise.intake.findings import CELL_TOO_LONG, NO_VALUE, RAGGED, TOO_LARGE, UNREADABLE, WRONG_HEADING
from equipoise.intake.plain_text import plain_text
from equipoise.intake.readers.archive import SheetCells, check_archive, refuse
from equipoise.intake.readers.csv import MAX_CELL, MAX_ROWS, check_heading
from equipoise.intake.readers.raw import LINE, BrokenRow, RawTable

Cells = Sequence[object]
SheetRows = Callable[[], Iterator[tuple[int, Cells]]]
"""Rows of one sheet that hold anything, with their numbers."""

_DAMAGE = (KeyError, ValueError, TypeError, IndexError, AttributeError, SyntaxError, OSError, zipfile.BadZipFile)
"""What openpyxl raises on files that are not what they say; it has no error of its own for them."""


def read_workbook(data: bytes, name: str) -> dict[str, tuple[SheetRows, SheetCells]]:
    """Rows by sheet, read when they are asked for; DatasetRefused where the bytes are no workbook or too much of one.

    Nothing is parsed before `check_archive` has gone through all of it.
    """
    from openpyxl import load_workbook  # slow to import, and only needed here

    checked = check_archive(data, name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # styles and extensions that are of no matter to the cells
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    except _DAMAGE as error:
        refuse(UNREADABLE, f"workbook {name}", f"It is damaged or no workbook: {type(error).__name__} {error}.", error)
    found = {}
    for sheet in book.worksheets:
        member = str(sheet._worksheet_path)  # the only tie between a sheet and the part that was checked
        if member not in checked:
            refuse(UNREADABLE, f"workbook {name}", f"Sheet {sheet.title} stands in the odd place {member[:80]}.")
        found[str(sheet.title)] = (_rows_of(sheet, f"workbook {name}, sheet {sheet.title}"), checked[member])
    return found


def _rows_of(sheet: object, where: str) -> SheetRows:
    def rows() -> Iterator[tuple[int, Cells]]:
        sheet.reset_dimensions()  # type: ignore[attr-defined] # what a file says of its size may be wrong
        number = 0
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)
                for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):  # type: ignore[attr-defined]
                    if any(cell is not None and cell != "" for cell in cells):
                        yield number, cells
        except _DAMAGE as error:
            refuse(UNREADABLE, where, f"Row {number + 1} is damaged: {type(error).__name__} {error}.", error)

    return rows


def raw_sheet(rows: Iterable[tuple[int, Cells]], cells: SheetCells, name: str) -> RawTable:
    """Rows of a sheet under their heading, the first row that holds anything; lines are row numbers of the sheet."""
    numbered = iter(rows)
    first, heading = next(numbered, (0, ()))
    texts = [plain_text(cell).strip() for cell in heading]
    width = max((place + 1 for place, text in enumerate(texts) if text), default=0)
    if not width:
        raise DatasetRefused([WRONG_HEADING.found(f"file {name}", "is empty; the first row must name the columns.")])
    columns = tuple(text or f"column {place + 1}" for place, text in enumerate(texts[:width]))
    check_heading(columns, name)
    lines: list[int] = []
    kept: list[list[str]] = []
    broken: list[BrokenRow] = []
    if flaw := _without_value(cells, first, width):
        raise DatasetRefused([WRONG_HEADING.found(f"file {name}", f"line {first}: {flaw}.")])
    for line, values in numbered:
        row = [plain_text(value) for value in values]
        flawed = _flaw(cells, line, row, columns)
        if flawed is not None:
            broken.append(flawed)
        elif any(text.strip() for text in row):
            kept.append(row[:width] + [""] * (width - len(row)))
            lines.append(line)
        if len(kept) > MAX_ROWS:
            raise DatasetRefused([TOO_LARGE.found(f"file {name}", f"holds more than {MAX_ROWS:,} rows.")])
    known = {line for line, _ in cells.no_value if line > first}
    broken += [_no_value(cells, line, [], columns) for line in sorted(known - {*lines, *(row.line for row in broken)})]
    frame = pl.DataFrame(kept, schema=dict.fromkeys(columns, pl.String), orient="row")
    frame = frame.with_columns(pl.Series(LINE, lines, dtype=pl.Int64))
    return _without_nameless(RawTable(columns, frame, tuple(sorted(broken, key=lambda row: row.line))), texts)


def _flaw(cells: SheetCells, line: int, row: list[str], columns: tuple[str, ...]) -> BrokenRow | None:
    width = len(columns)
    if _without_value(cells, line, width):
        return _no_value(cells, line, row, columns)
    values = dict(zip(columns, row, strict=False))
    if any(text.strip() for text in row[width:]):
        extra = {f"cell {column_letters(place + 1)}{line}": row[place][:200] for place in range(width, len(row))}
        filled = {place: text for place, text in extra.items() if text.strip()}
        reason = f"{next(iter(filled))} stands right of the last heading"
        return BrokenRow(line, RAGGED, reason, values | filled)
    longest = max(range(len(row)), key=lambda place: len(row[place]), default=0)
    if row and len(row[longest]) > MAX_CELL:
        reason = f"{columns[longest]} has {len(row[longest]):,} characters; {MAX_CELL:,} is the limit"
        return BrokenRow(line, CELL_TOO_LONG, reason, {name: text[:200] for name, text in values.items()})
    return None


def _without_value(cells: SheetCells, line: int, width: int) -> str:
    """What is wrong in the first cell of the row that gives no value; blank where none does."""
    if not cells.no_value:
        return ""
    for column in range(1, width + 1):
        if (line, column) in cells.no_value:
            return f"cell {column_letters(column)}{line} holds {cells.no_value[line, column]}"
    return ""


def _no_value(cells: SheetCells, line: int, row: list[str], columns: tuple[str, ...]) -> BrokenRow:
    reason = _without_value(cells, line, len(columns)) or "a cell right of the last heading gives no value"
    return BrokenRow(line, NO_VALUE, reason, dict(zip(columns, row, strict=False)))


def _without_nameless(raw: RawTable, heading: Sequence[str]) -> RawTable:
    """Without columns that have neither a heading nor a value: the margins of a sheet."""
    empty = [
        column
        for column, text in zip(raw.columns, heading, strict=False)
        if not text and not (raw.frame[column].str.strip_chars() != "").any()
    ]
    if not empty:
        return raw
    return RawTable(tuple(c for c in raw.columns if c not in empty), raw.frame.drop(empty), raw.broken)


def column_letters(number: int) -> str:
    """The letters of a column.

    >>> column_letters(1), column_letters(28), column_letters(16384)
    ('A', 'AB', 'XFD')
    """
    letters = ""
    while number:
        number, digit = divmod(number - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters
