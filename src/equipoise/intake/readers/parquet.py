"""Parquet: the same rows as CSV, with their cells as text. The line of a row is its number plus one, as in CSV."""

import io

import numpy as np
import polars as pl

from equipoise.intake.draft import DatasetRefused
from equipoise.intake.findings import UNREADABLE
from equipoise.intake.readers.csv import check_heading
from equipoise.intake.readers.raw import LINE, RawTable


def read_parquet(data: bytes, name: str) -> RawTable:
    """Rows of a Parquet file; DatasetRefused where it is none or holds nested columns."""
    try:
        frame = pl.read_parquet(io.BytesIO(data))
    except (pl.exceptions.PolarsError, OSError) as error:
        reason = str(error).splitlines()[0][:200]
        raise DatasetRefused([UNREADABLE.found(f"file {name}", f"is no Parquet file: {reason}.")]) from error
    nested = [column for column, kind in frame.schema.items() if kind.is_nested() or kind in (pl.Binary, pl.Object)]
    if nested:
        raise DatasetRefused([UNREADABLE.found(f"file {name}", f"column {nested[0]!r} holds no plain values.")])
    columns = tuple(column.strip() for column in frame.columns)
    check_heading(columns, name)
    texts = [_as_text(frame.to_series(number)).rename(column) for number, column in enumerate(columns)]
    lines = pl.Series(LINE, np.arange(2, frame.height + 2), dtype=pl.Int64)
    return RawTable(columns, pl.DataFrame([*texts, lines]))


def _as_text(column: pl.Series) -> pl.Series:
    if column.dtype == pl.Boolean:
        column = column.cast(pl.Int8)
    return column.cast(pl.String).fill_null("")
