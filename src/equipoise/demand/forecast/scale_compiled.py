"""Twin of `scale.to_scale` and `near_usual`."""

import numpy as np

from equipoise.core.compiling import compiled
from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.demand.forecast.scale import FARTHEST, INDEX_FLOOR, LOG_FLOOR, MOST_TIMES, NEIGHBORS, Scaled


def to_scale(y: FloatArray, length: IntArray, indices: FloatArray, horizon: int) -> Scaled:
    """As `scale.to_scale`."""
    reals, known, is_log, is_known = _scale(
        np.ascontiguousarray(y), length, np.ascontiguousarray(indices), horizon, int(length.max(initial=0))
    )
    z, weight, size, lowest, highest, past, future, sold = reals
    return Scaled(z, weight, length, known, size, is_log, lowest, highest, past, future, sold, is_known)


@compiled
def _on_scale(level: FloatArray, there: FloatArray, is_log: bool, z: FloatArray) -> None:
    """z of one series; `level` and `there` (1 where it is known) have `NEIGHBORS` of nothing before and after it."""
    if is_log:
        for t in range(len(z)):
            total, known = 0.0, 0.0
            for k in range(1, NEIGHBORS + 1):
                total += level[t + NEIGHBORS - k]
                total += level[t + NEIGHBORS + k]
                known += there[t + NEIGHBORS - k] + there[t + NEIGHBORS + k]
            usual, one = total / max(known, 1.0), level[t + NEIGHBORS]
            near = min(max(one, usual / MOST_TIMES), usual * MOST_TIMES)
            z[t] = near if known > 0 else one
    for t in range(len(z)):
        one = level[t + NEIGHBORS]
        z[t] = 0.0 if there[t + NEIGHBORS] == 0 else np.log(z[t]) if is_log else one


@compiled
def _scale(
    y: FloatArray, length: IntArray, indices: FloatArray, horizon: int, span: int
) -> tuple[tuple[FloatArray, ...], IntArray, BoolArray, BoolArray]:
    n, width, period = len(y), y.shape[1], indices.shape[1]
    z, weight, past, sold = np.zeros((n, span)), np.zeros((n, span)), np.zeros((n, span)), np.zeros((n, span))
    is_known, is_log, known = np.zeros((n, span), np.bool_), np.zeros(n, np.bool_), np.zeros(n, np.int64)
    size, lowest, highest, future = np.ones(n), np.zeros(n), np.zeros(n), np.empty((n, horizon))
    # Levels of one series, and 1 where they are known, with room for neighbors that are not there.
    level, there = np.zeros(span + 2 * NEIGHBORS), np.zeros(span + 2 * NEIGHBORS)
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
        level[:], there[:] = 0.0, 0.0
        place = (-count) % period
        for t in range(span):
            past[i, t] = indices[i, place]
            place = place + 1 if place + 1 < period else 0
        for t in range(count):
            if is_known[i, t]:
                index = past[i, t]
                level[t + NEIGHBORS] = sold[i, t] / size[i] / max(index, INDEX_FLOOR)
                there[t + NEIGHBORS] = 1.0
                weight[i, t] = 1.0 if log else min(1.0, index * index)
        _on_scale(level, there, log, z[i, :count])
        for t in range(count):
            if is_known[i, t]:
                low, high = min(low, z[i, t]), max(high, z[i, t])
        if known[i] > 0:
            room = FARTHEST * (high - low) + (np.log(2.0) if log else 0.0)
            lowest[i], highest[i] = low - room, high + room
        for k in range(horizon):
            future[i, k] = indices[i, k % period]
    return (z, weight, size, lowest, highest, past, future, sold), known, is_log, is_known
