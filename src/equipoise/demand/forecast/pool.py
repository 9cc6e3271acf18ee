"""The pool of methods: every series is forecast by all that suit it, and the forecasts are averaged without extremes.

Choosing one method per series by its past errors was tried and lost against averaging; so did weights learned from
hold-outs. The trimmed mean drops the lowest and the highest forecast of each bucket where four or more are there.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.demand.forecast.aggregation import forecast_aggregated
from equipoise.demand.forecast.airline import forecast_airline
from equipoise.demand.forecast.autoregression import forecast_autoregressive, highest_order
from equipoise.demand.forecast.exponential import forecast_exponential
from equipoise.demand.forecast.intermittent import forecast_intermittent, hurdle_quantiles
from equipoise.demand.forecast.log_theta import forecast_log_theta
from equipoise.demand.forecast.scale import Scaled, fill_unknown, to_scale
from equipoise.demand.forecast.segment import (
    ERRATIC, INTERMITTENT, LUMPY, NEW, NO_DEMAND, NO_HISTORY, OBSOLESCENT, SHORT, SMOOTH, segment_of,
)  # fmt: skip
from equipoise.demand.forecast.summation import add_up

MEMBERS = (
    "theta", "exponential smoothing", "multiple aggregation", "airline", "autoregression", "seasonal autoregression",
    "TSB", "ADIDA", "IMAPA", "SBA",
)  # fmt: skip
"""Methods, the columns of `Pooled.weights`."""
SMOOTH_MEMBERS = 6
_USED = {
    NO_HISTORY: "", NO_DEMAND: "", NEW: "theta", OBSOLESCENT: "TSB", LUMPY: "ADIDA,IMAPA",
    INTERMITTENT: "TSB,ADIDA,IMAPA,SBA", SHORT: ",".join(MEMBERS[:6]), SMOOTH: ",".join(MEMBERS[:6]),
    ERRATIC: "theta,exponential smoothing,multiple aggregation,seasonal autoregression",
}  # fmt: skip
SUITS: BoolArray = np.array([[m in _USED[k].split(",") for m in MEMBERS] for k in sorted(_USED)])
"""[segment, member] which methods a segment is forecast by."""
FEWEST_TO_TRIM = 4
FEWEST_FOR_SIGMA = 3


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
    hurdle: FloatArray | None = None
    """[n, horizon, levels] quantiles of rare demand, NaN for other segments; None if no levels were asked for."""


def pool_chunk(
    y: FloatArray, length: IntArray, indices: FloatArray, *, horizon: int, levels: FloatArray | None = None
) -> Pooled:
    """Forecast y [n, H], right-aligned, of `length` [n] in descending order, with seasonal indices [n, m]."""
    period = indices.shape[1]
    scaled = to_scale(y, length, indices, horizon)
    segment = segment_of(scaled, period=period)
    z = fill_unknown(scaled)
    theta = forecast_log_theta(scaled.z, scaled.weight, length, period=period, horizon=horizon)
    order = highest_order(period)
    runs: tuple[Callable[[FloatArray, IntArray, FloatArray], FloatArray], ...] = (
        lambda z, length, drift: forecast_exponential(z, length, period=period, horizon=horizon),
        lambda z, length, drift: forecast_aggregated(z, length, period=period, horizon=horizon),
        lambda z, length, drift: forecast_airline(z, length, period=period, horizon=horizon),
        lambda z, length, drift: forecast_autoregressive(z, length, lag=1, order=order, horizon=horizon, drift=drift),
        lambda z, length, drift: forecast_autoregressive(z, length, lag=period, order=order, horizon=horizon),
    )
    forecasts = np.full((len(MEMBERS), len(y), horizon), np.nan)
    suits = SUITS[segment].T
    forecasts[0, suits[0]] = scaled.demand(theta.path)[suits[0]]
    for member, run in enumerate(runs, start=1):
        if member == SMOOTH_MEMBERS - 1 and period == 1:
            continue  # its seasonal difference is the first difference: the same method twice
        rows = np.flatnonzero(suits[member])
        if rows.size:
            path = np.full((len(y), horizon), np.nan)
            path[rows] = run(z[rows], length[rows], theta.drift[rows])
            forecasts[member, rows] = scaled.demand(path)[rows]
    hurdle = None if levels is None else np.full((len(y), horizon, len(levels)), np.nan)
    is_rare = suits[SMOOTH_MEMBERS:].any(axis=0)
    if is_rare.any():
        rare = scaled.rows(is_rare)
        units = forecast_intermittent(rare).T[:, :, None] * rare.future
        forecasts[SMOOTH_MEMBERS:, is_rare] = np.where(suits[SMOOTH_MEMBERS:, is_rare, None], units, np.nan)
    point, weights = trimmed_mean(forecasts)
    if hurdle is not None and levels is not None and is_rare.any():
        hurdle[is_rare] = hurdle_quantiles(rare, point[is_rare], levels)
    return Pooled(point, *_error(scaled, theta.fitted), segment, weights, hurdle)


def trimmed_mean(forecasts: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean [n, horizon] of forecasts [M, n, horizon] (NaN = none) without extremes, and the shares [n, M] it came from.

    >>> trimmed_mean(np.array([1.0, 2.0, 4.0, 99.0, np.nan]).reshape(5, 1, 1))
    (array([[3.]]), array([[0. , 0.5, 0.5, 0. , 0. ]]))
    """
    is_made = np.isfinite(forecasts)
    count = is_made.sum(axis=0)
    members = np.arange(len(forecasts))[:, None, None]
    lowest = np.where(is_made, forecasts, np.inf).argmin(axis=0)
    highest = len(forecasts) - 1 - np.where(is_made, forecasts, -np.inf)[::-1].argmax(axis=0)
    is_kept = is_made & ~((count >= FEWEST_TO_TRIM) & ((members == lowest) | (members == highest)))
    shares = is_kept / np.maximum(add_up(is_kept.astype(np.float64)), 1.0)
    mean = add_up(np.where(is_kept, forecasts, 0.0) * shares)
    horizon = forecasts.shape[2]
    weights = add_up(np.moveaxis(shares, 2, 0)).T / max(horizon, 1)
    return mean, weights


def _error(scaled: Scaled, fitted: FloatArray) -> tuple[FloatArray, IntArray]:
    """Standard deviation of one-step errors and number of known buckets, each [n], from fitted z [n, H]."""
    path = np.where(scaled.is_log[:, None], np.exp(np.where(scaled.is_log[:, None], fitted, 0.0)),
                    np.maximum(fitted, 0.0))  # fmt: skip
    error = np.where(scaled.is_known, scaled.sold - scaled.size[:, None] * scaled.past * path, 0.0)
    observations = scaled.is_known.sum(axis=1, dtype=np.int64)
    freedom = np.where(observations >= FEWEST_FOR_SIGMA, observations - 2.0, np.nan)
    return np.sqrt(add_up(np.ascontiguousarray((error * error).T)) / freedom), observations
