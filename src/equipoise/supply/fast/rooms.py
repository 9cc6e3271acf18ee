"""Room of the fast finite plan: hours of resources and limits of suppliers, and what a unit started takes of them."""

from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np

from equipoise.core.grid import FloatArray, IntArray
from equipoise.supply.loading.in_order import served_in_order
from equipoise.supply.network.network import Network

NOTHING = 1e-9


@dataclass(frozen=True, eq=False)
class Uses:
    """What a unit started of each node takes of rooms: hours of resources, then units of limits; L uses."""

    node: IntArray
    room: IntArray
    per_unit: FloatArray
    bucket: IntArray
    """[L, T] bucket of the room that what is started in a bucket takes."""

    def places(self, worth: FloatArray) -> FloatArray:
        """Place of each use in the order in which room is given, the lowest first: by worth of the node [N] for what it
        takes, [L]."""
        found: FloatArray = worth[self.node] / -np.maximum(self.per_unit, NOTHING)
        return found

    def places_by_hour(self, by_hour: FloatArray, worth: FloatArray, hours: int) -> FloatArray:
        """The same with rooms below number `hours` given by worth for an hour [N], the others by worth for a unit."""
        return np.where(self.room < hours, -by_hour[self.node], self.places(worth))

    def fit(self, wanted: FloatArray, left: FloatArray, at: int, order: FloatArray | IntArray) -> FloatArray:
        """Part of what each node wants to start in bucket `at` for which there is room, [N]; `left` [rooms, T], `order`
        the places of the uses."""
        cells = self.room * left.shape[1] + self.bucket[:, at]
        part = served_in_order(self.per_unit * wanted[self.node], cells, order, np.maximum(left.ravel(), 0.0))
        found = np.ones(len(wanted))
        np.minimum.at(found, self.node, part)
        return found

    def part(self, begin: int, end: int) -> "Uses":
        """The uses of numbers begin .. end − 1."""
        chosen = slice(begin, end)
        return Uses(self.node[chosen], self.room[chosen], self.per_unit[chosen], self.bucket[chosen])

    def with_others(self, place: int, others: "Uses") -> "Uses":
        """These uses with others of the same nodes before number `place`."""
        parts = (self.part(0, place), others, self.part(place, len(self.node)))
        return Uses(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Uses)))

    def take(self, started: FloatArray, left: FloatArray, at: int) -> None:
        """Take the room of what is started in bucket `at`."""
        np.subtract.at(left, (self.room, self.bucket[:, at]), self.per_unit * started[self.node])


class UseArrays(NamedTuple):
    """Uses of rooms for compiled code."""

    node: IntArray
    per_unit: FloatArray
    cell: IntArray
    """[T, L] place in rooms × buckets of the cell that what is started in a bucket takes."""


def use_arrays(uses: Uses) -> UseArrays:
    """Uses for compiled code."""
    return UseArrays(uses.node, uses.per_unit, uses.room * uses.bucket.shape[1] + uses.bucket.T)


@dataclass(frozen=True, eq=False)
class RouteUses:
    """What a start of each route that fills a stock row takes of rooms; L uses."""

    route: IntArray
    uses: Uses
    """Their nodes are the stock rows."""


def route_uses(network: Network) -> RouteUses:
    """What all routes take of rooms: hours, then limits of suppliers."""
    routes, capacity, horizon = network.routes, network.capacity, network.horizon
    route, room, per_unit, bucket = routes.load_route, routes.load_resource, routes.load_hours, routes.load_bucket
    limits = [limit for limit in network.limits if limit.block == "make"]
    if limits:
        member = np.concatenate([limit.members for limit in limits])
        rooms = np.repeat(np.arange(len(limits)), [len(limit.members) for limit in limits]) + len(capacity.rate)
        route, room = np.concatenate([route, member]), np.concatenate([room, rooms])
        per_unit = np.concatenate([per_unit, *(limit.per_unit for limit in limits)])
        hours, bucket = bucket, np.empty((len(route), horizon), dtype=np.int64)
        bucket[: len(hours)], bucket[len(hours) :] = hours, np.arange(horizon)
    node = routes.stock[route]
    fills = (node >= 0).nonzero()[0]
    return RouteUses(route[fills], Uses(node[fills], room[fills], per_unit[fills], bucket[fills]))


def lane_uses(network: Network) -> Uses:
    """What lanes, as nodes, take of their limits."""
    limits, none = [limit for limit in network.limits if limit.block == "ship"], np.zeros(0, dtype=np.int64)
    if not limits:
        return Uses(none, none, np.zeros(0), np.zeros((0, network.horizon), dtype=np.int64))
    first = len(network.capacity.rate) + len(network.limits) - len(limits)
    node = np.concatenate([none, *(limit.members for limit in limits)])
    room = np.repeat(first + np.arange(len(limits)), [len(limit.members) for limit in limits])
    per_unit = np.concatenate([np.zeros(0), *(limit.per_unit for limit in limits)])
    bucket = np.broadcast_to(np.arange(network.horizon), (len(node), network.horizon))
    return Uses(node, room.astype(np.int64), per_unit, bucket)


def between_uses(network: Network, uses: Uses, lanes: IntArray, weight: FloatArray) -> Uses:
    """The same, of all lanes `uses`, for the stock rows that lanes between stocks fill; `weight` [F, T] is the part of
    each lane."""
    is_used = np.zeros(len(network.flows.to_stock), dtype=np.bool_)
    is_used[lanes] = True
    mine = is_used[uses.node]
    lane = uses.node[mine]
    per_unit = uses.per_unit[mine] * weight[lane].max(axis=1, initial=0.0)
    return Uses(network.flows.to_stock[lane], uses.room[mine], per_unit, uses.bucket[mine])


def read_rooms(network: Network) -> tuple[FloatArray, FloatArray]:
    """The room of resources, and of limits of suppliers and lanes, [rooms, T]: regular, and all of it."""
    most = [limit.most for block in ("make", "ship") for limit in network.limits if limit.block == block]
    standard, extra = _hours(network)
    limits = np.array(most).reshape(len(most), network.horizon)
    return np.concatenate([standard, limits]), np.concatenate([standard + extra, limits])


def _hours(network: Network) -> tuple[FloatArray, FloatArray]:
    """Standard hours of regular time that are left beside firm receipts, and beyond them, each [R, T].

    Of a workforce those of all the workers it may have.
    """
    capacity = network.capacity
    if network.rules.is_infinite:
        return np.full(capacity.clock.shape, np.inf), np.zeros(capacity.clock.shape)
    rate, crews = capacity.rate[:, None], capacity.is_workforce[:, None]
    can_hire = np.arange(network.horizon)[None, :] >= capacity.hire_from[:, None]
    people = np.where(can_hire, np.maximum(capacity.max_workers, 0.0)[:, None], capacity.workers[:, None])
    with np.errstate(invalid="ignore"):
        crew = np.where(capacity.hours_per_worker > 0, people * capacity.hours_per_worker, 0.0)
        clock = np.where(crews, np.minimum(crew, capacity.clock), capacity.clock + network.stock_rules.storage.relief)
        standard = np.where(np.isinf(clock), np.inf, clock * rate) - network.receipts.load
    extra = np.where(crews, 0.0, capacity.overtime)
    shift = np.zeros(extra.shape)
    shift[capacity.shifts] = capacity.shift_hours[capacity.shifts, None]
    shift[capacity.shifts, 0] *= capacity.to_go[capacity.shifts]
    return standard, (extra + np.where(crews, 0.0, shift)) * rate
