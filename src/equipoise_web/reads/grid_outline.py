"""The rows of a view of a large plan as an outline of all nodes, in numbers alone: rows sorted by their path, so every
node is one slice of them, and the children of a node are found by two searches.

Which of its nodes a reader has before the eyes is for `grid_window`; what they show, for `grid_outline_tree`.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any

import numpy as np

from equipoise.core.axes import Axes
from equipoise.core.grid import BoolArray, IntArray
from equipoise.core.measure import Grain
from equipoise_web.reads.grid_tree import numbers_at
from equipoise_web.reads.grid_view import Level
from equipoise_web.reads.open_folders import OpenFolders

OUTLINE_BYTES = 64 << 20


@dataclass(frozen=True, eq=False)
class Sorted:
    """The shown rows of a grain in the order of their paths."""

    order: IntArray
    """Rows, [n]."""
    paths: IntArray
    """The path of each as one number, ascending, [n]."""
    reach: int


@dataclass(frozen=True, eq=False)
class Outline:
    """All nodes of a view at depths 1 to K, as ascending numbers: a path is its parent's × size + its own."""

    axes: Axes
    levels: tuple[Level, ...]
    sizes: tuple[int, ...]
    """Of each level its nodes and one for rows that have none there."""
    nodes: tuple[tuple[str, str], ...]
    """What the view is narrowed to."""
    paths: tuple[IntArray, ...]
    """By depth, from 1."""
    rows: Mapping[Grain, Sorted]

    @cached_property
    def count(self) -> int:
        """Nodes, the whole included."""
        return 1 + sum(len(each) for each in self.paths)

    @property
    def nbytes(self) -> int:
        """Bytes of its arrays; of every node also where its children, its rows and its sum are."""
        return sum(4 * a.nbytes for a in self.paths) + sum(s.order.nbytes + s.paths.nbytes for s in self.rows.values())

    def nodes_at(self, depth: int) -> IntArray:
        """Paths of the nodes of a depth; that of the whole is 0."""
        return self.paths[depth - 1] if depth else np.zeros(1, dtype=np.int64)

    def children(self, depth: int) -> IntArray:
        """Where the children of each node of a depth begin among the nodes of the next, and where the last end."""
        if ("children", depth) not in self.kept:
            paths, is_last = self.nodes_at(depth), depth >= len(self.levels)
            below, size = (np.zeros(0, dtype=np.int64), 1) if is_last else (self.paths[depth], self.sizes[depth])
            self.kept["children", depth] = np.append(np.searchsorted(below, paths * size), len(below))
        found: IntArray = self.kept["children", depth]
        return found

    def edges(self, grain: Grain, depth: int) -> IntArray:
        """Where the rows below each node of a depth begin in the order of a grain, and where the last end."""
        if ("edges", grain, depth) not in self.kept:
            rows, paths = self.rows[grain], self.nodes_at(depth)
            size = prod(self.sizes[depth : rows.reach])
            self.kept["edges", grain, depth] = np.append(np.searchsorted(rows.paths, paths * size), len(rows.paths))
        found: IntArray = self.kept["edges", grain, depth]
        return found

    @cached_property
    def kept(self) -> dict[Hashable, Any]:
        """What readers of any tree of it work out once of all its rows, by a name of their own."""
        return {}


_outlines: OpenFolders[tuple[object, ...], Outline] = OpenFolders(limit=OUTLINE_BYTES, size=lambda each: each.nbytes)


def outline_of(
    axes: Axes,
    levels: tuple[Level, ...],
    nodes: tuple[tuple[str, str], ...],
    key: tuple[object, ...],
    shown: Callable[[], Mapping[Grain, BoolArray]],
) -> Outline:
    """The outline over the rows that are shown, kept by the axes and a key that says which these are."""
    return _outlines.get((axes, levels, nodes, key), lambda: build_outline(axes, levels, nodes, shown()))


def build_outline(
    axes: Axes, levels: tuple[Level, ...], nodes: tuple[tuple[str, str], ...], shown: Mapping[Grain, BoolArray]
) -> Outline:
    """Nodes are those of the grains that go deepest; rows of others are below the nodes that they know."""
    sizes = tuple(len(axes.hierarchy(level.dimension).nodes(level.name)) + 1 for level in levels)
    rows = {grain: np.flatnonzero(each) for grain, each in shown.items()}
    numbers = {grain: numbers_at(axes, axes.keys[grain], levels, sizes, rows[grain]) for grain in shown}
    deepest = max((len(each) for each in numbers.values()), default=0)
    whole = [folded(each, sizes, len(rows[grain])) for grain, each in numbers.items() if len(each) == deepest]
    leaves = np.unique(np.concatenate(whole)) if whole and deepest else np.zeros(0, dtype=np.int64)
    used = levels[:deepest] if len(leaves) else ()
    paths: list[IntArray] = []
    for depth in range(1, len(used) + 1):
        above = leaves // int(np.prod(sizes[depth:deepest], dtype=np.int64))
        paths.append(above[np.flatnonzero(np.diff(above, prepend=-1))])
    found = {}
    for grain, each in numbers.items():
        reach = min(len(each), len(used))
        own = folded(each[:reach], sizes, len(rows[grain]))
        order = np.argsort(own, kind="stable")
        if reach and reach < len(used):
            order = order[np.isin(own[order], paths[reach - 1])]
        found[grain] = Sorted(rows[grain][order], own[order], reach)
    return Outline(axes, used, sizes[: len(used)], nodes, tuple(paths), found)


def folded(numbers: list[IntArray], sizes: tuple[int, ...], count: int) -> IntArray:
    """Numbers at the levels, one after another, as one path for each of `count` rows."""
    found = np.zeros(count, dtype=np.int64)
    for number, size in zip(numbers, sizes, strict=False):
        found = found * size + number
    return found
