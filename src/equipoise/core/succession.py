"""Which item follows which: predecessors and successors of table items as one link per item, without loops.

Both columns may say it. An item has one successor at most (what it names itself, else the one item that names it as its
predecessor), and may have several predecessors.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from equipoise.core.grid import IntArray
from equipoise.core.hierarchy import Hierarchy
from equipoise.core.panel import Keys


@dataclass(frozen=True, eq=False)
class Succession:
    """Links between items by leaf number."""

    successor: IntArray
    """[I] number of the item that follows, −1 for none."""
    depth: IntArray
    """[I] links before an item: 0 where no item precedes it; predecessors always have a smaller number."""
    loops: tuple[tuple[str, ...], ...]
    """Items that follow each other in a circle; their links are left out."""
    rivals: tuple[tuple[str, str, str], ...]
    """Item, the successor that was taken, and another item that names it as predecessor."""

    def rows(self, keys: Keys) -> IntArray:
        """For each row of grain demand or stock that of the item's successor in the same market or location, −1 for
        none, [N]."""
        follows = self.successor[keys.column("item")]
        _item, place = keys.columns
        found = row_table(keys)[np.maximum(follows, 0), place]
        return np.where(follows >= 0, found, -1)


def row_table(keys: Keys) -> IntArray:
    """Row of grain demand or stock by leaf numbers of item and market or location, [I, M]; −1 where there is none."""
    found = np.full([max(1, len(codes)) for codes in keys.codes], -1, dtype=np.int64)
    found[keys.columns] = np.arange(len(keys), dtype=np.int64)
    return found


def read_succession(items: pl.DataFrame, hierarchy: Hierarchy) -> Succession:
    """The links of table items.

    >>> items = pl.DataFrame({"item": ["a", "b", "c"], "predecessor": ["", "a", "b"], "successor": ["b", "", ""]})
    >>> tree = Hierarchy.build("item", ("item", "family"), [(code, "f") for code in "abc"])
    >>> links = read_succession(items, tree)
    >>> links.successor.tolist(), links.depth.tolist()
    ([1, 2, -1], [0, 1, 2])
    """
    number = hierarchy.position
    successor = np.full(len(hierarchy), -1, dtype=np.int64)
    named_by: dict[str, list[str]] = {}
    for item, predecessor, follows in items.select("item", "predecessor", "successor").sort("item").iter_rows():
        if follows in number:
            successor[number[item]] = number[follows]
        if predecessor in number:
            named_by.setdefault(predecessor, []).append(item)
    rivals = []
    for predecessor, claimants in sorted(named_by.items()):
        place = number[predecessor]
        if successor[place] < 0:
            successor[place] = number[claimants[0]]
        taken = hierarchy.leaves[successor[place]]
        rivals += [(predecessor, taken, other) for other in claimants if other != taken]
    loops = _loops(successor)
    for loop in loops:
        successor[list(loop)] = -1
    names = tuple(tuple(hierarchy.leaves[n] for n in loop) for loop in loops)
    return Succession(successor, _depths(successor), names, tuple(rivals))


def _loops(successor: IntArray) -> list[tuple[int, ...]]:
    """Circles among the links, each from its smallest number on."""
    found = []
    seen = np.zeros(len(successor), dtype=np.int64)
    for start in np.flatnonzero(successor >= 0).tolist():
        path, at = [], start
        while at >= 0 and not seen[at]:
            seen[at] = start + 1
            path.append(at)
            at = int(successor[at])
        if at >= 0 and seen[at] == start + 1 and at in path:
            circle = path[path.index(at) :]
            turn = circle.index(min(circle))
            found.append(tuple(circle[turn:] + circle[:turn]))
    return found


def _depths(successor: IntArray) -> IntArray:
    """Length of the longest chain that leads to each item."""
    depth = np.zeros(len(successor), dtype=np.int64)
    before = np.flatnonzero(successor >= 0)
    while before.size:
        reached = depth.copy()
        np.maximum.at(reached, successor[before], depth[before] + 1)
        if np.array_equal(reached, depth):
            break
        depth = reached
    return depth
