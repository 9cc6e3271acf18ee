"""Twin of `intermittent.forecast_intermittent`."""

import numpy as np

from equipoise.core.compiling import compiled
from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.demand.forecast.intermittent import LONGEST_BLOCK, SBA_ALPHA, TSB_ALPHAS
from equipoise.demand.forecast.likelihood import TEMPER
from equipoise.demand.forecast.log_theta import ALPHAS
from equipoise.demand.forecast.scale import INDEX_FLOOR, Scaled

LEVEL_GRID, TSB_GRID = np.array(ALPHAS), np.array(TSB_ALPHAS)


def forecast_intermittent(demand: Scaled) -> FloatArray:
    """As `intermittent.forecast_intermittent`."""
    found: FloatArray = _forecast(demand.sold, demand.past, demand.is_known, demand.length, LEVEL_GRID, TSB_GRID)
    return found


@compiled
def _forecast(
    sold: FloatArray, past: FloatArray, is_known: BoolArray, length: IntArray, alpha: FloatArray, grid: FloatArray
) -> FloatArray:
    n, span = sold.shape
    out = np.empty((n, 4))
    size, weight, y = np.empty(span), np.empty(span), np.empty(span)
    for i in range(n):
        count, events = length[i], 0
        for t in range(count):
            y[t] = max(sold[i, t], 0.0)
            size[t] = y[t] / max(past[i, t], INDEX_FLOOR)
            weight[t] = min(1.0, past[i, t] * past[i, t]) if is_known[i, t] else 0.0
            events += y[t] > 0
        out[i, 0] = _tsb(size, weight, count, grid)
        interval = np.rint(count / max(events, 1))
        longest = int(min(max(interval, 1), LONGEST_BLOCK, max(count // 2, 1)))
        total, level = 0.0, 0.0
        for block in range(1, longest + 1):
            level = _block_level(y, past[i], is_known[i], count, block, alpha)
            total += level
        out[i, 1], out[i, 2] = level, total / max(longest, 1)
        out[i, 3] = _sba(size, is_known[i], count)
    return out


@compiled
def _tsb(size: FloatArray, weight: FloatArray, count: int, grid: FloatArray) -> float:
    lanes = len(grid)
    total, events, volume, square = 0.0, 0.0, 0.0, 0.0
    for t in range(count):
        total += weight[t]
        events += weight[t] * (size[t] > 0)
        volume += weight[t] * size[t]
        square += weight[t] * size[t] * size[t]
    # Every pair of constants has a p and a z of its own, though they repeat: all pairs go side by side.
    pairs = lanes * lanes
    chance_gain, size_gain = np.repeat(grid, lanes), np.empty(pairs)
    for k in range(pairs):
        size_gain[k] = grid[k % lanes]
    p, z, sse = np.empty(pairs), np.empty(pairs), np.zeros(pairs)
    p[:], z[:] = events / max(total, INDEX_FLOOR), volume / max(events, INDEX_FLOOR)
    for t in range(count):
        w, x = weight[t], size[t]
        occurs = 1.0 if x > 0 else 0.0
        for k in range(pairs):
            error = x - p[k] * z[k]
            sse[k] += w * error * error
            p[k] += chance_gain[k] * (w * (occurs - p[k]))
            z[k] += size_gain[k] * (w * occurs * (x - z[k]))
    best = np.inf
    for k in range(pairs):
        sse[k] = np.log(max(sse[k], 1e-10 * square, 1e-24))
        best = min(best, sse[k])
    shares, mean = 0.0, 0.0
    for k in range(pairs):
        share = np.exp(-0.5 * TEMPER * total * (sse[k] - best))
        shares += share
        mean += share * p[k] * z[k]
    return mean / shares


@compiled
def _block_level(
    y: FloatArray, past: FloatArray, is_known: BoolArray, count: int, block: int, alpha: FloatArray
) -> float:
    """Smoothed level of the block means of one series, as `log_theta.smooth_level`."""
    lanes, blocks, start = len(alpha), count // block, count % block
    a, b = np.zeros(lanes), np.ones(lanes)
    aa, ab, bb = np.zeros(lanes), np.zeros(lanes), np.zeros(lanes)
    known = 0
    for j in range(blocks):
        demand, expected = 0.0, 0.0
        for t in range(start + j * block, start + (j + 1) * block):
            demand += y[t]
            if is_known[t]:
                expected += past[t]
        if not expected > INDEX_FLOOR:
            continue
        value, w = demand / expected, min(1.0, (expected / block) ** 2)
        known += 1
        for g in range(lanes):
            error, gain, weighted = value - a[g], alpha[g] * w, w * b[g]
            aa[g] += w * error * error
            ab[g] += weighted * error
            bb[g] += weighted * b[g]
            a[g] += gain * error
            b[g] -= gain * b[g]
    best = np.inf
    for g in range(lanes):
        first = ab[g] / (bb[g] if bb[g] > 0 else 1.0)
        a[g] += b[g] * first
        ab[g] = np.log(max(aa[g] - ab[g] * first, 1e-10 * aa[g], 1e-24))
        best = min(best, ab[g])
    shares, level = 0.0, 0.0
    for g in range(lanes):
        share = np.exp(-0.5 * TEMPER * known * (ab[g] - best))
        shares += share
        level += share * a[g]
    return level / shares


@compiled
def _sba(size: FloatArray, is_known: BoolArray, count: int) -> float:
    mean, interval, since = 0.0, 0.0, 1.0
    for t in range(count):
        if is_known[t] and size[t] > 0:
            gain = 1.0 if mean == 0 else SBA_ALPHA
            mean += gain * (size[t] - mean)
            interval += gain * (since - interval)
            since = 1.0
        elif is_known[t]:
            since += 1.0
    return (1.0 - SBA_ALPHA / 2.0) * mean / (interval if interval > 0 else 1.0)
