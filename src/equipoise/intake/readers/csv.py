"""CSV: UTF-8 with or without mark, UTF-16 with mark, separated by commas or semicolons.

Two paths give the same rows. Regular bytes (no quotation marks, every line with the same number of separators) go
through polars; everything else through Python's csv module, which knows the line of every row whatever its cells hold.
"""

import codecs
import csv
import io
from dataclasses import replace

import numpy as np
import polars as pl

from equipoise.core.finding import FindingCode
from equipoise.intake.draft import DatasetRefused
from equipoise.intake.findings import BROKEN_QUOTES, CELL_TOO_LONG, RAGGED, TOO_LARGE, UNREADABLE, WRONG_HEADING
from equipoise.intake.readers.raw import FILE, LINE, BrokenRow, RawTable

MAX_BYTES = 1 << 29
"""Half a GiB: far above any planning table, far below what would stop the machine."""
MAX_ROWS = 20_000_000
MAX_COLUMNS = 5_000
MAX_CELL = 32_767
"""Characters in one cell: what a spreadsheet can hold."""
SEPARATORS = (",", ";")
EXTRA_CELLS = 20
"""Cells right of the heading that are kept of a row that has too many."""
_FOREIGN = {b"PK\x03\x04": "a workbook or zip archive", b"PAR1": "a Parquet file", b"%PDF": "a PDF document"}


def read_csv(data: bytes, name: str, *, encoding: str = "", separator: str = "", heading_line: int = 1) -> RawTable:
    """Rows of a CSV file called `name`; DatasetRefused where the bytes are no table.

    Lines above `heading_line` are passed over; every row keeps the line on which it stands in the file.

    >>> table = read_csv(b"item,name\\r\\nsaw,'Saw'\\n", "items.csv")
    >>> table.columns, table.frame.rows()
    (('item', 'name'), [('saw', "'Saw'", 2)])
    """
    if len(data) > MAX_BYTES:
        _refuse(TOO_LARGE, name, f"holds {len(data):,} bytes; {MAX_BYTES:,} is the limit.")
    text, notes = _decode(data, name, encoding)
    above = heading_line - 1
    text = text.replace("\r\n", "\n").split("\n", above)[-1] if above < text.count("\n") + 1 else ""
    first = text.lstrip("\r\n").split("\n", 1)[0].split("\r", 1)[0]
    if not text.strip():
        _refuse(WRONG_HEADING, name, "is empty; the first line must name the columns.")
    _check_width(first, separator, name)
    found = separator or _separator_of(first)
    if found != ",":
        notes.append(f"cells are separated by {found!r}")
    body = text.encode()
    if is_regular(body, found):
        columns, frame = read_regular(body, found)
        broken: tuple[BrokenRow, ...] = ()
    else:
        columns, frame, broken = read_irregular(text, found, name)
    check_heading(columns, name)
    if above:
        frame = frame.with_columns(pl.col(LINE) + above)
        broken = tuple(replace(row, line=row.line + above) for row in broken)
    if frame.height > MAX_ROWS:
        _refuse(TOO_LARGE, name, f"holds {frame.height:,} rows; {MAX_ROWS:,} is the limit.")
    frame, too_long = without_long_cells(frame, columns)
    return RawTable(columns, frame, (*broken, *too_long), tuple(notes), found)


def _refuse(code: FindingCode, name: str, message: str) -> None:
    raise DatasetRefused([code.found(f"file {name}", message)])


def _decode(data: bytes, name: str, encoding: str) -> tuple[str, list[str]]:
    for magic, what in _FOREIGN.items():
        if data.startswith(magic):
            _refuse(UNREADABLE, name, f"is {what}, not CSV.")
    chosen, notes = encoding, []
    if not chosen and data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        chosen = "utf-16"
        notes.append("text is UTF-16")
    try:
        text = data.decode(chosen or "utf-8-sig").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DatasetRefused(
            [
                UNREADABLE.found(
                    f"file {name}", f"line {line}: byte 0x{data[error.start]:02x} is not {chosen or 'UTF-8'}."
                )
            ]
        ) from error
    except (LookupError, ValueError) as error:  # some codecs of Python's are none of text
        raise DatasetRefused([UNREADABLE.found(f"file {name}", f"there is no encoding {chosen!r}.")]) from error
    if (spot := text.find("\0")) >= 0:
        line = text.count("\n", 0, spot) + 1
        _refuse(UNREADABLE, name, f"line {line}: holds a NUL byte, so it is not a text file (or UTF-16 without mark).")
    return text, notes


def _check_width(heading: str, separator: str, name: str) -> None:
    """Refuse a heading longer than any table's before anything is made of it."""
    most = max(heading.count(mark) + 1 for mark in ((separator,) if separator else SEPARATORS))
    if most > MAX_COLUMNS or len(heading) > MAX_COLUMNS * 200:
        _refuse(TOO_LARGE, name, f"has {most:,} columns; {MAX_COLUMNS:,} is the limit.")


def _separator_of(heading: str) -> str:
    try:
        counts = [len(next(csv.reader([heading], delimiter=separator), [])) for separator in SEPARATORS]
    except csv.Error:  # a heading of one endless cell; reading it says so
        return SEPARATORS[0]
    return SEPARATORS[int(np.argmax(counts))]


def check_heading(columns: tuple[str, ...], name: str) -> None:
    """Refuse a heading that names a column twice, names none, or is longer than any table."""
    if len(columns) > MAX_COLUMNS:
        _refuse(TOO_LARGE, name, f"has {len(columns):,} columns; {MAX_COLUMNS:,} is the limit.")
    twice = sorted({column for column in columns if columns.count(column) > 1})
    if twice:
        spots = [str(number + 1) for number, column in enumerate(columns) if column == twice[0]]
        _refuse(WRONG_HEADING, name, f"line 1: column {twice[0]!r} stands twice, at positions {' and '.join(spots)}.")
    taken = [column for column in columns if column in (FILE, LINE) or column.startswith("@")]
    if taken:
        _refuse(WRONG_HEADING, name, f"line 1: column {taken[0]!r} may not begin with @.")


def _heading(cells: list[str]) -> tuple[str, ...]:
    """Trimmed names; columns without a name are called by their position."""
    return tuple(cell.strip() or f"column {number + 1}" for number, cell in enumerate(cells))


def is_regular(body: bytes, separator: str) -> bool:
    """True if lines and cells are exactly what lies between newlines and separators, the same number in each line."""
    if b'"' in body or b"\r" in body or len(separator) != 1 or not separator.isascii():
        return False
    octets = np.frombuffer(body, dtype=np.uint8)
    ends = np.flatnonzero(octets == ord("\n"))
    if not len(ends) or ends[-1] != len(octets) - 1:
        ends = np.append(ends, len(octets))
    starts = np.append(0, ends[:-1] + 1)
    if np.any(ends == starts):
        return False
    at = np.flatnonzero(octets == ord(separator))
    counts = np.searchsorted(at, ends) - np.searchsorted(at, starts)
    return bool(np.all(counts == counts[0])) and int(np.max(ends - starts)) <= MAX_CELL


def read_regular(body: bytes, separator: str) -> tuple[tuple[str, ...], pl.DataFrame]:
    """Columns and rows of regular bytes: the fast path."""
    heading, _, rows = body.partition(b"\n")
    columns = _heading(heading.decode().split(separator))
    names = [f"{number}" for number in range(len(columns))]  # headings may be double: named only once checked
    if rows:
        frame = pl.read_csv(
            io.BytesIO(rows),
            separator=separator,
            quote_char=None,
            has_header=False,
            new_columns=names,
            infer_schema=False,
        ).fill_null("")
    else:
        frame = pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    return columns, _named(frame, columns, np.arange(2, frame.height + 2, dtype=np.int64))


def read_irregular(text: str, separator: str, name: str) -> tuple[tuple[str, ...], pl.DataFrame, tuple[BrokenRow, ...]]:
    """Columns, rows and broken rows of any CSV text: the path that locates problems."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    columns: tuple[str, ...] = ()
    rows: list[list[str]] = []
    lines: list[int] = []
    broken: list[BrokenRow] = []
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            broken.append(_broken_quotes(str(error), name, line, reader.line_num))
            continue
        if not cells:
            continue
        if not columns:
            columns = _heading(cells)
        elif len(cells) == len(columns):
            rows.append(cells)
            lines.append(line)
        elif len(cells) > len(columns) and not any(cell.strip() for cell in cells[len(columns) :]):
            rows.append(cells[: len(columns)])
            lines.append(line)
        else:
            broken.append(_ragged(cells, columns, line))
    if not columns:
        _refuse(WRONG_HEADING, name, "has no line that names the columns.")
    frame = pl.DataFrame(rows, schema={f"{n}": pl.String for n in range(len(columns))}, orient="row")
    return columns, _named(frame, columns, np.array(lines, dtype=np.int64)), tuple(broken)


def _named(
    frame: pl.DataFrame, columns: tuple[str, ...], lines: "np.ndarray[tuple[int], np.dtype[np.int64]]"
) -> pl.DataFrame:
    if len(set(columns)) == len(columns):
        frame = frame.rename(dict(zip(frame.columns, columns, strict=True)))
    return frame.with_columns(pl.Series(LINE, lines, dtype=pl.Int64))


def _broken_quotes(error: str, name: str, first: int, last: int) -> BrokenRow:
    if "end of data" in error or ("field limit" in error and last > first):
        _refuse(UNREADABLE, name, f"line {first}: a quotation mark opens a cell that is never closed.")
    if "field limit" in error:
        return BrokenRow(first, CELL_TOO_LONG, f"a cell has more than {MAX_CELL:,} characters", {})
    return BrokenRow(first, BROKEN_QUOTES, "text follows a closing quotation mark", {})


def _ragged(cells: list[str], columns: tuple[str, ...], line: int) -> BrokenRow:
    values = dict(zip(columns, cells, strict=False))
    extra = range(len(columns), min(len(cells), len(columns) + EXTRA_CELLS))
    values |= {f"cell {number + 1}": cells[number] for number in extra}
    return BrokenRow(line, RAGGED, f"{len(cells)} cells where the heading has {len(columns)}", values)


def without_long_cells(frame: pl.DataFrame, columns: tuple[str, ...]) -> tuple[pl.DataFrame, list[BrokenRow]]:
    """The rows without those in which a cell is too long to be real."""
    if not frame.height:
        return frame, []
    is_long = frame.select(pl.any_horizontal(pl.col(*columns).str.len_chars() > MAX_CELL).alias("long"))["long"]
    if not is_long.any():
        return frame, []
    broken = []
    for row in frame.filter(is_long).iter_rows(named=True):
        widest = max(columns, key=lambda column: len(row[column]))
        reason = f"{widest} has {len(row[widest]):,} characters; {MAX_CELL:,} is the limit"
        broken.append(BrokenRow(row[LINE], CELL_TOO_LONG, reason, {c: row[c][:200] for c in columns}))
    return frame.filter(~is_long), broken
