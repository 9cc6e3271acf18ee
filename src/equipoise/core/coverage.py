"""Days of coming demand: how much stock lasts for so many days, walked forward through the buckets."""

import numpy as np

from equipoise.core.grid import FloatArray, IntArray


def coming_demand(demand: FloatArray, days: FloatArray, bucket_days: IntArray, *, per_year: int) -> FloatArray:
    """Demand of the `days` [N, T] that follow the close of each bucket, units [N, T].

    Demand [N, T] is taken as even within a bucket of `bucket_days` [T]. Beyond the last bucket it goes on at the daily
    mean of the last year, or of the whole horizon if that is shorter; `per_year` is the number of buckets in a year.

    >>> demand = np.array([[31.0, 56.0, 31.0]])
    >>> coming_demand(demand, np.full((1, 3), 14.0), np.array([31, 28, 31]), per_year=12).round(2).tolist()
    [[28.0, 14.0, 18.36]]
    """
    horizon = demand.shape[1]
    edges = np.concatenate([[0], np.cumsum(bucket_days)]).astype(np.float64)
    year = min(horizon, per_year)
    beyond = demand[:, -year:].sum(axis=1) / (edges[-1] - edges[horizon - year])
    daily = np.concatenate([demand / bucket_days, beyond[:, None]], axis=1)
    used = np.concatenate([np.zeros((len(demand), 1)), np.cumsum(demand, axis=1)], axis=1)
    until = edges[1:] + days
    bucket = np.searchsorted(edges, until, side="right") - 1
    rows = np.arange(len(demand))[:, None]
    coming: FloatArray = used[rows, bucket] + (until - edges[bucket]) * daily[rows, bucket] - used[:, 1:]
    return coming
