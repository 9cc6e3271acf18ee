"""Quantiles of what is to come, learned from the errors of the backtest instead of assumed (conformal prediction).

For series i, origin k and lag h with error e = actual − forecast, the one-step error σ_ik known at the origin and the
forecast f_ikh with its mean f_ik over the horizon:

    r = e / (σ_ik √(f_ikh / f_ik) π_h a_i(h))

π_h is the growth of errors with the lag, pooled over all series; the root says that a bucket of the high season is
missed by more; a_i(h) says how much worse a series fares than its σ promised (`own_scale`). Quantiles q of r are pooled
over all series, at each lag as far as there are enough of them and over all lags besides, and laid around the forecast:
point + σ_i √(f_ih / f_i) π_h a_i(h) q. A few imagined errors of a normal distribution stand in where the past is short.

Sources: Vovk, Gammerman & Shafer, Algorithmic Learning in a Random World (2005); Lei et al., J. of the American
Statistical Association 113 (2018) 1094-1111 (split conformal); Kolassa, Int. J. Forecasting 32 (2016) for scoring.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from equipoise.core.grid import BoolArray, FloatArray
from equipoise.demand.forecast.own_scale import WILDEST, divide_by_own_scale, tamed

PRIOR_GROWTH = 0.35
"""Errors grow like (lag)^0.35 where nothing is known."""
PRIOR_INFLATION = 1.19
"""Errors to come are wider than errors of fit by this factor where nothing is known."""
PRIOR_COUNT = 60.0
"""Imagined errors that stand for the prior, pooled."""
LAG_COUNT = 5000.0
"""Errors at one lag that weigh as much as those of all lags: many, for those of one lag come from a few dates, at which
all series may err alike."""
FARTHEST_SEASON = 4.0
"""A bucket counts as at most so many times, or so many times less than, the mean of its forecast."""
OWN_COUNT = 6.0
"""Origins of a series that weigh as much as the prior in the error of a span."""
FEWEST_ORIGINS = 3
"""Dates at which a span of buckets was forecast before its errors say more than the prior."""


@dataclass(frozen=True, eq=False)
class Errors:
    """Errors of the backtest."""

    error: FloatArray
    """[K, N, horizon] actual less forecast, NaN = none."""
    sigma: FloatArray
    """[K, N] one-step error known at the origin; NaN = none."""
    point: Sequence[FloatArray]
    """[K] arrays [N, horizon]: what was forecast."""


def conformal_quantiles(
    errors: Errors, *, point: FloatArray, sigma: FloatArray, levels: FloatArray, calibrates: BoolArray
) -> FloatArray:
    """Quantiles [N, horizon, L] around point [N, horizon] with sigma [N]; series `calibrates` [N] teach the pool.

    Never negative. A series without sigma (fewer than three known buckets) gets the relative error of the pool.
    """
    ratio = np.empty_like(errors.error)  # as large as anything here for 100,000 series: it is changed where it lies
    for one, error, known, made in zip(ratio, errors.error, errors.sigma, errors.point, strict=True):
        scale = np.where((known > 0) & calibrates, known, np.nan)
        np.divide(error, scale[:, None] * _season(made), out=one)
    growth = _growth(ratio)
    ratio /= growth
    own = divide_by_own_scale(ratio)
    quantiles = _pooled(ratio, levels)
    width = _sigma_or_pool(point, sigma)[:, None] * _season(point) * own * growth
    found: FloatArray = np.maximum(point[:, :, None] + width[:, :, None] * quantiles, 0.0)
    return found


def _season(point: FloatArray) -> FloatArray:
    """Root [N, horizon] of each bucket of a forecast in units of its mean; 1 where nothing is forecast."""
    mean = point.mean(axis=1, keepdims=True) if point.shape[1] else np.zeros((len(point), 1))
    share = np.where(mean > 0, point / np.where(mean > 0, mean, 1.0), 1.0)
    found: FloatArray = np.sqrt(np.clip(share, 1.0 / FARTHEST_SEASON, FARTHEST_SEASON))
    return found


def error_of_spans(errors: Errors) -> FloatArray:
    """How far the sum of the next L buckets lies from its forecast, in units of sigma: G [N, horizon], L = 1, 2, ...

    The standard deviation of the error of a sum over a lead time of L buckets is σ·G(L). Independent one-step errors
    would give √L; errors of forecasts come together and grow with the lag, and one-step errors of the fit are too
    small. With E_kL the sum of the first L errors of origin k, and the prior g(L) = 1.19 √Σ_{h ≤ L} h^0.7,

        G(L)² = g(L)² · (n₀ + Σ_k (E_kL / (σ_k g(L)))²) / (n₀ + n),    n₀ = 6,

    over the n origins that know all L buckets; each series learns from its own errors alone. G never falls with L.
    """
    count, horizon = errors.error.shape[1:]
    lag = np.arange(1.0, horizon + 1.0)
    prior = PRIOR_INFLATION * np.sqrt(np.cumsum(lag ** (2.0 * PRIOR_GROWTH)))
    if not len(errors.error):
        return np.tile(prior, (count, 1))
    squares, known = np.zeros((count, horizon)), np.zeros((count, horizon))
    for error, sigma in zip(errors.error, errors.sigma, strict=True):
        scale = np.where(sigma > 0, sigma, np.nan)[:, None] * prior
        ratio = np.cumsum(error, axis=1) / scale
        is_known = np.isfinite(ratio)
        squares += np.where(is_known, np.minimum(np.abs(ratio), WILDEST), 0.0) ** 2
        known += is_known
    found = np.where(known >= FEWEST_ORIGINS, (OWN_COUNT + squares) / (OWN_COUNT + known), np.nan)
    # Far spans are known from too few dates: the last factor that is known goes on.
    for span in range(1, horizon):
        found[:, span] = np.where(np.isfinite(found[:, span]), found[:, span], found[:, span - 1])
    growth: FloatArray = np.maximum.accumulate(prior * np.sqrt(np.nan_to_num(found, nan=1.0)), axis=1)
    return growth


def _growth(ratio: FloatArray) -> FloatArray:
    """π [horizon]: mean absolute ratio at each lag, drawn to a power of the lag where few are known."""
    horizon = ratio.shape[2]
    lag = np.arange(1.0, horizon + 1.0)
    prior = PRIOR_INFLATION * np.sqrt(2.0 / np.pi) * lag**PRIOR_GROWTH
    count, total = np.zeros(horizon), np.zeros(horizon)
    for one in ratio:
        count += np.isfinite(one).sum(axis=0)
        total += tamed(one).sum(axis=0)
    mean = np.where(count > 0, total / np.maximum(count, 1.0), prior)
    # ... the power law first takes the size and slope of what is known, weighted by counts.
    x, y = np.log(lag), np.log(np.maximum(mean, 1e-9) / prior)
    weight = count / LAG_COUNT
    sums = [(weight * v).sum() for v in (x**0, x, x * x, y, x * y)]
    w, wx, wxx, wy, wxy = sums[0] + PRIOR_COUNT / LAG_COUNT, sums[1], sums[2] + PRIOR_COUNT / LAG_COUNT, *sums[3:]
    slope = (w * wxy - wx * wy) / (w * wxx - wx * wx)
    law = prior * np.exp((wy - slope * wx) / w + slope * x)
    share = count / (count + LAG_COUNT)
    found: FloatArray = law ** (1.0 - share) * np.maximum(mean, 1e-9) ** share
    return found


def _pooled(ratio: FloatArray, levels: FloatArray) -> FloatArray:
    """Quantiles [horizon, L] of the ratios at each lag, of all lags and of the prior, weighed by their numbers."""
    horizon = ratio.shape[2]
    normal = np.array([NormalDist().inv_cdf(level) for level in levels.tolist()]) / np.sqrt(2.0 / np.pi)
    everything = ratio[np.isfinite(ratio)]
    share = everything.size / (everything.size + PRIOR_COUNT)
    known = _quantile(everything, levels) if everything.size else normal
    pooled = share * known + (1.0 - share) * normal
    found = np.tile(pooled, (horizon, 1))
    for lag in range(horizon):
        here = ratio[:, :, lag]
        here = here[np.isfinite(here)]
        if here.size:
            share = here.size / (here.size + LAG_COUNT)
            found[lag] = share * _quantile(here, levels) + (1.0 - share) * pooled
    return found


def _quantile(values: FloatArray, levels: FloatArray) -> FloatArray:
    """Quantiles at plotting position k / (n + 1), the conformal ones, of the values and, half, of both their signs.

    All series end at the same date: one bad year bends them all to one side, and the next one may bend the other way.
    """
    own = np.quantile(values, levels, method="weibull")
    both = np.sign(levels - 0.5) * np.quantile(np.abs(values), np.abs(2.0 * levels - 1.0), method="weibull")
    found: FloatArray = 0.5 * (own + both)
    return found


def _sigma_or_pool(point: FloatArray, sigma: FloatArray) -> FloatArray:
    """sigma [N]; where there is none, the median relative sigma of the others, or half the forecast."""
    level = point.mean(axis=1) if point.shape[1] else np.zeros(len(point))
    is_known = np.isfinite(sigma) & (level > 0)
    relative = float(np.median(sigma[is_known] / level[is_known])) if is_known.any() else 0.5
    found: FloatArray = np.where(np.isfinite(sigma), sigma, relative * level)
    return found
