"""Sparse Cholesky (L D Lᵀ) of the covariance of what upper nodes say beyond their series: K = W_u + A W_b Aᵀ.

Small nodes are eliminated before large ones: in a tree that fills nothing in, and where hierarchies cross only the few
large nodes meet. Row after row, up the elimination tree (T. A. Davis, Algorithm 849: a concise sparse Cholesky
factorization package, ACM Trans. Math. Software 31 (2005)). Where L has entries depends on the hierarchy alone and is
found once (`find_pattern`); each set of variances then takes arithmetic only (`factorize`), each forecast less
(`solve`). No library and no BLAS, so that the answer has the same bytes on any number of cores, and families that share
no node never touch each other's digits.

`sparse_ldl_compiled` is its twin.
"""

from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from equipoise.core.grid import FloatArray, IntArray, on_grid
from equipoise.demand.forecast.aggregates import hand_down, sum_below
from equipoise.demand.forecast.summation import add_up

__all__ = ["Factor", "Pattern", "factorize", "find_pattern", "sum_below"]


Places = npt.NDArray[np.integer[Any]]
"""Of any integers: each twin has its own."""


class Pattern(NamedTuple):
    """Where L has entries, whatever the variances."""

    above: IntArray
    """[N, L] nodes above each series by their place in the order of elimination, −1 for none."""
    order: IntArray
    """[M] the node at each place."""
    start: IntArray
    """[M + 1] where each column begins."""
    row: IntArray
    """Ascending within each column."""
    series: IntArray
    """A series for each pair of nodes above it,"""
    cell: IntArray
    """and the cell of L where that pair meets."""


class Factor(NamedTuple):
    """L by column, its ones on the diagonal left out, and D."""

    start: Places
    row: Places
    value: FloatArray
    pivot: FloatArray
    """[M] D, all above 0."""


def find_pattern(above: IntArray, order: IntArray) -> Pattern:
    """Of nodes `above` [N, L] each series, −1 for none, eliminated in an `order` [M]."""
    count = len(order)
    place = np.full(count + 1, -1, dtype=np.int64)
    place[order] = np.arange(count)
    at = place[above]
    low, high, series = _pairs(at)
    parent = [-1] * count
    patterns: list[list[int]] = []
    begin = np.searchsorted(np.unique(high * count + low), np.arange(count + 1) * count).tolist()
    first = (np.unique(high * count + low) % count).tolist() if count else []
    for k in range(count):
        pattern: set[int] = set()
        for node in first[begin[k] : begin[k + 1]]:
            step = node
            while step not in pattern and step != k:
                pattern.add(step)
                if parent[step] < 0:
                    parent[step] = k
                step = parent[step]
        patterns.append(sorted(pattern))
    column = np.array([i for pattern_of in patterns for i in pattern_of], dtype=np.int64)
    row = np.repeat(np.arange(count), [len(pattern_of) for pattern_of in patterns])
    by_column = np.lexsort((row, column))
    column, row = column[by_column], row[by_column]
    cell = np.searchsorted(column * count + row, low * count + high)
    return Pattern(at, order, np.searchsorted(column, np.arange(count + 1)), row, series, cell)


def _pairs(at: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Both nodes of each pair above a series, the one first eliminated first, and that series."""
    lows, highs, series = [], [], []
    for one, two in combinations(at.T, 2):
        both = np.flatnonzero((one >= 0) & (two >= 0))
        lows.append(np.minimum(one[both], two[both]))
        highs.append(np.maximum(one[both], two[both]))
        series.append(both)
    none = [np.zeros(0, dtype=np.int64)]
    return np.concatenate(none + lows), np.concatenate(none + highs), np.concatenate(none + series)


def factorize(pattern: Pattern, bottom: FloatArray, upper: FloatArray) -> Factor:
    """L D Lᵀ = K for variances `bottom` [N] and, in the order of elimination, `upper` [M], the second all above 0."""
    start, row = pattern.start, pattern.row
    value, pivot, work = np.zeros(len(row)), upper.copy(), np.zeros(len(upper))
    np.add.at(value, pattern.cell, bottom[pattern.series])
    for node in pattern.above.T:
        np.add.at(pivot, node[node >= 0], bottom[node >= 0])
    by_row = np.argsort(row, kind="stable")
    columns = np.split(
        np.searchsorted(start, by_row, side="right") - 1, np.cumsum(np.bincount(row, minlength=len(upper)))
    )
    end = start[:-1].copy()
    for k, columns_of in enumerate(columns[: len(upper)]):
        work[columns_of] = value[end[columns_of]]
        for i in columns_of.tolist():
            y, cells = work[i], slice(start[i], end[i])
            work[row[cells]] -= value[cells] * y
            share = y / pivot[i]
            pivot[k] -= share * y
            value[end[i]] = share
            end[i] += 1
    return Factor(start, row, value, pivot)


def solve(factor: Factor, told: FloatArray) -> FloatArray:
    """K⁻¹ of `told` [M, T]."""
    start, row, value, pivot = factor
    x = told.copy()
    columns = [slice(begin, end) for begin, end in zip(start[:-1].tolist(), start[1:].tolist(), strict=True)]
    for k, column in enumerate(columns):
        x[row[column]] -= value[column, None] * x[k]
    x /= pivot[:, None]
    for k in range(len(columns) - 1, -1, -1):
        x[k] -= add_up(value[columns[k], None] * x[row[columns[k]]])
    return x


def sums(pattern: Pattern, values: FloatArray) -> FloatArray:
    """A `values`: sums [M, T], in the order of elimination, of series [N, T]."""
    return sum_below(pattern.above, values, len(pattern.order))


def handed(pattern: Pattern, price: FloatArray) -> FloatArray:
    """Aᵀ `price`: what all nodes above each series hold together [N, T], of [M, T] in the order of elimination."""
    return hand_down(pattern.above, price)


def told(pattern: Pattern, base: FloatArray) -> FloatArray:
    """What upper nodes of `base` [M + N, T] say beyond their series, ŷ_u − A ŷ_b [M, T] in the order of elimination."""
    found: FloatArray = base[pattern.order] - sums(pattern, base[len(pattern.order) :])
    return found


def is_heard(pattern: Pattern, base: FloatArray, told: FloatArray) -> bool:
    """Whether all of `base`, of which this is `told`, are numbers; may be false where sums of them are too large."""
    return bool(np.isfinite(base).all()) and bool(np.isfinite(told).all())


def moved(pattern: Pattern, bottom: FloatArray, base: FloatArray, price: FloatArray) -> FloatArray:
    """The series at the `price` [M, T] of what is told: ŷ_b + W_b Aᵀ λ [N, T]."""
    return base[len(price) :] + bottom[:, None] * handed(pattern, price)


def settled(
    pattern: Pattern, bottom: FloatArray, base: FloatArray, price: FloatArray, step: float
) -> tuple[FloatArray, bool]:
    """Totals and series [M + N, T] as `moved` and then on the number grid; and whether a series was below 0 before."""
    series = moved(pattern, bottom, base, price)
    exact, whole = on_grid(series, step), np.empty(base.shape)
    whole[pattern.order] = sums(pattern, exact)
    whole[len(price) :] = exact
    return whole, bool((series < 0).any())
