"""Twin of `scale.to_scale`."""

import numpy as np

from equipoise.core.compiling import compiled
from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.demand.forecast.scale import FARTHEST, INDEX_FLOOR, LOG_FLOOR, Scaled


def to_scale(y: FloatArray, length: IntArray, indices: FloatArray, horizon: int) -> Scaled:
    """As `scale.to_scale`."""
    reals, known, is_log, is_known = _scale(
        np.ascontiguousarray(y), length, np.ascontiguousarray(indices), horizon, int(length.max(initial=0))
    )
    z, weight, size, lowest, highest, past, future, sold = reals
    return Scaled(z, weight, length, known, size, is_log, lowest, highest, past, future, sold, is_known)


@compiled
def _scale(
    y: FloatArray, length: IntArray, indices: FloatArray, horizon: int, span: int
) -> tuple[tuple[FloatArray, ...], IntArray, BoolArray, BoolArray]:
    n, width, period = len(y), y.shape[1], indices.shape[1]
    z, weight, past, sold = np.zeros((n, span)), np.zeros((n, span)), np.zeros((n, span)), np.zeros((n, span))
    is_known, is_log, known = np.zeros((n, span), np.bool_), np.zeros(n, np.bool_), np.zeros(n, np.int64)
    size, lowest, highest, future = np.ones(n), np.zeros(n), np.zeros(n), np.empty((n, horizon))
    for i in range(n):
        count, total, smallest = length[i], 0.0, np.inf
        for t in range(count):
            value = y[i, width - count + t]
            if np.isnan(value):
                continue
            is_known[i, t], sold[i, t] = True, value
            known[i] += 1
            total += abs(value)
            smallest = min(smallest, value)
        total /= max(known[i], 1)
        if total > 0:
            size[i] = total
        log = known[i] > 0 and smallest >= LOG_FLOOR * size[i]
        is_log[i] = log
        low, high = np.inf, -np.inf
        place = (-count) % period
        for t in range(span):
            past[i, t] = indices[i, place]
            place = place + 1 if place + 1 < period else 0
        for t in range(count):
            if is_known[i, t]:
                index = past[i, t]
                level = sold[i, t] / size[i] / max(index, INDEX_FLOOR)
                z[i, t] = np.log(level) if log else level
                weight[i, t] = 1.0 if log else min(1.0, index * index)
                low, high = min(low, z[i, t]), max(high, z[i, t])
        if known[i] > 0:
            room = FARTHEST * (high - low) + (np.log(2.0) if log else 0.0)
            lowest[i], highest[i] = low - room, high + room
        for k in range(horizon):
            future[i, k] = indices[i, k % period]
    return (z, weight, size, lowest, highest, past, future, sold), known, is_log, is_known
