"""Lasting steps in the level of a history: a listing won or lost, a customer gone, another pack size.

A forecast that averages over the level before a step lies between the two. With z the logs
without season and outliers (`robust`, `outliers`), w buckets on each side of a candidate step before bucket τ, d the
drift (the median difference over half a year, over its length) and medians taken over each side,

    c = median(z_τ, ..., z_{τ+w−1}) − median(z_{τ−w}, ..., z_{τ−1}) − w d
    s = 1.2533 × mean |z − median of its own side|

it is a step where |c| > max(0.23, K s), and where it happened at once: the medians of only two buckets on each side,
and those of half a year, show 0.85 of it. A random walk wanders about as far between two windows as within them, and a
ramp takes its time, so both seldom pass; a season needs three years to be told from a step, else a whole year on both
sides. The season is measured with the sharpest change set aside, for a step bends the level beside it. Of neighboring
candidates the largest change from one bucket to the next is the place. The step is measured over half a year on each
side, and what lies before it is multiplied by it, so that growth and season of the old level remain and its height
does not.

Sources: Chen & Liu, J. of the American Statistical Association 88 (1993) 284-297 (level shifts beside outliers, one
after the other, the largest first); Fried & Gather, Computational Statistics & Data Analysis 51 (2007) 4794-4811
(shifts found by differences of medians in two windows over a robust scale). The bounds were chosen on inner hold-outs
of M3 (docs/decisions/0021-history-beyond-events.md).
"""

from dataclasses import dataclass

import numpy as np

from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.demand.outliers import RARE
from equipoise.demand.robust import SEASONS, chunks, logs_of, median, season_of, windows

LEAST = 0.23
"""Logs below which a step is left to the forecast, which follows it: a quarter up, a fifth down."""
NORMAL = 1.2533
"""The standard deviation of a normal distribution in units of its mean absolute deviation."""
LIMIT = 4.0
"""K: robust standard deviations of the two sides."""
AT_ONCE = 0.85
"""Of the step, that the two buckets beside it show."""
BESIDE = 2
PASSES = 2
"""Steps of one history that are looked for."""


@dataclass(frozen=True, eq=False)
class Shifts:
    """The steps that were found."""

    factor: FloatArray
    """[N, H] what each bucket is multiplied by to stand on the newest level; 1 where nothing is moved."""
    rows: IntArray
    """[S] by row, then by bucket."""
    buckets: IntArray
    """[S] column of the first bucket on the new level."""
    factors: FloatArray
    """[S] new level over old one."""


@dataclass(frozen=True)
class Reach:
    """How many buckets a step is judged by; of months 12, 6 and 6, of quarters 8, 4 and 4, of weeks 26, 13 and 13."""

    wide: int
    half: int
    after: int
    """Buckets that must have come since."""

    @staticmethod
    def of(period: int) -> "Reach":
        """For a number of buckets in a year."""
        half = max(4, min(period // 2, 13))
        return Reach(max(8, 2 * half), half, half)


def find_shifts(y: FloatArray, period: int, *, is_out: BoolArray, may_shift: BoolArray) -> Shifts:
    """Steps of y [N, H] units (NaN unknown, 0 sold nothing) in the rows that `may_shift` [N]; `is_out` [N, H] are
    outliers, which say nothing.

    >>> y = np.array([[50.0, 51, 49, 50, 52, 50, 49, 51, 100, 99, 101, 102, 100, 98]])
    >>> nothing = np.zeros(y.shape, dtype=np.bool_)
    >>> found = find_shifts(y, 1, is_out=nothing, may_shift=np.ones(1, dtype=np.bool_))
    >>> found.buckets.tolist(), found.factors.round(2).tolist(), found.factor[0, 7:9].round(2).tolist()
    ([8], [1.99], [1.99, 1.0])
    """
    factor = np.ones(y.shape)
    steps: list[tuple[int, int, float]] = []
    for chunk in chunks(len(y)):
        sold = (y[chunk] > 0).sum(axis=1)
        is_steady = np.isfinite(y[chunk]).sum(axis=1) < RARE * sold
        rows = np.flatnonzero(is_steady & may_shift[chunk]) + chunk.start
        if rows.size:
            _look(y, rows, period, is_out, factor, steps)
    steps.sort()
    numbers = np.array([step[:2] for step in steps], dtype=np.int64).reshape(-1, 2)
    return Shifts(factor, numbers[:, 0], numbers[:, 1], np.array([step[2] for step in steps], dtype=np.float64))


def _look(
    y: FloatArray,
    rows: IntArray,
    period: int,
    is_out: BoolArray,
    factor: FloatArray,
    steps: list[tuple[int, int, float]],
) -> None:
    """Steps of some rows, one a pass; `factor` and `steps` are added to."""
    reach, columns = Reach.of(period), np.arange(y.shape[1])
    z = np.where(is_out[rows], np.nan, logs_of(y[rows]).z)
    z -= _season_beside_a_step(z, period, reach)
    has_season = (np.isfinite(z).sum(axis=1) >= SEASONS * period) | (period < 2)
    after = np.where(has_season, reach.after, max(reach.after, period))
    before = np.where(has_season, reach.wide - reach.half // 2, max(reach.wide, period))
    for _ in range(PASSES):
        place, size = _largest(z, reach, before=before, after=after)
        found = np.flatnonzero(place >= 0)
        rows, z, after, before = rows[found], z[found], after[found], before[found]
        place, size = place[found], size[found]
        if not found.size:
            return
        moved = np.where(columns < place[:, None], size[:, None], 0.0)
        z = z + moved
        factor[rows] *= np.exp(moved)
        steps += zip(rows.tolist(), place.tolist(), np.exp(size).tolist(), strict=True)


def _season_beside_a_step(z: FloatArray, period: int, reach: Reach) -> FloatArray:
    """Season [n, H] of logs, as it is once the sharpest change is set aside: a step bends the level that a season is
    measured about for half a year on both sides."""
    level = z - season_of(z, period)
    beside = median(windows(level, 0, BESIDE - 1)) - median(windows(level, BESIDE, -1))
    measured = median(windows(level, 0, reach.half - 1)) - median(windows(level, reach.half, -1))
    sharp = np.where(beside * measured > 0, np.minimum(np.abs(beside), np.abs(measured)), 0.0)
    sharp[:, : reach.half] = 0.0
    sharp[:, max(z.shape[1] - reach.after + 1, 0) :] = 0.0
    place = np.argmax(sharp, axis=1)
    size = np.where(sharp.any(axis=1), np.nan_to_num(measured[np.arange(len(z)), place]), 0.0)
    return season_of(z + np.where(np.arange(z.shape[1]) < place[:, None], size[:, None], 0.0), period)


def _largest(z: FloatArray, reach: Reach, *, before: IntArray, after: IntArray) -> tuple[IntArray, FloatArray]:
    """Column of the first bucket after the sharpest step of each row, −1 for none, and the step in logs, [n] each."""
    drift = _drift(z, reach)
    measured = median(windows(z, 0, reach.half - 1)) - median(windows(z, reach.half, -1))
    beside = median(windows(z, 0, BESIDE - 1)) - median(windows(z, BESIDE, -1)) - BESIDE * drift
    at_once = np.where(beside * measured > 0, np.sign(beside), 0.0)
    shown = np.minimum(at_once * beside, at_once * (measured - reach.half * drift))
    # What shows less than the least step is none, whatever the windows say: they are looked at for the few others.
    rows, columns = np.nonzero(shown >= AT_ONCE * LEAST)
    old, new = windows(z, reach.wide, -1)[rows, columns], windows(z, 0, reach.wide - 1)[rows, columns]
    low, high = median(old), median(new)
    change = high - low - reach.wide * drift[rows, 0]
    apart = np.abs(np.concatenate([old - low[:, None], new - high[:, None]], axis=1))
    known = np.isfinite(apart)
    scale = NORMAL * np.where(known, apart, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    sign = at_once[rows, columns]
    is_step = sign * change > np.maximum(LEAST, LIMIT * scale)
    is_step &= shown[rows, columns] >= AT_ONCE * sign * change
    is_step &= (np.isfinite(old).sum(axis=1) >= before[rows]) & (np.isfinite(new).sum(axis=1) >= after[rows])
    jump = np.full(z.shape, -np.inf)
    one = sign * (z - windows(z, 1, -1)[..., 0])[rows, columns]
    jump[rows, columns] = np.where(is_step & np.isfinite(one), one, -np.inf)
    place = np.argmax(jump, axis=1)
    every = np.arange(len(z))
    is_found = np.isfinite(jump[every, place])
    return np.where(is_found, place, -1), np.where(is_found, np.nan_to_num(measured[every, place]), 0.0)


def _drift(z: FloatArray, reach: Reach) -> FloatArray:
    """Trend in logs a bucket, [n, 1]: the median difference over half a year, of which one step bends but a few."""
    if z.shape[1] <= reach.half:
        return np.zeros((len(z), 1))
    return np.nan_to_num(median(z[:, reach.half :] - z[:, : -reach.half]))[:, None] / reach.half
