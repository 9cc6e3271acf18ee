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
from equipoise_web.reads.grid_outline import Outline
from equipoise_web.reads.grid_outline_tree import OutlineTree, Roll

Read = Callable[[IntArray], FloatArray]
"""Reads stored sums at some places into an array of their own, [n, T]."""
Summed = Callable[[IntArray, Roll], FloatArray]
"""Sums the cells of rows with a roll."""


def merged(tree: OutlineTree, grain: Grain, read: Read, seen: BoolArray | None, summed: Summed) -> FloatArray:
    """What is stored in the nodes that may be read from there, what `summed` makes of rows in the others, [R, T]."""
    split = _split(tree, grain, seen)
    if split.is_long:
        return summed(tree.rows(grain), lambda cells, **how: tree.roll_up(grain, cells, **how))
    if split.is_none:
        found = np.full((len(tree), read(split.places[:0]).shape[1]), np.nan)
    else:
        found = read(split.places)  # of all at once: to pick some out and put them in their places takes longer
        found[split.beyond] = np.nan
    if len(split.rest):
        found[split.rest] = summed(split.rows, split.roll)
    return found


@dataclass(frozen=True, eq=False)
class _Split:
    """Where the sums of the nodes are that may be read, and the others with the rows below them."""

    places: IntArray
    """[R]; of those that may not be read, the place of some other."""
    is_none: bool
    """None may be read."""
    beyond: IntArray
    """Nodes below the levels that the grain has."""
    rest: IntArray
    """Nodes to be summed from rows."""
    rows: IntArray
    roll: Roll
    is_long: bool
    """So many rows lie below the others that summing all of them once, level by level, is quicker."""


def _split(tree: OutlineTree, grain: Grain, seen: BoolArray | None) -> _Split:
    key: Hashable = ("split", grain, None if seen is None else id(seen))
    if key not in tree.kept:
        places = stored_places(tree, grain, seen)
        is_read, is_known = places >= 0, tree.knows(grain)
        rest, beyond = np.flatnonzero(~is_read & is_known), np.flatnonzero(~is_known)
        is_long = _row_count(tree, grain, rest) > 2 * len(tree.rows(grain))
        part = tree.part(grain, rest[:0] if is_long else rest)
        tree.kept[key] = _Split(np.maximum(places, 0), not is_read.any(), beyond, rest, *part, is_long), seen
    found: _Split = tree.kept[key][0]
    return found


def _row_count(tree: OutlineTree, grain: Grain, nodes: IntArray) -> int:
    begin, end = tree.slices(grain) if len(nodes) else (nodes, nodes)
    return int((end - begin)[nodes].sum())


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
    found = np.full(len(tree), -1, dtype=np.int64)
    for depth in range(tree.reach[grain] + 1):
        at = tree.at[depth]
        if len(at):
            found[at] = _places_at(tree.outline, layout, depth)[tree.position[at]]
    if seen is not None:
        begin, end = tree.slices(grain)
        before = np.concatenate([[0], np.cumsum(seen[tree.rows(grain)])])
        found[before[end] - before[begin] != end - begin] = -1
    return found


def _places_at(outline: Outline, layout: Layout, depth: int) -> IntArray:
    """Place of the sum of every node of a depth; −1 where the outline shows but a part of its rows, or none is stored.

    Worked out once of all of them, whichever a reader opens.
    """
    key: Hashable = ("places", layout.grain, depth)
    if key not in outline.kept:
        nodes = [_node_of(outline, depth, dimension) for dimension in DIMENSIONS[layout.grain]]
        (level, first), (other_level, second) = nodes
        block = layout.block((level, other_level))
        place = np.full(len(first), -1, dtype=np.int64)
        if block is not None:
            place = block.begin + first * block.second + second
            place[layout.counts[place] != np.diff(outline.edges(layout.grain, depth))] = -1
        outline.kept[key] = place
    found: IntArray = outline.kept[key]
    return found


def _node_of(outline: Outline, depth: int, dimension: str) -> tuple[str, IntArray]:
    """The finest level of a dimension that nodes of a depth are narrowed to, by their path or by the view, and the
    number of each of them there."""
    paths = outline.nodes_at(depth)
    order = ("", *reversed(outline.axes.hierarchy(dimension).levels))
    level, number = _view_node(outline.axes, dimension, dict(outline.nodes).get(dimension, ""))
    numbers = np.full(len(paths), number, dtype=np.int64)
    for each in range(depth):
        mine = outline.levels[each]
        if mine.dimension == dimension and order.index(mine.name) >= order.index(level):
            level = mine.name
            above = paths // int(np.prod(outline.sizes[each + 1 : depth], dtype=np.int64))
            numbers = above % outline.sizes[each]
    return level, numbers


def _view_node(axes: Axes, dimension: str, node: str) -> tuple[str, int]:
    hierarchy = axes.hierarchy(dimension)
    level = hierarchy.level_of(node)
    if level == "all":
        return "", 0
    code = node.partition(":")[2] if node.startswith(f"{level}:") else node
    return level, hierarchy.nodes(level).index(code)
