"""Upper nodes of several hierarchies over the same series: total, region, family, item, and what they cross.

A level is a partition of (some of) the series: each row has one node there or none. Levels need not be nested: items
over markets and families over regions may stand side by side. Together they are the summing matrix of hierarchical
forecasting without ever being one (Hyndman & Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., 11.1-11.2).

>>> family, market = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
>>> nodes = Aggregates.of(np.zeros(4, dtype=np.int64), family, market)
>>> nodes.sums(np.array([[1.0], [2.0], [4.0], [8.0]])).T.tolist()
[[15.0, 3.0, 12.0, 5.0, 10.0]]
>>> nodes.parents is None, crossed(family, market).tolist()
(True, [0, 1, 2, 3])
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise

import numpy as np

from equipoise.core.errors import EquipoiseError
from equipoise.core.grid import BoolArray, FloatArray, IntArray

NONE = -1


class WrongHierarchy(EquipoiseError):
    """Levels, base forecasts or weights do not fit together."""


@dataclass(frozen=True, eq=False)
class Aggregates:
    """M upper nodes over N series."""

    above: IntArray
    """[N, L] node of each series at each level, `NONE` where it has none; nodes are numbered level after level."""
    count: int
    """M."""

    @staticmethod
    def of(*levels: IntArray) -> "Aggregates":
        """From the code of each series at each level [N]; any number below 0 means none. Raises `WrongHierarchy`."""
        if len({len(codes) for codes in levels}) > 1:
            raise WrongHierarchy(f"levels have {', '.join(str(len(codes)) for codes in levels)} series")
        columns, count = [], 0
        for codes in levels:
            found, number = np.unique(codes, return_inverse=True)
            skipped = int(np.searchsorted(found, 0))
            columns.append(np.where(codes >= 0, number - skipped + count, NONE))
            count += len(found) - skipped
        above = np.stack(columns, axis=1).astype(np.int64) if columns else np.zeros((0, 0), dtype=np.int64)
        return Aggregates(above, count)

    @cached_property
    def size(self) -> IntArray:
        """[M] series below each node."""
        with_none: IntArray = np.bincount(self.above.ravel() - NONE, minlength=self.count + 1)
        return with_none[1:]

    @cached_property
    def bottom_up(self) -> IntArray:
        """[M] nodes, those of fewer series first; of equal ones the later level first, as levels run from the top."""
        return self.count - 1 - np.argsort(self.size[::-1], kind="stable")

    def sums(self, values: FloatArray) -> FloatArray:
        """Sums [M, T] of series [N, T] below each node; exact in any order where these are on the number grid."""
        return sum_below(self.above, values, self.count)

    def without(self, silent: BoolArray) -> "Aggregates":
        """The same series with some nodes [M] taken out; the others keep their order."""
        place = np.append(np.where(silent, NONE, np.cumsum(~silent) - 1), NONE)
        return Aggregates(place[self.above], int((~silent).sum()))

    def of_rows(self, rows: IntArray) -> tuple["Aggregates", IntArray]:
        """The nodes above some series [n] as aggregates of them alone, and which nodes these are, ascending."""
        above = self.above[rows]
        silent = np.ones(self.count, dtype=np.bool_)
        silent[above[above >= 0]] = False
        return Aggregates(self.without(silent).above[rows], int((~silent).sum())), np.flatnonzero(~silent)

    @cached_property
    def islands(self) -> IntArray:
        """[N] the first series of those that each is tied to by nodes, directly or through others."""
        island, none = np.arange(len(self.above)), len(self.above)
        while True:
            first = np.full(self.count + 1, none)
            for column in self.above.T:
                np.minimum.at(first, column, island)
            first[-1] = none  # no node ties nothing
            found = np.minimum(island, first[self.above].min(axis=1, initial=none))
            found = np.minimum(found, found[found])
            if np.array_equal(found, island):
                return island
            island = found

    @cached_property
    def repeats(self) -> BoolArray:
        """[M] nodes that say nothing of their own: below them lies one series, or just what lies below an earlier node.

        An item sold in one market is that one series; the family of a region that sells no other is that region.
        """
        found: BoolArray = self.size < 2
        for first, second in combinations(range(self.above.shape[1]), 2):
            both = self.above[:, [first, second]]
            pairs, shared = np.unique(both[(both >= 0).all(axis=1)], axis=0, return_counts=True)
            one, other = pairs[:, 0], pairs[:, 1]
            found[other[(self.size[one] == shared) & (self.size[other] == shared) & ~found[one]]] = True
        return found

    @cached_property
    def parents(self) -> IntArray | None:
        """[M + N] the next larger node above each node and each series, `NONE` above the tops; None if nodes cross."""
        rank = np.full(self.count + 1, self.count, dtype=np.int64)
        rank[self.bottom_up] = np.arange(self.count)
        chain = _ascending([rank[column] for column in self.above.T])  # small to large, then none
        chain.append(np.full(len(self.above), self.count))
        larger = np.full(self.count + 1, self.count, dtype=np.int64)
        for lower, upper in pairwise(chain):
            larger[lower] = upper
        if any((larger[lower] != upper).any() for lower, upper in pairwise(chain)):
            return None
        by_size = np.append(self.bottom_up, NONE)
        return np.concatenate([by_size[larger[rank[: self.count]]], by_size[chain[0]]])


def _ascending(columns: list[IntArray]) -> list[IntArray]:
    """Columns [N] each, sorted along every row; a sort of many short rows would take longer."""
    for end in range(len(columns) - 1, 0, -1):
        for at in range(end):
            one, two = columns[at], columns[at + 1]
            columns[at], columns[at + 1] = np.minimum(one, two), np.maximum(one, two)
    return columns


def sum_below(above: IntArray, values: FloatArray, count: int) -> FloatArray:
    """Sums [count, T] of `values` [N, T] by the nodes `above` them [N, L]."""
    total = np.zeros((count + 1, values.shape[1]))  # the last is for series that have no node
    buckets = np.ascontiguousarray(values.T)
    for column in above.T:
        node = np.where(column >= 0, column, count)
        for t, bucket in enumerate(buckets):
            total[:, t] += np.bincount(node, weights=bucket, minlength=count + 1)
    return total[:-1]


def hand_down(above: IntArray, prices: FloatArray) -> FloatArray:
    """For each series the sum [N, T] of what all nodes `above` it [N, L] hold, `prices` [M, T]."""
    with_none = np.concatenate([prices, np.zeros((1, prices.shape[1]))])
    total = np.zeros((len(above), prices.shape[1]))
    for column in above.T:
        total += with_none[column]
    return total


def crossed(first: IntArray, second: IntArray) -> IntArray:
    """Codes [N] of a level that crosses two others, such as family by region; below 0 where either is."""
    width = int(second.max(initial=0)) + 1
    found: IntArray = np.where((first >= 0) & (second >= 0), first * width + second, NONE)
    return found
