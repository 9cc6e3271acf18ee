"""The Theta method in logarithms, averaged over smoothing constants instead of optimized.

The Theta method equals simple exponential smoothing with a drift of half the slope of the regression on time
(Assimakopoulos & Nikolopoulos, Int. J. Forecasting 16 (2000) 521-530; Hyndman & Billah, ibid. 19 (2003) 287-290). For
one series of z_t (see `scale`) with mean z̄ and slope b:

    ẑ_t = l_(t−1) + d,   e_t = z_t − ẑ_t,   l_t = l_(t−1) + d + α e_t,   d = b / 2,   ẑ_(H+k) = l_H + d k

- Initial level: e_t is linear in l_0, so the l_0 of least squares is one division, exact, for every α of a grid.
- Smoothing constant: never chosen. Levels are averaged over the grid with tempered weights (`likelihood`).
- Slope: least squares with a ridge (`RIDGE_YEARS`), so that two observations make no trend; limited (`DRIFT_LIMIT`).
- Unknown buckets leave the level as it is and count nowhere.
"""

from dataclasses import dataclass

import numpy as np

from equipoise.core.grid import FloatArray, IntArray
from equipoise.demand.forecast.likelihood import average_weights
from equipoise.demand.forecast.summation import add_up, still_running

ALPHAS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.9)
"""Grid of smoothing constants."""
RIDGE_YEARS = 1.5
"""The slope is halved for a history of so many periods, and kept to 96 % for one three times as long."""
DRIFT_LIMIT = 0.2
"""Largest drift over one period, in logarithms (22 % a year) or, on the arithmetic scale, in mean demands."""
SHORT_YEAR = 4
"""Ridge and limit take no period for shorter than this."""


@dataclass(frozen=True, eq=False)
class ThetaFit:
    """What the averaged model says, on the scale of z."""

    path: FloatArray
    """[n, horizon]"""
    fitted: FloatArray
    """[n, H] one-step forecasts within the history. The initial level, the slope, the weights and the seasonal indices
    saw the whole history."""
    drift: FloatArray
    """[n] d per bucket."""


def forecast_log_theta(z: FloatArray, weight: FloatArray, length: IntArray, *, period: int, horizon: int) -> ThetaFit:
    """Fit z [n, H] with weights, left-aligned, of `length` [n], descending; weights are 0 after the end.

    >>> z = np.zeros((1, 24))
    >>> fit = forecast_log_theta(z, np.ones((1, 24)), np.array([24]), period=12, horizon=2)
    >>> fit.path.tolist()
    [[0.0, 0.0]]
    """
    values, weights = np.ascontiguousarray(z.T), np.ascontiguousarray(weight.T)
    time = np.arange(z.shape[1])[:, None] - (length - 1.0)  # 0 is the last bucket
    center, drift = _half_slope(values, weights, time, period)
    before, after = _smooth((values - center) - drift * time, weights, length)
    path = (center + after)[:, None] + drift[:, None] * np.arange(1.0, horizon + 1.0)
    fitted = center + before + drift * time
    return ThetaFit(path, np.ascontiguousarray(fitted.T), drift)


def _half_slope(z: FloatArray, weight: FloatArray, time: FloatArray, period: int) -> tuple[FloatArray, FloatArray]:
    """Weighted mean and half of the shrunk slope of z [H, n], each [n]."""
    total = add_up(weight)
    divisor = np.where(total > 0, total, 1.0)
    center = add_up(weight * z) / divisor
    middle = add_up(weight * time) / divisor
    lag = time - middle
    year = max(period, SHORT_YEAR)
    # The ridge is the Σ(t − t̄)² = n³/12 of a history of RIDGE_YEARS.
    ridge = (RIDGE_YEARS * year) ** 3 / 12.0
    slope = add_up(weight * lag * (z - center)) / (add_up(weight * lag * lag) + ridge)
    limit = DRIFT_LIMIT / year
    return center, np.clip(slope / 2.0, -limit, limit)


def smooth_level(z: FloatArray, weight: FloatArray, length: IntArray) -> FloatArray:
    """Level [n] after the last bucket of z [H, n], simple exponential smoothing averaged over the grid of α."""
    return _smooth(z, weight, length, wants_past=False)[1]


def _smooth(
    z: FloatArray, weight: FloatArray, length: IntArray, *, wants_past: bool = True
) -> tuple[FloatArray, FloatArray]:
    """Levels of z [H, n] averaged over the grid of α: before each bucket [H, n] and after the last one [n]."""
    span, n = z.shape
    alpha = np.array(ALPHAS)[:, None]
    # With l_0 = 0 the level is a_t, and each unit of l_0 adds b_t: the error is (z_t − a_t) − b_t l_0.
    a, b = np.zeros((len(ALPHAS), n)), np.ones((len(ALPHAS), n))
    aa, ab, bb = np.zeros_like(a), np.zeros_like(a), np.zeros_like(a)
    counts = still_running(length, span)
    for t, count in enumerate(counts):
        run = np.s_[:, :count]
        w = weight[t, :count]
        error, gain = z[t, :count] - a[run], alpha * w
        weighted = w * b[run]
        aa[run] += w * error * error
        ab[run] += weighted * error
        bb[run] += weighted * b[run]
        a[run] += gain * error
        b[run] -= gain * b[run]
    start = ab / np.where(bb > 0, bb, 1.0)
    share = average_weights(aa - ab * start, aa, add_up((weight > 0).astype(np.float64)))
    after = add_up(share * (a + b * start))

    before = np.zeros_like(z)
    if not wants_past:
        return before, after
    level = start
    for t, count in enumerate(counts):
        run = np.s_[:, :count]
        before[t, :count] = add_up(share[run] * level[run])
        level[run] += alpha * weight[t, :count] * (z[t, :count] - level[run])
    return before, after
