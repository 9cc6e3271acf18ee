"""Serving markets in the fast finite plan: by priority, then along other lanes that have stock to spare."""

from itertools import pairwise

import numpy as np

from equipoise.core.grid import FloatArray, IntArray
from equipoise.supply.fast.ground import Ground
from equipoise.supply.loading.in_order import begins

NOTHING = 1e-9


def departures(ground: Ground, share: FloatArray) -> FloatArray:
    """What each lane into a market should carry by the bucket in which it leaves, [F, T]; `share` [F, T] its part."""
    network, lanes, departs = ground.network, ground.markets, ground.departs
    carried = np.where(departs >= 0, share[lanes] * network.demand[network.flows.to_demand[lanes]], 0.0)
    found = np.zeros(share.shape)
    np.add.at(found, (lanes[:, None], np.maximum(departs, 0)), carried)
    return found


def serve(
    ground: Ground,
    asks: FloatArray,
    ship: FloatArray,
    stock: FloatArray,
    arriving: FloatArray,
    room: FloatArray,
    at: int,
) -> FloatArray:
    """Ship along the lanes of each priority what is there, in place; what waits for the next bucket, [F]."""
    flows, network = ground.network.flows, ground.network
    short = np.zeros(len(asks))
    for begin, end in pairwise(ground.rank_starts.tolist()):
        lanes = ground.by_rank[begin:end]
        source = flows.from_stock[lanes]
        want = np.where(flows.is_open[lanes, at], asks[lanes], 0.0)
        need = np.bincount(source, want, minlength=len(stock))
        part, there = np.ones(len(stock)), np.maximum(stock, 0.0)
        over = need > there
        part[over] = there[over] / need[over]
        sent = _carried(ground, lanes, want * part[source], room, at)
        _send(ground, lanes, sent, ship, stock, arriving, at)
        short[lanes] = asks[lanes] - sent
    if short.max(initial=0.0) > NOTHING:
        _by_other_lanes(ground, short, ship, stock, arriving, room, at)
    waits = ~network.is_lost[np.maximum(flows.to_demand, 0)]
    return np.where(waits, short, 0.0)


def _carried(ground: Ground, lanes: IntArray, sent: FloatArray, room: FloatArray, at: int) -> FloatArray:
    """What the limits of lanes let through of what should be sent along some; takes their room."""
    carriers = ground.carriers
    if not len(carriers.node):
        return sent
    wanted = np.zeros(len(ground.network.flows.from_stock))
    wanted[lanes] = sent
    wanted = wanted * carriers.fit(wanted, room, at, np.zeros(len(carriers.node), dtype=np.int64))
    carriers.take(wanted, room, at)
    return wanted[lanes]


def _send(
    ground: Ground,
    lanes: IntArray,
    sent: FloatArray,
    ship: FloatArray,
    stock: FloatArray,
    arriving: FloatArray,
    at: int,
) -> None:
    flows = ground.network.flows
    ship[lanes, at] += sent
    np.subtract.at(stock, flows.from_stock[lanes], sent)
    np.add.at(arriving, (flows.to_demand[lanes], flows.arrival[lanes, at]), sent)


def _by_other_lanes(
    ground: Ground,
    short: FloatArray,
    ship: FloatArray,
    stock: FloatArray,
    arriving: FloatArray,
    room: FloatArray,
    at: int,
) -> None:
    """Serve what is short from stock above the safety stock at other lanes' ends, to arrive at the same time."""
    network, markets = ground.network, ground.markets
    flows = network.flows
    due, target = flows.arrival[markets, at], flows.to_demand[markets]
    wanted = np.full(len(network.demand), -1, dtype=np.int64)
    lacks = short[markets] > NOTHING
    np.maximum.at(wanted, target[lacks], due[lacks])
    counts = lacks & (due == wanted[target])
    missing = np.bincount(target[counts], short[markets[counts]], minlength=len(network.demand)) + 0.0
    usable = ~lacks & flows.is_open[markets, at] & (missing[target] > NOTHING) & (due == wanted[target])
    lanes = markets[usable]
    if not len(lanes):
        return
    spare = np.maximum(stock - network.safety[:, at], 0.0)
    source, target = flows.from_stock[lanes], flows.to_demand[lanes]
    # One lane for each market, the cheapest with something to spare.
    order = np.lexsort((network.prices.flow[lanes, at], spare[source] <= NOTHING, target))
    lanes = lanes[order][begins(target[order])]
    source, target = flows.from_stock[lanes], flows.to_demand[lanes]
    need = np.bincount(source, missing[target], minlength=len(stock))
    sent = missing[target] * np.minimum(1.0, spare[source] / np.maximum(need[source], NOTHING))
    sent = _carried(ground, lanes, sent, room, at)
    _send(ground, lanes, sent, ship, stock, arriving, at)
    served = np.bincount(target, sent, minlength=len(missing))
    left = np.clip(1.0 - served / np.maximum(missing, NOTHING), 0.0, 1.0)
    helped = markets[counts]
    short[helped] *= left[flows.to_demand[helped]]
