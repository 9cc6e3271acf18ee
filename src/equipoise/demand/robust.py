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
from functools import cache

import numpy as np
from numpy.typing import NDArray

from equipoise.core.grid import FloatArray, IntArray

NORMAL = 1.4826
"""The standard deviation of a normal distribution in units of its median absolute deviation."""
SEASONS = 3
"""Years that a season needs."""
CHUNK = 512
FEW = 16
"""So many numbers are put in order by a network, more by sorting."""


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
    width = values.shape[-1]
    if width == 0:
        return np.full(values.shape[:-1], np.nan)
    if width > FEW:
        ordered = np.sort(values, axis=-1)
        return _middle([ordered[..., place] for place in range(width)], np.isfinite(values).sum(axis=-1))
    known = np.zeros(values.shape[:-1], dtype=np.int16)
    places = []
    for place in range(width):
        known += np.isfinite(values[..., place])
        places.append(np.fmin(values[..., place], np.inf))  # what is unknown goes last
    spare = np.empty(known.shape)
    for low, high in network(width):
        np.minimum(places[low], places[high], out=spare)
        np.maximum(places[low], places[high], out=places[high])
        places[low], spare = spare, places[low]
    return _middle(places, known)


def _middle(ordered: list[FloatArray], known: IntArray | NDArray[np.int16]) -> FloatArray:
    """The middle of so many `known` numbers in order, the mean of the two middle ones of an even number."""
    width = len(ordered)
    found: FloatArray = (ordered[(width - 1) // 2] + ordered[width // 2]) / 2.0
    for count in np.flatnonzero(np.bincount(known.ravel(), minlength=width)[:width]).tolist():
        cells = known == count
        middle = (ordered[(count - 1) // 2][cells] + ordered[count // 2][cells]) / 2.0 if count else np.nan
        found[cells] = middle
    return found


@cache
def network(width: int) -> tuple[tuple[int, int], ...]:
    """Pairs of places that, put in order one after the other, put so many numbers in order: whole arrays at once, which
    is far quicker than to sort each few by itself.

    Batcher's odd-even merge sort (Knuth, The Art of Computer Programming 3, section 5.2.2, algorithm M).

    >>> network(3)
    ((0, 2), (0, 1), (1, 2))
    """
    pairs: list[tuple[int, int]] = []
    step = top = 1 << max(width - 1, 1).bit_length() - 1
    while step:
        reach, residue, distance = top, 0, step
        while True:
            pairs += [(k, k + distance) for k in range(width - distance) if k & step == residue]
            if reach == step:
                break
            distance, reach, residue = reach - step, reach >> 1, step
        step >>= 1
    return tuple(pairs)


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
    years = -(-z.shape[1] // period)
    by_year = np.full((len(rows), years * period), np.nan)
    by_year[:, : z.shape[1]] = detrended
    of_phase = np.moveaxis(by_year.reshape(len(rows), years, period), 1, 2)
    is_enough = np.isfinite(by_year).reshape(len(rows), years, period).sum(axis=1) >= SEASONS
    season[rows] = np.tile(np.where(is_enough, np.nan_to_num(median(of_phase)), 0.0), (1, years))[:, : z.shape[1]]
    return season
