"""Twin of `wanted.wanted_starts`: node by node and bucket by bucket in compiled code."""

from typing import NamedTuple

import numpy as np

from equipoise.core.compiling import compiled
from equipoise.core.grid import QUANTITY_STEP, BoolArray, FloatArray, IntArray
from equipoise.supply.fast.fit_compiled import Queue, Scratch, fit, queue, scratch, take, take_fitted
from equipoise.supply.fast.rooms import UseArrays
from equipoise.supply.fast.sources import SourceArrays
from equipoise.supply.fast.wanted import Wanted, asked_of
from equipoise.supply.fast.ways import Round
from equipoise.supply.loading.product_structure import ProductStructure

STEPS = 1.0 / QUANTITY_STEP


class Bill(NamedTuple):
    """The product structure: N nodes, E links (`product_structure`)."""

    lead: IntArray
    started_per_good: FloatArray
    order: IntArray
    level_starts: IntArray
    parent: IntArray
    component: IntArray
    quantity: FloatArray
    asked_starts: IntArray
    taken_starts: IntArray
    taken_links: IntArray


class Asked(NamedTuple):
    """What is asked of the nodes, and there."""

    demand: FloatArray
    on_hand: FloatArray
    scheduled: FloatArray
    safety: FloatArray


def bill(structure: ProductStructure) -> Bill:
    """The product structure for compiled code."""
    return Bill(*(getattr(structure, name) for name in Bill._fields))


def wanted_starts(now: Round) -> Wanted:
    """As `wanted.wanted_starts`."""
    asked, structure, ground = asked_of(now), now.structure, now.ground
    found = [np.zeros(asked.demand.shape) for _ in range(3)]
    given = Asked(asked.demand, asked.on_hand, asked.scheduled, asked.safety)
    uses, sources = now.uses, now.sourcing.arrays
    # Of each source level by level.
    levels = len(structure.level_starts) - 1
    part = now.source_of_use * levels + structure.code[uses.node]
    order = queue(now.sourcing.uses.places(ground.holding), part)
    begin = np.arange(len(sources.route))[:, None] * levels + np.arange(levels + 1)
    _wanted(
        bill(structure),
        given,
        sources,
        uses,
        order,
        np.searchsorted(part[order.use], begin),
        ground.regular.flatten(),
        scratch(ground.regular, len(asked.demand), len(uses.node)),
        *found,
    )
    return Wanted(*found)


@compiled
def _wanted(
    structure: Bill,
    asked: Asked,
    sources: SourceArrays,
    uses: UseArrays,
    order: Queue,
    starts: IntArray,
    left: FloatArray,
    work: Scratch,
    for_demand: FloatArray,
    in_time: FloatArray,
    levelled: FloatArray,
) -> None:
    nodes, horizon = levelled.shape
    loaded = np.zeros(nodes, dtype=np.bool_)
    for use in range(len(uses.node)):
        loaded[uses.node[use]] = True
    # `starts` [K, levels + 1] are places of `order` where the uses of each source and level begin.
    kept, rest = np.zeros(nodes), np.zeros(nodes)
    for level in range(len(structure.level_starts) - 1):
        begin, end = structure.level_starts[level], structure.level_starts[level + 1]
        for place in range(begin, end):
            _start(structure, asked, place, 0.0, for_demand)
            _start(structure, asked, place, 1.0, in_time)
            _start(structure, asked, place, 1.0, levelled)
        _level_back(
            structure.order[begin:end], level, sources, uses, order, starts, left, work, loaded, kept, rest, levelled
        )
    for node in range(nodes):
        for at in range(1, horizon):
            for_demand[node, at] += for_demand[node, at - 1]
            in_time[node, at] += in_time[node, at - 1]
            levelled[node, at] += levelled[node, at - 1]


@compiled
def _start(structure: Bill, asked: Asked, place: int, safe: float, releases: FloatArray) -> None:
    """What one node should start, [T], just in time, with safety stock (`safe` 1) or without; late starts at once."""
    row, horizon = structure.order[place], releases.shape[1]
    varies, covered = structure.quantity.shape[1] > 1, asked.safety.shape[1] > 1
    lead, need, received = structure.lead[row], -asked.on_hand[row], 0.0
    for at in range(horizon):
        gross = asked.demand[row, at]
        for link in range(structure.asked_starts[place], structure.asked_starts[place + 1]):
            per_unit = structure.quantity[link, at if varies else 0]
            gross += np.rint(per_unit * releases[structure.parent[link], at] * STEPS) * QUANTITY_STEP
        need += gross - asked.scheduled[row, at]
        target = max(need + safe * asked.safety[row, at if covered else 0], received)
        started = (target - received) * structure.started_per_good[row]
        received = target
        releases[row, max(at - lead, 0)] += started


@compiled
def _level_back(
    rows: IntArray,
    level: int,
    sources: SourceArrays,
    uses: UseArrays,
    order: Queue,
    starts: IntArray,
    left: FloatArray,
    work: Scratch,
    loaded: BoolArray,
    kept: FloatArray,
    rest: FloatArray,
    levelled: FloatArray,
) -> None:
    """Move what does not fit one bucket ahead, from the last bucket to the first, in place; take the room."""
    if starts[:, level + 1].sum() == starts[:, level].sum():
        return
    for at in range(levelled.shape[1] - 1, -1, -1):
        for row in rows:
            rest[row] = levelled[row, at] if loaded[row] else 0.0
        for number in range(len(starts)):
            begin, end = starts[number, level], starts[number, level + 1]
            for row in rows:
                may = number == 0 or (sources.is_cheap[number, row] and sources.is_open[number, row, at])
                kept[row] = rest[row] if may else 0.0
            if at > 0 or number > 0:
                asking = fit(kept, uses, order, begin, end, left, at, work)
                take_fitted(kept, uses, order, asking, left, at, work)
            else:
                take(kept, uses, order.use, begin, end, left, at)
            for row in rows:
                rest[row] -= kept[row]
        if at > 0:
            for row in rows:
                levelled[row, at - 1] += rest[row]
                levelled[row, at] -= rest[row]
