"""Lead times in days become buckets: when does what starts or leaves in a bucket arrive?

Each link (a route, a lane, a supplier) is rounded by itself, with one number of buckets for any horizon: rounding by
dates would leave short months in which nothing can arrive, and rounding whole chains would bar stock that already lies
half-way from serving the bucket it stands in.
"""

from datetime import date

import numpy as np

from equipoise.core.calendar import Calendar
from equipoise.core.grid import FloatArray, IntArray

SAME_LENGTH = 0.05
"""Months differ by 3 days: rounding up forgives this share of a bucket, so that 31 days are one month."""


def lag_buckets(calendar: Calendar, days: FloatArray, rounding: str) -> IntArray:
    """Whole buckets in `days` (any shape), by the mean length of the calendar's buckets; halves round up.

    >>> weeks = Calendar.build(bucket="week", start=date(2027, 1, 4), horizon=8)
    >>> lag_buckets(weeks, np.array([0.0, 3.0, 4.0, 7.0, 8.0]), "nearest").tolist()
    [0, 0, 1, 1, 1]
    >>> lag_buckets(weeks, np.array([0.0, 3.0, 4.0, 7.0, 8.0]), "up").tolist()
    [0, 1, 1, 1, 2]
    """
    buckets = days / mean_days(calendar)
    whole = np.floor(buckets + 0.5) if rounding == "nearest" else np.ceil(buckets - SAME_LENGTH)
    return np.maximum(whole, 0).astype(np.int64)


def mean_days(calendar: Calendar) -> float:
    """Mean days of a bucket over all years of the calendar: a longer horizon rounds no lead time anew.

    >>> round(mean_days(Calendar.build(bucket="month", start=date(2027, 1, 1), horizon=2)), 2)
    30.44
    """
    first, last = calendar.starts[0], calendar.starts[-1]
    return (last - first).days / (len(calendar.starts) - 1)


def arrival_buckets(calendar: Calendar, as_of: date, days: FloatArray, rounding: str) -> IntArray:
    """Bucket of arrival of what begins in each bucket, [N, T], for lead times in days [N, T]; T: after the horizon.

    Nothing that begins now arrives before as_of + lead time, also when `as_of` lies inside the first bucket.
    """
    horizon = calendar.horizon
    begins = np.arange(horizon, dtype=np.int64)[None, :]
    arrives = np.maximum(begins + lag_buckets(calendar, days, rounding), first_arrivals(calendar, as_of, days))
    found: IntArray = np.minimum(arrives, horizon)
    return found


def first_arrivals(calendar: Calendar, as_of: date, days: FloatArray) -> IntArray:
    """Bucket that holds as_of + days, clipped to 0..T; same shape as `days`."""
    edges = np.array([calendar.start_of(bucket).toordinal() for bucket in range(calendar.horizon + 1)])
    found = np.searchsorted(edges, as_of.toordinal() + days, side="right") - 1
    return np.clip(found, 0, calendar.horizon).astype(np.int64)
