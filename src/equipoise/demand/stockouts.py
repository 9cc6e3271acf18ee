"""Sales that a stockout hid: what would have been sold had there been stock.

A bucket that was out of stock tells only the least that was wanted. Its demand is read off the line between the nearest
buckets before and after it that were in stock, and is never less than what was sold.
"""

import numpy as np

from equipoise.core.grid import BoolArray, FloatArray


def restore(sold: FloatArray, *, is_hidden: BoolArray, is_sold_yet: BoolArray) -> FloatArray:
    """Sales [N, H] with hidden buckets restored; a row without a bucket in stock is left as it is.

    >>> sold = np.array([[0.0, 100.0, 20.0, 0.0, 130.0, 50.0]])
    >>> hidden = np.array([[False, False, True, True, False, True]])
    >>> restore(sold, is_hidden=hidden, is_sold_yet=sold.cumsum(axis=1) > 0).tolist()
    [[0.0, 100.0, 110.0, 120.0, 130.0, 130.0]]
    """
    rows = np.flatnonzero((is_hidden & is_sold_yet).any(axis=1))
    restored = sold.copy()
    if rows.size == 0:
        return restored
    known, now = is_sold_yet[rows] & ~is_hidden[rows], sold[rows]
    columns = np.arange(sold.shape[1])
    before = np.maximum.accumulate(np.where(known, columns, -1), axis=1)
    after = np.minimum.accumulate(np.where(known, columns, sold.shape[1])[:, ::-1], axis=1)[:, ::-1]
    has_before, has_after = before >= 0, after < sold.shape[1]
    left = np.take_along_axis(now, np.maximum(before, 0), axis=1)
    right = np.take_along_axis(now, np.minimum(after, sold.shape[1] - 1), axis=1)
    step = (columns - before) / np.maximum(after - before, 1)
    line = np.where(has_before & has_after, left + (right - left) * step, np.where(has_before, left, right))
    hidden = is_hidden[rows] & is_sold_yet[rows] & (has_before | has_after)
    restored[rows] = np.where(hidden, np.maximum(now, line), now)
    return restored
