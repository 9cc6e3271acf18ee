"""A dimension and its levels: item under sub-family, family, category; market under customer, channel, region.

Leaves are sorted by their path from the top, so the leaves of a node of the first hierarchy are one contiguous slice
and roll-ups are `np.add.reduceat` over slices.

>>> tools = Hierarchy.build("item", ("item", "family"), [("saw", "tools"), ("glue", "paint"), ("axe", "tools")])
>>> tools.leaves, tools.nodes("family"), tools.positions("tools").tolist()
(('glue', 'axe', 'saw'), ('paint', 'tools'), [1, 2])
>>> tools.positions("").tolist(), tools.level_of("family:tools"), tools.level_of("saw")
([0, 1, 2], 'family', 'item')
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

import numpy as np

from equipoise.core.grid import IntArray
from equipoise.core.table import UnknownName

ITEM_LEVELS = ("item", "subfamily", "family", "category")
MARKET_LEVELS = ("market", "customer", "channel", "region")
LOCATION_LEVELS = ("location", "region", "company")
RESOURCE_LEVELS = ("resource", "location")


@dataclass(frozen=True)
class Hierarchy:
    """Leaves of one dimension with the node of every level above each of them ("" where it has none)."""

    dimension: str
    levels: tuple[str, ...]
    """Leaf level first."""
    paths: tuple[tuple[str, ...], ...]
    """For each leaf, its code at each level, in the order of `levels`."""

    @staticmethod
    def build(dimension: str, levels: Sequence[str], paths: Iterable[Sequence[str]]) -> "Hierarchy":
        """Sort the leaves by their path from the top down; leaf codes must be unique."""
        rows = sorted((tuple(path) for path in paths), key=lambda path: tuple(reversed(path)))
        leaves = [row[0] for row in rows]
        if len(set(leaves)) != len(leaves):
            twice = sorted({leaf for leaf in leaves if leaves.count(leaf) > 1})
            raise UnknownName(f"{dimension} codes stand twice: {', '.join(twice[:5])}")
        return Hierarchy(dimension, tuple(levels), tuple(rows))

    @cached_property
    def leaves(self) -> tuple[str, ...]:
        """Leaf codes in order; the position in this tuple is the leaf's number."""
        return tuple(path[0] for path in self.paths)

    @cached_property
    def position(self) -> Mapping[str, int]:
        """Number of each leaf."""
        return {leaf: number for number, leaf in enumerate(self.leaves)}

    def __len__(self) -> int:
        """Number of leaves."""
        return len(self.paths)

    def codes(self, level: str) -> tuple[str, ...]:
        """Code of each leaf at `level`, [n]."""
        return self._codes[self._column(level)]

    @cached_property
    def _codes(self) -> tuple[tuple[str, ...], ...]:
        return tuple(tuple(path[column] for path in self.paths) for column in range(len(self.levels)))

    def nodes(self, level: str) -> tuple[str, ...]:
        """Distinct codes of a level in order of first appearance (the sort order of leaves)."""
        return self._nodes[self._column(level)]

    @cached_property
    def _nodes(self) -> tuple[tuple[str, ...], ...]:
        return tuple(tuple(dict.fromkeys(code for code in codes if code)) for codes in self._codes)

    def groups(self, level: str) -> IntArray:
        """Number of each leaf's node within `nodes(level)`, −1 where it has none, [n]."""
        numbers = {node: number for number, node in enumerate(self.nodes(level))}
        return np.array([numbers.get(code, -1) for code in self.codes(level)], dtype=np.int64)

    def _column(self, level: str) -> int:
        if level not in self.levels:
            raise UnknownName(f"{self.dimension} has no level {level!r}; it has {', '.join(self.levels)}")
        return self.levels.index(level)

    @cached_property
    def _level_by_code(self) -> Mapping[str, str]:
        """A code that stands at two levels means the lowest (tables.md)."""
        found: dict[str, str] = {}
        for level in self.levels:
            for code in self.codes(level):
                if code:
                    found.setdefault(code, level)
        return found

    def knows(self, node: str) -> bool:
        """True if `node` is a code of some level (or blank: all)."""
        level, _, code = node.partition(":")
        if code and level in self.levels:
            return code in self.codes(level)
        return node == "" or node in self._level_by_code

    def level_of(self, node: str) -> str:
        """Level of a node; `family:tools` names it outright, blank is `all`. UnknownName with near matches."""
        if node == "":
            return "all"
        level, _, code = node.partition(":")
        if code and level in self.levels and code in self.codes(level):
            return level
        if node in self._level_by_code:
            return self._level_by_code[node]
        near = get_close_matches(node, self._level_by_code, n=2)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise UnknownName(f"no {self.dimension} {node!r} at any of {', '.join(self.levels)}{hint}")

    def specificity(self, node: str) -> int:
        """0 for all, larger for nearer to the leaf: the order in which rates are painted."""
        level = self.level_of(node)
        return 0 if level == "all" else len(self.levels) - self._column(level)

    def positions(self, node: str) -> IntArray:
        """Numbers of the leaves below a node, ascending; all of them for blank."""
        level = self.level_of(node)
        if level == "all":
            return np.arange(len(self), dtype=np.int64)
        code = node.partition(":")[2] if node.startswith(f"{level}:") else node
        if level == self.levels[0]:
            return np.array([self.position[code]], dtype=np.int64)
        return self._members[level, code]

    @cached_property
    def _members(self) -> Mapping[tuple[str, str], IntArray]:
        found: dict[tuple[str, str], list[int]] = {}
        for number, path in enumerate(self.paths):
            for level, code in zip(self.levels[1:], path[1:], strict=True):
                if code:
                    found.setdefault((level, code), []).append(number)
        return {node: np.array(numbers, dtype=np.int64) for node, numbers in found.items()}
