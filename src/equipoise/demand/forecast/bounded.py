"""Least squares over a hierarchy with no series below 0 (Wickramasuriya, Turlach & Hyndman, Statistics and Computing 30
(2020)), exactly, in its dual:

    W_u λ + A max(0, ŷ_b + W_b Aᵀ λ) = ŷ_u

by Newton's method with a line search. Clipping at 0 instead would raise every total. Each step is a system as without
the bound, in which the series at 0 have variance 0; so where L has entries is found once for all steps and buckets.
"""

from types import ModuleType
from typing import Any

import numpy as np

from equipoise.core.grid import FloatArray, IntArray
from equipoise.demand.forecast.aggregates import Aggregates

MOST_ROUNDS = 200
HALVINGS = 40
DESCENT = 1e-4
"""Share of the promised descent that a step must make (Armijo)."""
AT_BOUND = 1e-12
"""Part of the largest base forecast of a series within which a series is at 0 as well as free: rounding alone decides
which, and would go on deciding for ever where coherent forecasts are reconciled again."""


def least_from_0(
    nodes: Aggregates, variance: FloatArray, twin: ModuleType, base: FloatArray, found: FloatArray
) -> None:
    """Solve anew, with no series below 0, where `found` [N, T] has some; other islands keep their digits."""
    is_below = found < 0
    if not is_below.any():
        return
    m, islands = nodes.count, nodes.islands
    for island in np.unique(islands[is_below.any(axis=1)]).tolist():
        rows = np.flatnonzero(islands == island)
        part, upper = nodes.of_rows(rows)
        both = np.concatenate([upper, m + rows])
        task = _Island(part, variance[both], twin)
        for t in np.flatnonzero(is_below[rows].any(axis=0)).tolist():
            found[rows, t] = task.bounded(base[both, t])


class _Island:
    """Nodes that are tied to each other, their variances, and the code that eliminates them."""

    def __init__(self, nodes: Aggregates, variance: FloatArray, twin: ModuleType) -> None:
        """Find where L has entries."""
        self.order: IntArray = nodes.bottom_up
        self.upper, self.bottom, self.twin = variance[: nodes.count][self.order], variance[nodes.count :], twin
        self.pattern: Any = twin.find_pattern(nodes.above, self.order)

    def bounded(self, base: FloatArray) -> FloatArray:
        """The least squares of one bucket [M + N] with series of at least 0."""
        y, told = base[len(self.order) :], base[self.order]
        price, near = np.zeros(len(told)), AT_BOUND * float(np.abs(y).max())
        trial, height = y, 0.0
        for _ in range(MOST_ROUNDS):
            is_free = trial > 0
            kept = self.twin.sums(self.pattern, np.maximum(trial, 0.0)[:, None])[:, 0]
            slope = self.upper * price + kept - told
            factor = self.twin.factorize(self.pattern, np.where(is_free, self.bottom, 0.0), self.upper)
            step = self.twin.solve(factor, slope[:, None])[:, 0]
            size, begun = 1.0, (price, height)
            for _ in range(HALVINGS):
                price = begun[0] - size * step
                trial, height = self._dual(y, told, price)
                if size == 1.0 and (np.abs(trial[(trial > 0) != is_free]) <= near).all():
                    return np.maximum(trial, 0.0)  # the same series are free: the linear system was the whole truth
                if height <= begun[1] - DESCENT * size * float(slope @ step):
                    break
                size /= 2
        raise AssertionError(f"no forecast of at least 0 was found in {MOST_ROUNDS} rounds")

    def _dual(self, y: FloatArray, told: FloatArray, price: FloatArray) -> tuple[FloatArray, float]:
        """What the series would be at these prices, below 0 where they stay at 0; and the dual's height."""
        handed, w = self.twin.handed(self.pattern, price[:, None])[:, 0], self.bottom
        trial = y + w * handed
        kept = np.maximum(y, 0.0)
        rise = (np.maximum(trial, 0.0) ** 2 - kept**2) / np.where(w > 0, 2 * w, 1.0)
        height = (self.upper * price**2 / 2 - told * price).sum() + np.where(w > 0, rise, kept * handed).sum()
        return trial, float(height)
