"""Twin of `sparse_ldl`, with the sums up and the sums down of `aggregates`."""

import numpy as np

from equipoise.core.compiling import compiled
from equipoise.core.grid import FloatArray, IntArray
from equipoise.demand.forecast.sparse_ldl import Factor


def factorize(above: IntArray, bottom: FloatArray, upper: FloatArray) -> Factor:
    """As `sparse_ldl.factorize`."""
    begin, member = _members(above, len(upper))
    start, row, value, pivot = _factorize(above, bottom, upper, begin, member)
    return Factor(start, row, value, pivot)


def solve(factor: Factor, told: FloatArray) -> FloatArray:
    """As `sparse_ldl.solve`."""
    return _solve(factor.start, factor.row, factor.value, factor.pivot, told)


def sum_below(above: IntArray, values: FloatArray, count: int) -> FloatArray:
    """As `aggregates.sum_below`."""
    return _sum_below(above, values, count)


def hand_down(above: IntArray, prices: FloatArray) -> FloatArray:
    """As `aggregates.hand_down`."""
    return _hand_down(above, prices)


@compiled
def _sum_below(above: IntArray, values: FloatArray, count: int) -> FloatArray:
    total = np.zeros((count, values.shape[1]))
    for i in range(above.shape[0]):
        for level in range(above.shape[1]):
            k = above[i, level]
            if k >= 0:
                for t in range(values.shape[1]):
                    total[k, t] += values[i, t]
    return total


@compiled
def _hand_down(above: IntArray, prices: FloatArray) -> FloatArray:
    total = np.zeros((above.shape[0], prices.shape[1]))
    for i in range(above.shape[0]):
        for level in range(above.shape[1]):
            k = above[i, level]
            if k >= 0:
                for t in range(prices.shape[1]):
                    total[i, t] += prices[k, t]
    return total


@compiled
def _members(above: IntArray, count: int) -> tuple[IntArray, IntArray]:
    """Series below each node, one node after the other, and where each begins."""
    n, levels = above.shape
    begin = np.zeros(count + 1, np.int64)
    for i in range(n):
        for level in range(levels):
            if above[i, level] >= 0:
                begin[above[i, level] + 1] += 1
    for k in range(count):
        begin[k + 1] += begin[k]
    member, end = np.empty(begin[count], np.int64), begin[:-1].copy()
    for i in range(n):
        for level in range(levels):
            k = above[i, level]
            if k >= 0:
                member[end[k]] = i
                end[k] += 1
    return begin, member


@compiled
def _factorize(  # noqa: PLR0912
    above: IntArray, bottom: FloatArray, upper: FloatArray, begin: IntArray, member: IntArray
) -> tuple[IntArray, IntArray, FloatArray, FloatArray]:
    count, levels = len(upper), above.shape[1]
    parent, flag = np.full(count, -1, np.int64), np.full(count, -1, np.int64)
    size = np.zeros(count, np.int64)
    for k in range(count):
        flag[k] = k
        for place in range(begin[k], begin[k + 1]):
            for level in range(levels):
                at = above[member[place], level]
                if at < 0 or at >= k:
                    continue
                while flag[at] != k:
                    flag[at] = k
                    size[at] += 1
                    if parent[at] < 0:
                        parent[at] = k
                    at = parent[at]
    start = np.zeros(count + 1, np.int64)
    for k in range(count):
        start[k + 1] = start[k] + size[k]
    row, value, pivot = np.empty(start[count], np.int64), np.empty(start[count]), upper.copy()
    end, work = start[:-1].copy(), np.zeros(count)
    path, pattern = np.empty(count, np.int64), np.empty(count, np.int64)
    flag[:] = -1
    for k in range(count):
        flag[k] = k
        top = count
        for place in range(begin[k], begin[k + 1]):
            i = member[place]
            pivot[k] += bottom[i]
            for level in range(levels):
                at = above[i, level]
                if at < 0 or at >= k:
                    continue
                work[at] += bottom[i]
                length = 0
                while flag[at] != k:
                    flag[at] = k
                    path[length] = at
                    length += 1
                    at = parent[at]
                while length > 0:  # ancestors after their descendants
                    length -= 1
                    top -= 1
                    pattern[top] = path[length]
        for place in range(top, count):
            i = pattern[place]
            y = work[i]
            work[i] = 0.0
            for cell in range(start[i], end[i]):
                work[row[cell]] -= value[cell] * y
            share = y / pivot[i]
            pivot[k] -= share * y
            row[end[i]] = k
            value[end[i]] = share
            end[i] += 1
        work[k] = 0.0
    return start, row, value, pivot


@compiled
def _solve(start: IntArray, row: IntArray, value: FloatArray, pivot: FloatArray, told: FloatArray) -> FloatArray:
    x = told.copy()
    count, width = x.shape
    for k in range(count):
        for cell in range(start[k], start[k + 1]):
            for t in range(width):
                x[row[cell], t] -= value[cell] * x[k, t]
    for k in range(count - 1, -1, -1):
        for t in range(width):
            x[k, t] /= pivot[k]
        for cell in range(start[k], start[k + 1]):
            for t in range(width):
                x[k, t] -= value[cell] * x[row[cell], t]
    return x
