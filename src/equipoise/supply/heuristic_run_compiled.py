"""Twin of `heuristic_run.carry_out`: the same plan, bucket by bucket in compiled code."""

from typing import NamedTuple

import numpy as np

from equipoise.core.compiling import compiled
from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.supply.heuristic_fit_compiled import (
    Queue,
    Scratch,
    SourceArrays,
    UseArrays,
    fit,
    queue,
    scratch,
    source_arrays,
    take,
    use_arrays,
)
from equipoise.supply.heuristic_run import Run, nothing_done
from equipoise.supply.heuristic_scrap import Scrap
from equipoise.supply.heuristic_scrap_compiled import Ages, ages, begin_scrap, take_scrap
from equipoise.supply.heuristic_serve_compiled import Lanes, departures, lane_arrays, serve
from equipoise.supply.heuristic_wanted import Wanted
from equipoise.supply.heuristic_wanted_compiled import Bill, bill
from equipoise.supply.heuristic_ways import Round
from equipoise.supply.heuristic_worth import Orders


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


def carry_out(now: Round, wanted: Wanted, orders: tuple[Orders, ...]) -> Run:
    """As `heuristic_run.carry_out`."""
    ground, run = now.ground, nothing_done(now)
    network, flows = ground.network, ground.network.flows
    sources = source_arrays(now.sources)
    firsts = sources.use_starts[:-1].tolist()
    _carry_out(
        bill(now.structure),
        Given(
            network.opening,
            network.receipts.scheduled,
            network.receipts.component_use,
            network.demand,
            network.is_lost,
            now.good,
            now.by_lane,
        ),
        sources,
        use_arrays([one.uses for one in now.sources]),
        (_in_line(orders, 0, firsts), _in_line(orders, 1, firsts), _in_line(orders, 2, firsts)),
        (wanted.for_demand, wanted.in_time, wanted.levelled),
        (ground.regular.copy(), ground.whole.copy()),
        scratch(ground.regular, len(network.opening)),
        Between(now.lanes, flows.to_stock[now.lanes], flows.arrival[now.lanes], now.lane_share),
        Beside(
            network.outputs.route,
            network.routes.stock[network.outputs.route],
            network.outputs.stock,
            network.outputs.quantity,
        ),
        lane_arrays(ground),
        now.ways.share,
        ages(Scrap(network, run.scrapped)),
        Done(*(getattr(run, name) for name in Done._fields)),
    )
    return run


def _in_line(orders: tuple[Orders, ...], kind: int, firsts: list[int]) -> Queue:
    """The uses of all sources in their order for one kind of work, those of one source after those of another."""
    found = [queue(order[kind], first) for order, first in zip(orders, firsts, strict=True)]
    return Queue(np.concatenate([one.use for one in found]), np.concatenate([one.is_new for one in found]))


@compiled
def _carry_out(
    structure: Bill,
    given: Given,
    sources: SourceArrays,
    uses: UseArrays,
    orders: tuple[Queue, Queue, Queue],
    wanted: tuple[FloatArray, FloatArray, FloatArray],
    left: tuple[FloatArray, FloatArray],
    work: Scratch,
    between: Between,
    beside: Beside,
    lanes: Lanes,
    share: FloatArray,
    old: Ages,
    run: Done,
) -> None:
    stocks, horizon = run.closing.shape
    count = len(sources.route)
    stock = Stock(given.opening.copy(), np.zeros((stocks, horizon + 1)), np.zeros((len(given.demand), horizon + 1)))
    begun = Begun(np.zeros((count, stocks)), np.zeros(stocks), np.ones(stocks), np.ones(stocks))
    asks_by_bucket = departures(lanes, share, given.demand)
    planned = _planned_use(structure, wanted[2], asks_by_bucket, lanes)
    first_lane, next_lane = _by_target(between, stocks)
    regular, whole = np.empty(left[0].shape), np.empty(left[1].shape)
    asks, need, short = np.zeros(len(run.ship)), np.zeros(stocks), np.zeros(len(run.ship))
    started, used, asked = np.zeros(stocks), np.zeros(stocks), np.zeros(stocks)
    run.asked[:] = wanted[1][:, horizon - 1]
    for at in range(horizon):
        for row in range(stocks):
            stock.there[row] += given.scheduled[row, at] + stock.landed[row, at]
        if at == 0:
            begin_scrap(old, stock.there)
        for row in range(stocks):
            stock.there[row] -= given.component_use[row, at]
            need[row] = 0.0
        regular[:], whole[:] = left[0], left[1]
        _what_fits(begun.made, started, asked, wanted, sources, uses, orders, regular, whole, at, work)
        for lane in lanes.market:
            asks[lane] = asks_by_bucket[lane, at] + short[lane]
            need[lanes.source[lane]] += asks[lane]
        _no_earlier(structure, sources, begun, need, wanted[2], started, planned, used, at)
        _start(structure, given, sources, between, first_lane, next_lane, begun, need, stock, run, at)
        for number in range(count):
            begin, end = sources.use_starts[number], sources.use_starts[number + 1]
            take(begun.made[number], uses, orders[0].use, begin, end, left[0], at)
            take(begun.made[number], uses, orders[0].use, begin, end, left[1], at)
            _arrive_later(given, sources, beside, begun, number, stock, run, at)
        for row in range(stocks):
            for number in range(count):
                started[row] += begun.made[number, row]
            run.behind[row] += max(wanted[1][row, at] - started[row], 0.0)
            run.missed[row, at] = max(-stock.there[row], 0.0)
            stock.there[row] = max(stock.there[row], 0.0)
        serve(lanes, given.is_lost, asks, short, run.ship, stock.there, stock.arriving, left[1], at)
        for link in range(len(structure.parent)):
            per_unit = structure.quantity[link, min(at, structure.quantity.shape[1] - 1)]
            used[structure.component[link]] += per_unit * begun.by_bill[structure.parent[link]]
        for lane in lanes.market:
            used[lanes.source[lane]] += run.ship[lane, at]
        take_scrap(old, stock.there, run.make, run.ship, run.missed, at)
        run.closing[:, at] = stock.there
        _wait(given, run, stock.arriving, at)


@compiled
def _wait(given: Given, run: Done, arriving: FloatArray, at: int) -> None:
    """What no market got waits, or is lost."""
    for row in range(len(given.demand)):
        before = run.backlog[row, at - 1] if at > 0 else 0.0
        missing = max(before + given.demand[row, at] - arriving[row, at], 0.0)
        if given.is_lost[row]:
            run.lost[row, at] = missing
        else:
            run.backlog[row, at] = missing


@compiled
def _planned_use(structure: Bill, levelled: FloatArray, departing: FloatArray, lanes: Lanes) -> FloatArray:
    """As `heuristic_wanted.planned_use`."""
    found = np.zeros(levelled.shape)
    horizon = levelled.shape[1]
    for link in range(len(structure.parent)):
        parent, component = structure.parent[link], structure.component[link]
        before = 0.0
        for at in range(horizon):
            per_unit = structure.quantity[link, min(at, structure.quantity.shape[1] - 1)]
            found[component, at] += per_unit * (levelled[parent, at] - before)
            before = levelled[parent, at]
    for lane in lanes.market:
        for at in range(horizon):
            found[lanes.source[lane], at] += departing[lane, at]
    for row in range(len(found)):
        for at in range(1, horizon):
            found[row, at] += found[row, at - 1]
    return found


@compiled
def _by_target(between: Between, stocks: int) -> tuple[IntArray, IntArray]:
    """The first lane into each stock row, −1 none, and the one after each lane, in their order."""
    first, after = np.full(stocks, -1), np.full(len(between.lane), -1)
    for place in range(len(between.lane) - 1, -1, -1):
        after[place] = first[between.target[place]]
        first[between.target[place]] = place
    return first, after


@compiled
def _what_fits(
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
    """As `heuristic_start.what_fits`, into `fits` [K, S]."""
    count, stocks = fits.shape
    fits[:] = 0.0
    total, want = np.zeros(stocks), np.zeros(stocks)
    for kind in range(3):
        target, order = wanted[kind], orders[kind]
        for row in range(stocks):
            want[row] = max(target[row, at] - started[row] - total[row], 0.0)
        # In regular hours, then in all, then from sources that only what would be late is worth.
        for tier in range(3):
            if (tier != 1 and count == 1) or (tier == 2 and kind == 2):
                continue
            room = regular if tier == 0 else whole
            for number in range(1 if tier == 2 else 0, count):
                for row in range(stocks):
                    chosen = sources.is_worth[number, row] if tier == 2 else sources.is_cheap[number, row]
                    asked[row] = want[row] if chosen and sources.is_open[number, row, at] else 0.0
                begin, end = sources.use_starts[number], sources.use_starts[number + 1]
                fit(asked, uses, order, begin, end, room, at, work)
                take(asked, uses, order.use, begin, end, regular, at)
                take(asked, uses, order.use, begin, end, whole, at)
                for row in range(stocks):
                    fits[number, row] += asked[row]
                    total[row] += asked[row]
                    want[row] -= asked[row]


@compiled
def _no_earlier(
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
    """As `heuristic_start.no_earlier`; what fits stands in `begun.made`."""
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
def _start(
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
    """As `heuristic_start.start`, what arrives later and beside apart."""
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
def _arrive_later(
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
