"""Twin of `serve`: markets served lane by lane in compiled code."""

from typing import NamedTuple

import numpy as np

from equipoise.core.compiling import compiled
from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.supply.fast.ground import Ground

NOTHING = 1e-9


class Lanes(NamedTuple):
    """Lanes into markets, and what the limits of lanes let through."""

    market: IntArray
    """[m]"""
    departs: IntArray
    """[m, T]"""
    by_rank: IntArray
    rank_starts: IntArray
    source: IntArray
    target: IntArray
    """[F]"""
    arrival: IntArray
    is_open: BoolArray
    price: FloatArray
    """[F, T]"""
    safety: FloatArray
    """[S, T]"""
    limited: IntArray
    room: IntArray
    per_unit: FloatArray
    """Lanes that limits count, the limit's room, and units of it."""


def lane_arrays(ground: Ground) -> Lanes:
    """The lanes of a ground."""
    flows, carriers = ground.network.flows, ground.carriers
    return Lanes(
        ground.markets,
        ground.departs,
        ground.by_rank,
        ground.rank_starts,
        flows.from_stock,
        flows.to_demand,
        flows.arrival,
        flows.is_open,
        ground.network.prices.flow,
        ground.network.safety,
        carriers.node,
        carriers.room,
        carriers.per_unit,
    )


@compiled
def departures(lanes: Lanes, share: FloatArray, demand: FloatArray) -> FloatArray:
    """As `serve.departures`."""
    found = np.zeros(share.shape)
    for place in range(len(lanes.market)):
        lane = lanes.market[place]
        for at in range(share.shape[1]):
            if lanes.departs[place, at] >= 0:
                found[lane, lanes.departs[place, at]] += share[lane, at] * demand[lanes.target[lane], at]
    return found


@compiled
def serve(
    lanes: Lanes,
    is_lost: BoolArray,
    asks: FloatArray,
    short: FloatArray,
    ship: FloatArray,
    stock: FloatArray,
    arriving: FloatArray,
    room: FloatArray,
    at: int,
) -> None:
    """As `serve.serve`; what waits for the next bucket goes into `short` [F]."""
    need, wanted = np.zeros(len(stock)), np.zeros(len(ship))
    most = 0.0
    for rank in range(len(lanes.rank_starts) - 1):
        chosen = lanes.by_rank[lanes.rank_starts[rank] : lanes.rank_starts[rank + 1]]
        for lane in chosen:
            if lanes.is_open[lane, at]:
                need[lanes.source[lane]] += asks[lane]
        for lane in chosen:
            source = lanes.source[lane]
            there = max(stock[source], 0.0)
            part = there / need[source] if need[source] > there else 1.0
            wanted[lane] = asks[lane] * part if lanes.is_open[lane, at] else 0.0
        _send(lanes, chosen, wanted, ship, stock, arriving, room, at)
        for lane in chosen:
            short[lane] = asks[lane] - wanted[lane]
            most = max(most, short[lane])
            need[lanes.source[lane]] = 0.0
            wanted[lane] = 0.0
    if most > NOTHING:
        _by_other_lanes(lanes, short, wanted, ship, stock, arriving, room, at)
    for lane in lanes.market:
        if is_lost[lanes.target[lane]]:
            short[lane] = 0.0


@compiled
def _send(
    lanes: Lanes,
    chosen: IntArray,
    wanted: FloatArray,
    ship: FloatArray,
    stock: FloatArray,
    arriving: FloatArray,
    room: FloatArray,
    at: int,
) -> None:
    """Send along the chosen lanes what the limits of lanes let through of `wanted`, in place; it is 0 elsewhere."""
    if len(lanes.limited):
        total, part = np.zeros(len(room)), np.ones(len(wanted))
        for place in range(len(lanes.limited)):
            total[lanes.room[place]] += lanes.per_unit[place] * wanted[lanes.limited[place]]
        for place in range(len(lanes.limited)):
            lane, there = lanes.limited[place], max(room[lanes.room[place], at], 0.0)
            if total[lanes.room[place]] > there:
                part[lane] = min(part[lane], there / total[lanes.room[place]])
        for lane in chosen:
            wanted[lane] *= part[lane]
        for place in range(len(lanes.limited)):
            room[lanes.room[place], at] -= lanes.per_unit[place] * wanted[lanes.limited[place]]
    for lane in chosen:
        ship[lane, at] += wanted[lane]
        stock[lanes.source[lane]] -= wanted[lane]
        arriving[lanes.target[lane], lanes.arrival[lane, at]] += wanted[lane]


@compiled
def _by_other_lanes(
    lanes: Lanes,
    short: FloatArray,
    wanted: FloatArray,
    ship: FloatArray,
    stock: FloatArray,
    arriving: FloatArray,
    room: FloatArray,
    at: int,
) -> None:
    """Serve what is short from stock above the safety stock at other lanes' ends, to arrive at the same time."""
    markets = len(arriving)
    due, missing = np.full(markets, -1), np.zeros(markets)
    for lane in lanes.market:
        if short[lane] > NOTHING:
            due[lanes.target[lane]] = max(due[lanes.target[lane]], lanes.arrival[lane, at])
    for lane in lanes.market:
        if short[lane] > NOTHING and lanes.arrival[lane, at] == due[lanes.target[lane]]:
            missing[lanes.target[lane]] += short[lane]
    # One lane for each market, the cheapest with something to spare.
    best, need = np.full(markets, -1), np.zeros(len(stock))
    for lane in lanes.market:
        target = lanes.target[lane]
        in_time = lanes.is_open[lane, at] and lanes.arrival[lane, at] == due[target]
        if short[lane] > NOTHING or not in_time or missing[target] <= NOTHING:
            continue
        if best[target] < 0 or _is_better(lanes, lane, best[target], stock, at):
            best[target] = lane
    chosen = best[best >= 0]
    if len(chosen) == 0:
        return
    for lane in chosen:
        need[lanes.source[lane]] += missing[lanes.target[lane]]
    for lane in chosen:
        spare = _spare(lanes, lane, stock, at)
        wanted[lane] = missing[lanes.target[lane]] * min(1.0, spare / max(need[lanes.source[lane]], NOTHING))
    _send(lanes, chosen, wanted, ship, stock, arriving, room, at)
    for lane in lanes.market:
        target = lanes.target[lane]
        if best[target] >= 0 and short[lane] > NOTHING and lanes.arrival[lane, at] == due[target]:
            left = 1.0 - wanted[best[target]] / max(missing[target], NOTHING)
            short[lane] *= min(max(left, 0.0), 1.0)


@compiled
def _spare(lanes: Lanes, lane: int, stock: FloatArray, at: int) -> float:
    """What stands above the safety stock where a lane begins."""
    source = lanes.source[lane]
    spare: float = max(stock[source] - lanes.safety[source, at], 0.0)
    return spare


@compiled
def _is_better(lanes: Lanes, lane: int, than: int, stock: FloatArray, at: int) -> bool:
    """Whether a lane has something to spare where the other one has not, or costs less where both have or neither."""
    mine, other = _spare(lanes, lane, stock, at) > NOTHING, _spare(lanes, than, stock, at) > NOTHING
    return (mine and not other) if mine != other else lanes.price[lane, at] < lanes.price[than, at]
