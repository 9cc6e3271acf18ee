"""Twin of `run.carry_out`: the same plan, bucket by bucket in compiled code."""

import numpy as np

from equipoise.core.compiling import compiled
from equipoise.core.grid import FloatArray, IntArray
from equipoise.supply.fast.fit_compiled import Queue, Scratch, queue, scratch, take
from equipoise.supply.fast.rooms import UseArrays
from equipoise.supply.fast.run import Run, nothing_done
from equipoise.supply.fast.scrap import Scrap
from equipoise.supply.fast.scrap_compiled import Ages, ages, begin_scrap, take_scrap
from equipoise.supply.fast.serve_compiled import Lanes, departures, lane_arrays, serve
from equipoise.supply.fast.sources import SourceArrays
from equipoise.supply.fast.start_compiled import (
    Begun,
    Beside,
    Between,
    Done,
    Given,
    Stock,
    arrive_later,
    no_earlier,
    start,
    what_fits,
)
from equipoise.supply.fast.wanted import Wanted
from equipoise.supply.fast.wanted_compiled import Bill, bill
from equipoise.supply.fast.ways import Round
from equipoise.supply.fast.worth import Orders


def carry_out(now: Round, wanted: Wanted, orders: Orders) -> Run:
    """As `run.carry_out`."""
    ground, run = now.ground, nothing_done(now)
    network, flows = ground.network, ground.network.flows
    sources = now.sourcing.arrays
    waits = queue(orders[0], now.source_of_use)
    early = waits if orders[2] is orders[0] else queue(orders[2], now.source_of_use)
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
        now.uses,
        (waits, queue(orders[1], now.source_of_use), early),
        (wanted.for_demand, wanted.in_time, wanted.levelled),
        (ground.regular.flatten(), ground.whole.flatten()),
        scratch(ground.regular, len(network.opening), int(sources.use_starts[-1])),
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
    regular, whole = np.empty(len(left[0])), np.empty(len(left[1]))
    by_room = left[1].reshape((len(left[1]) // horizon, horizon))
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
        what_fits(begun.made, started, asked, wanted, sources, uses, orders, regular, whole, at, work)
        for lane in lanes.market:
            asks[lane] = asks_by_bucket[lane, at] + short[lane]
            need[lanes.source[lane]] += asks[lane]
        no_earlier(structure, sources, begun, need, wanted[2], started, planned, used, at)
        start(structure, given, sources, between, first_lane, next_lane, begun, need, stock, run, at)
        for number in range(count):
            begin, end = sources.use_starts[number], sources.use_starts[number + 1]
            take(begun.made[number], uses, orders[0].use, begin, end, left[0], at)
            take(begun.made[number], uses, orders[0].use, begin, end, left[1], at)
            arrive_later(given, sources, beside, begun, number, stock, run, at)
        for row in range(stocks):
            for number in range(count):
                started[row] += begun.made[number, row]
            run.started[row, at] = started[row]
            run.behind[row] += max(wanted[1][row, at] - started[row], 0.0)
            run.missed[row, at] = max(-stock.there[row], 0.0)
            stock.there[row] = max(stock.there[row], 0.0)
        serve(lanes, given.is_lost, asks, short, run.ship, stock.there, stock.arriving, by_room, at)
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
    """As `wanted.planned_use`."""
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
