"""Twin of `intermittent.forecast_intermittent`."""

import numpy as np

from equipoise.core.compiling import compiled
from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.demand.forecast.intermittent import LONGEST_BLOCK, SBA_ALPHA, TSB_ALPHAS
from equipoise.demand.forecast.likelihood import TEMPER
from equipoise.demand.forecast.log_theta_compiled import GRID, LANES, smooth_grid, weigh_grid
from equipoise.demand.forecast.scale import INDEX_FLOOR, Scaled

TSB_GRID = np.array(TSB_ALPHAS)


def forecast_intermittent(demand: Scaled) -> FloatArray:
    """As `intermittent.forecast_intermittent`."""
    found: FloatArray = _forecast(demand.sold, demand.past, demand.is_known, demand.length, GRID, TSB_GRID)
    return found


@compiled
def _forecast(
    sold: FloatArray, past: FloatArray, is_known: BoolArray, length: IntArray, alpha: FloatArray, grid: FloatArray
) -> FloatArray:
    n, span = sold.shape
    out = np.empty((n, 4))
    size, weight, y, season = np.empty(span), np.empty(span), np.empty(span), np.empty(span)
    means, weights, s, share = np.empty(span), np.empty(span), np.empty(5 * LANES), np.zeros(LANES)
    lanes = len(grid)
    p, z, idle, sse = np.empty(lanes), np.empty(lanes), np.empty(lanes), np.empty(lanes * lanes)
    for i in range(n):
        count, events = length[i], 0
        for t in range(count):
            y[t] = max(sold[i, t], 0.0)
            size[t] = y[t] / max(past[i, t], INDEX_FLOOR)
            weight[t] = min(1.0, past[i, t] * past[i, t]) if is_known[i, t] else 0.0
            season[t] = past[i, t] if is_known[i, t] else 0.0
            events += y[t] > 0
        out[i, 0] = _tsb(size, weight, count, grid, p, z, idle, sse)
        interval = np.rint(count / max(events, 1))
        longest = int(min(max(interval, 1), LONGEST_BLOCK, max(count // 2, 1)))
        total, level = 0.0, 0.0
        for block in range(1, longest + 1):
            level = _block_level(y, season, count, block, alpha, means, weights, s, share)
            total += level
        out[i, 1], out[i, 2] = level, total / max(longest, 1)
        out[i, 3] = _sba(size, is_known[i], count)
    return out


@compiled
def _tsb(size: FloatArray, weight: FloatArray, count: int, grid: FloatArray, p: FloatArray, z: FloatArray,
         idle: FloatArray, sse: FloatArray) -> float:  # fmt: skip
    """The errors of a bucket without demand are p z, and z stands still: they are summed by p alone until the next."""
    lanes = len(grid)
    total, events, volume, square = 0.0, 0.0, 0.0, 0.0
    for t in range(count):
        total += weight[t]
        events += weight[t] * (size[t] > 0)
        volume += weight[t] * size[t]
        square += weight[t] * size[t] * size[t]
    p[:], z[:] = events / max(total, INDEX_FLOOR), volume / max(events, INDEX_FLOOR)
    idle[:], sse[:] = 0.0, 0.0
    for t in range(count):
        w, x = weight[t], size[t]
        if not x > 0:
            for a in range(lanes):
                idle[a] += w * (p[a] * p[a])
                p[a] -= grid[a] * (w * p[a])
            continue
        for a in range(lanes):
            for b in range(lanes):
                error = x - p[a] * z[b]
                sse[a * lanes + b] += w * (error * error) + idle[a] * (z[b] * z[b])
        for a in range(lanes):
            idle[a] = 0.0
            p[a] += grid[a] * (w * (1.0 - p[a]))
            z[a] += grid[a] * (w * (x - z[a]))
    best = np.inf
    for a in range(lanes):
        for b in range(lanes):
            k = a * lanes + b
            sse[k] = np.log(max(sse[k] + idle[a] * (z[b] * z[b]), 1e-10 * square, 1e-24))
            best = min(best, sse[k])
    shares, mean = 0.0, 0.0
    for a in range(lanes):
        for b in range(lanes):
            share = np.exp(-0.5 * TEMPER * total * (sse[a * lanes + b] - best))
            shares += share
            mean += share * (p[a] * z[b])
    return mean / shares


@compiled
def _block_level(
    y: FloatArray, season: FloatArray, count: int, block: int, alpha: FloatArray, mean: FloatArray, weight: FloatArray,
    s: FloatArray, share: FloatArray,
) -> float:  # fmt: skip
    """Smoothed level of the block means of one series, as `log_theta.smooth_level`; season is 0 where unknown."""
    t, known = count % block, 0
    for _ in range(count // block):
        demand, expected = 0.0, 0.0
        for _ in range(block):
            demand += y[t]
            expected += season[t]
            t += 1
        if expected > INDEX_FLOOR:
            mean[known], weight[known] = demand / expected, min(1.0, (expected / block) ** 2)
            known += 1
    smooth_grid(mean, weight, known, alpha, s)
    return weigh_grid(s, known, share)


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
