"""Demand on the scale on which it is smoothed: without its season, in logarithms where they make sense.

For one series with mean size c and seasonal index s_t:   z_t = log(y_t / (c s_t))   or   z_t = y_t / (c s_t)

A series with zeros or returns, or with an observation under 1 % of its mean, has no useful logarithm. It is smoothed on
the arithmetic scale, the mean demand a planner needs, where exp(mean log) would be far too low. There a bucket weighs
min(1, s_t²), for y_t / s_t of an off-season bucket is mostly noise.

In logarithms one bucket of a holiday or a windfall would pull all that is learned from it, and a dip more than a rise.
There y_t / s_t counts as at most twice, and at least half, the mean of what is known of the three buckets before and
the three after it. A new level is believed when it lasts. Chosen on inner hold-outs of M3
(docs/decisions/0014-the-forecast.md).

Rows are left-aligned: every series begins in column 0, so that series of one panel may have any length.
"""

from dataclasses import dataclass, fields

import numpy as np

from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.demand.forecast.summation import add_up

LOG_FLOOR = 0.01
"""A series with an observation below this share of its mean size is smoothed on the arithmetic scale."""
NEIGHBORS = 3
"""Buckets on each side that say what is usual."""
MOST_TIMES = 2.0
"""In logarithms a bucket counts as at most so many times what is usual, and at least as its share."""
LEAST_SIZE = 1e-9
"""Share of the mean size that stands for nothing where a logarithm is asked for."""
INDEX_FLOOR = 1e-3
"""Seasonal indices are taken as at least this when demand is divided by them."""
FARTHEST = 0.5
"""A path leaves the range of z by at most this share of it and, in logarithms, log 2."""


@dataclass(frozen=True, eq=False)
class Scaled:
    """n series ready for smoothing, left-aligned and by descending length."""

    z: FloatArray
    """[n, H]; 0 where demand is unknown and after the end."""
    weight: FloatArray
    """[n, H]; 0 where demand is unknown."""
    length: IntArray
    """[n] buckets from the first known one to the end of the history."""
    known: IntArray
    """[n] known buckets."""
    size: FloatArray
    """[n] mean size c; 1 for a series of zeros."""
    is_log: BoolArray
    """[n]"""
    lowest: FloatArray
    """[n] the least z a path may have."""
    highest: FloatArray
    """[n]"""
    past: FloatArray
    """[n, H] seasonal index of each bucket."""
    future: FloatArray
    """[n, horizon]"""
    sold: FloatArray
    """[n, H] units, 0 where unknown."""
    is_known: BoolArray
    """[n, H]"""

    def rows(self, chosen: BoolArray | IntArray) -> "Scaled":
        """The chosen series only."""
        return Scaled(**{field.name: getattr(self, field.name)[chosen] for field in fields(self)})

    def demand(self, path: FloatArray) -> FloatArray:
        """Units [n, horizon] of a path of z, never negative, kept near the range of z."""
        path = np.clip(path, self.lowest[:, None], self.highest[:, None])
        log = self.is_log[:, None]
        path = np.where(log, np.exp(np.where(log, path, 0.0)), np.maximum(path, 0.0))
        units: FloatArray = self.size[:, None] * self.future * path
        return units


def sizes_of(z: FloatArray, is_log: BoolArray) -> FloatArray:
    """Deseasonalized demand [n, H] in mean sizes of z [n, H]; of no meaning after the end of a series."""
    if is_log.all():
        return np.exp(z)
    sizes = np.exp(np.where(is_log[:, None], z, 0.0))
    np.copyto(sizes, z, where=~is_log[:, None])
    return sizes


def path_of(sizes: FloatArray, is_log: BoolArray) -> FloatArray:
    """Path of z [n, horizon] of deseasonalized demand in mean sizes."""
    path = np.log(np.maximum(sizes, LEAST_SIZE))
    np.copyto(path, sizes, where=~is_log[:, None])
    return path


def to_scale(y: FloatArray, length: IntArray, indices: FloatArray, horizon: int) -> Scaled:
    """Scale y [n, H], right-aligned, NaN = unknown, of `length` [n] from its first known bucket, in descending order.

    `indices` [n, m] belong to the buckets after the history as in `seasonality`.
    """
    n, span, period = len(y), int(length.max(initial=0)), indices.shape[1]
    bucket = np.arange(span) - length[:, None]  # −1 is the last bucket of the history
    inside = bucket < 0
    demand = np.take_along_axis(y, np.where(inside, y.shape[1] + bucket, 0), axis=1) if span else np.zeros((n, 0))
    is_known = inside & np.isfinite(demand)
    demand = np.where(is_known, demand, 0.0)
    past = np.take_along_axis(indices, bucket % period, axis=1)
    known = is_known.sum(axis=1, dtype=np.int64)
    size = add_up(np.ascontiguousarray(np.abs(demand).T)) / np.maximum(known, 1)
    size = np.where(size > 0, size, 1.0)
    smallest = np.where(is_known, demand, np.inf).min(axis=1, initial=np.inf)
    is_log = (known > 0) & (smallest >= LOG_FLOOR * size)
    level = demand / size[:, None] / np.maximum(past, INDEX_FLOOR)
    log = is_log[:, None]
    z = np.where(log, np.log(np.where(is_known & log, near_usual(level, is_known), 1.0)), level)
    weight = np.where(log, 1.0, np.minimum(1.0, past**2)) * is_known
    lowest = np.where(is_known, z, np.inf).min(axis=1, initial=np.inf)
    highest = np.where(is_known, z, -np.inf).max(axis=1, initial=-np.inf)
    lowest, highest = (np.where(known > 0, one, 0.0) for one in (lowest, highest))
    room = FARTHEST * (highest - lowest) + np.where(is_log, np.log(2.0), 0.0)
    future = indices[:, np.arange(horizon) % period]
    return Scaled(z, weight, length, known, size, is_log, lowest - room, highest + room, past, future, demand, is_known)


def near_usual(level: FloatArray, is_known: BoolArray) -> FloatArray:
    """Levels [n, H], each kept near the mean of its neighbors.

    >>> near_usual(np.array([[1.0, 1.0, 0.1, 1.0]]), np.ones((1, 4), dtype=np.bool_)).tolist()
    [[1.0, 1.0, 0.5, 1.0]]
    """
    known = np.where(is_known, level, 0.0)
    total, count = np.zeros_like(level), np.zeros_like(level)
    for k in range(1, NEIGHBORS + 1):
        total[:, k:] += known[:, :-k]
        count[:, k:] += is_known[:, :-k]
        total[:, :-k] += known[:, k:]
        count[:, :-k] += is_known[:, k:]
    usual = total / np.maximum(count, 1.0)
    found: FloatArray = np.where(count > 0, np.clip(level, usual / MOST_TIMES, usual * MOST_TIMES), level)
    return found


def fill_unknown(scaled: Scaled, wanted: BoolArray) -> FloatArray:
    """z [n, H] with unknown buckets between their neighbors and weak ones drawn to the mean, for unweighted methods.

    Only in the `wanted` [n] series.
    """
    rows = np.flatnonzero(wanted & ((scaled.known < scaled.length) | ~scaled.is_log))
    if not rows.size:
        return scaled.z
    z = scaled.z.copy()
    z[rows] = _filled(scaled.z[rows], scaled.weight[rows], scaled.length[rows], scaled.is_log[rows])
    return z


def _filled(z: FloatArray, weight: FloatArray, length: IntArray, is_log: BoolArray) -> FloatArray:
    """`fill_unknown` of the rows that need it."""
    inside = np.arange(z.shape[1]) < length[:, None]
    total = add_up(np.ascontiguousarray(weight.T))
    center = add_up(np.ascontiguousarray((weight * z).T)) / np.where(total > 0, total, 1.0)
    is_weak = (weight < 1.0) & ~is_log[:, None]
    drawn = np.where(is_weak, center[:, None] + weight * (z - center[:, None]), z)
    is_known = weight > 0
    column = np.broadcast_to(np.arange(z.shape[1]), z.shape)
    before = np.maximum.accumulate(np.where(is_known, column, -1), axis=1)
    after = np.minimum.accumulate(np.where(is_known, column, z.shape[1])[:, ::-1], axis=1)[:, ::-1]
    has_before, has_after = before >= 0, after < z.shape[1]
    left = np.take_along_axis(drawn, np.maximum(before, 0), axis=1)
    right = np.take_along_axis(drawn, np.minimum(after, z.shape[1] - 1), axis=1)
    left, right = np.where(has_before, left, right), np.where(has_after, right, left)
    share = np.where(has_before & has_after, (column - before) / np.maximum(after - before, 1), 0.0)
    between = np.where(has_before | has_after, left + share * (right - left), center[:, None])
    return np.where(inside, np.where(is_known, drawn, between), 0.0)
