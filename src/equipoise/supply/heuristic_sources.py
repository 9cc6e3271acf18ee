"""Where the fast finite plan gets an item from: its first source, then the others in their order of preference.

An item's own routes at a location start from the same bill of material. All is counted in starts of the first source,
so that `ratio` starts of another one bring as many good units.
"""

from dataclasses import dataclass

import numpy as np

from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.supply.heuristic_ground import Ground
from equipoise.supply.heuristic_rooms import Uses, between_uses, uses_of
from equipoise.supply.network import Network

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


def read_sources(
    ground: Ground, route: IntArray, lanes: IntArray, weight: FloatArray, waiting: FloatArray
) -> tuple[Sources, ...]:
    """The sources of a network, in their order; `route` [S] and `lanes` the first ones, `waiting` [S] what a unit that
    is not there in time costs a bucket."""
    network, cost = ground.network, ground.source_cost
    found = [_first(network, route, lanes, weight)]
    extra = _extra(network, cost, route, lanes)
    patience = np.maximum(PATIENCE * ground.holding, _overtime_premium(network, route))
    most = np.maximum(waiting * network.horizon, patience)
    for number in range(int(max((len(rows) for rows in extra.values()), default=0))):
        chosen = np.full(len(route), -1, dtype=np.int64)
        for stock, rows in extra.items():
            if number < len(rows):
                chosen[stock] = rows[number]
        found.append(_next(network, route, chosen, cost, patience, most))
    return tuple(found)


def _first(network: Network, route: IntArray, lanes: IntArray, weight: FloatArray) -> Sources:
    flows, routes, horizon = network.flows, network.routes, network.horizon
    stocks = len(network.opening)
    arrival = np.broadcast_to(np.arange(horizon), (stocks, horizon)).copy()
    is_open = np.zeros((stocks, horizon), dtype=np.bool_)
    filled = np.flatnonzero(route >= 0)
    arrival[filled], is_open[filled] = routes.arrival[route[filled]], routes.is_open[route[filled]]
    if len(lanes):
        # Of several lanes into a row the slowest counts, and all have to be open.
        order = lanes[np.argsort(flows.to_stock[lanes], kind="stable")]
        begins = np.flatnonzero(np.diff(flows.to_stock[order], prepend=-1) != 0)
        rows = flows.to_stock[order[begins]]
        arrival[rows] = np.maximum.reduceat(flows.arrival[order], begins, axis=0)
        is_open[rows] = np.logical_and.reduceat(flows.is_open[order], begins, axis=0)
    every = np.ones(stocks, dtype=np.bool_)
    uses = uses_of(network, route, np.ones(stocks)).beside(between_uses(network, lanes, weight))
    return Sources(route, uses, np.ones(stocks), every, every, every, arrival, is_open)


def _next(
    network: Network, first: IntArray, route: IntArray, cost: FloatArray, patience: FloatArray, most: FloatArray
) -> Sources:
    routes, horizon = network.routes, network.horizon
    there = np.flatnonzero(route >= 0)
    ratio, dearer = np.ones(len(route)), np.full(len(route), np.inf)
    by_route = first >= 0
    good, usual = np.ones(len(route)), np.zeros(len(route))
    good[by_route], usual[by_route] = routes.yield_ratio[first[by_route]], cost[first[by_route]]
    ratio[there] = good[there] / routes.yield_ratio[route[there]]
    dearer[there] = cost[route[there]] - usual[there]
    has_bill = np.zeros(len(route), dtype=np.bool_)
    has_bill[there] = routes.is_own[route[there]]
    arrival = np.broadcast_to(np.arange(horizon), (len(route), horizon)).copy()
    is_open = np.zeros((len(route), horizon), dtype=np.bool_)
    arrival[there], is_open[there] = routes.arrival[route[there]], routes.is_open[route[there]]
    uses = uses_of(network, route, ratio)
    return Sources(route, uses, ratio, has_bill, dearer <= patience, dearer <= most, arrival, is_open)


def _extra(network: Network, cost: FloatArray, first: IntArray, lanes: IntArray) -> dict[int, list[int]]:
    """The other routes of each stock row that has a source, by preference, then cost, then number; of one that lanes
    fill, what others deliver."""
    routes, stock = network.routes, network.routes.stock
    usable = (stock >= 0) & routes.is_open.any(axis=1)
    has_source = first >= 0
    has_source[network.flows.to_stock[lanes]] = True
    usable[usable] = has_source[stock[usable]]
    rows = np.flatnonzero(usable)
    rows = rows[first[stock[rows]] != rows]
    # What the first source does not take is not brought ahead for another one.
    takes = np.zeros(len(stock), dtype=np.bool_)
    takes[network.components.route] = True
    is_own = (first >= 0) & routes.is_own[first]
    rows = rows[is_own[stock[rows]] | ~takes[rows]]
    rank = network.ranks.make.mean(axis=1)
    order = rows[np.lexsort((rows, cost[rows], rank[rows], stock[rows]))]
    found: dict[int, list[int]] = {}
    for row in order.tolist():
        found.setdefault(int(stock[row]), []).append(row)
    return found


def _overtime_premium(network: Network, route: IntArray) -> FloatArray:
    """What overtime costs more than regular hours for a good unit of the first source, [S]."""
    routes, prices, capacity = network.routes, network.prices, network.capacity
    regular = np.where(capacity.is_workforce[:, None], 0.0, prices.regular)
    rate = np.where(capacity.rate > 0, capacity.rate, 1.0)
    dearer = np.maximum(prices.overtime - regular, 0.0).mean(axis=1) / rate
    by_route = np.bincount(
        routes.load_route, routes.load_hours * dearer[routes.load_resource], minlength=len(routes.stock)
    )
    found = np.zeros(len(route))
    there = route >= 0
    found[there] = (by_route / routes.yield_ratio)[route[there]]
    return found
