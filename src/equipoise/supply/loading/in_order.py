"""Sharing what is short in an order: the first get all they ask for, equals share the rest, others get nothing."""

import numpy as np

from equipoise.core.grid import BoolArray, FloatArray, IntArray


def begins(values: FloatArray | IntArray) -> BoolArray:
    """Whether each of n values is another than the one before it, [n]; the first one is.

    >>> begins(np.array([3, 3, 5])).tolist()
    [True, False, True]
    """
    found = np.ones(len(values), dtype=np.bool_)
    np.not_equal(values[1:], values[:-1], out=found[1:])
    return found


def served_in_order(asked: FloatArray, cell: IntArray, place: FloatArray | IntArray, there: FloatArray) -> FloatArray:
    """Part of what each of n asks for that its cell has, [n]; lower places first; `there` by cell.

    >>> served_in_order(np.array([6.0, 4.0, 4.0, 3.0]), np.array([0, 0, 0, 1]), np.array([0, 1, 1, 0]),
    ...     np.array([8.0, 9.0])).tolist()
    [1.0, 0.25, 0.25, 1.0]
    """
    part = np.ones(len(asked))
    short = np.bincount(cell, asked, minlength=len(there)) > there
    rows = np.flatnonzero(short[cell])
    if not len(rows):
        return part
    order = rows[np.lexsort((place[rows], cell[rows]))]
    cells, amounts = cell[order], asked[order]
    new_cell = begins(cells)
    new_group = new_cell | begins(place[order])
    group = np.cumsum(new_group) - 1
    total = np.bincount(group, amounts)
    first = cells[new_group]
    before = np.concatenate([[0.0], np.cumsum(total)[:-1]])
    # What the groups of a cell ask for before one of them: since the cell's first group.
    first_group = np.maximum.accumulate(np.where(new_cell[new_group], np.arange(len(first)), 0))
    left = np.maximum(there[first] - (before - before[first_group]), 0.0)
    part[order] = np.where(left < total, left / np.where(total > 0, total, 1.0), 1.0)[group]
    return part
