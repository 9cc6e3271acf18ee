"""Twin of `combination.combine_paths` and `one_step_error`."""

import numpy as np

from equipoise.core.compiling import compiled
from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.demand.forecast.combination import FEWEST_FOR_SIGMA, FEWEST_TO_TRIM
from equipoise.demand.forecast.scale import Scaled


def combine_paths(scaled: Scaled, paths: FloatArray) -> tuple[FloatArray, FloatArray]:
    """As `combination.combine_paths`."""
    return _combine(paths, scaled.size, scaled.is_log, scaled.lowest, scaled.highest, scaled.future)


def one_step_error(scaled: Scaled, fitted: FloatArray) -> FloatArray:
    """As `combination.one_step_error`."""
    return _error(
        fitted, scaled.sold, scaled.past, scaled.is_known, scaled.length, scaled.known, scaled.size, scaled.is_log
    )


@compiled
def _combine(
    paths: FloatArray, size: FloatArray, is_log: BoolArray, lowest: FloatArray, highest: FloatArray, future: FloatArray
) -> tuple[FloatArray, FloatArray]:
    members, n, horizon = paths.shape
    point, weights = np.zeros((n, horizon)), np.zeros((n, members))
    units = np.empty(members)
    for i in range(n):
        for k in range(horizon):
            count, low, high, least, most = 0, -1, -1, np.inf, -np.inf
            for m in range(members):
                path = paths[m, i, k]
                units[m] = path
                if np.isnan(path):
                    continue
                path = min(max(path, lowest[i]), highest[i])
                path = np.exp(path) if is_log[i] else max(path, 0.0)
                one = size[i] * future[i, k] * path
                units[m] = one
                count += 1
                low, least = (m, one) if one < least else (low, least)
                high, most = (m, one) if one >= most else (high, most)
            if count == 0:
                continue
            if count >= FEWEST_TO_TRIM:
                count -= 1 if low == high else 2
                units[low], units[high] = np.nan, np.nan
            share, total = 1.0 / count / horizon, 0.0
            for m in range(members):
                if not np.isnan(units[m]):
                    total += units[m]
                    weights[i, m] += share
            point[i, k] = total / count
    return point, weights


@compiled
def _error(
    fitted: FloatArray,
    sold: FloatArray,
    past: FloatArray,
    is_known: BoolArray,
    length: IntArray,
    known: IntArray,
    size: FloatArray,
    is_log: BoolArray,
) -> FloatArray:
    n = len(fitted)
    out = np.full(n, np.nan)
    for i in range(n):
        if known[i] < FEWEST_FOR_SIGMA:
            continue
        total = 0.0
        for t in range(length[i]):
            if is_known[i, t]:
                path = np.exp(fitted[i, t]) if is_log[i] else max(fitted[i, t], 0.0)
                error = sold[i, t] - size[i] * past[i, t] * path
                total += error * error
        out[i] = np.sqrt(total / (known[i] - 2.0))
    return out
