"""Moving what is short to other lanes: the fast plan is made again with shares that lean away from late sources.

After a plan each stock row has a lateness, the buckets that a unit asked of it waits: its own, or that of the fullest
room it takes, or that of where it comes from. Every lane into a market or between stocks then has a price: freight, the
cost of what it carries, and lateness × what waiting costs there. Part of what the dearer lanes carry moves to the
cheapest one of the same receiver, less in each round; the best plan of all rounds counts. What is bought where a lane
leads to as well comes by the lane once that is cheaper, and is bought beside it.
"""

from dataclasses import dataclass, replace

import numpy as np

from equipoise.core.grid import FloatArray, IntArray
from equipoise.supply.fast.run import Run
from equipoise.supply.fast.ways import Round, Ways
from equipoise.supply.loading.in_order import begins
from equipoise.supply.network.network import Network

STEPS = (0.6, 0.4, 0.3, 0.2, 0.15, 0.1)
"""Part of what the dearer lanes carry that moves in each round."""
NOTHING, GAIN = 1e-9, 1e-6


def shifted(now: Round, run: Run, step: float, least: float) -> Ways | None:
    """The ways after a plan, with a part moved; None where that promises to save less than `least` money.

    The promise is what the moved units cost less where they go, if all waits there as it did.
    """
    ground, ways, waiting = now.ground, now.ways, now.waiting
    network, flows = ground.network, ground.network.flows
    late = lateness(now, run)
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
    may = (flows.is_open | (flows.arrival >= network.horizon)).all(axis=1) & ground.is_free & np.isfinite(price)
    to_markets = _dearer(flows.to_demand, (to_market & may).nonzero()[0], price)
    between = to_stock & may
    new = _by_lanes(network, ways, between.nonzero()[0], price, landed + waiting * late)
    filled = np.zeros(len(network.opening), dtype=np.bool_)
    filled[flows.to_stock[new.lanes]] = True
    between[between] = filled[flows.to_stock[between]]
    to_stocks = _dearer(flows.to_stock, between.nonzero()[0], price)
    units = ways.weight.sum(axis=1) / network.horizon
    units[between] *= run.asked[flows.to_stock[between]]
    units[ground.markets] = now.leaving.carried
    saved = step * (to_markets.saved(units) + to_stocks.saved(units))
    if new is ways and saved <= max(least, GAIN):
        return None
    share, weight = to_markets.moved(new.share, step), to_stocks.moved(new.weight, step)
    return replace(new, share=share, weight=weight, leaving=None)


@dataclass(frozen=True, eq=False)
class _Dearer:
    """Lanes of the receivers that have several, by receiver, the cheapest one first."""

    order: IntArray
    """[l] lanes."""
    starts: IntArray
    """Places of the cheapest ones in it."""
    more: FloatArray
    """[l] what a unit costs more by each than by the cheapest one."""

    def saved(self, units: FloatArray) -> float:
        """Money if all units, [F], of the dearer lanes went by the cheapest."""
        return float((units[self.order] * self.more).sum())

    def moved(self, carried: FloatArray, step: float) -> FloatArray:
        """Shares after a part of those of dearer lanes went to the cheapest lane of the same receiver."""
        if not len(self.order):
            return carried
        given = carried[self.order] * np.where(self.more > 0, step, 0.0)[:, None]
        found = carried.copy()
        found[self.order] -= given
        found[self.order[self.starts]] += np.add.reduceat(given, self.starts, axis=0)
        return found


def _dearer(target: IntArray, lanes: IntArray, price: FloatArray) -> _Dearer:
    """The lanes by receiver and price; what costs more by no more than a hair costs the same."""
    order = lanes[np.lexsort((lanes, price[lanes], target[lanes]))]
    is_first = begins(target[order])
    starts = is_first.nonzero()[0]
    best = price[order[starts]][is_first.cumsum() - 1]
    more = np.where(price[order] > best + GAIN, price[order] - best, 0.0)
    return _Dearer(order, starts, more)


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
    best = order[begins(network.flows.to_stock[order])]
    new_route, weight = ways.route.copy(), ways.weight.copy()
    new_route[network.flows.to_stock[best]] = -1
    weight[best] = 1.0
    return replace(ways, route=new_route, weight=weight)


def lateness(now: Round, run: Run) -> FloatArray:
    """Buckets that a unit asked of each stock row waits, by itself, its rooms or what it comes from, [S]."""
    structure, uses = now.structure, now.sourcing.first_uses
    found = run.behind / np.maximum(run.asked, NOTHING)
    found[run.asked <= NOTHING] = 0.0
    rooms = int(uses.room.max(initial=-1)) + 1
    late = np.bincount(uses.room, uses.per_unit * run.behind[uses.node], minlength=rooms)
    total = np.bincount(uses.room, uses.per_unit * run.asked[uses.node], minlength=rooms)
    by_room = np.where(total > NOTHING, late / np.maximum(total, NOTHING), 0.0)
    np.maximum.at(found, uses.node, by_room[uses.room])
    return now.ground.walks.raise_up(structure, found)


def landed_costs(now: Round) -> FloatArray:
    """What a unit costs where it stands: its first source with all that goes into it, [S]; inf: nothing brings it."""
    structure, flows, route, ways = now.structure, now.ground.network.flows, now.ways.route, now.ways
    made = (route >= 0).nonzero()[0]
    found = np.full(len(route), np.inf)
    found[made] = now.ground.source_cost[route[made]]
    lanes = ways.lanes
    found[flows.to_stock[lanes]] = 0.0
    freight = ways.weight[lanes].sum(axis=1) / now.ground.network.horizon * now.ground.freight[lanes]
    np.add.at(found, flows.to_stock[lanes], freight)
    quantity = structure.mean_quantity * structure.started_per_good[structure.parent]
    return now.ground.walks.add_up(structure, found, quantity)
