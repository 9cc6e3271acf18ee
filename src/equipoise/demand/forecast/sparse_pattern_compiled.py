"""Twin of `sparse_ldl.find_pattern`: what only the hierarchy decides, found once and kept for all weights."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from equipoise.core.compiling import compiled
from equipoise.core.grid import BoolArray, IntArray

Short = npt.NDArray[np.int32]
"""Nodes or −1: half as long as `IntArray`, for they are read from memory more often than anything."""
Place = npt.NDArray[np.uint32]
"""Places that are never below 0: what is indexed by them need not ask whether to count from the end."""


class Pattern(NamedTuple):
    """As `sparse_ldl.Pattern`, and what spares looking at series whose answer is known."""

    above: Short
    order: IntArray
    start: Place
    row: Place
    row_start: Place
    """[M + 1] where each row of L begins in `column`, ascending: L once more, by rows."""
    column: Place
    level: Short
    """[M] of each node."""
    sample: Place
    """[M] some series below each node."""
    crosses: BoolArray
    """[L, L] whether some node of the first level lies below several of the second, or partly below none."""
    begin: Place
    """[M + 1] where the series below each node begin in `member`; only levels that cross others have any."""
    member: Place
    direct: Short
    """[N, D] nodes above each series, without those that hold all of its hub: the hub's sum counts in them."""
    hub: Place
    """A hub, which is the least node above all of its series,"""
    over: Place
    """and a node that holds all of it, such as an item and its family."""
    is_tied: bool
    """Whether every series has a node."""


def find_pattern(above: IntArray, order: IntArray) -> Pattern:
    """As `sparse_ldl.find_pattern`."""
    at, level, sample, crosses = _levels(above, order)
    least, direct, hub, over = _hubs(at, sample)
    begin, member = _members(at, level, crosses)
    column_start, unsorted = _fill(at, level, sample, crosses, begin, member, least)
    row_start, column = _transposed(column_start, unsorted)
    start, row = _transposed(row_start, column)  # ascending within each column
    is_tied = bool((least >= 0).all())
    return Pattern(
        at, order, start, row, row_start, column, level, sample, crosses, begin, member, direct, hub, over, is_tied
    )


@compiled
def _levels(above: IntArray, order: IntArray) -> tuple[Short, Short, Place, BoolArray]:
    """Nodes above each series in the order of elimination; level and some series of each; which levels cross."""
    n, levels = above.shape
    count = len(order)
    place = np.empty(count, np.int64)
    for k in range(count):
        place[order[k]] = k
    at, level_of, sample = np.empty((n, levels), np.int32), np.zeros(count, np.int32), np.zeros(count, np.uint32)
    for i in range(n - 1, -1, -1):
        for level in range(levels):
            k = above[i, level]
            if k >= 0:
                k = place[k]
                sample[k] = i
                level_of[k] = level
            at[i, level] = k
    crosses = np.zeros((levels, levels), np.bool_)
    for one in range(levels):
        for other in range(levels):
            if one != other:
                for i in range(n):
                    k = at[i, one]
                    if k >= 0 and at[sample[k], other] != at[i, other]:
                        crosses[one, other] = True
                        break
    return at, level_of, sample, crosses


@compiled
def _hubs(at: Short, sample: Place) -> tuple[Short, Short, Place, Place]:  # noqa: PLR0912
    """Least node above each series; and `direct`, `hub` and `over` of the pattern."""
    n, levels = at.shape
    count = len(sample)
    least, is_hub = np.full(n, -1, np.int32), np.ones(count, np.bool_)
    differs = np.zeros((count, levels), np.bool_)
    for i in range(n):
        first = count
        for level in range(levels):
            if 0 <= at[i, level] < first:
                first = at[i, level]
        if first < count:
            least[i] = first
            for level in range(levels):
                k = at[i, level]
                if k != first:
                    if k != at[sample[first], level]:
                        differs[first, level] = True
                    if k >= 0:
                        is_hub[k] = False
    hub, over, edges = np.empty(count * levels, np.uint32), np.empty(count * levels, np.uint32), 0
    for k in range(count):
        if is_hub[k]:
            for level in range(levels):
                above = at[sample[k], level]
                if above >= 0 and above != k and not differs[k, level]:
                    hub[edges], over[edges] = k, above
                    edges += 1
    direct, most = np.full((n, levels), -1, np.int32), 0
    for i in range(n):
        first, end = least[i], 0
        if first >= 0:
            for level in range(levels):
                k = at[i, level]
                if k >= 0 and (k == first or not is_hub[first] or differs[first, level]):
                    direct[i, end] = k
                    end += 1
            most = max(most, end)
    direct = direct[:, :most].copy()
    return least, direct, hub[:edges], over[:edges]


@compiled
def _members(above: Short, level_of: Short, crosses: BoolArray) -> tuple[Place, Place]:
    """Series below each node of a level that crosses some other, one node after the other, and where each begins."""
    n, levels = above.shape
    count = len(level_of)
    begin = np.zeros(count + 1, np.uint32)
    for level in range(levels):
        if crosses[level].any():
            for i in range(n):
                if above[i, level] >= 0:
                    begin[above[i, level] + 1] += 1
    for k in range(count):
        begin[k + 1] += begin[k]
    member, end = np.empty(begin[count], np.uint32), begin[:-1].copy()
    for level in range(levels):
        if crosses[level].any():
            for i in range(n):
                k = above[i, level]
                if k >= 0:
                    member[end[k]] = i
                    end[k] += 1
    return begin, member


@compiled
def _fill(  # noqa: PLR0912
    above: Short,
    level_of: Short,
    sample: Place,
    crosses: BoolArray,
    begin: Place,
    member: Place,
    least: Short,
) -> tuple[Place, Place]:
    """Rows of each column of L, in no order. Only the node that is eliminated first among those above a series has to
    look at that series: what the others share through it reaches them by fill."""
    n, levels = above.shape
    count = len(level_of)
    is_first = np.zeros(count, np.bool_)
    for i in range(n):
        if least[i] >= 0:
            is_first[least[i]] = True
    start, row, end = np.zeros(count + 1, np.uint32), np.empty(4 * (n + count), np.uint32), 0
    flag = np.full(count, -1, np.int64)
    child, sibling = np.full(count, -1, np.int64), np.full(count, -1, np.int64)
    for j in range(count):
        if end + count > len(row):
            longer = np.empty(2 * len(row) + count, np.uint32)
            longer[:end] = row[:end]
            row = longer
        parent = count
        if is_first[j]:
            one = level_of[j]
            for other in range(levels):
                if crosses[one, other]:
                    for place in range(begin[j], begin[j + 1]):
                        k = above[member[place], other]
                        if k > j and flag[k] != j:
                            flag[k] = j
                            row[end] = k
                            end += 1
                            parent = min(parent, k)
                else:
                    k = above[sample[j], other]
                    if k > j and flag[k] != j:
                        flag[k] = j
                        row[end] = k
                        end += 1
                        parent = min(parent, k)
        below = child[j]
        while below >= 0:
            for cell in range(start[below], start[below + 1]):
                k = row[cell]
                if k > j and flag[k] != j:
                    flag[k] = j
                    row[end] = k
                    end += 1
                    parent = min(parent, k)
            below = sibling[below]
        start[j + 1] = end
        if parent < count:
            sibling[j] = child[parent]
            child[parent] = j
    return start, row[:end]


@compiled
def _transposed(start: Place, row: Place) -> tuple[Place, Place]:
    """The columns of each row, ascending, from the rows of each column."""
    count = len(start) - 1
    begin = np.zeros(count + 1, np.uint32)
    for cell in range(len(row)):
        begin[row[cell] + 1] += 1
    for k in range(count):
        begin[k + 1] += begin[k]
    column, end = np.empty(len(row), np.uint32), begin[:-1].copy()
    for j in range(count):
        for cell in range(start[j], start[j + 1]):
            k = row[cell]
            column[end[k]] = j
            end[k] += 1
    return begin, column
