"""The rows of a view of a large plan: an outline of all nodes, and of it the tree of those that a reader has before the
eyes.

The outline is numbers alone: rows sorted by their path, so every node is one slice of them, and the children of a node
are found by two searches. Of an outline with more nodes than a page bears, a tree holds the first of the top level and
of the children of nodes that were opened; what is not held is still summed in what stands above it.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from math import prod
from typing import Any, Protocol

import numpy as np

from equipoise.core.axes import Axes
from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.core.measure import Grain
from equipoise_web.reads.grid_tree import GridTree, name_in_key, numbers_at
from equipoise_web.reads.grid_view import Level
from equipoise_web.reads.open_folders import OpenFolders

MOST_NODES = 10_000
"""Nodes of an outline that are held all at once."""
MOST_HELD = 2_000
"""Nodes that are held at once of an outline of more."""
MOST_SIBLINGS = 500
"""Children of one node that are held at once where not all are."""
OUTLINE_BYTES = 64 << 20


Names = np.ndarray[tuple[int], np.dtype[np.object_]]
"""Strings."""


class Roll(Protocol):
    """Sums cells of rows [n, T] to nodes: added, or by another ufunc; `none` is for nodes without rows."""

    def __call__(self, cells: FloatArray, *, by: np.ufunc = np.add, none: float = 0.0) -> FloatArray:
        """[nodes, T]."""
        ...


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
            names: Any = _key_names(self.outline.axes, level)[self.number[at]]
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


class _Lowest(Mapping[Grain, IntArray]):
    """For each grain the lowest node that is held at or above each row, worked out when it is asked for."""

    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        self.tree: OutlineTree | None = None
        self.found: dict[Grain, IntArray] = {}

    def __getitem__(self, grain: Grain) -> IntArray:
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
        return iter(self.outline.rows)

    def __len__(self) -> int:
        return len(self.outline.rows)


@lru_cache(maxsize=32)
def tree_of(outline: Outline, opened: tuple[str, ...], held: tuple[str, ...] = ()) -> OutlineTree:
    """The tree of an outline: all of it where a page bears that, else the top and what is below the opened nodes.

    With `held` the tree has those nodes that go by these keys and no others.
    """
    begins: Begins = {}
    if held:
        kept = _named(outline, held)
    elif outline.count <= MOST_NODES:
        kept = [np.arange(len(each)) for each in outline.paths]
    else:
        kept, begins = _window(outline, opened)
    depths = np.concatenate([[0], *(np.full(len(each), n + 1) for n, each in enumerate(kept))]).astype(np.int64)
    tail = [prod(outline.sizes[depth:]) for depth in range(len(kept) + 1)]
    paths = [all_paths[each] for all_paths, each in zip(outline.paths, kept, strict=True)]
    first = np.concatenate([[0], *(each * size for each, size in zip(paths, tail[1:], strict=True))])
    order = np.lexsort((depths, first))
    depth, position = depths[order], np.concatenate([[0], *kept]).astype(np.int64)[order]
    at = [np.flatnonzero(depth == each) for each in range(len(kept) + 1)]
    parent, number = np.full(len(depth), -1, dtype=np.int64), np.zeros(len(depth), dtype=np.int64)
    hidden, begun = np.zeros(len(depth), dtype=np.int64), np.zeros(len(depth), dtype=np.int64)
    codes = np.full(len(depth), "", dtype=object)
    for each in range(1, len(at)):
        parent[at[each]] = at[each - 1][np.searchsorted(at[each - 1], at[each]) - 1]
        number[at[each]] = own = paths[each - 1] % outline.sizes[each - 1]
        codes[at[each]] = _codes_at(outline.axes, outline.levels[each - 1])[own]
    shown = np.bincount(parent[1:], minlength=len(depth))
    for each in range(len(at)):
        children, here = outline.children(each), position[at[each]]
        hidden[at[each]] = children[here + 1] - children[here] - shown[at[each]]
    for (each, of), begin_at in begins.items():
        begun[at[each][position[at[each]] == of]] = begin_at
    nodes = _Lowest(outline)
    reach = {grain: rows.reach for grain, rows in outline.rows.items()}
    nodes.tree = OutlineTree(
        outline.levels, depth, parent, number, tuple(codes.tolist()), nodes, reach,
        outline=outline, position=position, hidden=hidden, begins=begun,
    )  # fmt: skip
    return nodes.tree


Begins = Mapping[tuple[int, int], int]
"""By depth and position of a node the first of its children that is held."""


def _named(outline: Outline, keys: tuple[str, ...]) -> list[IntArray]:
    """Positions by depth of the nodes that go by keys, those that there are."""
    held: list[set[int]] = [set() for _ in outline.levels]
    for found in (_asked(outline, key) for key in keys):
        if found is not None and found[0] > 0:
            held[found[0] - 1].add(found[1])
    return [np.array(sorted(each), dtype=np.int64) for each in held]


def _window(outline: Outline, opened: tuple[str, ...]) -> tuple[list[IntArray], Begins]:
    """Positions that are held by depth: children of the whole and of opened nodes whose parents are held."""
    asked = sorted(filter(None, (_asked(outline, each) for each in opened)))
    held = [np.zeros(0, dtype=np.int64) for _ in outline.levels]
    begins: dict[tuple[int, int], int] = {(0, 0): 0}
    for depth, position, wanted in [(0, 0, 0), *asked]:
        if depth >= len(outline.levels) or not (depth == 0 or (held[depth - 1] == position).any()):
            continue
        first, end = outline.children(depth)[position : position + 2].tolist()
        begin = min(wanted, max(0, (end - first - 1) // MOST_SIBLINGS * MOST_SIBLINGS))
        begins[depth, position] = begin
        if depth == 0:
            held[0] = held[0][:0]
        page = np.arange(first + begin, min(first + begin + MOST_SIBLINGS, end))
        if sum(len(each) for each in held) + len(page) <= MOST_HELD:
            held[depth] = np.union1d(held[depth], page) if len(held[depth]) else page
    return held, begins


def _asked(outline: Outline, key: str) -> tuple[int, int, int] | None:
    """`500@tools/saw` as depth, position and the first child that is wanted; None for a node that is not there."""
    first, sign, rest = key.partition("@")
    begin, name = (int(first), rest) if sign and first.isdecimal() else (0, key)
    if name == "all":
        return 0, 0, begin
    path = 0
    for level, code in enumerate(name.split("/")):
        if level >= len(outline.levels):
            return None
        number = _numbers_by_name(outline.axes, outline.levels[level]).get(code)
        if number is None:
            return None
        path = path * outline.sizes[level] + number
    depth = name.count("/") + 1
    paths = outline.nodes_at(depth)
    position = int(np.searchsorted(paths, path))
    return (depth, position, begin) if position < len(paths) and paths[position] == path else None


@lru_cache(maxsize=64)
def node_names(axes: Axes, level: Level) -> tuple[str, ...]:
    """Code of each node of a level by its number; blank for rows that have none there."""
    return (*axes.hierarchy(level.dimension).nodes(level.name), "")


@lru_cache(maxsize=64)
def _codes_at(axes: Axes, level: Level) -> Names:
    return in_array(node_names(axes, level))


@lru_cache(maxsize=64)
def _key_names(axes: Axes, level: Level) -> Names:
    """What each node of a level is called in keys, by its number."""
    return in_array([name_in_key(code) for code in node_names(axes, level)])


def in_array(names: Sequence[str]) -> Names:
    """Names as an array, to pick many of them by their numbers."""
    found = np.empty(len(names), dtype=object)
    found[:] = names
    return found


@lru_cache(maxsize=32)
def _numbers_by_name(axes: Axes, level: Level) -> Mapping[str, int]:
    """Number of each node of a level by what it is called in keys."""
    names = _key_names(axes, level).tolist()
    return {names[-1]: len(names) - 1, **{name: number for number, name in enumerate(names[:-1])}}
