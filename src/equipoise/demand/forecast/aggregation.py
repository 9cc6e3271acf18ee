"""Multiple aggregation: the same series smoothed in buckets of two, three, six, twelve months, and the paths averaged.

Noise dies in long buckets while level and trend stay; short buckets see what is new. Each aggregate is smoothed by
damped-trend smoothing (`exponential`), its path is read off at the middle of each bucket to come, and the paths of all
lengths are averaged. Source: Kourentzes, Petropoulos & Trapero, Int. J. Forecasting 30 (2014) 291-302 (MAPA).
"""

from collections.abc import Callable

import numpy as np

from equipoise.core.grid import FloatArray, IntArray
from equipoise.demand.forecast.exponential import Grid, is_coarse, smooth_damped

AGGREGATE = Grid.of(alpha=(0.1, 0.3, 0.6, 0.9), beta=(0.05, 0.3), phi=(0.9,))
COARSE_AGGREGATE = Grid.of(alpha=(0.1, 0.3, 0.6, 0.9), beta=(0.1, 0.5), phi=(0.95,))
"""Where a year has few, long buckets."""
Smooth = Callable[..., FloatArray]
Means = Callable[[FloatArray, IntArray, int], tuple[FloatArray, IntArray]]
FEWEST_BLOCKS = 3
"""An aggregate of fewer buckets says nothing."""


def aggregate_lengths(period: int) -> list[int]:
    """Lengths of the aggregates: divisors of the period, the longest five; 1, 2 and 3 where it has only itself. Years
    of few buckets are too few to be smoothed: there no aggregate is longer than half a year.

    >>> aggregate_lengths(12), aggregate_lengths(4), aggregate_lengths(52), aggregate_lengths(1)
    ([2, 3, 4, 6, 12], [1, 2], [2, 4, 13, 26, 52], [1, 2, 3])
    """
    divisors = [k for k in range(1, period + 1) if period % k == 0]
    if len(divisors) <= 2:
        return [1, 2, 3]
    return divisors[:-1] if is_coarse(period) else divisors[-5:]


def block_means(z: FloatArray, length: IntArray, size: int) -> tuple[FloatArray, IntArray]:
    """Means of blocks of `size` buckets, the last one ending with the series: [n, H // size], and their number [n].

    >>> means, count = block_means(np.array([[9.0, 1.0, 3.0, 5.0, 7.0]]), np.array([5]), 2)
    >>> means.tolist(), count.tolist()
    ([[2.0, 6.0]], [2])
    """
    blocks = z.shape[1] // size
    count = length // size
    sums = np.concatenate([np.zeros((len(z), 1)), np.add.accumulate(z, axis=1)], axis=1)
    edges = np.minimum((length % size)[:, None] + size * np.arange(blocks + 1), length[:, None])
    return np.diff(np.take_along_axis(sums, edges, axis=1), axis=1) / size, count


def forecast_aggregated(
    z: FloatArray,
    length: IntArray,
    *,
    period: int,
    horizon: int,
    smooth: Smooth = smooth_damped,
    means_of: Means = block_means,
) -> FloatArray:
    """Paths [n, horizon] of z [n, H], left-aligned, of `length` [n], descending; NaN where no aggregate is long enough.

    z must be 0 after the end of a series.
    """
    total, paths = np.zeros((len(z), horizon)), np.zeros((len(z), 1))
    grid = COARSE_AGGREGATE if is_coarse(period) else AGGREGATE
    for size in aggregate_lengths(period):
        means, count = means_of(z, length, size)
        enough = int(np.searchsorted(-count, -FEWEST_BLOCKS, side="right"))
        if enough == 0:
            continue
        steps = (np.arange(1.0, horizon + 1.0) - (size + 1.0) / 2.0) / size + 1.0
        found = smooth(means[:enough], count[:enough], grid, period=1, steps=steps)
        total[:enough] += found
        paths[:enough] += 1.0
    path: FloatArray = np.where(paths > 0, total / np.maximum(paths, 1.0), np.nan)
    return path
