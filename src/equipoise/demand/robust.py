"""Level and season of a history that a few wild buckets cannot bend: medians of logs.

    z_t = log y_t of sold buckets,  season s_j = median over years of z_t − median(z_{t−m/2}, ..., z_{t+m/2})

A median bears that nearly half of what it is taken of is wrong. A season needs three years, for of two values a median
is no more robust than a mean; with less history it is flat here, and who judges a bucket must look a year away too.

Sources: Hampel, J. of the American Statistical Association 69 (1974) 383-393 (the median absolute deviation as a
scale); Davies & Gather, ibid. 88 (1993) 782-792 (identifying outliers by medians); Cleveland et al., J. of Official
Statistics 6 (1990) 3-73 (a season from medians about a moving level, as in robust STL).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from equipoise.core.grid import FloatArray, IntArray

NORMAL = 1.4826
"""The standard deviation of a normal distribution in units of its median absolute deviation."""
SEASONS = 3
"""Years that a season needs."""
CHUNK = 1024


@dataclass(frozen=True, eq=False)
class Logs:
    """Histories [N, H] as logs."""

    z: FloatArray
    """NaN where nothing was sold or nothing is known."""
    unit: FloatArray
    """[N, 1] a power of two of each row: z = log(y / unit). So that a row in another unit has the same logs."""

    def units(self, rows: IntArray, z: FloatArray) -> FloatArray:
        """Logs [n, H] of some rows back as quantities."""
        found: FloatArray = np.exp(z) * self.unit[rows]
        return found


def chunks(count: int) -> Iterator[slice]:
    """Slices of rows that fit a processor's cache."""
    return (slice(begin, min(begin + CHUNK, count)) for begin in range(0, count, CHUNK))


def logs_of(y: FloatArray) -> Logs:
    """Logs of y [N, H] units; NaN is unknown, 0 and below sold nothing."""
    largest = np.max(np.where(y > 0, y, 0.0), axis=1, initial=0.0)
    unit = np.ldexp(1.0, np.frexp(np.where(largest > 0, largest, 1.0))[1])[:, None]
    return Logs(np.log(np.where(y > 0, y, np.nan) / unit), unit)


def median(values: FloatArray) -> FloatArray:
    """Median along the last axis of what is known; NaN where nothing is.

    >>> median(np.array([[3.0, np.nan, 1.0], [np.nan, np.nan, np.nan]])).tolist()
    [2.0, nan]
    """
    if values.shape[-1] == 0:
        return np.full(values.shape[:-1], np.nan)
    known = np.isfinite(values).sum(axis=-1)[..., None]
    ordered = np.sort(values, axis=-1)
    below, above = np.maximum(known - 1, 0) // 2, np.minimum(known // 2, values.shape[-1] - 1)
    middle = (np.take_along_axis(ordered, below, axis=-1) + np.take_along_axis(ordered, above, axis=-1)) / 2.0
    found: FloatArray = middle[..., 0]
    return found


def windows(z: FloatArray, back: int, ahead: int) -> FloatArray:
    """[N, H, back + ahead + 1] what lies up to `back` buckets before and up to `ahead` after; NaN beyond the ends.

    Below 0 either leaves out the bucket itself: (3, -1) are the three before it.

    >>> windows(np.array([[1.0, 2.0, 3.0]]), 1, 0).tolist()
    [[[nan, 1.0], [1.0, 2.0], [2.0, 3.0]]]
    >>> windows(np.array([[1.0, 2.0, 3.0]]), -1, 2).tolist()
    [[[2.0, 3.0], [3.0, nan], [nan, nan]]]
    """
    left, right = max(back, 0), max(ahead, 0)
    wide = np.full((z.shape[0], z.shape[1] + left + right), np.nan)
    wide[:, left : left + z.shape[1]] = z
    begin, width = left - back, back + ahead + 1
    return np.lib.stride_tricks.sliding_window_view(wide, width, axis=1)[:, begin : begin + z.shape[1]]


def season_of(z: FloatArray, period: int) -> FloatArray:
    """Season [N, H] of logs z [N, H]; 0 where a row knows less than three years, or a bucket of the year not thrice."""
    season = np.zeros(z.shape)
    if period < 2:
        return season
    rows = np.flatnonzero(np.isfinite(z).sum(axis=1) >= SEASONS * period)
    if not rows.size:
        return season
    own = z[rows]
    detrended = own - median(windows(own, period // 2, period // 2))
    for phase in range(period):
        of_phase = detrended[:, phase::period]
        is_enough = np.isfinite(of_phase).sum(axis=1) >= SEASONS
        season[rows, phase::period] = np.where(is_enough, np.nan_to_num(median(of_phase)), 0.0)[:, None]
    return season
