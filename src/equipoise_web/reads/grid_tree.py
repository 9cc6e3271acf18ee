"""The rows of a planning grid: a tree of nodes over the rows of one or more grains, and exact roll-ups along it.

Nodes are numbered in the order they are shown, depth first; node 0 is the whole. Rows are sorted once by their node, so
a roll-up is `np.add.reduceat` over contiguous slices, level by level: exact, because every additive cell lies on the
grid (algebra.md section 2). What lies below some nodes of the first level is a tree of its own (`below`), so a change
costs what it reaches.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from equipoise.core.axes import Axes
from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.core.measure import Grain
from equipoise.core.panel import Keys
from equipoise_web.reads.grid_view import Level

KEY_OF = {(Grain.FLOW, "location"): "from"}
"""The key column that stands for a dimension, where it has another name."""
OF_LINE = (Grain.MAKE, "resource")
"""Production has no key of its resource: it lies on the line of its route."""


@dataclass(frozen=True, eq=False)
class GridTree:
    """R nodes below each other at depths 0 (the whole) to K (the last of the levels)."""

    levels: tuple[Level, ...]
    depth: IntArray
    """[R]"""
    parent: IntArray
    """[R], −1 for the whole."""
    number: IntArray
    """Number of each node among the nodes of its level, [R]; one beyond the last where rows have no node there."""
    codes: tuple[str, ...]
    """[R]; blank for the whole and where rows have no node."""
    nodes: Mapping[Grain, IntArray]
    """For each grain the node of every row at the deepest level it has, [N]; −1 for rows that are not shown."""
    reach: Mapping[Grain, int]
    """How deep each grain goes."""

    def __len__(self) -> int:
        """Number of nodes, R."""
        return len(self.depth)

    @property
    def shared(self) -> dict[Hashable, Any]:
        """What readers of all trees of the same rows work out once."""
        return self.kept

    @property
    def not_held(self) -> int:
        """Nodes of the view that this tree does not hold."""
        return 0

    @cached_property
    def at(self) -> tuple[IntArray, ...]:
        """Nodes of each depth, ascending."""
        return tuple(np.flatnonzero(self.depth == depth) for depth in range(len(self.levels) + 1))

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """What each row goes by in links and marks: the codes from the top down, parted by `/`; `all` for the whole."""
        found = ["all"]
        for node in range(1, len(self)):
            above = int(self.parent[node])
            code = name_in_key(self.codes[node])
            found.append(code if above == 0 else f"{found[above]}/{code}")
        return tuple(found)

    @cached_property
    def by_key(self) -> Mapping[str, int]:
        """Node of each key."""
        return {key: node for node, key in enumerate(self.keys)}

    def path(self, node: int) -> dict[str, str]:
        """The node below which a row lies, for each dimension: `{"item": "family:tools"}`."""
        found: dict[str, str] = {}
        while node > 0:
            level = self.levels[int(self.depth[node]) - 1]
            found.setdefault(level.dimension, f"{level.name}:{self.codes[node]}")
            node = int(self.parent[node])
        return found

    def rows_of(self, grain: Grain, node: int) -> IntArray:
        """Rows of a grain below a node, ascending."""
        return np.flatnonzero(self._is_below(node)[self.nodes[grain]] & (self.nodes[grain] >= 0))

    def _is_below(self, node: int) -> BoolArray:
        end = node + 1
        while end < len(self) and self.depth[end] > self.depth[node]:
            end += 1
        inside = np.zeros(len(self), dtype=np.bool_)
        inside[node:end] = True
        return inside

    @cached_property
    def kept(self) -> dict[Hashable, Any]:
        """What readers of this tree work out once for as long as it lives, by a name of their own."""
        return {}

    @cached_property
    def tops(self) -> IntArray:
        """Node of the first level at or above each, [R]; 0 for the whole."""
        found: IntArray = np.maximum.accumulate(np.where(self.depth <= 1, np.arange(len(self)), 0))
        return found

    def below(self, tops: IntArray) -> tuple["GridTree", IntArray]:
        """The tree of what lies below some nodes of the first level, and the number here of each of its nodes."""
        is_kept = np.isin(self.tops, tops)
        is_kept[0] = True
        ids = np.flatnonzero(is_kept)
        place = np.where(is_kept, np.cumsum(is_kept) - 1, -1)
        parent = place[self.parent[ids]]
        parent[0] = -1
        codes = tuple(self.codes[node] for node in ids.tolist())
        nodes = {grain: np.where(each >= 0, place[each], -1) for grain, each in self.nodes.items()}
        return replace(
            self, depth=self.depth[ids], parent=parent, number=self.number[ids], codes=codes, nodes=nodes
        ), ids

    @cached_property
    def whole(self) -> "GridTree":
        """The tree of node 0 alone, over all rows that are shown."""
        nodes = {grain: np.where(each >= 0, 0, -1) for grain, each in self.nodes.items()}
        one = np.zeros(1, dtype=np.int64)
        return GridTree((), one, one - 1, one, ("",), nodes, dict.fromkeys(self.nodes, 0))

    def rows(self, grain: Grain) -> IntArray:
        """Rows of a grain that are shown, in the order of their nodes, [n]."""
        return self._sorted(grain)[0]

    def roll_up(self, grain: Grain, cells: FloatArray, *, by: np.ufunc = np.add, none: float = 0.0) -> FloatArray:
        """The shown rows in their order [n, T] into nodes [R, T]: summed (or `by` another ufunc); NaN below the levels
        that the grain has.

        `none` is what a node without rows gets.
        """
        found = np.full((len(self), cells.shape[1]), np.nan)
        reach = self.reach[grain]
        lowest = np.full((len(self.at[reach]), cells.shape[1]), none)
        _order, starts, filled = self._sorted(grain)
        if len(starts):
            lowest[filled] = by.reduceat(cells, starts, axis=0)
        found[self.at[reach]] = lowest
        for depth in range(reach - 1, -1, -1):
            lowest = by.reduceat(lowest, self._children(depth), axis=0)
            found[self.at[depth]] = lowest
        return found

    def _sorted(self, grain: Grain) -> tuple[IntArray, IntArray, IntArray]:
        """Shown rows sorted by node, where each node's begin, and the positions of those nodes at their depth."""
        if ("sorted", grain) not in self.kept:
            nodes = self.nodes[grain]
            order = np.argsort(nodes, kind="stable")
            order = order[np.searchsorted(nodes[order], 0) :]
            starts = np.flatnonzero(np.diff(nodes[order], prepend=-1))
            filled = np.searchsorted(self.at[self.reach[grain]], nodes[order][starts])
            self.kept["sorted", grain] = order, starts, filled
        found: tuple[IntArray, IntArray, IntArray] = self.kept["sorted", grain]
        return found

    def _children(self, depth: int) -> IntArray:
        """Where the children of each node of a depth begin among the nodes of the next: every node has some."""
        return np.flatnonzero(np.diff(self.parent[self.at[depth + 1]], prepend=-1))


def name_in_key(code: str) -> str:
    """What a node is called within a key, of which `/` parts the levels; one that rows do not have is `-`."""
    return (code or "-").replace("/", "∕")


def build_tree(axes: Axes, levels: tuple[Level, ...], shown: Mapping[Grain, BoolArray]) -> GridTree:
    """The tree over the rows that are shown, by grain. A grain without a dimension ends above that level.

    Rows that only such grains have, such as stock of what nobody sells, have nodes as deep as their grain goes.
    """
    sizes = [len(axes.hierarchy(level.dimension).nodes(level.name)) + 1 for level in levels]
    numbers = {grain: numbers_at(axes, axes.keys[grain], levels, sizes) for grain in shown}
    deepest = max((len(each) for each in numbers.values()), default=0)
    whole = [np.stack(each)[:, shown[grain]] for grain, each in numbers.items() if len(each) == deepest and deepest > 0]
    leaves = np.concatenate(whole, axis=1) if whole else np.zeros((0, 0), dtype=np.int64)
    leaves = np.unique(leaves, axis=1) if leaves.size else leaves[:0]
    used = levels[: len(leaves)]
    is_new = np.zeros((leaves.shape[1], len(used)), dtype=np.bool_)
    if leaves.size:
        is_new[0] = True
        is_new[1:] = np.logical_or.accumulate(leaves[:, 1:] != leaves[:, :-1], axis=0).T
    ids = np.where(is_new, np.cumsum(is_new.ravel()).reshape(is_new.shape), 0)
    ids = np.maximum.accumulate(ids, axis=0)  # of every leaf, the node of each depth that it lies below
    place = np.argwhere(is_new)
    depth = np.concatenate([[0], place[:, 1] + 1])
    parent = np.concatenate([[-1], np.where(place[:, 1] > 0, ids[place[:, 0], place[:, 1] - 1], 0)])
    number = np.concatenate([[0], leaves[place[:, 1], place[:, 0]] if leaves.size else []]).astype(np.int64)
    names = [(*axes.hierarchy(level.dimension).nodes(level.name), "") for level in used]
    codes = ("", *(names[at - 1][each] for at, each in zip(depth[1:].tolist(), number[1:].tolist(), strict=True)))
    nodes, reach = {}, {}
    for grain, each in numbers.items():
        reach[grain] = min(len(each), len(used))
        found = _find(leaves[: reach[grain]], ids, each[: reach[grain]], sizes, rows=len(axes.keys[grain]))
        nodes[grain] = np.where(shown[grain], found, -1)
    return GridTree(used, depth, parent, number, codes, nodes, reach)


def numbers_at(
    axes: Axes, keys: Keys, levels: Iterable[Level], sizes: Sequence[int], rows: IntArray | slice = slice(None)
) -> list[IntArray]:
    """Number of each row's node at the levels that the grain has, from the first on; the last where it has none."""
    found = []
    for level, size in zip(levels, sizes, strict=True):
        column = KEY_OF.get((keys.grain, level.dimension), level.dimension)
        if (keys.grain, level.dimension) == OF_LINE and axes.lines is not None:
            leaves = np.append(_leaf_numbers(axes, level, size), size - 1)  # what has no line has no node
            found.append(leaves[axes.lines[rows]])
        elif column in keys.dimensions:
            found.append(_leaf_numbers(axes, level, size)[keys.column(column)[rows]])
        else:
            break
    return found


@lru_cache(maxsize=64)
def _leaf_numbers(axes: Axes, level: Level, size: int) -> IntArray:
    """Number of each leaf's node at a level, the last of `size` where it has none."""
    groups = axes.hierarchy(level.dimension).groups(level.name)
    found: IntArray = np.where(groups < 0, size - 1, groups)
    found.setflags(write=False)
    return found


def _find(leaves: IntArray, ids: IntArray, numbers: list[IntArray], sizes: list[int], *, rows: int) -> IntArray:
    """Node of each row by the numbers of its nodes, −1 where the tree has none."""
    if not numbers:
        return np.zeros(rows, dtype=np.int64)
    known, asked = np.zeros(leaves.shape[1], dtype=np.int64), np.zeros(rows, dtype=np.int64)
    for level, size in enumerate(sizes[: len(numbers)]):
        known, asked = known * size + leaves[level], asked * size + numbers[level]
    first = np.minimum(np.searchsorted(known, asked), len(known) - 1)
    return np.where(known[first] == asked, ids[first, len(numbers) - 1], -1)
