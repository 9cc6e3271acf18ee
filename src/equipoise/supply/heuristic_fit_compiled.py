"""Twin of `Uses.fit` and `Uses.take`, and what compiled code knows of the sources: room given use by use, in order."""

from typing import NamedTuple

import numpy as np

from equipoise.core.compiling import compiled
from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.supply.heuristic_rooms import Uses
from equipoise.supply.heuristic_sources import Sources


class UseArrays(NamedTuple):
    """What the sources take of rooms, those of one source after those of another; L uses."""

    node: IntArray
    room: IntArray
    per_unit: FloatArray
    bucket: IntArray
    """[L, T]"""


class Queue(NamedTuple):
    """Uses in the order in which room is given."""

    use: IntArray
    """[L]"""
    is_new: BoolArray
    """[L] whether its place is another than that of the use before."""


class SourceArrays(NamedTuple):
    """K sources of S stock rows."""

    route: IntArray
    ratio: FloatArray
    has_bill: BoolArray
    is_cheap: BoolArray
    is_worth: BoolArray
    """[K, S]"""
    arrival: IntArray
    is_open: BoolArray
    """[K, S, T]"""
    use_starts: IntArray
    """[K + 1] where the uses of each source begin."""


class Scratch(NamedTuple):
    """Working arrays: by room and bucket zeros between two calls, by node ones."""

    need: FloatArray
    given: FloatArray
    total: FloatArray
    part: FloatArray


def use_arrays(uses: list[Uses]) -> UseArrays:
    """The uses of several sources one after another."""
    return UseArrays(
        np.concatenate([one.node for one in uses]),
        np.concatenate([one.room for one in uses]),
        np.concatenate([one.per_unit for one in uses]),
        np.concatenate([one.bucket for one in uses]),
    )


def source_arrays(sources: tuple[Sources, ...]) -> SourceArrays:
    """The sources, stacked."""
    starts = np.cumsum([0, *(len(one.uses.node) for one in sources)])
    return SourceArrays(
        np.stack([one.route for one in sources]),
        np.stack([one.ratio for one in sources]),
        np.stack([one.has_bill for one in sources]),
        np.stack([one.is_cheap for one in sources]),
        np.stack([one.is_worth for one in sources]),
        np.stack([one.arrival for one in sources]),
        np.stack([one.is_open for one in sources]),
        starts,
    )


def queue(place: IntArray, first: int, group: IntArray | None = None) -> Queue:
    """The uses of one source by place, within each group if there are groups; `first` is its first use's number."""
    order = np.argsort(place, kind="stable") if group is None else np.lexsort((place, group))
    is_new = np.diff(place[order], prepend=-1) != 0
    if group is not None:
        is_new |= np.diff(group[order], prepend=-1) != 0
    return Queue(order + first, is_new)


def scratch(rooms: FloatArray, nodes: int) -> Scratch:
    """Working arrays for rooms [rooms, T] and a number of nodes."""
    return Scratch(np.zeros(rooms.shape), np.zeros(rooms.shape), np.zeros(rooms.shape), np.ones(nodes))


@compiled
def fit(
    asked: FloatArray, uses: UseArrays, order: Queue, begin: int, end: int, left: FloatArray, at: int, work: Scratch
) -> None:
    """Cut `asked` to what there is room for in bucket `at`, in place; the uses at places `begin` to `end` count."""
    is_short = False
    for place in range(begin, end):
        use = order.use[place]
        work.need[uses.room[use], uses.bucket[use, at]] += uses.per_unit[use] * asked[uses.node[use]]
    for place in range(begin, end):
        use = order.use[place]
        room, bucket = uses.room[use], uses.bucket[use, at]
        if work.need[room, bucket] > max(left[room, bucket], 0.0):
            is_short = True
    if is_short:
        _share(asked, uses, order, begin, end, left, at, work)
    for place in range(begin, end):
        use = order.use[place]
        work.need[uses.room[use], uses.bucket[use, at]] = 0.0
        work.given[uses.room[use], uses.bucket[use, at]] = 0.0


@compiled
def _share(
    asked: FloatArray, uses: UseArrays, order: Queue, begin: int, end: int, left: FloatArray, at: int, work: Scratch
) -> None:
    """Those of a place share what the places before them leave of a cell that is short."""
    first = begin
    while first < end:
        last = first + 1
        while last < end and not order.is_new[last]:
            last += 1
        for place in range(first, last):
            use = order.use[place]
            work.total[uses.room[use], uses.bucket[use, at]] += uses.per_unit[use] * asked[uses.node[use]]
        for place in range(first, last):
            use = order.use[place]
            room, bucket = uses.room[use], uses.bucket[use, at]
            there = max(left[room, bucket], 0.0)
            if work.need[room, bucket] > there:
                rest, total = max(there - work.given[room, bucket], 0.0), work.total[room, bucket]
                if rest < total:
                    work.part[uses.node[use]] = min(work.part[uses.node[use]], rest / total)
        for place in range(first, last):
            use = order.use[place]
            room, bucket = uses.room[use], uses.bucket[use, at]
            work.given[room, bucket] += work.total[room, bucket]
            work.total[room, bucket] = 0.0
        first = last
    for place in range(begin, end):
        node = uses.node[order.use[place]]
        asked[node] *= work.part[node]
        work.part[node] = 1.0


@compiled
def take(
    started: FloatArray, uses: UseArrays, order: IntArray, begin: int, end: int, left: FloatArray, at: int
) -> None:
    """Take the room of what is started in bucket `at`."""
    for place in range(begin, end):
        use = order[place]
        left[uses.room[use], uses.bucket[use, at]] -= uses.per_unit[use] * started[uses.node[use]]
