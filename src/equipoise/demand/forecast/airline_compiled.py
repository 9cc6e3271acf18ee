"""Twin of `airline.forecast_airline`."""

import numpy as np

from equipoise.core.compiling import compiled
from equipoise.core.grid import FloatArray, IntArray
from equipoise.demand.forecast.airline import fewest_buckets, theta_grid
from equipoise.demand.forecast.likelihood import TEMPER


def forecast_airline(z: FloatArray, length: IntArray, *, period: int, horizon: int) -> FloatArray:
    """As `airline.forecast_airline`."""
    theta, season = theta_grid(period)
    path: FloatArray = _forecast(z, length, theta, season, period, fewest_buckets(period), horizon)
    return path


@compiled
def _forecast(  # noqa: PLR0912
    z: FloatArray, length: IntArray, theta: FloatArray, seasonal: FloatArray, period: int, fewest: int, horizon: int
) -> FloatArray:
    n, span = z.shape
    lanes, first = len(theta), period + 1 if period > 1 else 1
    out = np.full((n, horizon), np.nan)
    errors, sse, share = np.zeros((first + span, lanes)), np.empty(lanes), np.empty(lanes)
    path = np.empty(first + horizon)
    for i in range(n):
        count = length[i]
        if count < fewest:
            continue
        errors[:first] = 0.0
        sse[:] = 0.0
        size = 0.0
        for t in range(first, count):
            w = z[i, t] - z[i, t - 1]
            if period > 1:
                w -= z[i, t - period] - z[i, t - period - 1]
            size += w * w
            now, back = errors[t], errors[t - 1]
            if period > 1:
                year, before = errors[t - period], errors[t - period - 1]
                for g in range(lanes):
                    e = w + theta[g] * back[g] + seasonal[g] * (year[g] - theta[g] * before[g])
                    now[g] = e
                    sse[g] += e * e
            else:
                for g in range(lanes):
                    e = w + theta[g] * back[g]
                    now[g] = e
                    sse[g] += e * e
        best = np.inf
        for g in range(lanes):
            share[g] = np.log(max(sse[g], 1e-10 * size, 1e-24))
            best = min(best, share[g])
        total = 0.0
        for g in range(lanes):
            share[g] = np.exp(-0.5 * TEMPER * (count - first) * (share[g] - best))
            total += share[g]
        for j in range(first):
            path[j] = z[i, count - first + j]
        for k in range(horizon):
            added = 0.0
            if k < first:
                for g in range(lanes):
                    effect = 0.0
                    if k == 0:
                        effect -= theta[g] * errors[count - 1, g]
                    if period > 1:
                        if k < period:
                            effect -= seasonal[g] * errors[count + k - period, g]
                        effect += theta[g] * seasonal[g] * errors[count + k - period - 1, g]
                    added += share[g] / total * effect
            at = first + k
            if period > 1:
                path[at] = path[at - 1] + path[at - period] - path[at - period - 1] + added
            else:
                path[at] = path[at - 1] + added
            out[i, k] = path[at]
    return out
