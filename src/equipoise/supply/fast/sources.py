"""Where the fast finite plan gets an item from: its first source, then the others in their order of preference.

An item's own routes at a location start from the same bill of material. All is counted in starts of the first source,
so that `ratio` starts of another one bring as many good units.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.supply.fast.ground import Ground
from equipoise.supply.fast.rooms import Uses, between_uses
from equipoise.supply.loading.in_order import begins
from equipoise.supply.network.network import Network

PATIENCE = 2.0
"""A source that costs more by no more than so many buckets of holding, or than overtime, goes before both."""


@dataclass(frozen=True, eq=False)
class Sources:
    """One source of each of S stock rows, where there is one: the first, the second, ..."""

    route: IntArray
    """[S] −1: none, or lanes fill the row."""
    uses: Uses
    ratio: FloatArray
    """[S] starts of it for each start of the first source."""
    has_bill: BoolArray
    """[S] whether it takes what the first source takes; what others deliver takes nothing."""
    is_cheap: BoolArray
    """[S] whether it goes before overtime."""
    is_worth: BoolArray
    """[S] whether it costs no more than to wait to the horizon's end, or to lose the sale."""
    arrival: IntArray
    is_open: BoolArray
    """[S, T]"""


class SourceArrays(NamedTuple):
    """K sources of S stock rows, for compiled code."""

    route: IntArray
    ratio: FloatArray
    has_bill: BoolArray
    is_cheap: BoolArray
    is_worth: BoolArray
    """[K, S]"""
    arrival: IntArray
    is_open: BoolArray
    """[K, S, T]"""
    use_starts: IntArray
    """[K + 1] where the uses of each source begin."""


@dataclass(frozen=True, eq=False)
class Sourcing:
    """All sources of a network, in their order."""

    arrays: SourceArrays
    uses: Uses
    """What they take of rooms, those of one source after those of another."""

    @cached_property
    def first_uses(self) -> Uses:
        """What the first sources take of rooms."""
        return self.uses.part(0, int(self.arrays.use_starts[1]))

    @cached_property
    def each(self) -> tuple[Sources, ...]:
        """The sources one by one."""
        of, spans = self.arrays, pairwise(self.arrays.use_starts.tolist())
        return tuple(
            Sources(route, self.uses.part(begin, end), *rest)
            for (begin, end), route, *rest in zip(
                spans, of.route, of.ratio, of.has_bill, of.is_cheap, of.is_worth, of.arrival, of.is_open, strict=True
            )
        )


def read_sources(ground: Ground, route: IntArray, lanes: IntArray, weight: FloatArray, waiting: FloatArray) -> Sourcing:
    """The sources of a network, in their order; `route` [S] and `lanes` the first ones, `waiting` [S] what a unit that
    is not there in time costs a bucket."""
    network, routes, cost = ground.network, ground.network.routes, ground.source_cost
    chosen = np.concatenate([route[None, :], _extra(network, cost, route, lanes)])
    there = chosen >= 0
    row, stock = chosen[there], np.nonzero(there)[1]
    filled = (route >= 0).nonzero()[0]
    good, usual = np.ones(len(route)), np.zeros(len(route))
    good[filled], usual[filled] = routes.yield_ratio[route[filled]], cost[route[filled]]
    ratio, dearer = np.ones(chosen.shape), np.full(chosen.shape, np.inf)
    ratio[there], dearer[there] = good[stock] / routes.yield_ratio[row], cost[row] - usual[stock]
    has_bill = np.zeros(chosen.shape, dtype=np.bool_)
    has_bill[there] = routes.is_own[row]
    patience = np.maximum(PATIENCE * ground.holding, _overtime_premium(network, route))
    is_cheap, is_worth = dearer <= patience, dearer <= np.maximum(waiting * network.horizon, patience)
    has_bill[0], is_cheap[0], is_worth[0] = True, True, True
    arrival = np.empty((*chosen.shape, network.horizon), dtype=np.int64)
    is_open = np.zeros(arrival.shape, dtype=np.bool_)
    arrival[:] = np.arange(network.horizon)
    arrival[there], is_open[there] = routes.arrival[row], routes.is_open[row]
    _fill_by_lanes(network, lanes, arrival[0], is_open[0])
    uses, starts = _uses(ground, chosen, ratio, lanes, weight)
    return Sourcing(SourceArrays(chosen, ratio, has_bill, is_cheap, is_worth, arrival, is_open, starts), uses)


def _fill_by_lanes(network: Network, lanes: IntArray, arrival: IntArray, is_open: BoolArray) -> None:
    """When what lanes bring arrives, and when it may leave, [S, T], in place."""
    if not len(lanes):
        return
    # Of several lanes into a row the slowest counts, and all have to be open.
    flows = network.flows
    order = lanes[np.argsort(flows.to_stock[lanes], kind="stable")]
    firsts = begins(flows.to_stock[order]).nonzero()[0]
    rows = flows.to_stock[order[firsts]]
    if len(rows) == len(lanes):
        arrival[rows], is_open[rows] = flows.arrival[order], flows.is_open[order]
        return
    arrival[rows] = np.maximum.reduceat(flows.arrival[order], firsts, axis=0)
    is_open[rows] = np.logical_and.reduceat(flows.is_open[order], firsts, axis=0)


def _uses(
    ground: Ground, chosen: IntArray, ratio: FloatArray, lanes: IntArray, weight: FloatArray
) -> tuple[Uses, IntArray]:
    """What sources [K, S] and the lanes beside the first ones take of rooms, and where those of each begin, [K + 1]."""
    every = ground.route_uses.uses
    mine = chosen[:, every.node] == ground.route_uses.route
    number, use = np.nonzero(mine)
    node = every.node[use]
    uses = Uses(node, every.room[use], every.per_unit[use] * ratio[number, node], every.bucket[use])
    starts = np.zeros(len(chosen) + 1, dtype=np.int64)
    mine.sum(axis=1).cumsum(out=starts[1:])
    if len(ground.carriers.node):
        by_lanes = between_uses(ground.network, ground.carriers, lanes, weight)
        uses = uses.with_others(int(starts[1]), by_lanes)
        starts[1:] += len(by_lanes.node)
    return uses, starts


def _extra(network: Network, cost: FloatArray, first: IntArray, lanes: IntArray) -> IntArray:
    """The other routes of each stock row that has a source, [K − 1, S], −1 none, by preference, then cost, then number;
    of one that lanes fill, what others deliver."""
    routes, stock = network.routes, network.routes.stock
    usable = (stock >= 0) & routes.is_open.any(axis=1)
    has_source = first >= 0
    has_source[network.flows.to_stock[lanes]] = True
    usable[usable] = has_source[stock[usable]]
    rows = usable.nonzero()[0]
    rows = rows[first[stock[rows]] != rows]
    # What the first source does not take is not brought ahead for another one.
    takes = np.zeros(len(stock), dtype=np.bool_)
    takes[network.components.route] = True
    is_own = first >= 0
    is_own[is_own] = routes.is_own[first[is_own]]
    rows = rows[is_own[stock[rows]] | ~takes[rows]]
    rank = network.ranks.make.sum(axis=1) / network.horizon
    order = rows[np.lexsort((rows, cost[rows], rank[rows], stock[rows]))]
    # Place of each route among those of its stock row.
    target, every = stock[order], np.arange(len(order))
    place = every - np.maximum.accumulate(np.where(begins(target), every, 0))
    found = np.full((int(place.max(initial=-1)) + 1, len(first)), -1, dtype=np.int64)
    found[place, target] = order
    return found


def _overtime_premium(network: Network, route: IntArray) -> FloatArray:
    """What overtime costs more than regular hours for a good unit of the first source, [S]."""
    routes, prices, capacity = network.routes, network.prices, network.capacity
    regular = np.where(capacity.is_workforce[:, None], 0.0, prices.regular)
    rate = np.where(capacity.rate > 0, capacity.rate, 1.0)
    dearer = np.maximum(prices.overtime - regular, 0.0).sum(axis=1) / network.horizon / rate
    by_route = np.bincount(
        routes.load_route, routes.load_hours * dearer[routes.load_resource], minlength=len(routes.stock)
    )
    found = np.zeros(len(route))
    there = route >= 0
    found[there] = (by_route / routes.yield_ratio)[route[there]]
    return found
