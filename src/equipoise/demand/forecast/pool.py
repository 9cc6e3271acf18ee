"""The pool: every series is forecast by all methods that suit it, and they are averaged without the extremes."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.demand.forecast.aggregation import forecast_aggregated
from equipoise.demand.forecast.autoregression import highest_order
from equipoise.demand.forecast.backtest import RIVALS, naive_error, naive_forecasts
from equipoise.demand.forecast.combination import trimmed_mean
from equipoise.demand.forecast.exponential import grid_for
from equipoise.demand.forecast.intermittent import hurdle_quantiles
from equipoise.demand.forecast.kernel import Kernel
from equipoise.demand.forecast.panel import Histories
from equipoise.demand.forecast.pins import POOL
from equipoise.demand.forecast.scale import fill_unknown, path_of, sizes_of
from equipoise.demand.forecast.segment import (
    ERRATIC,
    INTERMITTENT,
    LUMPY,
    NEW,
    NO_DEMAND,
    NO_HISTORY,
    OBSOLESCENT,
    SHORT,
    SMOOTH,
)  # fmt: skip

MEMBERS = (
    "theta", "exponential smoothing", "multiple aggregation", "airline", "autoregression", "seasonal autoregression",
    "TSB", "ADIDA", "IMAPA", "SBA", *RIVALS[1:],
)  # fmt: skip
"""Methods, the columns of `Pooled.weights`."""
STEADY, RARE = 6, 4
"""So many of them are for steady demand, so many of the others for rare demand."""
PLAIN = STEADY + RARE
"""The first of the naive methods, which no segment has: they are used where they are pinned."""
_USED = {
    NO_HISTORY: "", NO_DEMAND: "", NEW: "theta", OBSOLESCENT: "TSB", LUMPY: "ADIDA,IMAPA",
    INTERMITTENT: "TSB,ADIDA,IMAPA,SBA", SHORT: ",".join(MEMBERS[:6]), SMOOTH: ",".join(MEMBERS[:6]),
    ERRATIC: "theta,exponential smoothing,multiple aggregation,seasonal autoregression",
}  # fmt: skip
SUITS: BoolArray = np.array([[m in _USED[k].split(",") for m in MEMBERS] for k in sorted(_USED)])
"""[segment, member] which methods a segment is forecast by."""


@dataclass(frozen=True, eq=False)
class Pooled:
    """Forecasts of n series and how they came about."""

    point: FloatArray
    """[n, horizon] units, never negative, never NaN."""
    sigma: FloatArray
    """[n] units, standard deviation of the one-step error of the theta member in the history; NaN for fewer than three
    known buckets."""
    observations: IntArray
    """[n] known buckets."""
    segment: IntArray
    """[n]"""
    weights: FloatArray
    """[n, members] share of each method, averaged over the horizon."""
    hurdle: FloatArray
    """[n, horizon, levels] quantiles of rare demand, NaN for other segments."""
    unpinned: FloatArray
    """[n, horizon] units, the forecast without what people have pinned."""


def pool_chunk(
    kernel: Kernel,
    y: FloatArray,
    length: IntArray,
    indices: FloatArray,
    *,
    horizon: int,
    levels: FloatArray,
    method: IntArray | None = None,
) -> Pooled:
    """Forecast y [n, H], right-aligned, of `length` [n] in descending order, with seasonal indices [n, m].

    `method` [n], positions in `MEMBERS` (`POOL`: all that suit), holds for series that sold anything; one whose history
    is too short for its method has no weight.
    """
    period = indices.shape[1]
    scaled = kernel.to_scale(y, length, indices, horizon)
    segment = kernel.segment_of(scaled, period=period)
    suits = SUITS[segment].T if method is None else _with_pins(SUITS[segment].T, method)
    theta = kernel.log_theta(scaled.z, scaled.weight, length, period=period, horizon=horizon)
    paths = np.full((STEADY, len(y), horizon), np.nan)
    z = fill_unknown(scaled, np.any(suits[1:STEADY], axis=0))
    steady = _Steady(z, length, scaled.is_log, theta.path, theta.drift)
    parts: dict[bytes, _Steady] = {}  # methods mostly share their series
    for member in range(STEADY):
        rows = np.flatnonzero(suits[member])
        if rows.size == len(y):
            paths[member] = _path(kernel, member, steady, period, horizon)
        elif rows.size:
            if (key := rows.tobytes()) not in parts:
                parts[key] = steady.rows(rows)
            paths[member, rows] = _path(kernel, member, parts[key], period, horizon)
    point, shares = kernel.combine(scaled, paths)
    weights = np.concatenate([shares, np.zeros((len(y), len(MEMBERS) - STEADY))], axis=1)
    hurdle = np.full((len(y), horizon, len(levels)), np.nan)
    is_rare = np.any(suits[STEADY:PLAIN], axis=0)
    if is_rare.any():
        rare = scaled.rows(is_rare)
        means = np.where(suits[STEADY:PLAIN, is_rare], kernel.intermittent(rare).T, np.nan)
        mean, weights[is_rare, STEADY:PLAIN] = trimmed_mean(means[:, :, None])
        point[is_rare] = mean * rare.future
        if len(levels):
            hurdle[is_rare] = hurdle_quantiles(rare, point[is_rare], levels)
    sigma = kernel.one_step_error(scaled, theta.fitted)
    if method is not None:
        past = Histories(y, length, np.arange(len(y)))
        for member, path in enumerate(naive_forecasts(past, period, horizon), start=PLAIN):
            rows = np.flatnonzero(suits[member])
            point[rows], weights[rows, member] = path[rows], 1.0
            sigma[rows] = naive_error(y[rows], lag=1 if member == PLAIN else period)
    return Pooled(point, sigma, scaled.known, segment, weights, hurdle, point)


def _with_pins(suits: BoolArray, method: IntArray) -> BoolArray:
    """The pinned method alone, of series that are forecast at all; [members, n]."""
    chosen = np.arange(len(suits))[:, None] == method
    answer: BoolArray = np.where((method != POOL) & suits.any(axis=0), chosen, suits)
    return answer


class _Steady(NamedTuple):
    """What the methods for steady demand learn from."""

    z: FloatArray
    """[n, H] with nothing unknown."""
    length: IntArray
    """[n]"""
    is_log: BoolArray
    """[n]"""
    theta: FloatArray
    """[n, horizon] path of the theta method."""
    drift: FloatArray
    """[n] what that method says that a bucket grows by."""

    def rows(self, chosen: IntArray) -> "_Steady":
        """The chosen series only."""
        return _Steady(self.z[chosen], self.length[chosen], self.is_log[chosen], self.theta[chosen], self.drift[chosen])


def _path(kernel: Kernel, member: int, of: _Steady, period: int, horizon: int) -> FloatArray:  # noqa: PLR0911
    """Path [n, horizon] of one of the steady methods; NaN where the history is too short for it."""
    z, length, steps = of.z, of.length, np.arange(1.0, horizon + 1.0)
    match MEMBERS[member]:
        case "theta":
            return of.theta
        case "exponential smoothing":
            sizes = sizes_of(z, of.is_log)
            smoothed = kernel.smooth_damped(sizes, length, grid_for(period), period=period, steps=steps)
            return path_of(smoothed, of.is_log)
        case "multiple aggregation":
            return forecast_aggregated(
                z, length, period=period, horizon=horizon, smooth=kernel.smooth_damped, means_of=kernel.block_means
            )
        case "airline":
            return kernel.airline(z, length, period=period, horizon=horizon)
        case "autoregression":
            order = highest_order(period, lag=1)
            return kernel.autoregressive(z, length, lag=1, order=order, horizon=horizon, drift=of.drift)
        case _ if period > 1:
            order = highest_order(period, lag=period)
            return kernel.autoregressive(z, length, lag=period, order=order, horizon=horizon)
        case _:  # without a season its difference is the first difference: the same method twice
            return np.full_like(of.theta, np.nan)
