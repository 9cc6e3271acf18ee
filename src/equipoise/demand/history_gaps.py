"""Buckets without a row in the middle of a history: nothing sold, or nothing known?

By the import contract no row means zero between the first sale and history_to (table sales_history), so that is what
the forecast learns from, and only a finding says so where an item otherwise sells in nearly every bucket. Where a
company's extract leaves buckets out, its policy says `missing_history = unknown`, and a gap is filled with what the
buckets around it and the season say.
"""

import numpy as np

from equipoise.core.grid import QUANTITY_STEP, BoolArray, FloatArray, on_grid
from equipoise.demand.outliers import RARE, REACH
from equipoise.demand.robust import chunks, logs_of, median, season_of, windows
from equipoise.demand.stockouts import restore

REGULAR = 0.8
"""Share of the buckets between its first and its last row in which a regular seller has one."""


def find_gaps(is_stated: BoolArray) -> BoolArray:
    """Buckets [N, H] without a row between the first and the last row of a series.

    >>> find_gaps(np.array([[False, True, False, True, False]])).tolist()
    [[False, False, True, False, False]]
    """
    begun = np.logical_or.accumulate(is_stated, axis=1)
    goes_on = np.logical_or.accumulate(is_stated[:, ::-1], axis=1)[:, ::-1]
    found: BoolArray = begun & goes_on & ~is_stated
    return found


def regular_sellers(is_stated: BoolArray) -> BoolArray:
    """Series [N] with rows in nearly all buckets from their first to their last one."""
    stated = is_stated.sum(axis=1)
    found: BoolArray = (stated > 0) & (stated >= REGULAR * (stated + find_gaps(is_stated).sum(axis=1)))
    return found


def fill_gaps(sold: FloatArray, is_gap: BoolArray, period: int) -> FloatArray:
    """Sales [N, H] with gaps filled: the median of three buckets on each side, with the season where three years show
    it; of rare demand, whose zeros count too, the line between the buckets beside the gap.

    >>> sold = np.array([[100.0, 0.0, 120.0, 110.0]])
    >>> fill_gaps(sold, np.array([[False, True, False, False]]), 12).round(1).tolist()
    [[100.0, 110.0, 120.0, 110.0]]
    """
    filled = restore(sold, is_hidden=is_gap, is_sold_yet=np.logical_or.accumulate(sold != 0, axis=1))
    for chunk in chunks(len(sold)):
        gaps = is_gap[chunk]
        known = (~gaps).sum(axis=1)
        is_steady = known < RARE * ((sold[chunk] > 0) & ~gaps).sum(axis=1)
        rows = np.flatnonzero(gaps.any(axis=1) & is_steady)
        if not rows.size:
            continue
        y = np.where(gaps[rows], np.nan, sold[chunk][rows])
        logs = logs_of(y)
        season = season_of(logs.z, period)
        level = logs.z - season
        around = median(np.concatenate([windows(level, REACH, -1), windows(level, -1, REACH)], axis=2))
        usual = logs.units(np.arange(len(rows)), around + season)
        place = rows + chunk.start
        filled[place] = np.where(gaps[rows] & np.isfinite(usual), usual, filled[place])
    return on_grid(np.where(is_gap, filled, sold), QUANTITY_STEP)
