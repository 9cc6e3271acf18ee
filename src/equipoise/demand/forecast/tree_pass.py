"""Reconciliation of a tree: one pass up, one pass down, no matrix.

Going up, each node is what its children say together and what it says itself, weighed by their certainty; going down,
what a node has more than its children say is shared by their variance. With ŷ, w the node's base forecast and its
variance, m, v those of the children's sum:

    m' = m + v/(v + w) · (ŷ − m),   v' = v·w/(v + w);   then   x_child = m'_child + v'_child / v · (x − m)

This is the least-squares estimate by elimination along the tree, the same numbers as the general formula (filter and
smoother on a tree: Chou, Willsky & Benveniste, IEEE Trans. Automatic Control 39 (1994)).

`tree_pass_compiled` is its twin.
"""

import numpy as np

from equipoise.core.grid import FloatArray, IntArray
from equipoise.demand.forecast.aggregates import Aggregates


def parents(nodes: Aggregates) -> IntArray | None:
    """As `Aggregates.parents`."""
    return nodes.parents


def reconcile_tree(base: FloatArray, variance: FloatArray, parent: IntArray) -> FloatArray:
    """The nodes' least-squares forecasts [n, T] from base forecasts [n, T] and their variances [n], 0 = fixed.

    Node 0.. have `parent` [n], −1 at the top; those that are nobody's parent are the leaves. A node with variance
    infinity says nothing.
    """
    layers = _layers(parent)
    is_parent = np.zeros(len(parent), dtype=np.bool_)
    is_parent[parent[parent >= 0]] = True
    mean, spread = base.copy(), variance.copy()
    below, below_spread = np.zeros(base.shape), np.zeros(len(base))
    for layer in reversed(layers):
        own = layer[is_parent[layer]]
        v, w = below_spread[own], variance[own]
        gain = np.where(np.isinf(w), 0.0, v / np.where(np.isinf(w), 1.0, v + w))
        told = np.where(np.isinf(w)[:, None], 0.0, base[own] - below[own])
        mean[own] = below[own] + gain[:, None] * told
        spread[own] = v * (1.0 - gain)
        has_parent = layer[parent[layer] >= 0]
        np.add.at(below, parent[has_parent], mean[has_parent])
        np.add.at(below_spread, parent[has_parent], spread[has_parent])
    answer = mean
    for layer in layers[1:]:
        above = parent[layer]
        share = spread[layer] / np.where(below_spread[above] > 0, below_spread[above], 1.0)
        answer[layer] = mean[layer] + share[:, None] * (answer[above] - below[above])
    return answer


def _layers(parent: IntArray) -> list[IntArray]:
    """Nodes by their distance from the top, the tops first."""
    depth, at = np.zeros(len(parent), dtype=np.int64), parent.copy()
    while (at >= 0).any():
        depth += at >= 0
        at = np.where(at >= 0, parent[np.maximum(at, 0)], -1)
    return [np.flatnonzero(depth == level) for level in range(int(depth.max(initial=-1)) + 1)]
