"""What a good unit takes where it is made: hours of resources, limits of suppliers, components, and room in stock.

A *cell* names a quantity that runs out, by sort, number and bucket:

    hours  of a resource          limit  of a supplier or subcontractor    list  most of a row of table levers
    stock  of a stock row, spare  made   of it, by its first source        shelf of it, what can still be used in time
    place  room of a location     most   of a most-stock rule, what it lets stand there
"""

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from equipoise.core.grid import IntArray
from equipoise.supply.loading.infinite_plan import InfinitePlan, first_sources
from equipoise.supply.network.network import Network
from equipoise.supply.network.shelf_life import FOREVER

Cell = tuple[str, int, int]
"""Sort, number, bucket."""
Use = tuple[Cell, float]
"""A cell, and what is taken of it; below 0: what is given back."""


class Takes:
    """Lookups by route and stock row, built once; buckets of a route are those by which it is counted (`routes`)."""

    def __init__(self, network: Network, infinite: InfinitePlan) -> None:
        """Sorts uses, components, limits and rooms by what they belong to."""
        self.network = network
        # The same few routes are asked for in every gap.
        self._known: dict[tuple[int, int], list[Use]] = {}
        self._counted: dict[tuple[int, int, int], int | None] = {}
        self._loads = _by(network.routes.load_route)
        self._parts = _by(network.components.route)
        self._limits: dict[int, list[tuple[int, float]]] = defaultdict(list)
        for number, limit in enumerate(network.limits):
            if limit.block == "make":
                for member, weight in zip(limit.members.tolist(), limit.per_unit.tolist(), strict=True):
                    self._limits[member].append((number, weight))
        lanes = np.flatnonzero(first_sources(network)[1])
        self._lanes = {to: lanes[rows] for to, rows in _by(network.flows.to_stock[lanes]).items()}
        self._rooms: dict[int, list[tuple[str, int, float]]] = defaultdict(list)
        storage, most = network.stock_rules.storage, network.stock_rules.most
        for sort, room in (("place", storage.at_place), ("hours", storage.at_resource)):
            for stock, number, volume in zip(room.stock, room.room, room.volume, strict=True):
                if volume > 0:
                    self._rooms[int(stock)].append((sort, int(number), float(volume)))
        for number, stock in enumerate(most.rows.tolist()):
            self._rooms[stock].append(("most", number, 1.0))
        for stock in np.flatnonzero(network.stock_rules.shelf.life != FOREVER).tolist():
            self._rooms[stock].append(("shelf", stock, 1.0))

    def cells(self, route: int, bucket: int) -> list[Use]:
        """Hours and limits that a good unit of a route takes."""
        key = (route, bucket)
        if key not in self._known:
            self._known[key] = [*self._hours(route, bucket), *self._limited(route, bucket)]
        return self._known[key]

    def _hours(self, route: int, bucket: int) -> Iterator[Use]:
        routes = self.network.routes
        for n in self._loads.get(route, ()):
            if routes.load_hours[n] > 0:
                cell: Cell = ("hours", int(routes.load_resource[n]), int(routes.load_bucket[n, bucket]))
                yield cell, float(routes.load_hours[n] / routes.yield_ratio[route])

    def _limited(self, route: int, bucket: int) -> Iterator[Use]:
        for number, weight in self._limits.get(route, ()):
            if weight > 0:
                yield ("limit", number, bucket), weight / float(self.network.routes.yield_ratio[route])

    def parts(self, route: int, bucket: int) -> list[tuple[int, float]]:
        """Stock rows of the components of a route, and units of each for a good unit started in a bucket."""
        parts, good = self.network.components, float(self.network.routes.yield_ratio[route])
        found = ((int(parts.stock[n]), float(parts.quantity[n, bucket]) / good) for n in self._parts.get(route, ()))
        return [(stock, quantity) for stock, quantity in found if quantity > 0]

    def origins(self, stock: int, bucket: int) -> list[tuple[int, int, float]]:
        """Where a stock row that nobody makes is sent from: stock row, buckets on the way, share."""
        flows = self.network.flows
        share = np.nan_to_num(flows.share, nan=1.0)
        return [
            (int(flows.from_stock[n]), int(flows.lag[n]), float(share[n, bucket]))
            for n in self._lanes.get(stock, ())
            if share[n, bucket] > 0
        ]

    def rooms(self, stock: int) -> list[tuple[str, int, float]]:
        """What a unit in stock takes room of: sort and number of the cell, and how much."""
        return self._rooms.get(stock, [])

    def counted(self, route: int, resource: int, bucket: int) -> int | None:
        """The bucket by which a route is counted when it loads a resource in `bucket`; None: it does so in none."""
        key = (route, resource, bucket)
        if key not in self._counted:
            routes = self.network.routes
            uses = (n for n in self._loads.get(route, ()) if routes.load_resource[n] == resource)
            at = [int(t) for n in uses for t in np.flatnonzero(routes.load_bucket[n] == bucket)]
            # Hours that would fall before the first bucket stand in it: the latest start is the one meant.
            self._counted[key] = max(at, default=None)
        return self._counted[key]


def _by(owner: IntArray) -> dict[int, IntArray]:
    """Places of an array by its value, values below 0 left out."""
    order = np.argsort(owner, kind="stable")
    values, starts = np.unique(owner[order], return_index=True)
    bounds = pairwise([*starts.tolist(), len(order)])
    return {value: order[begin:end] for value, (begin, end) in zip(values.tolist(), bounds, strict=True) if value >= 0}
