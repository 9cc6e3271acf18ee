"""Stored roll-ups in the nodes of a grid's tree: which node may be read from them, and which must be summed.

A node may where it shows every row that the stored sum is of: it then lies wholly in what the person sees and in what
the view is narrowed to. That is told by counting rows, for a node's rows are always some of those of its stored sum.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass

import numpy as np

from equipoise.core.axes import Axes
from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.core.measure import Grain
from equipoise.stored_rollups import DIMENSIONS, Layout, layout_of
from equipoise_web.reads.grid_outline import OutlineTree, Roll

Read = Callable[[IntArray], FloatArray]
"""Reads stored sums at some places, [n, T]."""
Summed = Callable[[IntArray, Roll], FloatArray]
"""Sums the cells of rows with a roll."""


def merged(tree: OutlineTree, grain: Grain, read: Read, seen: BoolArray | None, summed: Summed) -> FloatArray:
    """What is stored in the nodes that may be read from there, what `summed` makes of rows in the others, [R, T]."""
    split = _split(tree, grain, seen)
    if split.is_long:
        return summed(tree.rows(grain), lambda cells, **how: tree.roll_up(grain, cells, **how))
    sums = read(split.places)
    if len(split.known) == len(tree):
        return sums
    found = np.full((len(tree), sums.shape[1]), np.nan)
    found[split.known] = sums
    if len(split.rest):
        found[split.rest] = summed(split.rows, split.roll)
    return found


@dataclass(frozen=True, eq=False)
class _Split:
    """Nodes that may be read, where their sums are, and the others with the rows below them."""

    known: IntArray
    places: IntArray
    rest: IntArray
    rows: IntArray
    roll: Roll
    is_long: bool
    """So many rows lie below the others that summing all of them once, level by level, is quicker."""


def _split(tree: OutlineTree, grain: Grain, seen: BoolArray | None) -> _Split:
    key: Hashable = ("split", grain, None if seen is None else id(seen))
    if key not in tree.kept:
        places = stored_places(tree, grain, seen)
        known, rest = np.flatnonzero(places >= 0), np.flatnonzero((places < 0) & tree.knows(grain))
        begin, end = tree.slices(grain)
        is_long = int((end - begin)[rest].sum()) > 2 * len(tree.rows(grain))
        part = tree.part(grain, rest[:0] if is_long else rest)
        tree.kept[key] = _Split(known, places[known], rest, *part, is_long), seen
    found: _Split = tree.kept[key][0]
    return found


def stored_places(tree: OutlineTree, grain: Grain, seen: BoolArray | None) -> IntArray:
    """Place of each node's sum in the layout of a grain, [R]; −1 where it must be summed from rows."""
    key: Hashable = ("places", grain, None if seen is None else id(seen))
    if key not in tree.kept:
        layout = layout_of(tree.outline.axes, grain)
        assert layout is not None, f"sums of {grain} are not stored"
        # `seen` is kept beside, so that no other array can take its id.
        tree.kept[key] = _places(tree, layout, seen), seen
    found: IntArray = tree.kept[key][0]
    return found


def _places(tree: OutlineTree, layout: Layout, seen: BoolArray | None) -> IntArray:
    grain = layout.grain
    begin, end = tree.slices(grain)
    counts = end - begin
    if seen is not None:
        before = np.concatenate([[0], np.cumsum(seen[tree.rows(grain)])])
        counts = np.where(before[end] - before[begin] == counts, counts, -1)
    found = np.full(len(tree), -1, dtype=np.int64)
    for depth in range(tree.reach[grain] + 1):
        at = tree.at[depth]
        levels, numbers = [], []
        for dimension in DIMENSIONS[grain]:
            level, number = _node_of(tree, depth, at, dimension)
            levels.append(level)
            numbers.append(number)
        block = layout.block((levels[0], levels[1]))
        if block is not None:
            place = block.begin + numbers[0] * block.second + numbers[1]
            found[at] = np.where(layout.counts[place] == counts[at], place, -1)
    return found


def _node_of(tree: OutlineTree, depth: int, at: IntArray, dimension: str) -> tuple[str, IntArray]:
    """The finest level of a dimension that nodes of a depth are narrowed to, by their path or by the view, and the
    number of each of them there."""
    outline = tree.outline
    order = ("", *reversed(outline.axes.hierarchy(dimension).levels))
    level, number = _view_node(outline.axes, dimension, dict(outline.nodes).get(dimension, ""))
    numbers = np.full(len(at), number, dtype=np.int64)
    for each in range(depth):
        mine = outline.levels[each]
        if mine.dimension == dimension and order.index(mine.name) >= order.index(level):
            level = mine.name
            above = tree.paths[at] // int(np.prod(outline.sizes[each + 1 : depth], dtype=np.int64))
            numbers = above % outline.sizes[each]
    return level, numbers


def _view_node(axes: Axes, dimension: str, node: str) -> tuple[str, int]:
    hierarchy = axes.hierarchy(dimension)
    level = hierarchy.level_of(node)
    if level == "all":
        return "", 0
    code = node.partition(":")[2] if node.startswith(f"{level}:") else node
    return level, hierarchy.nodes(level).index(code)
