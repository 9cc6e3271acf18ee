"""Exact conservation of flow: residues of rounding travel along a spanning forest until something free takes them.

In a network every rounding can be repaired along a spanning tree (Ahuja, Magnanti & Orlin, Network Flows, 11.2): root
the tree outside, where production, purchases and lost sales come from; then, from the leaves inward, each node hands
its residue on through the one arc that leads to its parent.

>>> arcs = Arcs(tail=np.array([OUTSIDE, 0]), head=np.array([0, 1]), rank=np.array([0, 0]))
>>> settle(arcs, np.array([5.0, 4.0]), np.array([0.0, -5.0])).tolist()  # node 1 needs 5 and gets 4
[5.0, 5.0]
"""

from dataclasses import dataclass

import numpy as np

from equipoise.core.grid import BoolArray, FloatArray, IntArray

OUTSIDE = -1
ROUNDS = 50


@dataclass(frozen=True, eq=False)
class Arcs:
    """Arcs between nodes 0..N−1 or OUTSIDE. Of several, those of low rank carry residues, then earlier ones."""

    tail: IntArray
    head: IntArray
    rank: IntArray


def settle(arcs: Arcs, flows: FloatArray, supplies: FloatArray, *, opens: BoolArray | None = None) -> FloatArray:
    """Flows near `flows` [arcs], none negative, with inflow − outflow + supply = 0 at every node, exactly.

    Only arcs with a flow, or that `opens` [arcs] names, take part. Numbers are on the grid; `supplies` [N] are what
    enters (or, negative, leaves) a node by decree. A part of the network that has no arc to the outside must be
    balanced by its supplies alone; AssertionError if it is not.
    """
    found = settled(arcs, flows, supplies, opens=opens)
    assert found is not None, "some node and all it is connected to lack what leaves it"
    return found


def settled(
    arcs: Arcs, flows: FloatArray, supplies: FloatArray, *, opens: BoolArray | None = None
) -> FloatArray | None:
    """The same, or None where a part of the network is not balanced."""
    values = flows.copy()
    usable = values > 0
    if opens is not None:
        usable |= opens
    for _ in range(ROUNDS):
        values = np.where(usable, values, 0.0)
        residue = _residue(arcs, values, supplies)
        if not residue.any():
            return values
        kept = np.flatnonzero(usable)
        part = Arcs(arcs.tail[kept], arcs.head[kept], arcs.rank[kept])
        change = _repair(part, residue)
        if change is None:
            return None
        values[kept] += change
        usable &= values >= 0
    raise AssertionError("flows cannot be made exact")


def _residue(arcs: Arcs, values: FloatArray, supplies: FloatArray) -> FloatArray:
    """What is left over at each node, [N]."""
    count = len(supplies)
    into, out = arcs.head >= 0, arcs.tail >= 0
    residue = supplies + np.bincount(arcs.head[into], values[into], minlength=count)
    found: FloatArray = residue - np.bincount(arcs.tail[out], values[out], minlength=count)
    return found


def _repair(arcs: Arcs, residue: FloatArray) -> FloatArray | None:
    """Change of each arc that takes the residues away; None if some node and all it is connected to cannot be."""
    count = len(residue)
    tail = np.where(arcs.tail < 0, count, arcs.tail)
    head = np.where(arcs.head < 0, count, arcs.head)
    left = np.append(residue, 0.0)
    change = np.zeros(len(tail))
    reached = np.zeros(count + 1, dtype=np.bool_)
    root = count
    while True:
        reached[root] = True
        for nodes, by in reversed(_grow(tail, head, arcs.rank, reached)):
            ahead = head[by] == nodes
            change[by] += np.where(ahead, -left[nodes], left[nodes])
            np.add.at(left, np.where(ahead, tail[by], head[by]), left[nodes])
            left[nodes] = 0.0
        if root != count and left[root] != 0.0:
            return None
        left[count] = 0.0
        open_ends = np.flatnonzero(left)
        if not len(open_ends):
            return change
        root = int(open_ends[0])


def _grow(tail: IntArray, head: IntArray, rank: IntArray, reached: BoolArray) -> list[tuple[IntArray, IntArray]]:
    """Breadth-first tree from the nodes reached: nodes by level, each with the arc to its parent; marks `reached`."""
    levels: list[tuple[IntArray, IntArray]] = []
    for worst in np.unique(rank).tolist():
        arcs = np.flatnonzero(rank <= worst)
        while True:
            arcs = arcs[~(reached[tail[arcs]] & reached[head[arcs]])]
            crossing = arcs[reached[tail[arcs]] | reached[head[arcs]]]
            if not len(crossing):
                break
            fresh = np.where(reached[tail[crossing]], head[crossing], tail[crossing])
            nodes, first = np.unique(fresh, return_index=True)
            reached[nodes] = True
            levels.append((nodes, crossing[first]))
    return levels
