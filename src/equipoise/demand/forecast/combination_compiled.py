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
            count, low, high, total = 0, -1, -1, 0.0
            for m in range(members):
                path = paths[m, i, k]
                units[m] = path
                if np.isnan(path):
                    continue
                path = min(max(path, lowest[i]), highest[i])
                path = np.exp(path) if is_log[i] else max(path, 0.0)
                units[m] = size[i] * future[i, k] * path
                count += 1
                if low < 0 or units[m] < units[low]:
                    low = m
                if high < 0 or units[m] >= units[high]:
                    high = m
            if count == 0:
                continue
            trims = count >= FEWEST_TO_TRIM
            kept = 0
            for m in range(members):
                if not np.isnan(units[m]) and not (trims and m in (low, high)):
                    total += units[m]
                    kept += 1
            for m in range(members):
                if not np.isnan(units[m]) and not (trims and m in (low, high)):
                    weights[i, m] += 1.0 / kept / horizon
            point[i, k] = total / kept
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
