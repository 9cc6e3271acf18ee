"""Twin of `decomposition.decompose_chunk`."""

import numpy as np

from equipoise.core.compiling import compiled
from equipoise.core.grid import FloatArray
from equipoise.demand.forecast.decomposition import CARRY_LIMIT


def decompose_chunk(y: FloatArray, period: int, discount: float) -> tuple[FloatArray, FloatArray]:
    """As `decomposition.decompose_chunk`."""
    found: tuple[FloatArray, FloatArray] = _decompose(np.ascontiguousarray(y), period, discount, CARRY_LIMIT)
    return found


@compiled
def _decompose(y: FloatArray, period: int, discount: float, limit: float) -> tuple[FloatArray, FloatArray]:  # noqa: PLR0912, PLR0915
    n, span = y.shape
    indices, variance = np.ones((n, period)), np.full(n, np.inf)
    half = period // 2
    taps = period if period % 2 else period + 1
    years = -(-span // period)
    pad = years * period - span
    trend, ratio = np.empty(span), np.empty(span)
    age = np.array([discount ** (years - 1.0 - k) for k in range(years)])
    weight, total, squares, mean = np.empty(span), np.empty(period), np.empty(period), np.empty(period)
    for i in range(n):
        known = 0
        for t in range(span):
            known += not np.isnan(y[i, t])
        if known < 2 * period:
            continue
        trend[:] = np.nan
        first, last = -1, -1
        for t in range(half, span - half):
            if np.isnan(y[i, t - half]):
                continue
            sum_ = 0.0
            for k in range(taps):
                edge = taps > period and (k == 0 or k == taps - 1)
                sum_ += (0.5 if edge else 1.0) * y[i, t - half + k]
            trend[t] = sum_ / period
            if not np.isnan(sum_):
                first = t if first < 0 else first
                last = t
        if first < 0:
            continue
        for side in range(2):
            end, outward = (first, -1) if side == 0 else (last, 1)
            inner = min(max(end - outward * period, first), last)
            step = outward * (trend[end] - trend[inner]) / max(abs(end - inner), 1)
            bound = limit * abs(trend[end])
            for k in range(1, half + 1):
                at = end + outward * k
                if 0 <= at < span:
                    trend[at] = trend[end] + min(max(step * k * outward, -bound), bound)
        total[:], squares[:], mean[:] = 0.0, 0.0, 0.0
        year, j = 0, pad - 1
        for t in range(span):
            j += 1
            if j == period:
                year, j = year + 1, 0
            is_known = not np.isnan(y[i, t]) and trend[t] > 0
            weight[t] = age[year] if is_known else 0.0
            ratio[t] = max(y[i, t], 0.0) / trend[t] if is_known else 0.0
            total[j] += weight[t]
            squares[j] += weight[t] * weight[t]
            mean[j] += weight[t] * ratio[t]
        level, is_seen = 0.0, True
        for j in range(period):
            is_seen = is_seen and total[j] > 0
            if total[j] > 0:
                mean[j] /= total[j]
            level += mean[j]
        if not is_seen or not level > 0:
            continue
        level /= period
        freedom, spread, scatter = 0.0, 0.0, 0.0
        for j in range(period):
            mean[j] /= level
            freedom += total[j] - squares[j] / total[j]
            spread += squares[j] / (total[j] * total[j])
        j = pad - 1
        for t in range(span):
            j = j + 1 if j + 1 < period else 0
            if weight[t] > 0:
                error = ratio[t] / level - mean[j]
                scatter += weight[t] * error * error
        found = scatter / freedom * spread / period if freedom > 0 else np.nan
        if np.isfinite(found):
            variance[i] = found
            for j in range(period):
                indices[i, j] = mean[j]
    return indices, variance
