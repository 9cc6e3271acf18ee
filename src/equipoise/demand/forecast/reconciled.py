"""Forecasts that agree with those of their totals: each total's history is forecast by the same engine, then both are
reconciled, today and at every earlier date of the backtest with nothing known later. So accuracy, fan and safety stock
are those of the reconciled forecast.

Weights are structural, with units in the place of series: the variance of a series is its mean forecast, that of a
total the sum of those below it. So a series moves in proportion to its size, and one that forecasts nothing stays.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from equipoise.core.grid import FloatArray, IntArray
from equipoise.demand.forecast.aggregates import Aggregates
from equipoise.demand.forecast.forecast import ORIGINS, Runs, run_origins
from equipoise.demand.forecast.pool import Pooled
from equipoise.demand.forecast.reconciliation import Hierarchy
from equipoise.demand.forecast.summation import add_up


@dataclass(frozen=True, eq=False)
class Reconciling:
    """Revises the runs of N series, in whatever order they are forecast, by those of M totals."""

    nodes: Aggregates
    """Totals that are tied to each other by some series share a season, as the series of a family do."""
    season_length: int
    farthest: int
    """As in `run_origins`: the totals are judged at the same dates."""
    kernel: str | None = None
    unit: FloatArray | None = None
    """[N] what one unit of a total is in units of the series; None for 1."""

    def __call__(self, runs: Runs) -> Runs:
        """The same runs with reconciled points."""
        place = np.argsort(runs.histories.order, kind="stable")
        unit = np.ones(len(place)) if self.unit is None else self.unit
        above = run_origins(
            known_sums(self.nodes, runs.histories.y[place] / unit[:, None]),
            self.season_length,
            runs.found.point.shape[1],
            levels=(),
            family=self._tied,
            origin_count=ORIGINS if runs.past else 0,
            farthest=self.farthest,
            kernel=self.kernel,
        )
        assert np.array_equal(above.held_back, runs.held_back), (above.held_back, runs.held_back)
        upper_place = np.argsort(above.histories.order, kind="stable")

        def revised(one: Pooled, total: Pooled) -> Pooled:
            point = self.reconciled(one.point[place] / unit[:, None], total.point[upper_place]) * unit[:, None]
            return replace(one, point=point[runs.histories.order])

        past = [revised(one, total) for one, total in zip(runs.past, above.past, strict=True)]
        return replace(runs, found=revised(runs.found, above.found), past=past)

    def within(self, rows: IntArray) -> IntArray:
        """`rows` and all series that move with them through totals, ascending."""
        islands = self.nodes.islands
        return np.flatnonzero(np.isin(islands, islands[rows]))

    def rows(self, chosen: IntArray, unit: FloatArray) -> "Reconciling":
        """The same for the series `chosen`, which move with no others (`within`); `unit` as the field, [n]."""
        nodes, _ = self.nodes.of_rows(chosen)
        return replace(self, nodes=nodes, unit=unit)

    def reconciled(self, point: FloatArray, upper: FloatArray) -> FloatArray:
        """Points [N, horizon] as they agree with those of the totals [M, horizon]; never negative."""
        buckets = point.shape[1]
        if buckets == 0 or self.nodes.count == 0:
            return point
        volume = add_up(np.ascontiguousarray(point.T)) / buckets
        total = self.nodes.sums(volume[:, None])[:, 0]
        variance = np.concatenate([np.where(total > 0, total, np.inf), volume])
        return self._hierarchy.weigh(variance).reconcile(np.concatenate([upper, point]))

    @cached_property
    def _hierarchy(self) -> Hierarchy:
        """One for all dates of the backtest."""
        return Hierarchy(self.nodes, self.kernel)

    @property
    def _tied(self) -> IntArray:
        """[M] a number that totals tied to each other share."""
        tied = np.zeros(self.nodes.count, dtype=np.int64)
        for column in self.nodes.above.T:
            tied[column[column >= 0]] = self.nodes.islands[column >= 0]
        return tied


def known_sums(nodes: Aggregates, y: FloatArray) -> FloatArray:
    """Histories [M, H] of totals over y [N, H]: the sum of what is known, NaN where nothing is.

    >>> known_sums(Aggregates.of(np.array([0, 0])), np.array([[np.nan, np.nan, 1.0], [np.nan, 2.0, 3.0]])).tolist()
    [[nan, 2.0, 4.0]]
    """
    is_known = np.isfinite(y)
    known = nodes.sums(is_known.astype(np.float64))
    total: FloatArray = np.where(known > 0, nodes.sums(np.where(is_known, y, 0.0)), np.nan)
    return total
