"""Starting what fits and has its components in one bucket of the fast finite plan, and what comes of it."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.supply.fast.sources import Sources
from equipoise.supply.fast.wanted import Wanted
from equipoise.supply.fast.ways import Round


class Levels:
    """Stock rows, links and lanes between stocks by low-level code, the deepest code first."""

    def __init__(self, now: Round) -> None:
        """Of the structure of a round."""
        structure = now.structure
        spans = pairwise(structure.level_starts.tolist())
        self.rows = [structure.order[begin:end] for begin, end in spans][::-1]
        level = structure.code[now.ground.network.flows.to_stock[now.lanes]]
        self.inward = [np.flatnonzero(level == code) for code in range(len(self.rows) - 1, -1, -1)]
        self.links = [np.flatnonzero(np.isin(structure.parent, rows)) for rows in self.rows]


def what_fits(
    now: Round,
    wanted: Wanted,
    started: FloatArray,
    left: tuple[FloatArray, ...],
    orders: Sequence[tuple[FloatArray, ...]],
    at: int,
) -> list[FloatArray]:
    """What fits into the room of a bucket, by source, in starts of the first one, each [S].

    `orders` are the places of the uses of each source. First what demand waits for, then safety stock, then what is
    early: in regular hours from the first source, then from others that cost little more, then in overtime, then from
    those that cost more than it.
    """
    regular, whole = (part.copy() for part in left)
    fits, total = [np.zeros(len(started)) for _ in now.sources], np.zeros(len(started))
    for kind, target in enumerate((wanted.for_demand, wanted.in_time, wanted.levelled)):
        want = np.maximum(target[:, at] - started - total, 0.0)
        for number, chosen, room in _steps(now.sources, kind, regular, whole):
            sources = now.sources[number]
            asked = np.where(chosen & sources.is_open[:, at], want, 0.0)
            more = asked * sources.uses.fit(asked, room, at, orders[number][kind])
            for part in (regular, whole):
                sources.uses.take(more, part, at)
            fits[number] += more
            total += more
            want -= more
    return fits


def _steps(
    sources: tuple[Sources, ...], kind: int, regular: FloatArray, whole: FloatArray
) -> list[tuple[int, BoolArray, FloatArray]]:
    """Sources by number, rows that may use them, and rooms in the order they are tried in; kind 2 is early."""
    first, others = sources[0], list(enumerate(sources))[1:]
    if not others:
        return [(0, first.is_cheap, whole)]
    cheap = [(number, source.is_cheap) for number, source in others]
    steps = [(0, first.is_cheap, regular), *((number, rows, regular) for number, rows in cheap)]
    steps += [(0, first.is_cheap, whole), *((number, rows, whole) for number, rows in cheap)]
    if kind < 2:
        steps += [(number, source.is_worth, whole) for number, source in others]
    return steps


def no_earlier(
    now: Round,
    levels: Levels,
    fits: list[FloatArray],
    need: FloatArray,
    ahead: FloatArray,
    planned: FloatArray,
    per_unit: FloatArray,
    at: int,
) -> None:
    """Nothing comes before those who use it can: where they are behind what was planned (`planned`, what they should
    have taken by now and have not) so is it, in place; `need` becomes what is asked of each row."""
    structure, arrival = now.structure, now.sources[0].arrival
    for rows, links in zip(levels.rows[::-1], levels.links[::-1], strict=True):
        behind = np.maximum(planned[rows] - need[rows], 0.0) * structure.started_per_good[rows]
        total = sum(part[rows] for part in fits)
        kept = np.where(arrival[rows, at] == at, np.clip(ahead[rows] - behind, 0.0, total), total)
        part_kept = np.where(total > 0, kept / np.where(total > 0, total, 1.0), 0.0)
        for part in fits:
            part[rows] *= part_kept
        parents = structure.parent[links]
        by_bill = sum(
            (part * sources.ratio * sources.has_bill)[parents] for part, sources in zip(fits, now.sources, strict=True)
        )
        np.add.at(need, structure.component[links], per_unit[links] * by_bill)


def start(
    now: Round,
    levels: Levels,
    fits: list[FloatArray],
    need: FloatArray,
    per_unit: FloatArray,
    flows: tuple[FloatArray, FloatArray],
    stock: FloatArray,
    landed: FloatArray,
    at: int,
) -> tuple[list[FloatArray], FloatArray]:
    """Start what has its components, from the parts up, in place; what is started by source, and by the bill.

    `flows` are starts of routes and shipments along lanes, `landed` [S, T + 1] what arrives later.
    """
    structure, stocks = now.structure, len(stock)
    part, made, by_bill = np.ones(stocks), [np.zeros(stocks) for _ in fits], np.zeros(stocks)
    # What comes by lanes arrives lane by lane.
    by_route = [np.ones(stocks, dtype=np.bool_) for _ in now.sources]
    by_route[0] = ~now.by_lane
    is_now = [(sources.arrival[:, at] == at) & rows for sources, rows in zip(now.sources, by_route, strict=True)]
    for rows, links, inward in zip(levels.rows, levels.links, levels.inward, strict=True):
        can = np.ones(stocks)
        np.minimum.at(can, structure.parent[links], part[structure.component[links]])
        for number, sources in enumerate(now.sources):
            made[number][rows] = fits[number][rows] * np.where(sources.has_bill[rows], can[rows], 1.0)
            by_bill[rows] += made[number][rows] * sources.ratio[rows] * sources.has_bill[rows]
        taken = per_unit[links] * by_bill[structure.parent[links]]
        np.subtract.at(stock, structure.component[links], taken)
        for units, arrives in zip(made, is_now, strict=True):
            stock[rows] += np.where(arrives[rows], units[rows] * now.good[rows], 0.0)
        _send_between(now, inward, made[0], flows[1], stock, landed, at)
        short = rows[need[rows] > np.maximum(stock[rows], 0.0)]
        part[short] = np.maximum(stock[short], 0.0) / need[short]
    for sources, units, arrives, mine in zip(now.sources, made, is_now, by_route, strict=True):
        later = np.flatnonzero(~arrives & (units > 0) & mine)
        np.add.at(landed, (later, sources.arrival[later, at]), units[later] * now.good[later])
        filled = np.flatnonzero(sources.route >= 0)
        flows[0][sources.route[filled], at] = units[filled] * sources.ratio[filled]
        _bring_beside(now, sources, units, stock, landed, at)
    return made, by_bill


def _send_between(
    now: Round, places: IntArray, made: FloatArray, ship: FloatArray, stock: FloatArray, landed: FloatArray, at: int
) -> None:
    """Ship along lanes between stocks, in place; each has its own bucket of arrival."""
    flows, lanes = now.ground.network.flows, now.lanes[places]
    target, arrival = flows.to_stock[lanes], flows.arrival[lanes, at]
    units = made[target] * now.lane_share[places, at]
    ship[lanes, at] = units
    arrives = arrival == at
    np.add.at(stock, target[arrives], units[arrives])
    np.add.at(landed, (target[~arrives], arrival[~arrives]), units[~arrives])


def _bring_beside(
    now: Round, sources: Sources, made: FloatArray, stock: FloatArray, landed: FloatArray, at: int
) -> None:
    """By-products come where and when the item that they come with arrives, in place."""
    outputs = now.ground.network.outputs
    if not len(outputs.route):
        return
    parents = now.ground.network.routes.stock[outputs.route]
    rows = np.flatnonzero(sources.route[parents] == outputs.route)
    parents = parents[rows]
    units = outputs.quantity[rows, at] * made[parents] * sources.ratio[parents]
    arrival = sources.arrival[parents, at]
    arrives = arrival == at
    np.add.at(stock, outputs.stock[rows[arrives]], units[arrives])
    np.add.at(landed, (outputs.stock[rows[~arrives]], arrival[~arrives]), units[~arrives])
