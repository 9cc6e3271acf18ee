"""An order in which shared rows are eliminated, so that few entries come up: those of components first.

Rows that move together, such as all buckets of a component, are one node of a graph. Two nodes are joined if an item
or a shared column has entries in both, and eliminating a node joins all its neighbors. The node with the fewest rows
around it goes first (minimum degree; George & Liu, Computer Solution of Large Sparse Positive Definite Systems, 1981,
chapter 5); what then has MOST rows around it or more stays for a dense rest. Nodes that nearly have the same neighbors
are eliminated together (Duff & Reid, ACM Transactions on Mathematical Software 9, 1983).
"""

from dataclasses import dataclass
from heapq import heapify, heappop, heappush

import numpy as np
from scipy.sparse import csc_array
from scipy.sparse.csgraph import connected_components

from equipoise.core.grid import IntArray

MOST = 1500
"""Rows around a node from which on it is left to the dense rest."""
WASTE = 1.3
"""Two nodes become one if that takes no more than so many times the room."""
WIDEST = 200
"""Rows of a node."""


@dataclass(frozen=True, eq=False)
class Elimination:
    """An order of r rows: node by node, then the rest."""

    rows: IntArray
    """[r] rows in the order of their elimination: from here on they are numbered so."""
    nodes: list[tuple[IntArray, IntArray]]
    """Rows of each node, and later rows that it is joined to, both ascending."""
    rest: int
    """Number of the first row of the rest."""


def eliminate(count: int, cliques: list[IntArray], columns: csc_array) -> Elimination:
    """An order of `count` rows, of which all in a clique are joined, and all in a column of a matrix."""
    number = _number_of_node(count, cliques, columns)
    members = np.split(np.argsort(number, kind="stable"), np.cumsum(np.bincount(number))[:-1])
    order, around = _by_degree(members, _neighbors(number, cliques, columns))
    together = _together(order, around, [len(rows) for rows in members])
    place = np.full(count, -1)
    done, numbered = 0, []
    for nodes, _ in together:
        rows = np.concatenate([members[node] for node in nodes])
        place[rows] = done + np.arange(len(rows))
        done += len(rows)
        numbered.append(rows)
    last = np.flatnonzero(place < 0)
    place[last] = done + np.arange(len(last))
    found = []
    for rows, (_, neighbors) in zip(numbered, together, strict=True):
        beside = np.concatenate([np.zeros(0, dtype=np.int64), *(members[node] for node in sorted(neighbors))])
        found.append((place[rows], np.sort(place[beside])))
    return Elimination(np.argsort(place), found, done)


def _number_of_node(count: int, cliques: list[IntArray], columns: csc_array) -> IntArray:
    """Node of each row: those joined by columns, of them those in some clique apart from the others."""
    touched = np.zeros(count, dtype=np.int64)
    for rows in cliques:
        touched[rows] = 1
    joined = abs(columns)
    number = connected_components(joined @ joined.T, directed=False)[1]
    found: IntArray = np.unique(2 * number + touched, return_inverse=True)[1].astype(np.int64)
    return found


def _neighbors(number: IntArray, cliques: list[IntArray], columns: csc_array) -> list[set[int]]:
    found: list[set[int]] = [set() for _ in range(int(number.max(initial=-1)) + 1)]
    near = (abs(columns) @ abs(columns).T).tocoo()
    pairs = np.unique(np.stack([number[near.row], number[near.col]]), axis=1)
    for one, other in pairs.T.tolist():
        found[one].add(other)
    for rows in cliques:
        nodes = set(number[rows].tolist())
        for node in nodes:
            found[node] |= nodes
    for node, around in enumerate(found):
        around.discard(node)
    return found


def _by_degree(members: list[IntArray], around: list[set[int]]) -> tuple[list[int], list[set[int]]]:
    """Nodes in the order of their elimination, and the later neighbors of each."""
    size = [len(rows) for rows in members]

    def degree(node: int) -> int:
        return sum(size[other] for other in around[node])

    # A node of one row is not worth it: the rest is dense anyway.
    degrees = {node: degree(node) for node in range(len(size)) if size[node] > 1}
    queue = [(value, node) for node, value in degrees.items()]
    heapify(queue)
    order: list[int] = []
    while queue:
        value, node = heappop(queue)
        if degrees.get(node) != value:
            continue
        if value > MOST:
            break
        del degrees[node]
        order.append(node)
        for other in around[node]:
            around[other] |= around[node]
            around[other] -= {node, other}
        for other in around[node]:
            if other in degrees:
                degrees[other] = degree(other)
                heappush(queue, (degrees[other], other))
    return order, [around[node] for node in order]


def _together(order: list[int], around: list[set[int]], size: list[int]) -> list[tuple[list[int], set[int]]]:
    """Nodes that are eliminated together, and their later neighbors."""
    place = {node: at for at, node in enumerate(order)}
    found: list[tuple[list[int], set[int]] | None] = [
        ([node], beside) for node, beside in zip(order, around, strict=True)
    ]

    def rows(nodes: list[int] | set[int]) -> int:
        return sum(size[node] for node in nodes)

    for at, pair in enumerate(found):
        assert pair is not None
        own, beside = pair
        later = [place[node] for node in beside if node in place]
        following = found[min(later)] if later else None
        if following is None:
            continue
        both, border = own + following[0], (beside - set(following[0])) | following[1]
        room = rows(own) * rows(beside) + rows(following[0]) * rows(following[1])
        if rows(both) <= WIDEST and rows(both) * rows(border) <= WASTE * room:
            found[min(later)], found[at] = (both, border), None
            place.update(dict.fromkeys(both, min(later)))
    return [pair for pair in found if pair is not None]
