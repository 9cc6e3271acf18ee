"""The axes of a plan: calendar, hierarchies and the rows of each grain, fixed once per snapshot.

Every array of a plan is [rows of a grain, buckets]; integer position is identity, so stages never align or join.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from equipoise.core.adjustment import Scope
from equipoise.core.calendar import Calendar
from equipoise.core.grid import BoolArray, IntArray
from equipoise.core.hierarchy import Hierarchy
from equipoise.core.identity import array_bytes, digest_parts
from equipoise.core.measure import Grain
from equipoise.core.panel import Keys
from equipoise.core.table import UnknownName


@dataclass(frozen=True, eq=False)
class Axes:
    """Calendar, one hierarchy per dimension, and the keys of the five grains."""

    calendar: Calendar
    items: Hierarchy
    markets: Hierarchy
    locations: Hierarchy
    resources: Hierarchy
    keys: Mapping[Grain, Keys]
    lines: IntArray | None = None
    """Of each row of grain make the resource that works longest on a unit of it, −1 for what is bought; None: unknown.

    It is the one resource in which a route is counted when production is parted by resources; its load is on all."""

    @property
    def horizon(self) -> int:
        """Number of planning buckets, T."""
        return self.calendar.horizon

    def hierarchy(self, dimension: str) -> Hierarchy:
        """The hierarchy of item, market, location or resource."""
        found = {"item": self.items, "market": self.markets, "location": self.locations, "resource": self.resources}
        if dimension not in found:
            raise UnknownName(f"there is no dimension {dimension!r}; there are {', '.join(found)}")
        return found[dimension]

    @cached_property
    def places(self) -> tuple[str, ...]:
        """Locations, then markets: what a lane may lead to."""
        return self.locations.leaves + self.markets.leaves

    @cached_property
    def digest(self) -> str:
        """SHA-256 of keys and hierarchies."""
        parts: list[bytes] = []
        for grain, keys in self.keys.items():
            parts.append(grain.value.encode())
            parts += [array_bytes(column) for column in keys.columns]
            parts += ["\0".join(codes).encode() for codes in keys.codes]
        for hierarchy in (self.items, self.markets, self.locations, self.resources):
            parts.append(repr(hierarchy.paths).encode())
        return digest_parts(parts)

    def rows(self, grain: Grain, nodes: Mapping[str, str] | Scope) -> IntArray:
        """Rows of a grain below one node per dimension, ascending; dimensions the grain does not have must be blank.

        A flow's `location` is where it leaves; its `market` is the market it reaches. What is made lies on its line.
        """
        asked = _nodes_of(nodes)
        keys = self.keys[grain]
        inside = np.ones(len(keys), dtype=np.bool_)
        for dimension, node in asked.items():
            if node == "":
                continue
            hierarchy = self.hierarchy(dimension)
            members = np.zeros(len(hierarchy), dtype=np.bool_)
            members[hierarchy.positions(node)] = True
            inside &= self._membership(keys, dimension, members)
        return np.flatnonzero(inside)

    def _membership(self, keys: Keys, dimension: str, members: BoolArray) -> BoolArray:
        inside: BoolArray
        if dimension in keys.dimensions:
            inside = members[keys.column(dimension)]
            return inside
        if keys.grain is Grain.FLOW and dimension == "location":
            inside = members[keys.column("from")]
            return inside
        if keys.grain is Grain.FLOW and dimension == "market":
            inside = np.concatenate([np.zeros(len(self.locations), dtype=np.bool_), members])[keys.column("to")]
            return inside
        if keys.grain is Grain.MAKE and dimension == "resource" and self.lines is not None:
            inside = np.append(members, False)[self.lines]
            return inside
        raise UnknownName(f"measures of grain {keys.grain} have no {dimension}; they have {', '.join(keys.dimensions)}")

    def groups(self, grain: Grain, level: str) -> tuple[IntArray, tuple[str, ...]]:
        """Number of each row's node at a level of any of the grain's dimensions, and the node codes.

        Rows without a node there get −1.
        """
        keys = self.keys[grain]
        for dimension in keys.dimensions:
            if dimension in ("from", "to", "route"):
                if level == dimension:
                    return keys.column(dimension), keys.codes[keys.dimensions.index(dimension)]
                continue
            hierarchy = self.hierarchy(dimension)
            if level in hierarchy.levels:
                return hierarchy.groups(level)[keys.column(dimension)], hierarchy.nodes(level)
        raise UnknownName(f"measures of grain {grain} cannot be grouped by {level!r}")


def _nodes_of(nodes: Mapping[str, str] | Scope) -> Mapping[str, str]:
    if isinstance(nodes, Scope):
        return {"item": nodes.item, "market": nodes.market, "location": nodes.location, "resource": nodes.resource}
    return nodes
