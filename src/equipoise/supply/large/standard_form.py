"""A program as interior points want it: minimize c·x with A·x = b and 0 ≤ x ≤ u, and who owns its rows and columns.

What cannot move is taken out beforehand: columns whose bounds meet or that are in no row, rows without limits. A row
with one column is a bound of that column, and one that a column can fill for nothing limits nothing. A limit gets a
column of slack. Item numbers say which item's alone a row or a column is; what several items share has none (SHARED),
and so have the columns that only such rows have entries of.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array, diags_array, hstack
from scipy.sparse.csgraph import connected_components

from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.supply.large.item_by_item import SHARED
from equipoise.supply.program.program import LinearProgram

NOTHING = 1e-9
"""Rounding of a reduced cost, over its size."""


@dataclass(frozen=True, eq=False)
class StandardForm:
    """m rows, n columns: first those of the program that can move, above their lower bounds, then slack."""

    matrix: csc_array
    """A, [m, n]."""
    right: FloatArray
    """b, [m]."""
    cost: FloatArray
    upper: FloatArray
    """c and u, [n]; u may be ∞."""
    offset: float
    columns: IntArray
    """Columns of the program, of the first of the n."""
    base: FloatArray
    """Values of all columns of the program where x is 0."""
    row_owner: IntArray
    column_owner: IntArray
    """[m], [n] item that a row or column belongs to alone, SHARED if to none."""

    def values(self, x: FloatArray) -> FloatArray:
        """Values of all columns of the program."""
        found = self.base.copy()
        found[self.columns] += x[: len(self.columns)]
        return found

    def bound(self, y: FloatArray) -> float:
        """What no x costs less than, by prices y of the rows; −∞ where they bound nothing.

        b·y + Σ min(0, (c − Aᵀy)·u), whatever y is (weak duality).
        """
        rest = self.cost - self.matrix.T @ y
        rest[np.abs(rest) < NOTHING * np.maximum(1.0, np.abs(self.cost))] = 0.0
        earns = rest < 0
        return self.offset + float(self.right @ y) + float((rest[earns] * self.upper[earns]).sum())


def standard_form(program: LinearProgram, left_out: BoolArray, owner: IntArray) -> StandardForm:
    """The standard form of a program without some rows, [rows], each column with its item or SHARED, [columns]."""
    rows, columns = program.shape
    matrix = csc_array((program.values, program.indices, program.starts), shape=(rows, columns))
    row_lower = np.where(left_out, -np.inf, program.row_lower)
    row_upper = np.where(left_out, np.inf, program.row_upper)
    lower, upper = _bounds(program, matrix, row_lower, row_upper)
    left_out = left_out | _filled_for_nothing(program, row_lower, row_upper, lower < upper)
    limits = ~left_out & (np.isfinite(row_lower) | np.isfinite(row_upper))
    is_in = (matrix[limits] != 0).sum(axis=0) > 0
    earns = ~is_in & (program.cost < -NOTHING)
    assert np.isfinite(upper[earns]).all(), "a column earns without end"
    lower = np.where(earns, upper, lower)
    moves = (upper > lower) & is_in
    assert np.isfinite(lower).all(), "a column of a supply model begins somewhere"
    moved = matrix @ diags_array(moves.astype(np.float64))
    moved.eliminate_zeros()
    keeps = limits & (np.diff(moved.tocsr().indptr) > 1)
    there = matrix @ lower
    low, high = (row_lower - there)[keeps], (row_upper - there)[keeps]
    limited = np.flatnonzero(low < high)
    is_least = np.isfinite(low)
    slack = csc_array(
        (np.where(is_least[limited], -1.0, 1.0), (limited, np.arange(len(limited)))),
        shape=(len(low), len(limited)),
    )
    whole = hstack([moved[keeps][:, moves], slack]).tocsc()
    whole.sort_indices()
    column_owner = np.concatenate([owner[moves], np.full(len(limited), SHARED)])
    column_owner, row_owner = _owners(whole, column_owner)
    return StandardForm(
        whole,
        np.where(is_least, low, high),
        np.concatenate([program.cost[moves], np.zeros(len(limited))]),
        np.concatenate([(upper - lower)[moves], (high - low)[limited]]),
        program.offset + float(program.cost @ lower),
        np.flatnonzero(moves),
        lower,
        row_owner,
        column_owner,
    )


def _bounds(
    program: LinearProgram, matrix: csc_array, row_lower: FloatArray, row_upper: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Bounds of the columns, with those of rows in which nothing else can move."""
    lower, upper = program.lower.copy(), program.upper.copy()
    moves = upper > lower
    moved = (matrix @ diags_array(moves.astype(np.float64))).tocsr()
    moved.eliminate_zeros()
    fixed = matrix @ np.where(moves, 0.0, lower)
    single = np.flatnonzero(np.diff(moved.indptr) == 1)
    column, factor = moved.indices[moved.indptr[single]], moved.data[moved.indptr[single]]
    ends = (row_lower[single] - fixed[single]) / factor, (row_upper[single] - fixed[single]) / factor
    np.maximum.at(lower, column, np.minimum(*ends))
    np.minimum.at(upper, column, np.maximum(*ends))
    return lower, np.maximum(upper, lower)


def _filled_for_nothing(
    program: LinearProgram, row_lower: FloatArray, row_upper: FloatArray, moves: BoolArray
) -> BoolArray:
    """Limits that a column without end, without cost and in no other row can keep, [rows]."""
    found = np.zeros(len(row_lower), dtype=np.bool_)
    free = np.flatnonzero(moves & np.isinf(program.upper) & (program.cost == 0) & (np.diff(program.starts) == 1))
    at = program.starts[free]
    row = program.indices[at]
    found[row[np.isinf(np.where(program.values[at] > 0, row_upper[row], row_lower[row]))]] = True
    return found


def _owners(matrix: csc_array, owner: IntArray) -> tuple[IntArray, IntArray]:
    """Item of each column and of each row: what rows joined by shared columns hold of one item alone is that item's."""
    count, shared = len(owner), owner == SHARED
    joined = abs(matrix[:, shared])
    number = connected_components(joined @ joined.T, directed=False)[1].astype(np.int64)
    of_entry = np.repeat(np.arange(count), np.diff(matrix.indptr))
    low, high = _least_and_most(number[matrix.indices], owner[of_entry], matrix.shape[0], SHARED)
    is_alone = shared & (np.diff(matrix.indptr) > 0)
    sets = number[matrix.indices[matrix.indptr[:-1][is_alone]]]
    found = owner.copy()
    found[is_alone] = np.where(low[sets] == high[sets], low[sets], SHARED)
    low, high = _least_and_most(matrix.indices, found[of_entry], matrix.shape[0], SHARED - 1)
    return found, np.where(low == high, low, SHARED)


def _least_and_most(at: IntArray, owner: IntArray, count: int, leave: int) -> tuple[IntArray, IntArray]:
    """Least and most of the owners at each of `count` places, those of number `leave` not counted."""
    low, high = np.full(count, np.iinfo(np.int64).max), np.full(count, SHARED)
    counted = owner != leave
    np.minimum.at(low, at[counted], owner[counted])
    np.maximum.at(high, at[counted], owner[counted])
    return low, high
