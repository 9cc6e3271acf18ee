"""Twin of `autoregression.forecast_autoregressive`."""

import numpy as np

from equipoise.core.compiling import compiled
from equipoise.core.grid import FloatArray, IntArray
from equipoise.demand.forecast.autoregression import MEAN_RIDGE, fewest_buckets


def forecast_autoregressive(
    z: FloatArray, length: IntArray, *, lag: int, order: int, horizon: int, drift: FloatArray | None = None
) -> FloatArray:
    """As `autoregression.forecast_autoregressive`."""
    drifts = np.full(len(z), np.nan) if drift is None else drift
    path: FloatArray = _forecast(z, length, lag, order, horizon, drifts, fewest_buckets(lag))
    return path


@compiled
def _dots(f: FloatArray, b: FloatArray, count: int) -> tuple[float, float]:
    """Σ f b and Σ f² + b², in four strands that the processor adds at once."""
    fb0, fb1, fb2, fb3, s0, s1, s2, s3 = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    whole = count - count % 4
    for t in range(0, whole, 4):
        fb0 += f[t] * b[t]
        fb1 += f[t + 1] * b[t + 1]
        fb2 += f[t + 2] * b[t + 2]
        fb3 += f[t + 3] * b[t + 3]
        s0 += f[t] * f[t] + b[t] * b[t]
        s1 += f[t + 1] * f[t + 1] + b[t + 1] * b[t + 1]
        s2 += f[t + 2] * f[t + 2] + b[t + 2] * b[t + 2]
        s3 += f[t + 3] * f[t + 3] + b[t + 3] * b[t + 3]
    for t in range(whole, count):
        fb0 += f[t] * b[t]
        s0 += f[t] * f[t] + b[t] * b[t]
    return (fb0 + fb1) + (fb2 + fb3), (s0 + s1) + (s2 + s3)


@compiled
def _forecast(  # noqa: PLR0912
    z: FloatArray, length: IntArray, lag: int, order: int, horizon: int, drifts: FloatArray, fewest: int
) -> FloatArray:
    n, span = z.shape
    out = np.full((n, horizon), np.nan)
    w, forward, backward = np.empty(span), np.empty(span), np.empty(span)
    tried, criteria = np.zeros((order + 1, order)), np.empty(order + 1)
    average, path = np.empty(order), np.empty(order + horizon)
    whole = np.empty(lag + horizon)
    for i in range(n):
        count = length[i] - lag
        if length[i] < fewest:
            continue
        mean = 0.0
        for t in range(count):
            w[t] = z[i, t + lag] - z[i, t]
            mean += w[t]
        mean = mean / (count + MEAN_RIDGE) if np.isnan(drifts[i]) else drifts[i] * lag
        power = 0.0
        for t in range(count):
            w[t] -= mean
            forward[t], backward[t] = w[t], w[t]
            power += w[t] * w[t]
        power /= max(count, 1)
        floor = max(1e-12 * power, 1e-300)
        highest = min(order, count - 1)
        tried[:, :] = 0.0
        for p in range(highest + 1):
            if p > 0:
                # f and b are kept so that f[t] meets b[t]: b of one bucket before.
                size = count - p
                f, b = forward[1 : size + 1], backward[:size]
                numerator, divisor = _dots(f, b, size)
                k = 2.0 * numerator / divisor if divisor > 0 else 0.0
                for j in range(p - 1):
                    tried[p, j] = tried[p - 1, j] - k * tried[p - 1, p - 2 - j]
                tried[p, p - 1] = k
                for t in range(size):
                    x, y = f[t], b[t]
                    forward[t] = x - k * y
                    backward[t] = y - k * x
                power *= 1.0 - k * k
            freedom = count - p - 2.0
            penalty = 2.0 * (p + 1) * (1.0 + (p + 2.0) / freedom) if freedom > 0 else 1e30
            criteria[p] = count * np.log(max(power, floor)) + penalty
        best = criteria[: highest + 1].min()
        total = 0.0
        average[:] = 0.0
        for p in range(highest + 1):
            share = np.exp(-0.5 * (criteria[p] - best))
            total += share
            for j in range(p):
                average[j] += share * tried[p, j]
        for j in range(order):
            average[j] /= total
            path[j] = w[count - order + j] if count - order + j >= 0 else 0.0
        for j in range(lag):
            whole[j] = z[i, length[i] - lag + j]
        for k in range(horizon):
            value = 0.0
            for j in range(order):
                value += average[j] * path[order + k - 1 - j]
            path[order + k] = value
            whole[lag + k] = whole[k] + value + mean
            out[i, k] = whole[lag + k]
    return out
