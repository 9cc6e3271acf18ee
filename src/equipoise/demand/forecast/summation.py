"""Sums over time whose last digit does not depend on how many series are computed together.

`numpy.sum` picks its order of addition by the memory layout, so one series alone and the same series among a thousand
may differ in the last bit. A forecast that changes because another item joined the data set cannot be explained to a
planner; adding one bucket after the other costs little and always gives the same number.
"""

import numpy as np

from equipoise.core.grid import FloatArray, IntArray


def add_up(values: FloatArray) -> FloatArray:
    """Sum of values [H, ...] over the first axis, one slice after the other.

    >>> add_up(np.array([[1.0, 10.0], [2.0, 20.0]])).tolist()
    [3.0, 30.0]
    """
    total = np.zeros(values.shape[1:])
    for part in values:
        total += part
    return total


def still_running(length: IntArray, span: int) -> list[int]:
    """How many of the series of `length` [n], descending, have a bucket t, for each t of `span`.

    >>> still_running(np.array([3, 2, 2]), 4)
    [3, 3, 1, 0]
    """
    counts: list[int] = np.searchsorted(-length, -np.arange(span), side="left").tolist()
    return counts
