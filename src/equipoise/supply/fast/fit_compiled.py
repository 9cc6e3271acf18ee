"""Twin of `Uses.fit` and `Uses.take`, and the order in which room is given: room given use by use, in order."""

from typing import NamedTuple

import numpy as np

from equipoise.core.compiling import compiled
from equipoise.core.grid import FloatArray, IntArray
from equipoise.supply.fast.rooms import UseArrays
from equipoise.supply.loading.in_order import begins


class Queue(NamedTuple):
    """Uses in the order in which room is given."""

    use: IntArray
    """[L]"""
    group: IntArray
    """[L] number of its place: those that share one have the same."""


class Scratch(NamedTuple):
    """Working arrays: by cell zeros between two calls, by node ones; places of uses that ask for something."""

    need: FloatArray
    given: FloatArray
    total: FloatArray
    part: FloatArray
    place: IntArray


def queue(place: FloatArray | IntArray, part: IntArray) -> Queue:
    """The uses by place within each part, [L] each; parts stand one after another."""
    order = np.lexsort((place, part))
    return Queue(order, np.cumsum(begins(place[order]) | begins(part[order])))


def scratch(rooms: FloatArray, nodes: int, uses: int) -> Scratch:
    """Working arrays for rooms [rooms, T], a number of nodes and of uses."""
    cells, places = rooms.size, np.empty(uses, dtype=np.int64)
    return Scratch(np.zeros(cells), np.zeros(cells), np.zeros(cells), np.ones(nodes), places)


@compiled
def fit(
    asked: FloatArray, uses: UseArrays, order: Queue, begin: int, end: int, left: FloatArray, at: int, work: Scratch
) -> int:
    """Cut `asked` to what there is room for in bucket `at`, in place; the uses at places `begin` to `end` count, `left`
    is by cell. How many of them ask for something: their places stand first in `work.place` (`take_fitted`)."""
    # Uses of nodes that ask for nothing take nothing and are cut by nothing.
    cell, count, is_short = uses.cell[at], 0, False
    for place in range(begin, end):
        use = order.use[place]
        if asked[uses.node[use]] > 0.0:
            work.need[cell[use]] += uses.per_unit[use] * asked[uses.node[use]]
            work.place[count] = place
            count += 1
    for number in range(count):
        use = order.use[work.place[number]]
        if work.need[cell[use]] > max(left[cell[use]], 0.0):
            is_short = True
    if is_short:
        _share(asked, uses, order, count, left, at, work)
    for number in range(count):
        use = order.use[work.place[number]]
        work.need[cell[use]] = 0.0
        work.given[cell[use]] = 0.0
    return count


@compiled
def _share(
    asked: FloatArray, uses: UseArrays, order: Queue, count: int, left: FloatArray, at: int, work: Scratch
) -> None:
    """Those of a place share what the places before them leave of a cell that is short; `count` ask for something."""
    cell, first = uses.cell[at], 0
    while first < count:
        last = first + 1
        while last < count and order.group[work.place[last]] == order.group[work.place[first]]:
            last += 1
        for number in range(first, last):
            use = order.use[work.place[number]]
            work.total[cell[use]] += uses.per_unit[use] * asked[uses.node[use]]
        for number in range(first, last):
            use = order.use[work.place[number]]
            there = max(left[cell[use]], 0.0)
            if work.need[cell[use]] > there:
                rest, total = max(there - work.given[cell[use]], 0.0), work.total[cell[use]]
                if rest < total:
                    work.part[uses.node[use]] = min(work.part[uses.node[use]], rest / total)
        for number in range(first, last):
            use = order.use[work.place[number]]
            work.given[cell[use]] += work.total[cell[use]]
            work.total[cell[use]] = 0.0
        first = last
    for number in range(count):
        node = uses.node[order.use[work.place[number]]]
        asked[node] *= work.part[node]
        work.part[node] = 1.0


@compiled
def take(
    started: FloatArray, uses: UseArrays, order: IntArray, begin: int, end: int, left: FloatArray, at: int
) -> None:
    """Take the room of what is started in bucket `at`; `left` by cell."""
    cell = uses.cell[at]
    for place in range(begin, end):
        use = order[place]
        if started[uses.node[use]] > 0.0:
            left[cell[use]] -= uses.per_unit[use] * started[uses.node[use]]


@compiled
def take_fitted(
    started: FloatArray, uses: UseArrays, order: Queue, count: int, left: FloatArray, at: int, work: Scratch
) -> None:
    """As `take`, of the `count` uses that `fit` has just found to ask for something: all others take nothing."""
    cell = uses.cell[at]
    for number in range(count):
        use = order.use[work.place[number]]
        if started[uses.node[use]] > 0.0:
            left[cell[use]] -= uses.per_unit[use] * started[uses.node[use]]
