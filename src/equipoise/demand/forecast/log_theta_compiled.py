"""Twin of `log_theta.forecast_log_theta` and `smooth_level`."""

import numpy as np

from equipoise.core.compiling import compiled
from equipoise.core.grid import FloatArray, IntArray
from equipoise.demand.forecast.lanes import in_lanes
from equipoise.demand.forecast.likelihood import TEMPER
from equipoise.demand.forecast.log_theta import ALPHAS, DRIFT_LIMIT, RIDGE_YEARS, SHORT_YEAR, ThetaFit

GRID = in_lanes(np.array(ALPHAS))
POINTS, LANES = len(ALPHAS), len(GRID)


def forecast_log_theta(z: FloatArray, weight: FloatArray, length: IntArray, *, period: int, horizon: int) -> ThetaFit:
    """As `log_theta.forecast_log_theta`."""
    year = max(period, SHORT_YEAR)
    ridge, limit = (RIDGE_YEARS * year) ** 3 / 12.0, DRIFT_LIMIT / year
    return ThetaFit(*_fit(z, weight, length, GRID, ridge, limit, horizon))


@compiled
def smooth_grid(x: FloatArray, weight: FloatArray, count: int, alpha: FloatArray, s: FloatArray) -> None:
    """Smooth x [count] from a level of 0 with every α; s [5, LANES] in one row: level, what a unit of the first level
    adds to it, Σ w e², Σ w b e and Σ w b². One array of known rows lets the compiler take four α at a time."""
    for g in range(LANES):
        s[g], s[LANES + g] = 0.0, 1.0
        s[2 * LANES + g], s[3 * LANES + g], s[4 * LANES + g] = 0.0, 0.0, 0.0
    for t in range(count):
        value, w = x[t], weight[t]
        for g in range(LANES):
            error, gain, b = value - s[g], alpha[g] * w, s[LANES + g]
            weighted = w * b
            s[2 * LANES + g] += w * error * error
            s[3 * LANES + g] += weighted * error
            s[4 * LANES + g] += weighted * b
            s[g] += gain * error
            s[LANES + g] -= gain * b


@compiled
def weigh_grid(s: FloatArray, known: float, share: FloatArray) -> float:
    """Average over the grid after `smooth_grid`: the last level. `share` [LANES], zeros at first, is filled, and the
    row of s for what a unit of the first level adds then holds that level."""
    best = np.inf
    for g in range(POINTS):
        aa, ab, bb = s[2 * LANES + g], s[3 * LANES + g], s[4 * LANES + g]
        start = ab / (bb if bb > 0 else 1.0)
        share[g] = np.log(max(aa - ab * start, 1e-10 * aa, 1e-24))
        best = min(best, share[g])
        s[g] += s[LANES + g] * start
        s[LANES + g] = start
    total = 0.0
    for g in range(POINTS):
        share[g] = np.exp(-0.5 * TEMPER * known * (share[g] - best))
        total += share[g]
    after = 0.0
    for g in range(POINTS):
        share[g] /= total
        after += share[g] * s[g]
    return after


@compiled
def _fit(
    z: FloatArray, weight: FloatArray, length: IntArray, alpha: FloatArray, ridge: float, limit: float, horizon: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    n, span = z.shape
    path, fitted, drifts = np.empty((n, horizon)), np.zeros((n, span)), np.empty(n)
    s, share, x = np.empty(5 * LANES), np.zeros(LANES), np.empty(span)
    for i in range(n):
        count = length[i]
        total, first, moment, known = 0.0, 0.0, 0.0, 0
        for t in range(count):
            w = weight[i, t]
            total += w
            first += w * z[i, t]
            moment += w * (t - (count - 1.0))
            known += w > 0
        divisor = total if total > 0 else 1.0
        center, middle = first / divisor, moment / divisor
        cross, square = 0.0, 0.0
        for t in range(count):
            lag = t - (count - 1.0) - middle
            cross += weight[i, t] * lag * (z[i, t] - center)
            square += weight[i, t] * lag * lag
        drift = min(max(cross / (square + ridge) / 2.0, -limit), limit)
        for t in range(count):
            x[t] = (z[i, t] - center) - drift * (t - (count - 1.0))
        smooth_grid(x, weight[i], count, alpha, s)
        after = weigh_grid(s, known, share)
        drifts[i] = drift
        for k in range(horizon):
            path[i, k] = (center + after) + drift * (k + 1.0)
        # Levels times their shares follow the same recursion, so their sum is what the average expects.
        for g in range(LANES):
            s[LANES + g] *= share[g]
        for t in range(count):
            value, w, even, odd = x[t], weight[i, t], 0.0, 0.0
            for g in range(LANES, LANES + POINTS - 1, 2):
                even += s[g]
                odd += s[g + 1]
            if POINTS % 2:
                even += s[LANES + POINTS - 1]
            for g in range(LANES):
                s[LANES + g] += alpha[g] * w * (share[g] * value - s[LANES + g])
            fitted[i, t] = center + (even + odd) + drift * (t - (count - 1.0))
    return path, fitted, drifts
