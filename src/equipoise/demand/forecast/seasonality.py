"""Seasonal indices that are shrunk instead of tested: noisy series keep little seasonality, clear ones keep nearly all.

A significance test that switches seasonality on or off flips whole forecasts on one new month. Here every index vector
is drawn towards a prior by as much as its own sampling variance says, and nothing jumps:

- towards flat (positive-part James-Stein):  s = 1 + (1 − λ v (m−1) / Σ(ŝ_j − 1)²)⁺ (ŝ − 1)
- towards the family (empirical Bayes):      s = f + τ² / (τ² + λ v) (ŝ − f)

with ŝ the raw indices, v their sampling variance, m the period, f the family's mean index (itself shrunk to flat), τ²
the spread of true indices within the family and λ = 1.25 (tuned on hold-outs of M3: the moving average eats some of
the noise, so v is understated).

Sources: James & Stein (1961); Efron & Morris, JASA 70 (1975) 311-319; Miller & Williams, Int. J. Forecasting 19 (2003)
669-684 (shrinking seasonal factors); Withycombe, Int. J. Forecasting 5 (1989) 547-552 (group seasonal indices);
DerSimonian & Laird, Controlled Clinical Trials 7 (1986) 177-188 (the moment estimate of τ²).

Alignment: buckets count from the end of the history, bucket 0 is the first one to forecast, −1 the last one known.
Column j of an index array belongs to every bucket b with b mod period = j.
"""

from dataclasses import dataclass

import numpy as np

from equipoise.core.grid import BoolArray, FloatArray, IntArray, on_grid
from equipoise.demand.forecast.decomposition import DISCOUNT, SeasonalEstimate, decompose
from equipoise.demand.forecast.summation import add_up

CAUTION = 1.25
"""λ: factor on the sampling variance of the raw indices."""
LEAST_VARIANCE = 1e-4
"""No index is believed more closely than 0.01 (one standard deviation) when a family weighs its members."""
SUM_STEP = 2.0**-16
"""Family sums are made on this binary grid: the same in any order of the items."""


def seasonal_for(indices: FloatArray, first: int, count: int) -> FloatArray:
    """Indices [N, period] laid out over `count` buckets from bucket `first` (0 = first forecast bucket) -> [N, count].

    >>> seasonal_for(np.array([[0.5, 1.0, 1.5]]), -2, 4).tolist()
    [[1.0, 1.5, 0.5, 1.0]]
    """
    return indices[:, np.arange(first, first + count) % indices.shape[1]]


def seasonal_indices(y: FloatArray, period: int, *, discount: float = DISCOUNT) -> FloatArray:
    """Multiplicative seasonal indices [N, period] of demand y [N, H], shrunk to flat; each row averages to 1.

    NaN is unknown (before the first sale), 0 is sold nothing. Fewer than two full periods of data give ones. Column j
    is the season of bucket H + j, the j-th one after the history. `discount` weighs a year against the year after it.

    >>> seasonal_indices(np.tile([60.0, 140.0, 100.0, 100.0], (1, 5)), 4).round(6).tolist()
    [[0.6, 1.4, 1.0, 1.0]]
    >>> seasonal_indices(np.array([[1.0, 2.0, 3.0, 4.0, 5.0]]), 4).tolist()
    [[1.0, 1.0, 1.0, 1.0]]
    """
    estimate = decompose(y, period, discount=discount)
    return shrink_to_flat(estimate.indices, estimate.variance)


def family_indices(
    y: FloatArray, period: int, *, family: IntArray | None = None, discount: float = DISCOUNT
) -> FloatArray:
    """`seasonal_indices`, shrunk to the mean index of each series' family where `family` [N] names one (code ≥ 0)."""
    return shrink(decompose(y, period, discount=discount), family)


def shrink(estimate: SeasonalEstimate, family: IntArray | None) -> FloatArray:
    """Raw indices drawn to their family where `family` [N] names one (code ≥ 0), else to flat."""
    if family is None:
        return shrink_to_flat(estimate.indices, estimate.variance)
    return shrink_to_family(estimate.indices, estimate.variance, family)


def shrink_to_flat(indices: FloatArray, variance: FloatArray) -> FloatArray:
    """James-Stein shrinkage of raw indices [N, period] with sampling variance [N] towards ones.

    >>> shrink_to_flat(np.array([[0.8, 1.2], [0.8, 1.2]]), np.array([0.0, 0.032])).round(6).tolist()
    [[0.8, 1.2], [0.9, 1.1]]
    """
    deviation = np.ascontiguousarray(indices.T) - 1.0
    size = add_up(deviation * deviation)
    noise = CAUTION * variance * max(indices.shape[1] - 1, 1)
    keep = np.where(noise < size, 1.0 - np.minimum(noise, size) / np.where(size > 0, size, 1.0), 0.0)
    return np.ascontiguousarray((1.0 + keep * deviation).T)


def shrink_to_family(indices: FloatArray, variance: FloatArray, family: IntArray) -> FloatArray:
    """Empirical-Bayes shrinkage of raw indices [N, period] with sampling variance [N] towards their family's mean.

    `family` [N] holds codes, < 0 = none. A series too short for indices of its own (infinite variance) gets its
    family's; a series without family, or alone in it, is shrunk to flat.

    >>> year = [0.6, 1.4, 1.0, 1.0]
    >>> raw, variance = np.array([year, year, [1.0] * 4]), np.array([1e-4, 1e-4, np.inf])
    >>> shrink_to_family(raw, variance, np.array([7, 7, 7])).round(2).tolist()
    [[0.6, 1.4, 1.0, 1.0], [0.6, 1.4, 1.0, 1.0], [0.6, 1.4, 1.0, 1.0]]
    """
    shared = _learn_families(indices, variance, family)
    own = shrink_to_flat(indices, variance)
    shrunk = shared.profile + shared.keep[:, None] * (indices - shared.profile)
    return np.where(shared.is_known[:, None], shrunk, own)


def family_profile(indices: FloatArray, variance: FloatArray, family: IntArray) -> tuple[FloatArray, BoolArray]:
    """What the families have in common: indices [N, m], and which series [N] have a family that shows any."""
    shared = _learn_families(indices, variance, family)
    return shared.profile, shared.is_known


@dataclass(frozen=True, eq=False)
class _Shared:
    """What families share, for each of N series."""

    profile: FloatArray
    """[N, m] mean index of its family."""
    keep: FloatArray
    """[N] how much of its own distance from the profile a series keeps."""
    is_known: BoolArray
    """[N] False for a series without family, or alone in it."""


def _learn_families(indices: FloatArray, variance: FloatArray, family: IntArray) -> _Shared:
    """Empirical Bayes by family."""
    period = indices.shape[1]
    codes, member = np.unique(family, return_inverse=True)
    doubt = np.maximum(CAUTION * variance, LEAST_VARIANCE)
    is_known = np.isfinite(doubt)
    exact = np.where(is_known, on_grid(1.0 / doubt, SUM_STEP), 0.0)

    # DerSimonian-Laird with m − 1 free indices per member: Q is the weighted scatter about the family's mean.
    weight = _sum_by(member, exact)
    mean = _sum_by(member, exact[:, None] * indices) / np.where(weight > 0, weight, 1.0)[:, None]
    distance = add_up(np.ascontiguousarray(((indices - mean[member]) ** 2).T))
    scatter = _sum_by(member, exact * distance)
    members = _sum_by(member, (exact > 0).astype(np.float64))
    spread = weight - _sum_by(member, exact * exact) / np.where(weight > 0, weight, 1.0)
    is_shared = (members >= 2) & (spread > 0)
    free = float(max(period - 1, 1))
    between = np.maximum(scatter - free * (members - 1.0), 0.0) / (free * np.where(is_shared, spread, 1.0))

    own = np.where(is_known, doubt, 1.0)
    share = np.where(is_known, on_grid(1.0 / (between[member] + own), SUM_STEP), 0.0)
    total = _sum_by(member, share)
    is_shared &= total > 0
    divisor = np.where(is_shared, total, 1.0)
    profile = shrink_to_flat(_sum_by(member, share[:, None] * indices) / divisor[:, None], 1.0 / divisor / CAUTION)
    keep = np.where(is_known, between[member] / (between[member] + own), 0.0)
    return _Shared(profile[member], keep, (is_shared & (codes >= 0))[member])


def _sum_by(member: IntArray, values: FloatArray) -> FloatArray:
    """Sums of values [N] or [N, m] by family number, exact on the grid and so independent of the order of items."""
    sums = np.zeros((int(member.max(initial=-1)) + 1, *values.shape[1:]))
    np.add.at(sums, member, on_grid(values, SUM_STEP))
    return sums
