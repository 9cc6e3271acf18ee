"""Twin of `start`, and what compiled code knows of a run: starts of one bucket, node by node."""

from typing import NamedTuple

import numpy as np

from equipoise.core.compiling import compiled
from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.supply.fast.fit_compiled import Queue, Scratch, fit, take_fitted
from equipoise.supply.fast.rooms import UseArrays
from equipoise.supply.fast.sources import SourceArrays
from equipoise.supply.fast.wanted_compiled import Bill


class Given(NamedTuple):
    """What is there whatever the plan does."""

    opening: FloatArray
    scheduled: FloatArray
    component_use: FloatArray
    demand: FloatArray
    is_lost: BoolArray
    good: FloatArray
    by_lane: BoolArray
    """[S] rows that lanes fill."""


class Between(NamedTuple):
    """Lanes between stocks."""

    lane: IntArray
    target: IntArray
    """[l]"""
    arrival: IntArray
    share: FloatArray
    """[l, T]"""


class Beside(NamedTuple):
    """By-products: route, the stock row that the route fills, the row that they fill, units by bucket."""

    route: IntArray
    parent: IntArray
    stock: IntArray
    quantity: FloatArray


class Done(NamedTuple):
    """The plan, filled bucket by bucket (`Run`)."""

    make: FloatArray
    ship: FloatArray
    closing: FloatArray
    missed: FloatArray
    scrapped: FloatArray
    started: FloatArray
    backlog: FloatArray
    lost: FloatArray
    behind: FloatArray
    asked: FloatArray


class Stock(NamedTuple):
    """What is there [S], what lands later [S, T + 1], what reaches markets [D, T + 1]."""

    there: FloatArray
    landed: FloatArray
    arriving: FloatArray


class Begun(NamedTuple):
    """Starts of one bucket."""

    made: FloatArray
    """[K, S]"""
    by_bill: FloatArray
    part: FloatArray
    can: FloatArray
    """[S]"""


@compiled
def what_fits(
    fits: FloatArray,
    started: FloatArray,
    asked: FloatArray,
    wanted: tuple[FloatArray, FloatArray, FloatArray],
    sources: SourceArrays,
    uses: UseArrays,
    orders: tuple[Queue, Queue, Queue],
    regular: FloatArray,
    whole: FloatArray,
    at: int,
    work: Scratch,
) -> None:
    """As `start.what_fits`, into `fits` [K, S]."""
    count, stocks = fits.shape
    fits[:], asked[:] = 0.0, 0.0
    total, want, rows = np.zeros(stocks), np.zeros(stocks), np.empty(stocks, dtype=np.int64)
    for kind in range(3):
        target, order, waiting = wanted[kind], orders[kind], 0
        for row in range(stocks):
            want[row] = max(target[row, at] - started[row] - total[row], 0.0)
            if want[row] > 0.0:
                rows[waiting] = row
                waiting += 1
        if waiting == 0:
            continue
        # In regular hours, then in all, then from sources that only what would be late is worth.
        for tier in range(3):
            if (tier != 1 and count == 1) or (tier == 2 and kind == 2):
                continue
            room = regular if tier == 0 else whole
            for number in range(1 if tier == 2 else 0, count):
                is_asked = False
                for place in range(waiting):
                    row = rows[place]
                    chosen = sources.is_worth[number, row] if tier == 2 else sources.is_cheap[number, row]
                    asked[row] = want[row] if chosen and sources.is_open[number, row, at] else 0.0
                    is_asked |= asked[row] > 0.0
                if not is_asked:
                    continue
                begin, end = sources.use_starts[number], sources.use_starts[number + 1]
                asking = fit(asked, uses, order, begin, end, room, at, work)
                take_fitted(asked, uses, order, asking, regular, at, work)
                take_fitted(asked, uses, order, asking, whole, at, work)
                for place in range(waiting):
                    row = rows[place]
                    fits[number, row] += asked[row]
                    total[row] += asked[row]
                    want[row] -= asked[row]
        for place in range(waiting):
            asked[rows[place]] = 0.0


@compiled
def no_earlier(
    structure: Bill,
    sources: SourceArrays,
    begun: Begun,
    need: FloatArray,
    levelled: FloatArray,
    started: FloatArray,
    planned: FloatArray,
    used: FloatArray,
    at: int,
) -> None:
    """As `start.no_earlier`; what fits stands in `begun.made`."""
    fits, count = begun.made, len(begun.made)
    for row in structure.order:
        total = 0.0
        for number in range(count):
            total += fits[number, row]
        if sources.arrival[0, row, at] == at and total > 0:
            behind = max(planned[row, at] - used[row] - need[row], 0.0) * structure.started_per_good[row]
            kept = min(max(levelled[row, at] - started[row] - behind, 0.0), total)
            for number in range(count):
                fits[number, row] *= kept / total
        by_bill = 0.0
        for number in range(count):
            if sources.has_bill[number, row]:
                by_bill += fits[number, row] * sources.ratio[number, row]
        for place in range(structure.taken_starts[row], structure.taken_starts[row + 1]):
            link = structure.taken_links[place]
            per_unit = structure.quantity[link, min(at, structure.quantity.shape[1] - 1)]
            need[structure.component[link]] += per_unit * by_bill


@compiled
def start(
    structure: Bill,
    given: Given,
    sources: SourceArrays,
    between: Between,
    first_lane: IntArray,
    next_lane: IntArray,
    begun: Begun,
    need: FloatArray,
    stock: Stock,
    run: Done,
    at: int,
) -> None:
    """As `start.start`, what arrives later and beside apart."""
    count, there = len(begun.made), stock.there
    for place in range(len(structure.order) - 1, -1, -1):
        row = structure.order[place]
        can, by_bill = 1.0, 0.0
        for number in range(structure.taken_starts[row], structure.taken_starts[row + 1]):
            can = min(can, begun.part[structure.component[structure.taken_links[number]]])
        for number in range(count):
            if sources.has_bill[number, row]:
                begun.made[number, row] *= can
                by_bill += begun.made[number, row] * sources.ratio[number, row]
        begun.by_bill[row] = by_bill
        for number in range(structure.taken_starts[row], structure.taken_starts[row + 1]):
            link = structure.taken_links[number]
            per_unit = structure.quantity[link, min(at, structure.quantity.shape[1] - 1)]
            there[structure.component[link]] -= per_unit * by_bill
        for number in range(count):
            by_route = number > 0 or not given.by_lane[row]
            if by_route and sources.arrival[number, row, at] == at:
                there[row] += begun.made[number, row] * given.good[row]
        lane = first_lane[row]
        while lane >= 0:
            units, arrival = begun.made[0, row] * between.share[lane, at], between.arrival[lane, at]
            run.ship[between.lane[lane], at] = units
            if arrival == at:
                there[row] += units
            else:
                stock.landed[row, arrival] += units
            lane = next_lane[lane]
        has = max(there[row], 0.0)
        begun.part[row] = has / need[row] if need[row] > has else 1.0


@compiled
def arrive_later(
    given: Given,
    sources: SourceArrays,
    beside: Beside,
    begun: Begun,
    number: int,
    stock: Stock,
    run: Done,
    at: int,
) -> None:
    """What a source brings in a later bucket, what its routes have made, and what comes beside it."""
    made = begun.made[number]
    for row in range(len(made)):
        arrival = sources.arrival[number, row, at]
        if made[row] > 0 and arrival != at and (number > 0 or not given.by_lane[row]):
            stock.landed[row, arrival] += made[row] * given.good[row]
        if sources.route[number, row] >= 0:
            run.make[sources.route[number, row], at] = made[row] * sources.ratio[number, row]
    for place in range(len(beside.route)):
        row = beside.parent[place]
        if row >= 0 and sources.route[number, row] == beside.route[place]:
            units = beside.quantity[place, at] * made[row] * sources.ratio[number, row]
            arrival = sources.arrival[number, row, at]
            if arrival == at:
                stock.there[beside.stock[place]] += units
            else:
                stock.landed[beside.stock[place], arrival] += units
