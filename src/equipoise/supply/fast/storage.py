"""Stock that the fast finite plan would put where there is no room for it: brought later instead, or not at all.

After a plan, what stands above the most stock of an item, or beyond the storage of a place, is taken back from what was
started for later: of all that arrives by the end of that bucket so much less is wanted, never less than what demand
asks for by then. So it is started later, where there is hours for it, and a part that waits for it stays where it comes
from. Of the items in one room those give way that hold most above their safety stock, then safety stock. The plan is
carried out again, and counts where it costs less. A unit without room weighs as much as one that is late: the model has
no price for it, it keeps such rules whatever it costs, and this plan breaks them only where keeping them delays more.
"""

from dataclasses import replace

import numpy as np

from equipoise.core.grid import FloatArray
from equipoise.supply.fast.run import Run
from equipoise.supply.fast.wanted import Wanted
from equipoise.supply.fast.ways import Round
from equipoise.supply.network.network import Network
from equipoise.supply.network.storage import Room

ROUNDS = 4
"""Times that a plan is carried out again with less stock."""
NOTHING = 1e-6


def overfull(network: Network, closing: FloatArray) -> FloatArray:
    """Units of stock [S, T] for which there is no room, of closing stock [S, T]."""
    rules, over = network.stock_rules, np.zeros(closing.shape)
    most = rules.most
    over[most.rows] = np.maximum(closing[most.rows] - most.most, 0.0)
    if not network.rules.is_infinite:
        _give_way(network, closing, rules.storage.at_place, rules.storage.capacity, over)
        if len(rules.storage.at_resource.stock):
            _give_way(network, closing, rules.storage.at_resource, _whole(network), over)
    over[over <= NOTHING] = 0.0
    return over


def _whole(network: Network) -> FloatArray:
    """All the room of the resources that are storage, [R, T]; of others there is no end."""
    capacity = network.capacity
    rate = np.where(capacity.is_storage, capacity.rate, np.inf)[:, None]
    with np.errstate(invalid="ignore"):
        whole = (capacity.clock + network.stock_rules.storage.relief + capacity.overtime) * rate
    return np.where(np.isnan(whole), np.inf, whole)


def without_leftovers(network: Network, run: Run) -> Run:
    """The plan with that scrapped of what comes beside other items which has no room and which nobody takes later.

    It comes whether or not there is room for it. What is taken later stays, and stands above its most stock until then.
    """
    if not len(network.outputs.stock):
        return run
    most = network.stock_rules.most
    beside = np.flatnonzero(np.isin(most.rows, network.outputs.stock))
    if not len(beside):
        return run
    rows = most.rows[beside]
    # What is never less than this from a bucket on is taken by nobody after it.
    idle = np.minimum.accumulate(run.closing[rows, ::-1], axis=1)[:, ::-1]
    above = np.maximum(run.closing[rows] - most.most[beside], 0.0)
    gone = np.maximum.accumulate(np.minimum(above, idle), axis=1)
    closing, scrapped = run.closing.copy(), run.scrapped.copy()
    closing[rows] -= gone
    scrapped[rows] += np.diff(gone, axis=1, prepend=0.0)
    return replace(run, closing=closing, scrapped=scrapped)


def crowding(now: Round, over: FloatArray) -> float:
    """What units without room, [S, T], weigh: as much as if each were late for a bucket."""
    return float((over * np.maximum(now.waiting, 1.0)[:, None]).sum())


def _give_way(network: Network, closing: FloatArray, room: Room, capacity: FloatArray, over: FloatArray) -> None:
    """Add what has to leave rooms of a capacity [rooms, T] to `over` [S, T], in place."""
    if not len(room.stock) or not _missing(room, closing - over, capacity).any():
        return
    free = np.maximum(closing - network.safety, 0.0) - over
    for kind in (np.maximum(free, 0.0), closing - over - np.maximum(free, 0.0)):
        missing = _missing(room, closing - over, capacity)
        if not missing.any():
            return
        taken = room.of(kind, len(capacity))
        part = np.minimum(missing / np.where(taken > 0, taken, 1.0), 1.0)
        leaves = np.zeros(over.shape)
        # A stock in several rooms gives way to the fullest of them.
        np.maximum.at(leaves, room.stock, part[room.room] * kind[room.stock])
        over += leaves


def _missing(room: Room, stock: FloatArray, capacity: FloatArray) -> FloatArray:
    """What rooms of a capacity lack for stock [S, T], [rooms, T]."""
    found: FloatArray = np.maximum(room.of(stock, len(capacity)) - capacity, 0.0)
    return found


def held_back(now: Round, wanted: Wanted, run: Run, over: FloatArray) -> Wanted:
    """What is wanted with so much less by the end of the buckets that `over` [S, T] names, after a plan."""
    arrival, cap = now.sourcing.arrays.arrival[0], np.full(over.shape, np.inf)
    for at in np.flatnonzero(over.any(axis=0)).tolist():
        rows = np.flatnonzero(over[:, at])
        last = (arrival[rows] <= at).sum(axis=1) - 1
        rows, last = rows[last >= 0], last[last >= 0]
        least = run.started[rows, last] - over[rows, at] * now.structure.started_per_good[rows]
        cap[rows, last] = np.minimum(cap[rows, last], least)
    cap = np.minimum.accumulate(cap[:, ::-1], axis=1)[:, ::-1]
    cap = np.maximum(cap, wanted.for_demand)
    return replace(wanted, in_time=np.minimum(wanted.in_time, cap), levelled=np.minimum(wanted.levelled, cap))
