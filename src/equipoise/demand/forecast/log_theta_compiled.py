"""Twin of `log_theta.forecast_log_theta` and `smooth_level`."""

import numpy as np

from equipoise.core.compiling import compiled
from equipoise.core.grid import FloatArray, IntArray
from equipoise.demand.forecast.likelihood import TEMPER
from equipoise.demand.forecast.log_theta import ALPHAS, DRIFT_LIMIT, RIDGE_YEARS, SHORT_YEAR, ThetaFit

GRID = np.array(ALPHAS)


def forecast_log_theta(z: FloatArray, weight: FloatArray, length: IntArray, *, period: int, horizon: int) -> ThetaFit:
    """As `log_theta.forecast_log_theta`."""
    year = max(period, SHORT_YEAR)
    ridge, limit = (RIDGE_YEARS * year) ** 3 / 12.0, DRIFT_LIMIT / year
    return ThetaFit(*_fit(z, weight, length, GRID, ridge, limit, horizon))


@compiled
def _fit(
    z: FloatArray, weight: FloatArray, length: IntArray, alpha: FloatArray, ridge: float, limit: float, horizon: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    n, span = z.shape
    lanes = len(alpha)
    path, fitted, drifts = np.empty((n, horizon)), np.zeros((n, span)), np.empty(n)
    a, b = np.empty(lanes), np.empty(lanes)
    aa, ab, bb, share = np.empty(lanes), np.empty(lanes), np.empty(lanes), np.empty(lanes)
    x = np.empty(span)
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
        a[:], b[:], aa[:], ab[:], bb[:] = 0.0, 1.0, 0.0, 0.0, 0.0
        for t in range(count):
            x[t] = (z[i, t] - center) - drift * (t - (count - 1.0))
            value, w = x[t], weight[i, t]
            for g in range(lanes):
                error, gain, weighted = value - a[g], alpha[g] * w, w * b[g]
                aa[g] += w * error * error
                ab[g] += weighted * error
                bb[g] += weighted * b[g]
                a[g] += gain * error
                b[g] -= gain * b[g]
        best = np.inf
        for g in range(lanes):
            start = ab[g] / (bb[g] if bb[g] > 0 else 1.0)
            share[g] = np.log(max(aa[g] - ab[g] * start, 1e-10 * aa[g], 1e-24))
            best = min(best, share[g])
            a[g] += b[g] * start
            b[g] = start
        total = 0.0
        for g in range(lanes):
            share[g] = np.exp(-0.5 * TEMPER * known * (share[g] - best))
            total += share[g]
        after = 0.0
        for g in range(lanes):
            share[g] /= total
            after += share[g] * a[g]
        drifts[i] = drift
        for k in range(horizon):
            path[i, k] = (center + after) + drift * (k + 1.0)
        for t in range(count):
            value, w, before = x[t], weight[i, t], 0.0
            for g in range(lanes):
                before += share[g] * b[g]
                b[g] += alpha[g] * w * (value - b[g])
            fitted[i, t] = center + before + drift * (t - (count - 1.0))
    return path, fitted, drifts
