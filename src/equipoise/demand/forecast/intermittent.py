"""Intermittent demand: four estimates of its mean, and its distribution.

With s_t the seasonal index and x_t = y_t / s_t the deseasonalized demand (weights of `scale`):

- TSB: probability p ← p + α_p w (1[y > 0] − p) in every bucket, size z ← z + α_z w (x − z) where sold; forecast p z,
  averaged over a 4 × 4 grid (Teunter, Syntetos & Babai, European J. Operational Research 214 (2011) 606-615).
- ADIDA: smoothing of block means, a block as long as the mean interval between demands (Nikolopoulos et al., J. of the
  Operational Research Society 62 (2011) 544-554).  IMAPA: the mean over all blocks up to that one (Petropoulos &
  Kourentzes, ibid. 66 (2015) 914-924).
- SBA: size over interval, both smoothed at each demand, less the bias α / 2 (Syntetos & Boylan, Int. J. Forecasting 21
  (2005) 303-314).

The distribution of a bucket is a hurdle: nothing with probability 1 − p, else one of the sizes sold so far, p such that
the mean is the forecast. It keeps lots and pack sizes as they were and scales with the series.
"""

import numpy as np

from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.demand.forecast.likelihood import average_weights
from equipoise.demand.forecast.log_theta import smooth_level
from equipoise.demand.forecast.scale import INDEX_FLOOR, Scaled
from equipoise.demand.forecast.summation import add_up, still_running

TSB_ALPHAS = (0.02, 0.06, 0.15, 0.35)
SBA_ALPHA = 0.1
LONGEST_BLOCK = 12
METHODS = ("TSB", "ADIDA", "IMAPA", "SBA")


def forecast_intermittent(demand: Scaled) -> FloatArray:
    """Mean deseasonalized demand per bucket, units, [n, 4] in the order of `METHODS`."""
    length, span = demand.length, demand.z.shape[1]
    inside = np.arange(span) < length[:, None]
    sold = np.where(inside, np.maximum(demand.sold, 0.0), 0.0)
    weight = np.where(demand.is_known, np.minimum(1.0, demand.past**2), 0.0)
    size = sold / np.maximum(demand.past, INDEX_FLOOR)
    tsb = _tsb(size.T.copy(), weight.T.copy(), length)
    adida, imapa = _blocks(sold, np.where(demand.is_known, demand.past, 0.0), length)
    return np.stack([tsb, adida, imapa, _sba(size.T.copy(), demand.is_known.T.copy(), length)], axis=1)


def _tsb(size: FloatArray, weight: FloatArray, length: IntArray) -> FloatArray:
    """Grid-averaged p z [n] of size [H, n]."""
    span, n = size.shape
    sold = (size > 0).astype(np.float64)
    alphas = np.array(TSB_ALPHAS)[:, None]
    total = add_up(weight)
    events = add_up(weight * sold)
    start = events / np.maximum(total, INDEX_FLOOR)
    p = np.tile(start, (len(alphas), 1))
    z = np.tile(add_up(weight * size) / np.maximum(events, INDEX_FLOOR), (len(alphas), 1))
    sse, square = np.zeros((len(alphas), len(alphas), n)), np.zeros(n)
    for t, count in enumerate(still_running(length, span)):
        w, x, occurs = weight[t, :count], size[t, :count], sold[t, :count]
        error = x - p[:, None, :count] * z[None, :, :count]
        sse[:, :, :count] += w * error * error
        square[:count] += w * x * x
        p[:, :count] += alphas * (w * (occurs - p[:, :count]))
        z[:, :count] += alphas * (w * occurs * (x - z[:, :count]))
    lanes = len(alphas) ** 2
    share = average_weights(sse.reshape(lanes, n), np.broadcast_to(square, (lanes, n)), total)
    return add_up(share * (p[:, None] * z[None]).reshape(lanes, n))


def _blocks(sold: FloatArray, season: FloatArray, length: IntArray) -> tuple[FloatArray, FloatArray]:
    """ADIDA and IMAPA, each [n], of sold [n, H] and its seasonal index, 0 where unknown."""
    n, span = sold.shape
    events = (sold > 0).sum(axis=1)
    interval = np.clip(
        np.rint(length / np.maximum(events, 1)), 1, np.minimum(LONGEST_BLOCK, np.maximum(length // 2, 1))
    )
    longest = interval.astype(np.int64)
    sums, seasons = (np.concatenate([np.zeros((n, 1)), np.add.accumulate(v, axis=1)], axis=1) for v in (sold, season))
    adida, imapa = np.zeros(n), np.zeros(n)
    for block in range(1, int(longest.max(initial=0)) + 1):
        rows = np.flatnonzero(longest >= block)
        count = length[rows] // block
        edges = (length[rows] % block)[:, None] + block * np.arange(span // block + 1)
        edges = np.minimum(edges, length[rows][:, None])
        demand, expected = (np.diff(v[rows[:, None], edges], axis=1) for v in (sums, seasons))
        is_known = expected > INDEX_FLOOR
        mean = np.where(is_known, demand / np.where(is_known, expected, 1.0), 0.0)
        weight = np.where(is_known, np.minimum(1.0, (expected / block) ** 2), 0.0)
        level = smooth_level(np.ascontiguousarray(mean.T), np.ascontiguousarray(weight.T), count)
        imapa[rows] += level
        adida[rows] = level
    return adida, imapa / np.maximum(longest, 1)


def _sba(size: FloatArray, is_known: BoolArray, length: IntArray) -> FloatArray:
    """Syntetos-Boylan mean [n] of size [H, n]."""
    span, n = size.shape
    mean, interval, since = np.zeros(n), np.zeros(n), np.ones(n)
    for t, count in enumerate(still_running(length, span)):
        x, known = size[t, :count], is_known[t, :count]
        occurs = known & (x > 0)
        first = occurs & (mean[:count] == 0)
        gain = np.where(first, 1.0, np.where(occurs, SBA_ALPHA, 0.0))
        mean[:count] += gain * (x - mean[:count])
        interval[:count] += gain * (since[:count] - interval[:count])
        since[:count] = np.where(occurs, 1.0, since[:count] + known)
    found: FloatArray = (1.0 - SBA_ALPHA / 2.0) * mean / np.where(interval > 0, interval, 1.0)
    return found


def hurdle_quantiles(demand: Scaled, point: FloatArray, levels: FloatArray) -> FloatArray:
    """Quantiles [n, horizon, L] of a bucket whose mean is `point` [n, horizon].

    Nothing is sold with probability 1 − p, p = point / mean size sold so far; else one of those sizes, the k-th of K at
    level k / (K + 1). Where p would exceed 1 the sizes grow instead.
    """
    is_sold = demand.sold > 0
    ordered = np.sort(np.where(is_sold, demand.sold, np.inf), axis=1)
    count = is_sold.sum(axis=1)
    total = add_up(np.ascontiguousarray(np.where(is_sold, demand.sold, 0.0).T))
    mean = np.where(count > 0, total / np.maximum(count, 1), 1.0)
    ratio = (point / mean[:, None])[:, :, None]
    chance = np.clip(ratio, 1e-9, 1.0)
    within = (levels - (1.0 - chance)) / chance
    last = np.maximum(count - 1, 0)[:, None, None]
    place = np.clip(np.ceil(within * (count[:, None, None] + 1.0) - 1e-9).astype(np.int64) - 1, 0, last)
    drawn = np.take_along_axis(ordered[:, None, :], place, axis=2) if ordered.shape[1] else np.zeros_like(within)
    is_any = (within > 0) & (count > 0)[:, None, None]
    found: FloatArray = np.where(is_any, np.where(is_any, drawn, 0.0) * np.maximum(ratio, 1.0), 0.0)
    return found
