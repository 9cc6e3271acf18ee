"""Classical multiplicative decomposition: demand = trend-cycle × seasonal index × irregular, for many series at once.

1. Trend-cycle: centred moving average over one year (2×m for even m), carried on to both ends along the straight line
   of its first and last year, so that every bucket has a ratio (the textbook loses half a year at both ends).
2. Ratio to moving average: r_t = y_t / trend_t.
3. Raw index of a season: mean of its ratios, a year weighing `discount` times the year after it; indices average to 1.
4. Variance of an index: scatter of the ratios of one season about their index, over the weights that went into it.

Source: Hyndman & Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., section 3.4; Makridakis, Wheelwright &
Hyndman, Forecasting (1998), section 3/4. The discount and the carried-on ends are ours, tuned on hold-outs of M3.
"""

from dataclasses import dataclass

import numpy as np

from equipoise.core.grid import BoolArray, FloatArray
from equipoise.demand.forecast.summation import add_up

DISCOUNT = 0.75
"""Weight of a year's seasonal ratios relative to the year after it."""
CARRY_LIMIT = 0.25
"""The trend-cycle moves at most by this share of itself while it is carried on to an end of the series."""

CHUNK = 500
"""Series computed together, so that their arrays stay in the cache; results do not depend on it."""


@dataclass(frozen=True)
class SeasonalEstimate:
    """Raw seasonal indices before any shrinkage; column j is bucket j after the history (see `seasonal_for`)."""

    indices: FloatArray
    """[N, period], averaging to 1 per series; 1 where nothing is known."""
    variance: FloatArray
    """[N], mean sampling variance of an index; infinite where the history is shorter than two full periods."""


def decompose(y: FloatArray, period: int, *, discount: float = DISCOUNT) -> SeasonalEstimate:
    """Raw seasonal indices of y [N, H] (NaN = unknown) with their sampling variance.

    >>> year = np.array([0.5, 1.5, 1.0, 1.0])
    >>> estimate = decompose(np.tile(100.0 * year, (1, 3)), 4)
    >>> estimate.indices.round(9).tolist(), estimate.variance.round(9).tolist()
    ([[0.5, 1.5, 1.0, 1.0]], [0.0])
    """
    n = y.shape[0]
    indices, variance = np.ones((n, period)), np.full(n, np.inf)
    if period >= 2 and y.shape[1] >= 2 * period:
        for start in range(0, n, CHUNK):
            rows = slice(start, start + CHUNK)
            indices[rows], variance[rows] = decompose_chunk(y[rows], period, discount)
    return SeasonalEstimate(indices, variance)


def decompose_chunk(y: FloatArray, period: int, discount: float) -> tuple[FloatArray, FloatArray]:
    """Indices [n, period] and variance [n] of some series."""
    demand = np.ascontiguousarray(y.T)
    trend = _carry_to_ends(_moving_average(demand, period), period)
    is_known = np.isfinite(demand) & (trend > 0)
    # A bucket of net returns counts as nothing sold: no index is negative.
    ratio = np.where(is_known, np.maximum(demand, 0.0), 0.0) / np.where(is_known, trend, 1.0)
    indices, variance = _average_by_season(ratio, is_known, period, discount)
    is_long = (np.isfinite(demand).sum(axis=0) >= 2 * period) & np.isfinite(variance)
    return np.where(is_long, indices, 1.0).T, np.where(is_long, variance, np.inf)


def _moving_average(demand: FloatArray, period: int) -> FloatArray:
    """Centred moving average of demand [H, n] over one period; NaN in the half period at each end of a series."""
    span = demand.shape[0]
    half = period // 2
    weights = [1.0] * period if period % 2 else [0.5] + [1.0] * (period - 1) + [0.5]
    count = span - len(weights) + 1
    total = np.zeros((count, demand.shape[1]))
    for offset, weight in enumerate(weights):
        total += weight * demand[offset : offset + count]
    trend = np.full_like(demand, np.nan)
    trend[half : half + count] = total / period
    return trend


def _carry_to_ends(trend: FloatArray, period: int) -> FloatArray:
    """Continue trend [H, n] over the half period at both ends with the mean step of its first and last year."""
    span, n = trend.shape
    half, column = period // 2, np.arange(n)
    is_known = np.isfinite(trend)
    first = np.argmax(is_known, axis=0)
    last = span - 1 - np.argmax(is_known[::-1], axis=0)
    result = trend.copy()
    for end, outward in ((first, -1), (last, 1)):
        inner = np.clip(end - outward * period, first, last)
        value = trend[end, column]
        step = outward * (value - trend[inner, column]) / np.maximum(np.abs(end - inner), 1)
        for k in range(1, half + 1):
            move = np.clip(step * k * outward, -CARRY_LIMIT * np.abs(value), CARRY_LIMIT * np.abs(value))
            at = end + outward * k
            is_inside = (at >= 0) & (at < span)
            result[at[is_inside], column[is_inside]] = (value + move)[is_inside]
    return result


def _average_by_season(
    ratio: FloatArray, is_known: BoolArray, period: int, discount: float
) -> tuple[FloatArray, FloatArray]:
    """Discounted mean of ratios [H, n] by season -> indices [period, n] and mean variance [n] (NaN: season unseen)."""
    span, n = ratio.shape
    years = -(-span // period)
    pad = years * period - span
    ratios = np.concatenate([np.zeros((pad, n)), ratio]).reshape(years, period, n)
    age = np.arange(years - 1, -1, -1.0)
    weight = np.concatenate([np.zeros((pad, n)), is_known.astype(np.float64)]).reshape(years, period, n)
    weight *= (discount**age)[:, None, None]
    total = add_up(weight)
    is_seen = np.all(total > 0, axis=0)
    divisor = np.where(total > 0, total, 1.0)
    means = add_up(weight * ratios) / divisor
    level = np.where(is_seen & (add_up(means) > 0), add_up(means) / period, np.nan)
    indices = means / level
    squares = add_up(weight * weight)
    error = np.where(weight > 0, ratios / level - indices, 0.0)
    freedom = add_up(total - squares / divisor)
    scatter = add_up(add_up(weight * error * error)) / np.where(freedom > 0, freedom, np.nan)
    variance = scatter * add_up(squares / divisor**2) / period
    return indices, variance
