"""Twin of `tree_pass`."""

import numpy as np

from equipoise.core.compiling import compiled
from equipoise.core.grid import FloatArray, IntArray
from equipoise.demand.forecast.aggregates import Aggregates


def parents(nodes: Aggregates) -> IntArray | None:
    """As `Aggregates.parents`; where nodes cross, that is seen at once."""
    is_tree, parent = _parents(nodes.above, nodes.bottom_up)
    return parent if is_tree else None


def reconcile_tree(base: FloatArray, variance: FloatArray, parent: IntArray) -> FloatArray:
    """As `tree_pass.reconcile_tree`."""
    return _reconcile_tree(base, variance, parent)


@compiled
def _parents(above: IntArray, order: IntArray) -> tuple[bool, IntArray]:
    """Whether it is a tree: no node has two next larger ones, which the first series that sees it tells."""
    n, levels = above.shape
    count = len(order)
    place, chain = np.empty(count, np.int64), np.empty(levels, np.int64)
    parent = np.full(count + n, -2, np.int64)
    for k in range(count):
        place[order[k]] = k
    for i in range(n):
        length = 0
        for level in range(levels):
            if above[i, level] >= 0:
                at, k = length, place[above[i, level]]
                while at > 0 and chain[at - 1] > k:
                    chain[at] = chain[at - 1]
                    at -= 1
                chain[at] = k
                length += 1
        parent[count + i] = order[chain[0]] if length else -1
        for at in range(length):
            next_above = order[chain[at + 1]] if at + 1 < length else -1
            k = order[chain[at]]
            if parent[k] == -2:
                parent[k] = next_above
            elif parent[k] != next_above:
                return False, parent
    return True, np.maximum(parent, -1)


@compiled
def _reconcile_tree(base: FloatArray, variance: FloatArray, parent: IntArray) -> FloatArray:  # noqa: PLR0912
    count, width = base.shape
    waits, rising = np.zeros(count, np.int64), np.empty(count, np.int64)
    for k in range(count):
        if parent[k] >= 0:
            waits[parent[k]] += 1
    is_parent, end = waits > 0, 0
    for k in range(count):
        if not is_parent[k]:
            rising[end] = k
            end += 1
    mean, spread = np.empty((count, width)), variance.copy()
    below, below_spread = np.zeros((count, width)), np.zeros(count)
    for place in range(count):  # children before their parents
        k = rising[place]
        if not is_parent[k]:
            for t in range(width):
                mean[k, t] = base[k, t]
        else:
            v, w = below_spread[k], variance[k]
            if np.isinf(w):
                spread[k] = v
                for t in range(width):
                    mean[k, t] = below[k, t]
            else:
                gain = v / (v + w)
                spread[k] = v * (1.0 - gain)
                for t in range(width):
                    mean[k, t] = below[k, t] + gain * (base[k, t] - below[k, t])
        above = parent[k]
        if above >= 0:
            below_spread[above] += spread[k]
            for t in range(width):
                below[above, t] += mean[k, t]
            waits[above] -= 1
            if waits[above] == 0:
                rising[end] = above
                end += 1
    for place in range(count - 1, -1, -1):
        k = rising[place]
        above = parent[k]
        if above >= 0 and below_spread[above] > 0:
            share = spread[k] / below_spread[above]
            for t in range(width):
                mean[k, t] += share * (mean[above, t] - below[above, t])
    return mean
