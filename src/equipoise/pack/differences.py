"""Differences from plan and their running sum, where some plans and some actuals are missing. NaN is unknown, never 0.

Both are "latest view less last plan": actual − plan where a bucket is closed, new plan − last plan ahead. With nothing
missing the running sums are the variances of `kpi.variance`.
"""

import numpy as np

from equipoise.core.grid import FloatArray


def differences(latest: FloatArray, planned: FloatArray) -> FloatArray:
    """Latest view less last plan, [C].

    >>> differences(np.array([210.0, 190.0, np.nan]), np.array([200.0, 200.0, 220.0])).tolist()
    [10.0, -10.0, nan]
    """
    found: FloatArray = latest - planned
    return found


def cumulative(difference: FloatArray) -> FloatArray:
    """Running sum of differences, [C].

    It begins with the first known one; from a gap after that on it is unknown, because a sum over a gap is no sum.

    >>> cumulative(np.array([np.nan, 10.0, -10.0, 30.0])).tolist()
    [nan, 10.0, 0.0, 30.0]
    >>> cumulative(np.array([10.0, np.nan, 30.0])).tolist()
    [10.0, nan, nan]
    """
    begun = np.logical_or.accumulate(~np.isnan(difference))
    found: FloatArray = np.where(begun, np.cumsum(np.where(begun, difference, 0.0)), np.nan)
    return found
