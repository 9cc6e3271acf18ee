"""The nodes of an outline that a reader has: a tree whose rows are slices, summed at once, and what is not held lies in
what stands above it.
"""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.core.measure import Grain
from equipoise_web.reads.grid_node_names import key_names
from equipoise_web.reads.grid_outline import Outline
from equipoise_web.reads.grid_tree import GridTree


class Roll(Protocol):
    """Sums cells of rows [n, T] to nodes: added, or by another ufunc; `none` is for nodes without rows."""

    def __call__(self, cells: FloatArray, *, by: np.ufunc = np.add, none: float = 0.0) -> FloatArray:
        """[nodes, T]."""
        ...


@dataclass(frozen=True, eq=False)
class OutlineTree(GridTree):
    """The nodes of an outline that a reader has; rows below a node that is shut lie in that node."""

    outline: Outline = field(kw_only=True)
    position: IntArray = field(kw_only=True)
    """Which of the outline's nodes of its depth each is, [R]."""
    hidden: IntArray = field(kw_only=True)
    """Children of each node that are not held, [R]."""
    begins: IntArray = field(kw_only=True)
    """Which child of each node is the first that is held, [R]."""

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """What each row goes by in links and marks."""
        found = np.full(len(self), "all", dtype=object)
        for depth, level in enumerate(self.levels, 1):
            at = self.at[depth]
            names: Any = key_names(self.outline.axes, level)[self.number[at]]
            if depth > 1:
                above = found[self.parent[at]].tolist()
                names = [f"{parent}/{name}" for parent, name in zip(above, names.tolist(), strict=True)]
            found[at] = names
        return tuple(found.tolist())

    @property
    def shared(self) -> dict[Hashable, Any]:
        """What readers of all trees of the same rows work out once."""
        return self.outline.kept

    @property
    def not_held(self) -> int:
        """Nodes of the view that this tree does not hold."""
        return self.outline.count - len(self)

    def rows(self, grain: Grain) -> IntArray:
        """Rows of a grain that are shown, in the order of their paths, [n]."""
        return self.outline.rows[grain].order

    def rows_of(self, grain: Grain, node: int) -> IntArray:
        """Rows of a grain below a node, ascending."""
        begin, end = (int(each[node]) for each in self.slices(grain))
        return np.sort(self.outline.rows[grain].order[begin:end])

    def slices(self, grain: Grain) -> tuple[IntArray, IntArray]:
        """Where the rows below each node begin and end in `rows`, [R]; nothing below the levels that the grain has."""
        if ("slices", grain) not in self.kept:
            found = self.outline.rows[grain]
            begin, end = np.zeros(len(self), dtype=np.int64), np.zeros(len(self), dtype=np.int64)
            for depth in range(found.reach + 1):
                at = self.at[depth]
                edges, position = self.outline.edges(grain, depth), self.position[at]
                begin[at], end[at] = edges[position], edges[position + 1]
            self.kept["slices", grain] = begin, end
        kept: tuple[IntArray, IntArray] = self.kept["slices", grain]
        return kept

    def knows(self, grain: Grain) -> BoolArray:
        """Nodes at levels that a grain has, [R]."""
        found: BoolArray = self.depth <= self.reach[grain]
        return found

    def roll_up(self, grain: Grain, cells: FloatArray, *, by: np.ufunc = np.add, none: float = 0.0) -> FloatArray:
        """The shown rows in their order [n, T] into nodes [R, T]; NaN below the levels that the grain has."""
        begin, end = self.slices(grain)
        found = np.full((len(self), cells.shape[1]), np.nan)
        for depth in range(self.reach[grain] + 1):
            at = self.at[depth]
            found[at] = reduce_slices(cells, begin[at], end[at], by=by, none=none)
        return found

    def part(self, grain: Grain, nodes: IntArray) -> tuple[IntArray, Roll]:
        """The rows below some nodes, and what sums cells of these into those nodes."""
        begin, end = (each[nodes] for each in self.slices(grain))
        stop = np.cumsum(end - begin)
        start = stop - (end - begin)
        places = np.arange(int(stop[-1]) if len(stop) else 0) + np.repeat(begin - start, end - begin)
        is_row_each = bool((end - begin == 1).all())

        def roll(cells: FloatArray, *, by: np.ufunc = np.add, none: float = 0.0) -> FloatArray:
            return cells if is_row_each else reduce_slices(cells, start, stop, by=by, none=none)

        return self.outline.rows[grain].order[places], roll

    def among(self, grain: Grain, chosen: BoolArray) -> tuple[IntArray, Roll]:
        """Of the shown rows those that are chosen [N], and what sums cells of these into all nodes, [R, T]."""
        order = self.outline.rows[grain].order
        places = np.flatnonzero(chosen[order])
        begin, end = (np.searchsorted(places, each) for each in self.slices(grain))

        def roll(cells: FloatArray, *, by: np.ufunc = np.add, none: float = 0.0) -> FloatArray:
            found = np.full((len(self), cells.shape[1]), none)
            for at in self.at:
                found[at] = reduce_slices(cells, begin[at], end[at], by=by, none=none)
            return found

        return order[places], roll


def reduce_slices(cells: FloatArray, begin: IntArray, end: IntArray, *, by: np.ufunc, none: float) -> FloatArray:
    """Slices of cells [n, T] that ascend and do not overlap, each summed (or by another ufunc), [slices, T]."""
    found = np.full((len(begin), cells.shape[1]), none)
    filled = np.flatnonzero(end > begin)
    if len(filled):
        edges = np.stack([begin[filled], end[filled]], axis=1).ravel()
        # What lies between two slices is reduced too and left out; a slice that reaches the end has no edge there.
        found[filled] = by.reduceat(cells, edges if edges[-1] < len(cells) else edges[:-1], axis=0)[::2]
    return found


class LowestNodes(Mapping[Grain, IntArray]):
    """For each grain the lowest node that is held at or above each row, worked out when it is asked for."""

    def __init__(self, outline: Outline) -> None:
        """Of the tree that is set before anything is asked."""
        self.outline = outline
        self.tree: OutlineTree | None = None
        self.found: dict[Grain, IntArray] = {}

    def __getitem__(self, grain: Grain) -> IntArray:
        """Node of each row of a grain, [N]; −1 for rows that are not shown."""
        if grain not in self.found:
            assert self.tree is not None
            mine = self.outline.rows[grain]
            lowest, place = np.zeros(len(mine.order), dtype=np.int64), np.arange(len(mine.order))
            begin, end = self.tree.slices(grain)
            for at in self.tree.at[1 : mine.reach + 1]:
                filled = at[end[at] > begin[at]]
                if len(filled):
                    node = filled[np.maximum(np.searchsorted(begin[filled], place, side="right") - 1, 0)]
                    lowest = np.where((begin[node] <= place) & (place < end[node]), node, lowest)
            all_rows = np.full(len(self.outline.axes.keys[grain]), -1, dtype=np.int64)
            all_rows[mine.order] = lowest
            self.found[grain] = all_rows
        return self.found[grain]

    def __iter__(self) -> Iterator[Grain]:
        """The grains that have rows."""
        return iter(self.outline.rows)

    def __len__(self) -> int:
        """How many grains."""
        return len(self.outline.rows)
