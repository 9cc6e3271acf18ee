"""A linear program as arrays: what the solver gets, and the families of rows it is stacked from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from equipoise.core.grid import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Family:
    """Rows of one constraint: lower ≤ Σ value × column ≤ upper, with entries as parallel arrays (rows from 0)."""

    name: str
    lower: FloatArray
    upper: FloatArray
    rows: IntArray
    columns: IntArray
    values: FloatArray


Entries = tuple[IntArray, IntArray, FloatArray]


def entries(rows: npt.ArrayLike, columns: npt.ArrayLike, values: npt.ArrayLike) -> Entries:
    """Entries from arrays that broadcast against each other."""
    wide = np.broadcast_arrays(np.asarray(rows), np.asarray(columns), np.asarray(values, dtype=np.float64))
    return wide[0].ravel().astype(np.int64), wide[1].ravel().astype(np.int64), wide[2].ravel().astype(np.float64)


def family(name: str, lower: FloatArray, upper: FloatArray, *parts: Entries) -> Family:
    """Rows with their entries put together; bounds of any shape are taken in row-major order."""
    rows, columns, values = (np.concatenate([part[k] for part in parts]) for k in range(3))
    return Family(name, lower.ravel().astype(np.float64), upper.ravel().astype(np.float64), rows, columns, values)


def equal(name: str, right: FloatArray, *parts: Entries) -> Family:
    """Rows Σ value × column = right."""
    return family(name, right, right, *parts)


@dataclass(frozen=True, eq=False)
class LinearProgram:
    """Minimize offset + cost·x subject to row bounds, column bounds, and whole numbers where `is_integer`."""

    cost: FloatArray
    lower: FloatArray
    upper: FloatArray
    is_integer: BoolArray
    offset: float
    row_lower: FloatArray
    row_upper: FloatArray
    starts: IntArray
    """[columns + 1], then `indices` and `values` by column (compressed sparse columns)."""
    indices: IntArray
    values: FloatArray

    @property
    def shape(self) -> tuple[int, int]:
        """Rows, columns."""
        return len(self.row_lower), len(self.cost)

    def activity(self, values: FloatArray) -> FloatArray:
        """Σ value × column of every row, [rows]."""
        amounts = self.values * np.repeat(values, np.diff(self.starts))
        return np.bincount(self.indices, amounts, minlength=len(self.row_lower)).astype(np.float64, copy=False)

    def reduced_costs(self, prices: FloatArray) -> FloatArray:
        """Cost of every column less what its entries are worth at the prices of rows, [columns]."""
        column = np.repeat(np.arange(len(self.cost)), np.diff(self.starts))
        worth = np.bincount(column, self.values * prices[self.indices], minlength=len(self.cost))
        return self.cost - worth.astype(np.float64, copy=False)


def stack(
    families: Sequence[Family],
    *,
    cost: FloatArray,
    lower: FloatArray,
    upper: FloatArray,
    is_integer: BoolArray,
    offset: float,
) -> tuple[LinearProgram, dict[str, slice]]:
    """The program of all families one below the other, and the rows of each by its name."""
    spans: dict[str, slice] = {}
    height = 0
    for part in families:
        spans[part.name] = slice(height, height + len(part.lower))
        height += len(part.lower)
    rows = np.concatenate([part.rows + spans[part.name].start for part in families])
    columns = np.concatenate([part.columns for part in families])
    values = np.concatenate([part.values for part in families])
    starts, indices, values = compress(rows, columns, values, height, len(cost))
    program = LinearProgram(
        cost,
        lower,
        upper,
        is_integer,
        offset,
        np.concatenate([part.lower for part in families]),
        np.concatenate([part.upper for part in families]),
        starts,
        indices,
        values,
    )
    return program, spans


def compress(
    rows: IntArray, columns: IntArray, values: FloatArray, height: int, width: int
) -> tuple[IntArray, IntArray, FloatArray]:
    """Triplets to compressed sparse columns; entries of one cell add up, zeros vanish.

    >>> starts, indices, values = compress(
    ...     np.array([1, 0, 1]), np.array([0, 1, 0]), np.array([2.0, 5.0, 1.0]), height=2, width=2)
    >>> starts.tolist(), indices.tolist(), values.tolist()
    ([0, 1, 2], [1, 0], [3.0, 5.0])
    """
    keep = values != 0
    place = columns[keep] * height + rows[keep]
    order = np.argsort(place, kind="stable")
    place, kept = place[order], values[keep][order]
    first = np.flatnonzero(np.diff(place, prepend=-1))
    if len(first) < len(place):
        kept = np.add.reduceat(kept, first)
        place = place[first]
    column, row = np.divmod(place, max(height, 1))
    starts = np.concatenate([[0], np.cumsum(np.bincount(column, minlength=width))]).astype(np.int64)
    return starts, row.astype(np.int64), kept
