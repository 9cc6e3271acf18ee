"""Moving what is short to other lanes: the fast plan is made again with shares that lean away from late sources.

After a plan each stock row has a lateness, the buckets that a unit asked of it waits: its own, or that of the fullest
room it takes, or that of where it comes from. Every lane into a market or between stocks then has a price: freight, the
cost of what it carries, and lateness × what waiting costs there. Part of what the dearer lanes carry moves to the
cheapest one of the same receiver, less in each round; the best plan of all rounds counts. What is bought where a lane
leads to as well comes by the lane once that is cheaper, and is bought beside it.
"""

from dataclasses import replace

import numpy as np

from equipoise.core.grid import FloatArray, IntArray
from equipoise.supply.heuristic_run import Run
from equipoise.supply.heuristic_ways import Round, Ways
from equipoise.supply.network import Network
from equipoise.supply.product_structure import ProductStructure

STEPS = (0.6, 0.4, 0.3, 0.2, 0.15, 0.1)
"""Part of what the dearer lanes carry that moves in each round."""
NOTHING, GAIN = 1e-9, 1e-6


def shifted(now: Round, run: Run, step: float, least: float) -> Ways | None:
    """The ways after a plan, with a part moved; None where that promises to save less than `least` money.

    The promise is what the moved units cost less where they go, if all waits there as it did.
    """
    ground, ways, waiting = now.ground, now.ways, now.waiting
    network, flows = ground.network, ground.network.flows
    before, late = ways, lateness(now, run)
    if late.max(initial=0.0) <= NOTHING:
        return None
    landed = landed_costs(now)
    price = ground.freight + landed[np.maximum(flows.from_stock, 0)]
    inside = flows.from_stock >= 0
    to_market, to_stock = inside & (flows.to_demand >= 0), inside & (flows.to_stock >= 0)
    wait = np.zeros(len(price))
    wait[to_market] = ground.late_cost[flows.to_demand[to_market]]
    wait[to_stock] = waiting[flows.to_stock[to_stock]]
    price = price + wait * late[np.maximum(flows.from_stock, 0)]
    may = (
        (flows.is_open | (flows.arrival >= network.horizon)).all(axis=1)
        & np.isnan(flows.share).all(axis=1)
        & np.isfinite(price)
    )
    share = _moved(ways.share, flows.to_demand, np.flatnonzero(to_market & may), price, step)
    between = to_stock & may
    ways = _by_lanes(network, ways, np.flatnonzero(between), price, landed + waiting * late)
    filled = np.zeros(len(network.opening), dtype=np.bool_)
    filled[flows.to_stock[ways.lanes]] = True
    between[between] = filled[flows.to_stock[between]]
    weight = _moved(ways.weight, flows.to_stock, np.flatnonzero(between), price, step)
    demand = network.demand[flows.to_demand[ground.markets]]
    received = run.asked[flows.to_stock[between]] / network.horizon
    saved = _saved((before.share - share)[ground.markets] * demand, price[ground.markets])
    saved += _saved((before.weight - weight)[between] * received[:, None], price[between])
    if ways.route is before.route and saved <= max(least, GAIN):
        return None
    return replace(ways, share=share, weight=weight)


def _saved(moved: FloatArray, price: FloatArray) -> float:
    """Money that units taken from lanes, [n, T], save; below 0 units are added."""
    units = moved.sum(axis=1)
    some = units != 0
    return float((units[some] * price[some]).sum())


def _by_lanes(network: Network, ways: Ways, lanes: IntArray, price: FloatArray, at_hand: FloatArray) -> Ways:
    """The ways with lanes as first source of what is bought for more than it comes by them; `at_hand` [S]."""
    target = network.flows.to_stock[lanes]
    route = ways.route[target]
    is_bought = route >= 0
    is_bought[is_bought] = ~network.routes.is_own[route[is_bought]]
    chosen = lanes[is_bought & (price[lanes] + GAIN < at_hand[target])]
    if not len(chosen):
        return ways
    order = chosen[np.lexsort((chosen, price[chosen], network.flows.to_stock[chosen]))]
    best = order[np.diff(network.flows.to_stock[order], prepend=-1) != 0]
    new_route, weight = ways.route.copy(), ways.weight.copy()
    new_route[network.flows.to_stock[best]] = -1
    weight[best] = 1.0
    return replace(ways, route=new_route, weight=weight)


def _moved(carried: FloatArray, target: IntArray, lanes: IntArray, price: FloatArray, step: float) -> FloatArray:
    """Shares after a part of those of dearer lanes went to the cheapest lane of the same receiver."""
    if not len(lanes):
        return carried
    order = lanes[np.lexsort((lanes, price[lanes], target[lanes]))]
    is_first = np.diff(target[order], prepend=-1) != 0
    first = order[is_first]
    best = first[np.cumsum(is_first) - 1]
    gives = price[order] > price[best] + GAIN
    given = carried[order] * np.where(gives, step, 0.0)[:, None]
    found = carried.copy()
    found[order] -= given
    found[first] += np.add.reduceat(given, np.flatnonzero(is_first), axis=0)
    return found


def lateness(now: Round, run: Run) -> FloatArray:
    """Buckets that a unit asked of each stock row waits, by itself, its rooms or what it comes from, [S]."""
    structure, uses = now.structure, now.sources[0].uses
    found = run.behind / np.maximum(run.asked, NOTHING)
    found[run.asked <= NOTHING] = 0.0
    rooms = int(uses.room.max(initial=-1)) + 1
    late = np.bincount(uses.room, uses.per_unit * run.behind[uses.node], minlength=rooms)
    total = np.bincount(uses.room, uses.per_unit * run.asked[uses.node], minlength=rooms)
    by_room = np.where(total > NOTHING, late / np.maximum(total, NOTHING), 0.0)
    np.maximum.at(found, uses.node, by_room[uses.room])
    return _from_components(structure, found)


def _from_components(structure: ProductStructure, late: FloatArray) -> FloatArray:
    """Lateness with that of where each node comes from, the deepest first."""
    found = late.copy()
    parent_place = structure.code[structure.parent]
    for code in range(int(structure.code.max(initial=0)) - 1, -1, -1):
        links = np.flatnonzero(parent_place == code)
        np.maximum.at(found, structure.parent[links], found[structure.component[links]])
    return found


def landed_costs(now: Round) -> FloatArray:
    """What a unit costs where it stands: its first source with all that goes into it, [S]; inf: nothing brings it."""
    structure, flows, route, ways = now.structure, now.ground.network.flows, now.ways.route, now.ways
    made = np.flatnonzero(route >= 0)
    found = np.full(len(route), np.inf)
    found[made] = now.ground.source_cost[route[made]]
    lanes = ways.lanes
    found[flows.to_stock[lanes]] = 0.0
    freight = ways.weight[lanes].mean(axis=1) * now.ground.freight[lanes]
    np.add.at(found, flows.to_stock[lanes], freight)
    quantity = structure.quantity.mean(axis=1) * structure.started_per_good[structure.parent]
    parent_place = structure.code[structure.parent]
    for code in range(int(structure.code.max(initial=0)) - 1, -1, -1):
        links = np.flatnonzero((parent_place == code) & (quantity > 0))
        np.add.at(found, structure.parent[links], quantity[links] * found[structure.component[links]])
    return found
