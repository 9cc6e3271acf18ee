"""Time fences: which buckets lie inside one. The demand fence and the planning fence share the rule.

A bucket lies inside when most of its days to go are no more than the fence's days after as_of.
"""

import numpy as np

from equipoise.core.grid import BoolArray, FloatArray, IntArray


def buckets_inside(calendar_days: IntArray, elapsed: int, fence_days: FloatArray) -> BoolArray:
    """Buckets most of whose days to go lie inside a fence of `fence_days` [N] days from as_of, [N, T].

    `calendar_days` [T] of the buckets; `elapsed` days of bucket 0 (negative: days before it) have passed at as_of.

    >>> buckets_inside(np.array([31, 28, 31]), 0, np.array([0.0, 15.0, 16.0, 46.0])).tolist()
    [[False, False, False], [False, False, False], [True, False, False], [True, True, False]]
    """
    ends = np.cumsum(calendar_days).astype(np.float64) - elapsed
    begins = np.maximum(ends - calendar_days, 0.0)
    covered = np.minimum(fence_days[:, None], ends) - begins
    inside: BoolArray = covered > (ends - begins) / 2
    return inside
