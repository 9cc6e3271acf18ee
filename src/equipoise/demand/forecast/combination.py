"""From paths to one forecast: each method's path in units, averaged without the extremes, and the error of the past.

The trimmed mean drops the lowest and the highest forecast of each bucket where four or more are there. Choosing one
method per series by its past errors was tried and lost against averaging; so did weights learned from hold-outs.
"""

import numpy as np

from equipoise.core.grid import FloatArray
from equipoise.demand.forecast.scale import Scaled
from equipoise.demand.forecast.summation import add_up

FEWEST_TO_TRIM = 4
FEWEST_FOR_SIGMA = 3


def combine_paths(scaled: Scaled, paths: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Point [n, horizon] and shares [n, M] of paths [M, n, horizon] on the scale of z, NaN where there is none."""
    return trimmed_mean(np.array([scaled.demand(path) for path in paths]))


def trimmed_mean(forecasts: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean [n, horizon] of forecasts [M, n, horizon] (NaN = none) without extremes, and the shares [n, M] it came from.

    >>> trimmed_mean(np.array([1.0, 2.0, 4.0, 99.0, np.nan]).reshape(5, 1, 1))
    (array([[3.]]), array([[0. , 0.5, 0.5, 0. , 0. ]]))
    """
    is_made = np.isfinite(forecasts)
    count = is_made.sum(axis=0)
    members = np.arange(len(forecasts))[:, None, None]
    lowest = np.where(is_made, forecasts, np.inf).argmin(axis=0)
    highest = len(forecasts) - 1 - np.where(is_made, forecasts, -np.inf)[::-1].argmax(axis=0)
    is_kept = is_made & ~((count >= FEWEST_TO_TRIM) & ((members == lowest) | (members == highest)))
    kept = is_kept.sum(axis=0)
    mean = add_up(np.where(is_kept, forecasts, 0.0)) / np.maximum(kept, 1)
    weights = add_up(np.moveaxis(is_kept / np.maximum(kept, 1), 2, 0)).T / max(forecasts.shape[2], 1)
    return mean, weights


def one_step_error(scaled: Scaled, fitted: FloatArray) -> FloatArray:
    """Standard deviation [n], in units, of one-step errors from fitted z [n, H]; NaN for fewer than three buckets."""
    log = scaled.is_log[:, None]
    path = np.where(log, np.exp(np.where(log, fitted, 0.0)), np.maximum(fitted, 0.0))
    error = np.where(scaled.is_known, scaled.sold - scaled.size[:, None] * scaled.past * path, 0.0)
    freedom = np.where(scaled.known >= FEWEST_FOR_SIGMA, scaled.known - 2.0, np.nan)
    sigma: FloatArray = np.sqrt(add_up(np.ascontiguousarray((error * error).T)) / freedom)
    return sigma
