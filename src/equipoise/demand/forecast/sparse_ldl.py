"""Sparse Cholesky (L D Lᵀ) of the covariance of what upper nodes say beyond their series: K = W_u + A W_b Aᵀ.

Small nodes are eliminated before large ones: in a tree that fills nothing in, and where hierarchies cross only the few
large nodes meet. Row after row, up the elimination tree (T. A. Davis, Algorithm 849: a concise sparse Cholesky
factorization package, ACM Trans. Math. Software 31 (2005)). No library and no BLAS, so that the answer has the same
bytes on any number of cores, and families that share no node never touch each other's digits.

`sparse_ldl_compiled` is its twin.
"""

from itertools import combinations
from typing import NamedTuple

import numpy as np

from equipoise.core.grid import FloatArray, IntArray
from equipoise.demand.forecast.aggregates import hand_down, sum_below
from equipoise.demand.forecast.summation import add_up

__all__ = ["Factor", "factorize", "hand_down", "solve", "sum_below"]


class Factor(NamedTuple):
    """L by column, its ones on the diagonal left out, and D."""

    start: IntArray
    """[M + 1] where each column begins."""
    row: IntArray
    value: FloatArray
    pivot: FloatArray
    """[M] D, all above 0."""


def factorize(above: IntArray, bottom: FloatArray, upper: FloatArray) -> Factor:
    """L D Lᵀ = K for M nodes in the order of elimination.

    `above` [N, L] the node of each series at each level, −1 for none; `bottom` [N] and `upper` [M] variances, the
    second all above 0.
    """
    count = len(upper)
    first, other, entry, pivot = _covariance(above, bottom, upper)
    begin = np.searchsorted(other, np.arange(count + 1))
    parent, size = [-1] * count, np.zeros(count, dtype=np.int64)
    patterns: list[IntArray] = []
    for k in range(count):
        pattern: set[int] = set()
        for node in first[begin[k] : begin[k + 1]].tolist():
            at = node
            while at not in pattern and at != k:
                pattern.add(at)
                if parent[at] < 0:
                    parent[at] = k
                at = parent[at]
        patterns.append(np.array(sorted(pattern), dtype=np.int64))
        size[patterns[k]] += 1
    start = np.append(0, np.cumsum(size))
    row, value = np.zeros(start[-1], dtype=np.int64), np.zeros(start[-1])
    end, work = start[:-1].copy(), np.zeros(count)
    for k, pattern_of in enumerate(patterns):
        work[first[begin[k] : begin[k + 1]]] = entry[begin[k] : begin[k + 1]]
        for i in pattern_of.tolist():
            y, column = work[i], slice(start[i], end[i])
            work[i] = 0.0
            work[row[column]] -= value[column] * y
            share = y / pivot[i]
            pivot[k] -= share * y
            row[end[i]], value[end[i]] = k, share
            end[i] += 1
        work[k] = 0.0
    return Factor(start, row, value, pivot)


def _covariance(
    above: IntArray, bottom: FloatArray, upper: FloatArray
) -> tuple[IntArray, IntArray, FloatArray, FloatArray]:
    """Entries of K above its diagonal as smaller node, larger node (ascending) and value; and its diagonal [M]."""
    count, diagonal = len(upper), upper.copy()
    pairs, weights = [np.zeros(0, dtype=np.int64)], [np.zeros(0)]
    for column in above.T:
        np.add.at(diagonal, column[column >= 0], bottom[column >= 0])
    for one, two in combinations(above.T, 2):
        both = (one >= 0) & (two >= 0)
        low, high = np.minimum(one[both], two[both]), np.maximum(one[both], two[both])
        pairs.append(high * count + low)
        weights.append(bottom[both])
    found, place = np.unique(np.concatenate(pairs), return_inverse=True)
    entry = np.zeros(len(found))
    np.add.at(entry, place, np.concatenate(weights))
    return found % count, found // count, entry, diagonal


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
