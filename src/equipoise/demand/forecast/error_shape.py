"""What errors of sums look like beside their standard deviation: how often they are twice as large, and to which side.

`error_of_spans` says how far the sum of the next L buckets lies from its forecast, one standard deviation: σ_i·G_i(L).
How likely a given error is takes the shape as well. With E_k1 the error of the first bucket at origin k,

    u = E_k1 / (σ_ik G_i,−k(1))

where G_i,−k is learned from all origins but k, so that no error helps to judge itself. Quantiles of u are pooled over
all series, apart for steady and for rare demand. Half of each is of both signs: all series end at the same dates, and
one bad year bends them all to one side. Imagined errors of a normal distribution stand in where few are known.

The errors are those of one bucket. Of far spans few dates are known, so that what differs there is how well G is known
rather than the shape: on M3 shapes that were learned from longer spans, too, told of far more shortages than came.
Sources: as `intervals`.
"""

from statistics import NormalDist

import numpy as np

from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.demand.forecast.intervals import OWN_COUNT, PRIOR_INFLATION
from equipoise.demand.forecast.segment import INTERMITTENT, LUMPY, OBSOLESCENT

SHAPE_LEVELS: FloatArray = np.array(
    [0.005, 0.01, 0.025, 0.05, *(n / 10 for n in range(1, 10)), 0.95, 0.975, 0.99, 0.995], dtype=np.float64
)
"""Shares of errors that lie below the quantiles of a shape."""
STEADY, RARE = 0, 1
"""Rows of a shape."""
WILDEST = 20.0
"""An error counts as at most so many times what was expected of it."""
IMAGINED = 100.0
"""Imagined errors of a normal distribution that each shape begins with."""
NORMAL: FloatArray = np.array([NormalDist().inv_cdf(level) for level in SHAPE_LEVELS.tolist()])


def is_rare_demand(segment: IntArray) -> BoolArray:
    """Series [N] whose demand is rare, by position in `SEGMENTS`."""
    found: BoolArray = (segment == LUMPY) | (segment == INTERMITTENT) | (segment == OBSOLESCENT)
    return found


def shape_of_errors(error: FloatArray, sigma: FloatArray, is_rare: BoolArray) -> FloatArray:
    """Quantiles [2, levels] at `SHAPE_LEVELS` of errors in units of their standard deviation, steady and rare.

    `error` [K, N, horizon] and the one-step error `sigma` [K, N] known at each origin, NaN = none, are of the backtest.

    >>> nothing = np.full((0, 1), np.nan)
    >>> shape_of_errors(nothing[:, :, None], nothing, np.array([False]))[STEADY, -4:].round(2).tolist()
    [1.64, 1.96, 2.33, 2.58]
    """
    found = np.tile(NORMAL, (2, 1))
    if not len(error):
        return found
    ratio = _in_units_of_the_others(error, sigma)
    for row, members in ((STEADY, ~is_rare), (RARE, is_rare)):
        part = ratio[:, members]
        values = part[np.isfinite(part)]
        if values.size:
            share = values.size / (values.size + IMAGINED)
            found[row] = share * _quantiles(values) + (1.0 - share) * NORMAL
    shape: FloatArray = np.maximum.accumulate(found, axis=1)
    return shape


def _in_units_of_the_others(error: FloatArray, sigma: FloatArray) -> FloatArray:
    """u [K, N]; NaN where an error or the size of the others is not known."""
    if error.shape[2] == 0:
        return np.full(sigma.shape, np.nan)
    ratio = error[:, :, 0] / (np.where(sigma > 0, sigma, np.nan) * PRIOR_INFLATION)
    is_known = np.isfinite(ratio)
    tamed = np.where(is_known, np.clip(ratio, -WILDEST, WILDEST), np.nan)
    square = np.nan_to_num(tamed) ** 2
    of_others = (OWN_COUNT + square.sum(axis=0) - square) / (OWN_COUNT + is_known.sum(axis=0) - 1.0)
    found: FloatArray = tamed / np.sqrt(of_others)
    return found


def _quantiles(values: FloatArray) -> FloatArray:
    """Quantiles at plotting position k / (n + 1) of the values and, half, of both their signs."""
    own = np.quantile(values, SHAPE_LEVELS, method="weibull")
    both = np.sign(SHAPE_LEVELS - 0.5) * np.quantile(np.abs(values), np.abs(2.0 * SHAPE_LEVELS - 1.0), method="weibull")
    found: FloatArray = 0.5 * (own + both)
    return found
