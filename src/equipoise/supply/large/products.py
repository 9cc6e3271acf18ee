"""Entries of A·Θ·Aᵀ that are needed again and again: where they lie is found once, what they are for every Θ."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.sparse import csc_array

from equipoise.core.grid import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Products:
    """Sums Σ a·a′·θ over the columns that two rows have in common, each at a place of its own."""

    places: IntArray
    """[k] ascending."""
    starts: IntArray
    """[k] where the products of each place begin among all."""
    columns: IntArray
    factors: FloatArray
    """Column and a·a′ of every product."""

    @classmethod
    def at(cls, places: IntArray, columns: IntArray, factors: FloatArray) -> Self:
        """Products at places in any order."""
        order = np.argsort(places, kind="stable")
        found, starts = np.unique(places[order], return_index=True)
        return cls(found, starts, columns[order], factors[order])

    def add_to(self, target: FloatArray, theta: FloatArray) -> None:
        """Add all sums to a flat array, Θ as its diagonal, [n]."""
        if len(self.places):
            target[self.places] += np.add.reduceat(self.factors * theta[self.columns], self.starts)


def pairs(matrix: csc_array, order: IntArray) -> tuple[IntArray, IntArray, IntArray, FloatArray]:
    """Both rows, as numbered by `order`, the later one first, column and product of every two entries of a column.

    Rows of number −1 do not count.

    >>> pairs(csc_array(np.array([[2.0, 0.0], [3.0, 5.0]])), np.array([0, 1]))
    (array([0, 1, 1, 1]), array([0, 0, 1, 1]), array([0, 0, 0, 1]), array([ 4.,  6.,  9., 25.]))
    """
    row = order[matrix.indices]
    counted = row >= 0
    column = np.repeat(np.arange(matrix.shape[1]), np.diff(matrix.indptr))[counted]
    row, value = row[counted], matrix.data[counted]
    counts = np.bincount(column, minlength=matrix.shape[1])
    starts, lengths = np.cumsum(counts) - counts, counts[column]
    one = np.repeat(np.arange(len(row)), lengths)
    first = np.cumsum(lengths) - lengths
    other = starts[column[one]] + np.arange(len(one)) - first[one]
    kept = row[one] >= row[other]
    one, other = one[kept], other[kept]
    return row[one], row[other], column[one], value[one] * value[other]
