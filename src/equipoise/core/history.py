"""Dated rows into buckets: history tables become arrays [N, H] aligned to the rows of a grain."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.grid import FloatArray, IntArray
from equipoise.core.panel import Keys

FEW = 1_000
"""Rows up to which looking each up takes less time than a join is set up in."""


def row_numbers(keys: Keys, frame: pl.DataFrame, columns: Sequence[str]) -> IntArray:
    """Row of the grain for each row of a frame whose `columns` hold leaf codes; −1 where the grain has no such row."""
    if frame.height == 0:
        return np.zeros(0, dtype=np.int64)
    if frame.height <= FEW and len(keys) <= FEW:
        numbers = keys.rows
        asked = zip(*(frame[column].to_list() for column in columns), strict=True)
        return np.array([numbers.get(key, -1) for key in asked], dtype=np.int64)
    number = pl.DataFrame({"__row": np.arange(len(keys), dtype=np.int64)})
    known = pl.concat([keys.frame, number], how="horizontal")
    joined = frame.select(
        pl.col(mine).alias(theirs) for mine, theirs in zip(columns, keys.dimensions, strict=True)
    ).join(known, on=list(keys.dimensions), how="left", maintain_order="left")
    found: IntArray = joined["__row"].fill_null(-1).to_numpy().astype(np.int64)
    return found


def bucketed(
    axes: Axes, frame: pl.DataFrame, value: str, rows: IntArray, count: int, *, first: int, last: int
) -> FloatArray:
    """Sum a dated column into [count, last − first] for buckets first..last−1; blank cells and row −1 add nothing."""
    total = np.zeros((count, last - first))
    if frame.height == 0:
        return total
    buckets = axes.calendar.index_dates(frame["date"]) - first
    values = frame[value].fill_null(0.0).to_numpy()
    inside = (rows >= 0) & (buckets >= 0) & (buckets < last - first)
    # Sorted adding: the order in which rows arrived must not show in the last digit of a sum.
    order = np.lexsort((values[inside], buckets[inside], rows[inside]))
    np.add.at(total, (rows[inside][order], buckets[inside][order]), values[inside][order])
    return total
