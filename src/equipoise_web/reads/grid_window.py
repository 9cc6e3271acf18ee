"""Which nodes of an outline are held: all of them where a page bears that, else the first of the top level and of the
children of nodes that were opened.
"""

from collections.abc import Mapping
from functools import lru_cache
from math import prod

import numpy as np

from equipoise.core.grid import IntArray
from equipoise_web.reads.grid_node_names import codes_at, numbers_by_name
from equipoise_web.reads.grid_outline import Outline
from equipoise_web.reads.grid_outline_tree import LowestNodes, OutlineTree

MOST_NODES = 10_000
"""Nodes of an outline that are held all at once."""
MOST_HELD = 2_000
"""Nodes that are held at once of an outline of more."""
MOST_SIBLINGS = 500
"""Children of one node that are held at once where not all are."""
Begins = Mapping[tuple[int, int], int]
"""By depth and position of a node the first of its children that is held."""


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
        codes[at[each]] = codes_at(outline.axes, outline.levels[each - 1])[own]
    shown = np.bincount(parent[1:], minlength=len(depth))
    for each in range(len(at)):
        children, here = outline.children(each), position[at[each]]
        hidden[at[each]] = children[here + 1] - children[here] - shown[at[each]]
    for (each, of), begin_at in begins.items():
        begun[at[each][position[at[each]] == of]] = begin_at
    nodes = LowestNodes(outline)
    reach = {grain: rows.reach for grain, rows in outline.rows.items()}
    nodes.tree = OutlineTree(
        outline.levels, depth, parent, number, tuple(codes.tolist()), nodes, reach,
        outline=outline, position=position, hidden=hidden, begins=begun,
    )  # fmt: skip
    return nodes.tree


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
        number = numbers_by_name(outline.axes, outline.levels[level]).get(code)
        if number is None:
            return None
        path = path * outline.sizes[level] + number
    depth = name.count("/") + 1
    paths = outline.nodes_at(depth)
    position = int(np.searchsorted(paths, path))
    return (depth, position, begin) if position < len(paths) and paths[position] == path else None
