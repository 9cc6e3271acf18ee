"""The Theta method in logarithms, averaged over smoothing constants instead of optimized: the baseline forecast.

The Theta method equals simple exponential smoothing with a drift of half the slope of the regression on time
(Assimakopoulos & Nikolopoulos, Int. J. Forecasting 16 (2000) 521-530; Hyndman & Billah, ibid. 19 (2003) 287-290). For
one series with seasonal indices s_t, mean demand c, slope b, and x_t = log(y_t / (c s_t)):

    x̂_t = l_(t−1) + d,   e_t = x_t − x̂_t,   l_t = l_(t−1) + d + α e_t,   d = b / 2
    forecast_k = c s_k exp(l_H + d k)

- Initial level: e_t is linear in l_0, so the l_0 of least squares is one division, exact, for every α of a grid.
- Smoothing constant: never chosen. Levels are averaged over the grid with weights SSE(α)^(−0.35 n/2): the likelihood,
  tempered because errors of a wrong model are not independent.
- Slope: least squares with a ridge (`RIDGE_YEARS`), so that two observations make no trend; limited (`DRIFT_LIMIT`).
- Scale: a series with zeros, or with an observation under 1 % of its mean, has no useful logarithm. It is smoothed on
  the arithmetic scale, x_t = y_t / (c s_t), the mean demand a planner needs, where exp(mean log) would be far too low.
  There a bucket counts by min(1, s_t²), for x_t of an off-season bucket is mostly noise.
- Unknown buckets (NaN) leave the level as it is and count nowhere.
"""

from dataclasses import dataclass

import numpy as np

from equipoise.core.errors import EquipoiseError
from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.demand.forecast.decomposition import CHUNK
from equipoise.demand.forecast.seasonality import family_indices, seasonal_for
from equipoise.demand.forecast.summation import add_up

ALPHAS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.9)
"""Grid of smoothing constants."""
TEMPER = 0.35
"""Exponent on the likelihood."""
RIDGE_YEARS = 1.5
"""The slope is halved for a history of so many periods, and kept to 96 % for one three times as long."""
DRIFT_LIMIT = 0.2
"""Largest drift over one period, in logarithms (22 % a year) or, on the arithmetic scale, in mean demands."""
SHORT_YEAR = 4
"""Ridge and limit take no period for shorter than this."""
LOG_FLOOR = 0.01
"""A series with an observation below this share of its mean demand is forecast on the arithmetic scale."""
INDEX_FLOOR = 1e-3
"""Seasonal indices are taken as at least this when demand is divided by them."""


class WrongHistory(EquipoiseError):
    """The demand history or the request does not have the form the forecast needs."""


@dataclass(frozen=True)
class ThetaFit:
    """What the averaged model says, on the unit scale."""

    point: FloatArray
    """[N, horizon], never negative."""
    fitted: FloatArray
    """[N, H] one-step forecasts within the history, NaN where demand is unknown. The initial level, the slope, the
    weights and the seasonal indices saw the whole history."""
    is_log: BoolArray
    """[N], False where the arithmetic scale was used."""


def forecast_log_theta(y: FloatArray, *, period: int, horizon: int, family: IntArray | None = None) -> FloatArray:
    """Forecasts [N, horizon] of demand y [N, H]; NaN = unknown (before the first sale), 0 = sold nothing.

    `period` is the number of buckets in a year (1 = no seasonality), `family` [N] optional codes (< 0 = none) of
    families that share a seasonal profile. No observation at all gives 0, a single one is carried on. Raises
    `WrongHistory` for infinite numbers, wrong shapes, a period < 1 or a horizon < 0.

    >>> forecast_log_theta(np.array([[np.nan, 5.0], [np.nan, np.nan], [0.0, 0.0]]), period=12, horizon=2).tolist()
    [[5.0, 5.0], [0.0, 0.0], [0.0, 0.0]]
    >>> forecast_log_theta(np.full((1, 24), 80.0), period=12, horizon=3).round(6).tolist()
    [[80.0, 80.0, 80.0]]
    """
    return fit_log_theta(y, period=period, horizon=horizon, family=family).point


def fit_log_theta(y: FloatArray, *, period: int, horizon: int, family: IntArray | None = None) -> ThetaFit:
    """`forecast_log_theta` with the one-step forecasts within the history and the scale that was used."""
    _check(y, period, horizon, family)
    n, span = y.shape
    indices = family_indices(y, period, family=family)
    point, fitted, is_log = np.zeros((n, horizon)), np.full((n, span), np.nan), np.zeros(n, dtype=np.bool_)
    for start in range(0, n, CHUNK):
        rows = slice(start, start + CHUNK)
        point[rows], fitted[rows], is_log[rows] = _fit_chunk(y[rows], indices[rows], horizon)
    return ThetaFit(point, fitted, is_log)


def _check(y: FloatArray, period: int, horizon: int, family: IntArray | None) -> None:
    """Refuse what cannot be forecast, in words."""
    if y.ndim != 2:
        raise WrongHistory(f"demand must be an array [series, buckets], not one of {y.ndim} dimensions")
    if np.any(np.isinf(y)):
        raise WrongHistory(f"demand of series {int(np.argmax(np.isinf(y).any(axis=1)))} is infinite")
    if period < 1 or horizon < 0:
        raise WrongHistory(f"period {period} must be at least 1 and horizon {horizon} at least 0")
    if family is not None and family.shape != (y.shape[0],):
        raise WrongHistory(f"family has shape {family.shape}, demand has {y.shape[0]} series")


def _fit_chunk(y: FloatArray, indices: FloatArray, horizon: int) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Point [n, horizon], fitted [n, H] and scale [n] of some series with seasonal indices [n, period]."""
    span, period = y.shape[1], indices.shape[1]
    demand = np.ascontiguousarray(y.T)
    is_known = np.isfinite(demand)
    demand = np.where(is_known, demand, 0.0)
    season = np.ascontiguousarray(seasonal_for(indices, -span, span).T)
    count = add_up(is_known.astype(np.float64))
    size = add_up(np.abs(demand)) / np.maximum(count, 1.0)
    unit = np.where(size > 0, size, 1.0)
    smallest = np.where(is_known, demand, np.inf).min(axis=0, initial=np.inf)
    is_log = (size > 0) & (smallest >= LOG_FLOOR * unit)

    level = demand / unit / np.maximum(season, INDEX_FLOOR)
    x = np.where(is_log, np.log(np.where(is_known & is_log, level, 1.0)), level)
    weight = np.where(is_log, 1.0, np.minimum(1.0, season**2)) * is_known
    center, drift, z = _take_out_drift(x, weight, period)
    before, after = _smooth(z, weight, count)

    def on_unit_scale(smooth: FloatArray, bucket: FloatArray, index: FloatArray) -> FloatArray:
        path = center + smooth + drift * bucket[:, None]
        path = np.where(is_log, np.exp(np.where(is_log, path, 0.0)), np.maximum(path, 0.0))
        return np.ascontiguousarray((unit * index * path).T)

    future = np.ascontiguousarray(seasonal_for(indices, 0, horizon).T)
    point = on_unit_scale(after, np.arange(1.0, horizon + 1.0), future)
    fitted = on_unit_scale(before, np.arange(1.0 - span, 1.0), season)
    return point, np.where(is_known.T, fitted, np.nan), is_log


def _take_out_drift(x: FloatArray, weight: FloatArray, period: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Weighted mean [n], half slope [n] and x [H, n] without both; time 0 is the last bucket."""
    time = np.arange(1.0 - x.shape[0], 1.0)[:, None]
    total = add_up(weight)
    divisor = np.where(total > 0, total, 1.0)
    center = add_up(weight * x) / divisor
    middle = add_up(weight * time) / divisor
    lag = time - middle
    year = max(period, SHORT_YEAR)
    # The ridge is the Σ(t − t̄)² = n³/12 of a history of RIDGE_YEARS.
    ridge = (RIDGE_YEARS * year) ** 3 / 12.0
    slope = add_up(weight * lag * (x - center)) / (add_up(weight * lag * lag) + ridge)
    limit = DRIFT_LIMIT / year
    drift = np.clip(slope / 2.0, -limit, limit)
    return center, drift, (x - center) - drift * time


def _smooth(z: FloatArray, weight: FloatArray, count: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Levels of z [H, n] averaged over the grid of α: before each bucket [H, n] and after the last one [n]."""
    n = z.shape[1]
    alpha = np.array(ALPHAS)[:, None]
    # With l_0 = 0 the level is a_t, and each unit of l_0 adds b_t: the error is (z_t − a_t) − b_t l_0.
    a, b = np.zeros((len(ALPHAS), n)), np.ones((len(ALPHAS), n))
    aa, ab, bb = np.zeros_like(a), np.zeros_like(a), np.zeros_like(a)
    for value, w in zip(z, weight, strict=True):
        error, gain = value - a, alpha * w
        weighted = w * b
        aa += w * error * error
        ab += weighted * error
        bb += weighted * b
        a += gain * error
        b -= gain * b
    start = ab / np.where(bb > 0, bb, 1.0)
    level = a + b * start
    share = _likelihood(aa - ab * start, aa, count)

    after = add_up(share * level)
    before = np.empty_like(z)
    level = start
    for t, (value, w) in enumerate(zip(z, weight, strict=True)):
        before[t] = add_up(share * level)
        level = level + alpha * w * (value - level)
    return before, after


def _likelihood(sse: FloatArray, size: FloatArray, count: FloatArray) -> FloatArray:
    """Tempered likelihood weights [G, n], summing to 1 over the grid. Errors lost in rounding count as equal."""
    log_sse = np.log(np.maximum(sse, np.maximum(1e-10 * size, 1e-24)))
    best = log_sse.min(axis=0)
    share = np.exp(-0.5 * TEMPER * count * (log_sse - best))
    weights: FloatArray = share / add_up(share)
    return weights
