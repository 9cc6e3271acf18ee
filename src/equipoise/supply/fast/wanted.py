"""What the fast finite plan wants to start: just in time, idle stock elsewhere first, levelled back to what fits."""

from dataclasses import dataclass, replace

import numpy as np

from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.supply.fast.ground import Ground, Leaving
from equipoise.supply.fast.rooms import Uses
from equipoise.supply.fast.sources import Sources
from equipoise.supply.fast.ways import Round
from equipoise.supply.loading.infinite_loading import dependent_demand, planned_receipts
from equipoise.supply.loading.requirements import Loading, Requirements

NOTHING = 1e-9


def with_idle_stock(ground: Ground, share: FloatArray, leaving: Leaving) -> FloatArray:
    """Shares with which stock that its own markets never ask for serves others first, along their other lanes, [F, T].

    `leaving` is what leaves along the shares as they are. Only where the market's lane has no fixed share, and only up
    to what stands above the safety stock.
    """
    network, flows = ground.network, ground.network.flows
    owed = (
        leaving.by_bucket.sum(axis=1)
        + network.receipts.component_use.sum(axis=1)
        + network.safety.max(axis=1, initial=0.0)
    )
    sends = np.zeros(len(network.opening), dtype=np.bool_)
    sends[flows.from_stock[(flows.to_stock >= 0) & (flows.from_stock >= 0)]] = True
    sends[network.components.stock] = True
    idle = np.where(sends, 0.0, np.maximum(network.opening + network.receipts.scheduled.sum(axis=1) - owed, 0.0))
    other = (flows.to_demand >= 0) & (flows.from_stock >= 0) & ~(share > 0).any(axis=1)
    other &= ground.is_free & (flows.lag == 0)
    lanes = other.nonzero()[0]
    lanes = lanes[idle[flows.from_stock[lanes]] > NOTHING]
    if not len(lanes):
        return share
    source, target = flows.from_stock[lanes], flows.to_demand[lanes]
    asked = np.where(flows.is_open[lanes], network.demand[target], 0.0)
    total = np.zeros(network.safety.shape)
    np.add.at(total, source, asked)
    served = np.diff(np.minimum(np.cumsum(total, axis=1), idle[:, None]), axis=1, prepend=0.0)
    part = (served / np.maximum(total, NOTHING))[source] * flows.is_open[lanes]
    by_market = np.zeros(network.demand.shape)
    np.add.at(by_market, target, part)
    over = np.maximum(by_market, 1.0)
    moved = share * np.maximum(1.0 - by_market, 0.0)[np.maximum(flows.to_demand, 0)]
    moved[lanes] = part / over[target]
    return moved


@dataclass(frozen=True, eq=False)
class Wanted:
    """What each stock row should have started (or received, of what others deliver) by each bucket, [S, T] each."""

    for_demand: FloatArray
    """Just in time, without safety stock."""
    in_time: FloatArray
    """Just in time, with it."""
    levelled: FloatArray
    """Moved ahead to where it fits."""


def asked_of(now: Round) -> Requirements:
    """What markets and firm production ask of each stock row along the ways of a round."""
    firm = now.ground.firm
    return Requirements(now.leaving.by_bucket + firm.demand, firm.on_hand, firm.scheduled, firm.safety)


def wanted_starts(now: Round) -> Wanted:
    """What should be started, in sum: for demand, for safety stock as well, and levelled back to what fits."""
    asked, unlimited = asked_of(now), tuple[Sources, ...]()
    found = [
        _starts(now, asked, safety, limit)
        for safety, limit in (
            (np.zeros((len(asked.demand), 1)), unlimited),
            (asked.safety, unlimited),
            (asked.safety, now.sources),
        )
    ]
    return Wanted(*(np.cumsum(starts, axis=1) for starts in found))


def _starts(now: Round, asked: Requirements, safety: FloatArray, sources: tuple[Sources, ...]) -> FloatArray:
    """What each stock row should start, [S, T], levelled back to what fits into the room of the sources."""
    structure, asked, shape = now.structure, replace(asked, safety=safety), asked.demand.shape
    plan = Loading(np.zeros(shape), np.zeros(shape), np.zeros(shape), np.zeros(shape[0]))
    left, held = now.ground.regular.copy(), now.ground.holding
    loaded = np.zeros(shape[0], dtype=np.bool_)
    for source in sources:
        loaded[source.uses.node] = True
    for level in range(len(structure.level_starts) - 1):
        places = slice(int(structure.level_starts[level]), int(structure.level_starts[level + 1]))
        rows = structure.order[places]
        gross = asked.demand[rows] + dependent_demand(structure, plan, places)
        started = planned_receipts(structure, asked, rows, gross) * structure.started_per_good[rows, None]
        for lead in np.unique(structure.lead[rows]).tolist():
            mine = structure.lead[rows] == lead
            early = started[mine][:, lead:]
            plan.releases[rows[mine], : early.shape[1]] = early
            # What should have been started before is started at once.
            plan.releases[rows[mine], 0] += started[mine][:, :lead].sum(axis=1)
        if loaded[rows].any():
            _level_back(plan.releases, rows, sources, left, held)
    return plan.releases


def _level_back(
    starts: FloatArray, rows: IntArray, sources: tuple[Sources, ...], left: FloatArray, held: FloatArray
) -> None:
    """Move what does not fit one bucket ahead, from the last bucket to the first, in place; take the room.

    What costs least to hold for the hours that it frees moves first; `held` [S] is what a unit costs. What another
    source makes for little more stays.
    """
    mine = np.zeros(len(starts), dtype=np.bool_)
    mine[rows] = True
    parts = [_uses_within(source.uses, mine) for source in sources]
    orders = [part.places(held) for part in parts]
    limited = np.zeros(len(starts), dtype=np.bool_)
    for part in parts:
        limited[part.node] = True
    for at in range(starts.shape[1] - 1, -1, -1):
        wanted = np.where(mine & limited, starts[:, at], 0.0)
        rest = wanted.copy()
        for number, (source, part, order) in enumerate(zip(sources, parts, orders, strict=True)):
            asked = rest if not number else np.where(source.is_cheap & source.is_open[:, at], rest, 0.0)
            kept = asked * part.fit(asked, left, at, order) if at or number else asked
            part.take(kept, left, at)
            rest = rest - kept
        if at:
            starts[:, at - 1] += rest
            starts[:, at] -= rest


def _uses_within(uses: Uses, mine: BoolArray) -> Uses:
    """The uses of some nodes."""
    chosen = mine[uses.node]
    return Uses(uses.node[chosen], uses.room[chosen], uses.per_unit[chosen], uses.bucket[chosen])


def planned_use(now: Round, levelled: FloatArray, departures: FloatArray) -> FloatArray:
    """What leaves each stock row by each bucket if all is started as levelled and markets get what they ask, [S, T]."""
    structure, lanes = now.structure, now.ground.markets
    starts = np.diff(levelled, axis=1, prepend=0.0)
    found = np.zeros(levelled.shape)
    np.add.at(found, structure.component, structure.quantity * starts[structure.parent])
    np.add.at(found, now.ground.network.flows.from_stock[lanes], departures[lanes])
    return np.cumsum(found, axis=1)
