"""Parquet: the same rows as CSV, with their cells as text. The line of a row is its number plus one, as in CSV.

A file of a few kilobytes can hold thousands of millions of equal cells, so what it declares is looked at first.
"""

import io

import numpy as np
import polars as pl

from equipoise.intake.draft import DatasetRefused
from equipoise.intake.findings import TOO_LARGE, UNREADABLE
from equipoise.intake.readers.csv import MAX_COLUMNS, MAX_ROWS, check_heading, without_long_cells
from equipoise.intake.readers.raw import LINE, RawTable

SPARE_CELLS = 5_000_000
"""Cells that a file may hold however small it is ..."""
CELLS_PER_BYTE = 100
"""... and beyond these for each of its bytes."""


def read_parquet(data: bytes, name: str) -> RawTable:
    """Rows of a Parquet file; DatasetRefused where it is none, holds nested columns or more cells than its size."""
    try:
        lazy = pl.scan_parquet(io.BytesIO(data))
        schema, height = lazy.collect_schema(), int(lazy.select(pl.len()).collect().item())
        _check_size(len(schema), height, len(data), name)
        nested = [column for column, kind in schema.items() if kind.is_nested() or kind in (pl.Binary, pl.Object)]
        if nested:
            raise DatasetRefused([UNREADABLE.found(f"file {name}", f"column {nested[0]!r} holds no plain values.")])
        frame = pl.read_parquet(io.BytesIO(data))
    except (pl.exceptions.PolarsError, OSError) as error:
        reason = str(error).splitlines()[0][:200]
        raise DatasetRefused([UNREADABLE.found(f"file {name}", f"is no Parquet file: {reason}.")]) from error
    columns = tuple(column.strip() for column in frame.columns)
    check_heading(columns, name)
    texts = [_as_text(frame.to_series(number)).rename(column) for number, column in enumerate(columns)]
    _check_text(texts, name)
    lines = pl.Series(LINE, np.arange(2, frame.height + 2), dtype=pl.Int64)
    rows, too_long = without_long_cells(pl.DataFrame([*texts, lines]), columns)
    return RawTable(columns, rows, tuple(too_long))


def _check_size(columns: int, rows: int, size: int, name: str) -> None:
    if columns > MAX_COLUMNS or rows > MAX_ROWS:
        text = f"holds {rows:,} rows of {columns:,} columns; {MAX_ROWS:,} and {MAX_COLUMNS:,} are the limits."
        raise DatasetRefused([TOO_LARGE.found(f"file {name}", text)])
    if columns * rows > SPARE_CELLS + CELLS_PER_BYTE * size:
        text = f"holds {columns * rows:,} cells in {size:,} bytes, which is no table of different rows."
        raise DatasetRefused([TOO_LARGE.found(f"file {name}", text)])


def _check_text(texts: list[pl.Series], name: str) -> None:
    """Refuse the character zero, as in CSV: no database keeps it alike."""
    for text in texts:
        found = text.str.contains("\0", literal=True)
        if "\0" in text.name or found.any():
            line = 1 if "\0" in text.name else (found.arg_max() or 0) + 2
            where = f"line {line}: column {text.name!r} holds the character zero."
            raise DatasetRefused([UNREADABLE.found(f"file {name}", where)])


def _as_text(column: pl.Series) -> pl.Series:
    if column.dtype == pl.Boolean:
        column = column.cast(pl.Int8)
    return column.cast(pl.String).fill_null("")
