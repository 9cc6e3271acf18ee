"""The common movement of a family: one index from the growth of its steady series, free of their size and units.

From bucket to bucket the index grows by the mean of the logarithmic growth of the series known in both,

    z_t = z_{t−1} + Σ w_n ln(y_nt / y_n,t−1) / Σ w_n,   w_n = 1 / (variance of the yearly difference of growth + floor),

a chained geometric index (Balk, Price and Quantity Index Numbers (2008), chapter 6): items that come and go do not bend
it, and an item counts by how steady it is, not by how much it sells. What all series of a family have in common -
working days, feasts, a leading indicator - stands out in it, what each has for itself averages out.
"""

from dataclasses import dataclass

import numpy as np

from equipoise.core.grid import QUANTITY_STEP, FloatArray, IntArray, on_grid

STEADY_SHARE = 0.9
"""Share of the known buckets of a series that must have sold something."""
LEAST_PAIRS = 6
"""Yearly differences of growth that a series must have."""
FLOOR = 0.05
"""No series counts as steadier than this standard deviation, or one would be the whole index."""


@dataclass(frozen=True, eq=False)
class FamilyIndex:
    """Logarithm of the index of one group, whose last value is that of the last closed bucket."""

    group: int
    z: FloatArray
    """[T], from the bucket on from which the index is unbroken; starts at 0."""


def family_indices_of(y: FloatArray, group: IntArray, period: int) -> list[FamilyIndex]:
    """Indices of the groups [N] (−1: none) of series y [N, H], NaN where unknown; groups without one are left out.

    >>> rise = np.array([[10.0, 20.0] * 6, [300.0, 600.0] * 6])
    >>> (index,) = family_indices_of(rise, np.array([3, 3]), 2)
    >>> index.group, np.exp(index.z[:4]).round(6).tolist()
    (3, [1.0, 2.0, 1.0, 2.0])
    """
    if y.shape[1] < 2:
        return []
    is_sold = np.nan_to_num(y) > 0
    log = np.log(np.where(is_sold, y, 1.0))
    growth = np.where(is_sold[:, 1:] & is_sold[:, :-1], np.diff(log, axis=1), np.nan)
    weight = np.where(group >= 0, _steadiness(y, growth, period), 0.0)
    count = int(group.max(initial=-1)) + 1
    is_known = np.isfinite(growth) & (weight > 0)[:, None]
    total, weights = np.zeros((count, growth.shape[1])), np.zeros((count, growth.shape[1]))
    counted = np.flatnonzero(is_known.any(axis=1))
    # On the grid the sums are the same in whatever order the items come.
    amounts = on_grid(np.where(is_known, weight[:, None] * np.nan_to_num(growth), 0.0), QUANTITY_STEP)
    np.add.at(total, group[counted], amounts[counted])
    np.add.at(weights, group[counted], np.where(is_known, weight[:, None], 0.0)[counted])
    found = []
    for number in np.unique(group[counted]).tolist():
        unknown = np.flatnonzero(weights[number] == 0)
        begin = int(unknown[-1]) + 1 if unknown.size else 0
        steps = total[number, begin:] / np.where(weights[number, begin:] > 0, weights[number, begin:], 1.0)
        if steps.size:
            found.append(FamilyIndex(number, np.concatenate([[0.0], np.cumsum(steps)])))
    return found


def _steadiness(y: FloatArray, growth: FloatArray, period: int) -> FloatArray:
    """Weight of each series [N]: 0 unless it sells steadily."""
    yearly = growth[:, period:] - growth[:, : max(growth.shape[1] - period, 0)]
    has_pair = np.isfinite(yearly)
    pairs = has_pair.sum(axis=1)
    squares = np.zeros(len(y))
    for column in np.where(has_pair, yearly * yearly, 0.0).T:
        squares += column
    known = np.isfinite(y).sum(axis=1)
    is_steady = (np.nan_to_num(y) > 0).sum(axis=1) >= STEADY_SHARE * known
    weight = 1.0 / (squares / np.maximum(pairs, 1) + FLOOR * FLOOR)
    rounded: FloatArray = on_grid(np.where(is_steady & (pairs >= LEAST_PAIRS), weight, 0.0), QUANTITY_STEP)
    return rounded
