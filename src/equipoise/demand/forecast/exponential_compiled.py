"""Twin of `exponential.smooth_damped`: one series after the other, the points of the grid side by side in registers."""

import numpy as np

from equipoise.core.compiling import compiled
from equipoise.core.grid import FloatArray, IntArray
from equipoise.demand.forecast.exponential import TREND_RIDGE, Grid, damped_sums, unit_response
from equipoise.demand.forecast.likelihood import TEMPER


def smooth_damped(z: FloatArray, length: IntArray, grid: Grid, *, period: int, steps: FloatArray) -> FloatArray:
    """As `exponential.smooth_damped`."""
    r = unit_response(grid, int(length.max(initial=0)), period)
    gains = np.stack([grid.alpha, grid.alpha * grid.beta, grid.phi, grid.gamma * (1.0 - grid.alpha)])
    reach = damped_sums(grid.phi, steps)
    path: FloatArray = _smooth(np.ascontiguousarray(z), length, gains, period, reach, r.error_level, r.error_trend,
                               r.moments, r.state_level, r.state_trend)  # fmt: skip
    return path


@compiled
def _smooth(
    z: FloatArray,
    length: IntArray,
    gains: FloatArray,
    period: int,
    reach: FloatArray,
    error_level: FloatArray,
    error_trend: FloatArray,
    moments: FloatArray,
    state_level: FloatArray,
    state_trend: FloatArray,
) -> FloatArray:
    n, lanes, horizon = len(z), gains.shape[1], len(reach)
    out = np.empty((n, horizon))
    alpha, trend_gain, phi, season_gain = gains[0], gains[1], gains[2], gains[3]
    level, trend, season = np.empty(lanes), np.empty(lanes), np.empty((period, lanes))
    ee, le, be = np.empty(lanes), np.empty(lanes), np.empty(lanes)
    share, corrections = np.empty(lanes), np.empty(period)
    for i in range(n):
        count = length[i]
        level[:], trend[:], season[:, :] = 0.0, 0.0, 0.0
        ee[:], le[:], be[:] = 0.0, 0.0, 0.0
        for t in range(count):
            value, d, el, eb = z[i, t], season[t % period], error_level[t], error_trend[t]
            for g in range(lanes):
                damped = phi[g] * trend[g]
                base = level[g] + damped
                e = value - base - d[g]
                level[g] = base + alpha[g] * e
                trend[g] = damped + trend_gain[g] * e
                d[g] += season_gain[g] * e
                ee[g] += e * e
                le[g] += el[g] * e
                be[g] += eb[g] * e
        best = np.inf
        for g in range(lanes):
            ll, lb, bb = moments[0, count, g], moments[1, count, g], moments[2, count, g] + TREND_RIDGE
            determinant = ll * bb - lb * lb
            l0 = (lb * be[g] - bb * le[g]) / determinant
            b0 = (lb * le[g] - ll * be[g]) / determinant
            sse = ee[g] + l0 * le[g] + b0 * be[g]
            share[g] = np.log(max(sse, 1e-10 * ee[g], 1e-24))
            best = min(best, share[g])
            le[g], be[g] = l0, b0
        total = 0.0
        for g in range(lanes):
            share[g] = np.exp(-0.5 * TEMPER * count * (share[g] - best))
            total += share[g]
        end = 0.0
        for g in range(lanes):
            share[g] /= total
            end += share[g] * (level[g] + le[g] * state_level[count, 0, g] + be[g] * state_trend[count, 0, g])
            trend[g] = share[g] * (trend[g] + le[g] * state_level[count, 1, g] + be[g] * state_trend[count, 1, g])
        if period > 1:
            for j in range(period):
                sum_ = 0.0
                for g in range(lanes):
                    sum_ += share[g] * (season[j, g] + le[g] * state_level[count, 2 + j, g]
                                        + be[g] * state_trend[count, 2 + j, g])  # fmt: skip
                corrections[j] = sum_
        for k in range(horizon):
            path = 0.0
            for g in range(lanes):
                path += reach[k, g] * trend[g]
            out[i, k] = end + path + (corrections[(count + k) % period] if period > 1 else 0.0)
    return out
