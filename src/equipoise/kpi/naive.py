"""What a forecast must beat: the naive forecasts, made from what was known on the day the forecast was made."""

import numpy as np

from equipoise.core.grid import FloatArray, IntArray


def naive_forecast(ordered: FloatArray, known_end: IntArray, *, first: int) -> FloatArray:
    """The demand of the last bucket that was closed when the forecast was made, [N, H]; NaN before the first sale.

    `ordered` [N, H] begins with bucket `first`; `known_end` [N, H] is the first bucket not closed on that day.

    >>> ordered = np.array([[10.0, 12.0, 9.0, 14.0]])
    >>> naive_forecast(ordered, np.array([[0, 0, 1, 2]]), first=0).tolist()
    [[nan, nan, 10.0, 12.0]]
    """
    return _looked_up(ordered, known_end - 1 - first)


def seasonal_naive_forecast(ordered: FloatArray, known_end: IntArray, *, first: int, period: int) -> FloatArray:
    """The demand of the same bucket in the last year that was closed then, [N, H]; NaN before the first sale.

    >>> ordered = np.array([[10.0, 20.0, 12.0, 24.0]])
    >>> seasonal_naive_forecast(ordered, np.array([[0, 0, 1, 2]]), first=0, period=2).tolist()
    [[nan, nan, 10.0, 20.0]]
    """
    buckets = np.broadcast_to(np.arange(first, first + ordered.shape[1]), ordered.shape)
    years = np.maximum(1, -(-(buckets - known_end + 1) // period))  # the fewest that lead into what was known
    return _looked_up(ordered, buckets - years * period - first)


def _looked_up(ordered: FloatArray, columns: IntArray) -> FloatArray:
    """Values of each row at `columns` [N, H], NaN where the column is outside or before the row's first sale."""
    if ordered.shape[1] == 0:
        return ordered
    begun = np.logical_or.accumulate(np.nan_to_num(ordered) != 0, axis=1)
    known = np.where(begun, ordered, np.nan)
    inside = (columns >= 0) & (columns < ordered.shape[1])
    found = np.take_along_axis(known, np.clip(columns, 0, ordered.shape[1] - 1), axis=1)
    return np.where(inside, found, np.nan)
