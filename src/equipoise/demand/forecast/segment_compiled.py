"""Twin of `segment.segment_of`."""

import numpy as np

from equipoise.core.compiling import compiled
from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.demand.forecast.scale import INDEX_FLOOR, Scaled
from equipoise.demand.forecast.segment import (
    ADI_CUT,
    CV2_CUT,
    ERRATIC,
    FEWEST,
    IDLE_INTERVALS,
    INTERMITTENT,
    LUMPY,
    NEW,
    NO_DEMAND,
    NO_HISTORY,
    OBSOLESCENT,
    SHORT,
    SMOOTH,
)  # fmt: skip


def segment_of(demand: Scaled, *, period: int) -> IntArray:
    """As `segment.segment_of`."""
    found: IntArray = _segments(demand.sold, demand.past, demand.is_known, demand.length, demand.known, period)
    return found


@compiled
def _segments(  # noqa: PLR0912
    sold: FloatArray, past: FloatArray, is_known: BoolArray, length: IntArray, known: IntArray, period: int
) -> IntArray:
    out = np.empty(len(sold), np.int64)
    for i in range(len(sold)):
        total, expected, idle, weights, mean, any_ = 0.0, 0.0, 0.0, 0.0, 0.0, False
        for t in range(length[i]):
            if not is_known[i, t]:
                continue
            index, value = past[i, t], sold[i, t]
            total += index
            any_ = any_ or value != 0
            if value > 0:
                expected += index
                idle = 0.0
                weight = min(1.0, index * index)
                weights += weight
                mean += weight * (value / max(index, INDEX_FLOOR))
            else:
                idle += index
        weights = max(weights, INDEX_FLOOR)
        mean /= weights
        scatter = 0.0
        for t in range(length[i]):
            if is_known[i, t] and sold[i, t] > 0:
                index = past[i, t]
                scatter += min(1.0, index * index) * (sold[i, t] / max(index, INDEX_FLOOR) - mean) ** 2
        is_wild = scatter / weights >= CV2_CUT * mean * mean
        is_rare = total / max(expected, INDEX_FLOOR) >= ADI_CUT
        until = (total - idle) / max(expected, INDEX_FLOOR)
        if known[i] == 0:
            out[i] = NO_HISTORY
        elif not any_:
            out[i] = NO_DEMAND
        elif known[i] < max(FEWEST, period // 4):
            out[i] = NEW
        elif idle >= max(period / 2.0, FEWEST, IDLE_INTERVALS * until):
            out[i] = OBSOLESCENT
        elif is_rare:
            out[i] = LUMPY if is_wild else INTERMITTENT
        elif known[i] < 2 * period + 2:
            out[i] = SHORT
        else:
            out[i] = ERRATIC if is_wild else SMOOTH
    return out
