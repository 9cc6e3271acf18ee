"""Buckets that lie far from what the buckets around them say, and that no event explains.

With z = log y without its season (`robust`), each bucket is held against the median of the three before and the three
after it: a Hampel identifier (Davies & Gather, J. of the American Statistical Association 88 (1993) 782-792; Pearson,
Mining Imperfect Data, 2005, chapter 4), the season taken out first.

    e_t = z_t − median(z_{t−3}, ..., z_{t−1}, z_{t+1}, ..., z_{t+3})
    outlier: |e_t| > max(0.4, 5 × 1.4826 × median |e|),  and apart from before and from after

The last says that a step is no outlier: what differs from the buckets before it but not from those after is a new
level. Without a season (less than three years) the bounds are half as wide again, and what lies as far out a year away
is a season that cannot be told yet. Rare demand is judged by its sizes, and only where one is far above all others
(four times their median, and 8 × 1.4826 × their median absolute deviation above it): a long pause is what it does. A
bucket without sales is no outlier; whether it is a gap is for `history_gaps` to say. The newest bucket has nothing
after it, so it may be the first one of a new level: it is told and stays.

A second pass, without what the first one found, finds what two outliers side by side hid. The bounds were chosen on
inner hold-outs of M3 (docs/decisions/0021-history-beyond-events.md).
"""

from dataclasses import dataclass

import numpy as np

from equipoise.core.grid import BoolArray, FloatArray
from equipoise.demand.robust import NORMAL, SEASONS, chunks, logs_of, median, season_of, windows

REACH = 3
"""Buckets on each side that say what is usual."""
LIMIT = 5.0
"""Robust standard deviations beyond which a bucket is an outlier."""
LEAST = 0.4
"""Logs below which nothing is an outlier, however quiet the series: half as much again, or a third less."""
WIDER = 1.5
"""Times both where the history does not bear a season."""
APART = 0.55
"""Of its distance, that an outlier keeps from the buckets before it and from those after it."""
ALIKE = 0.5
"""Of its distance: a bucket a year away that lies as far out on the same side makes it a season."""
PASSES = 2
FEWEST = 12
"""Sold buckets below which nothing is judged; nor is less than two years."""
RARE = 1.32
"""Known buckets to sold ones from which demand is rare (Syntetos, Boylan & Croston, 2005)."""
RARE_TIMES, RARE_LIMIT = 4.0, 8.0
"""Of rare demand: times the median size, and robust standard deviations above it."""


@dataclass(frozen=True, eq=False)
class Outliers:
    """What was found, [N, H]."""

    is_outlier: BoolArray
    usual: FloatArray
    """Units that the neighbors and the season say; NaN where they cannot."""
    is_newest: BoolArray
    """[N] True where the last bucket would be one, had it been another."""


def find_outliers(y: FloatArray, period: int, *, is_explained: BoolArray) -> Outliers:
    """Outliers of y [N, H] units: NaN unknown, 0 sold nothing. What `is_explained` speaks for others and stays.

    >>> y = np.array([[100.0, 104, 98, 101, 99, 103, 300, 97, 102, 100, 98, 104, 101, 99]])
    >>> found = find_outliers(y, 4, is_explained=np.zeros(y.shape, dtype=np.bool_))
    >>> np.flatnonzero(found.is_outlier[0]).tolist(), float(found.usual[0, 6].round(1))
    ([6], 99.8)
    """
    shape = y.shape
    found = Outliers(np.zeros(shape, dtype=np.bool_), np.full(shape, np.nan), np.zeros(shape[0], dtype=np.bool_))
    for chunk in chunks(shape[0]):
        rows = np.flatnonzero((y[chunk] > 0).sum(axis=1) >= max(FEWEST, 2 * period)) + chunk.start
        if not rows.size:
            continue
        known, sold = np.isfinite(y[rows]).sum(axis=1), (y[rows] > 0).sum(axis=1)
        is_rare = known >= RARE * sold
        for some, judge in ((rows[~is_rare], _steady), (rows[is_rare], _rare)):
            if some.size:
                far, usual = judge(y[some], period)
                far &= ~is_explained[some]
                found.is_newest[some] = far[:, -1]
                far[:, -1] = False
                found.is_outlier[some], found.usual[some] = far, usual
    return found


def _steady(y: FloatArray, period: int) -> tuple[BoolArray, FloatArray]:
    """What is far out, and units that are usual, of demand in nearly every bucket."""
    logs = logs_of(y)
    z = logs.z
    far = np.zeros(z.shape, dtype=np.bool_)
    usual = np.full(z.shape, np.nan)
    rows = np.arange(len(z))
    for _ in range(PASSES):
        before = far[rows]
        now, level = _pass(z[rows], before, period)
        usual[rows] = logs.units(rows, level)
        far[rows] = now
        rows = rows[(now & ~before).any(axis=1)]
        if not rows.size:
            break
    return far, usual


def _pass(z: FloatArray, is_out: BoolArray, period: int) -> tuple[BoolArray, FloatArray]:
    """What is far out when what is known to be so says nothing, and the logs that are usual."""
    trusted = np.where(is_out, np.nan, z)
    season = season_of(trusted, period)
    deseasonalized, speaks = z - season, trusted - season
    before, after = windows(speaks, REACH, -1), windows(speaks, -1, REACH)
    level = median(np.concatenate([before, after], axis=2))
    error = deseasonalized - level
    distance = np.abs(error)
    scale = NORMAL * median(np.where(is_out, np.nan, distance))[:, None]
    has_season = (np.isfinite(z).sum(axis=1) >= SEASONS * period)[:, None] | (period < 2)
    wider = np.where(has_season, 1.0, WIDER)
    is_far = distance > wider * np.maximum(LEAST, LIMIT * scale)
    sign = np.sign(error)
    old, new = median(before), median(after)
    for side in (old, new):
        is_far &= ~(sign * (deseasonalized - side) <= APART * distance)
    is_far &= np.isfinite(old)  # what nothing came before may be an old level,
    is_far[:, :-1] &= np.isfinite(new)[:, :-1]  # and what nothing came after a new one
    is_far &= ~(_a_year_away(sign, error, period) > ALIKE * distance)
    return is_out | is_far, level + season


def _a_year_away(sign: FloatArray, error: FloatArray, period: int) -> FloatArray:
    """How far, on the same side, the bucket a year before or after lies out [N, H]; the farther of the two."""
    found = np.full(error.shape, -np.inf)
    if 1 < period < error.shape[1]:
        signed = np.nan_to_num(error)
        found[:, period:] = sign[:, period:] * signed[:, :-period]
        found[:, :-period] = np.fmax(found[:, :-period], sign[:, :-period] * signed[:, period:])
    return found


def _rare(y: FloatArray, _period: int) -> tuple[BoolArray, FloatArray]:
    """Sizes of rare demand far above all others, and the size that is usual."""
    size = np.where(y > 0, y, np.nan)
    usual = median(size)[:, None]
    scale = NORMAL * median(np.abs(size - usual))[:, None]
    far = size > np.maximum(RARE_TIMES * usual, usual + RARE_LIMIT * scale)
    return far, np.where(np.isfinite(size), usual, np.nan)
