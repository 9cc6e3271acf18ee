"""Rolling-origin backtest: the same forecast made again at ten earlier dates, beside the naive forecasts.

At each origin nothing later is known: seasonal indices, families, segments and parameters are found anew from the
history up to there. What the forecast is worth is what it gains on the naive ones (forecast value added; Gilliland,
The Business Forecasting Deal (2010)).
"""

from dataclasses import dataclass

import numpy as np

from equipoise.core.grid import FloatArray, IntArray
from equipoise.demand.forecast.panel import Histories
from equipoise.demand.forecast.summation import add_up

RIVALS = ("forecast", "naive", "seasonal naive")
FEWEST_TO_TRAIN = 6
"""Known buckets an origin must have behind it."""
FEWEST_PAIRS = 3


@dataclass(frozen=True, eq=False)
class Backtest:
    """How forecasts made in the past fared. Errors are forecast less actual, so a bias above 0 is optimistic."""

    held_back: IntArray
    """[K] buckets that were not known at each origin."""
    error_pct: FloatArray
    """[3, horizon] mean absolute error at each lag by `RIVALS`, in percent of mean demand, over series of equal weight;
    NaN where no origin reaches a lag."""
    bias_pct: FloatArray
    """[3, horizon] mean error likewise."""
    mae: FloatArray
    """[N, 3] mean absolute error of each series over all lags and origins, units; NaN where it is too young."""
    bias: FloatArray
    """[N, 3] mean error of each series, units."""

    @property
    def value_added_pct(self) -> FloatArray:
        """[2, horizon] points of error less than the naive and the seasonal naive forecast."""
        return self.error_pct[1:] - self.error_pct[:1]

    @property
    def value_added(self) -> FloatArray:
        """[N, 2] units of error less than the naive and the seasonal naive forecast."""
        return self.mae[:, 1:] - self.mae[:, :1]


def origins(horizon: int, count: int, *, farthest: int | None = None) -> IntArray:
    """Buckets held back at each of at most `count` origins, evenly spread over twice the horizon, so that even the last
    lag is seen from several dates that share few buckets; or over the last `farthest` buckets.

    >>> origins(18, 10).tolist(), origins(3, 10).tolist()
    ([4, 8, 11, 15, 19, 23, 27, 30, 34, 38], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    """
    if count < 1 or horizon < 1:
        return np.zeros(0, dtype=np.int64)
    back = max(2 * horizon + 2, count) if farthest is None else max(farthest, 1)
    spread = np.rint(np.arange(1, count + 1) * back / count).astype(np.int64)
    return np.unique(np.maximum(spread, 1))


def farthest_origin(length: int, *, period: int, horizon: int, count: int) -> int:
    """How many buckets may be held back of a history so long that the forecast still knows its season.

    Judged at dates before two years were known, a forecast without season would be taken for the one that is made
    today. Shorter histories are judged all the same, `count` buckets back.

    >>> [farthest_origin(length, period=12, horizon=24, count=10) for length in (20, 36, 60, 120)]
    [10, 10, 34, 50]
    """
    return min(max(length - (2 * period + 2), count), max(2 * horizon + 2, count))


def naive_forecasts(past: Histories, period: int, horizon: int) -> tuple[FloatArray, FloatArray]:
    """Last known value carried on, and the value of the same season of last year (the last one where that is unknown),
    each [N, horizon], never negative; NaN for a series without history."""
    y, n = past.y, len(past.y)
    if y.shape[1] == 0:
        return np.full((n, horizon), np.nan), np.full((n, horizon), np.nan)
    known = np.where(np.isfinite(y), np.arange(y.shape[1]), -1)
    last = known.max(axis=1)
    value = np.where(last >= 0, np.maximum(y[np.arange(n), np.maximum(last, 0)], 0.0), np.nan)
    naive = np.repeat(value[:, None], horizon, axis=1)
    column = y.shape[1] - period + np.arange(horizon) % period
    year = np.where(column >= 0, y[:, np.maximum(column, 0)], np.nan)
    return naive, np.where(np.isfinite(year), np.maximum(year, 0.0), naive)


def naive_error(y: FloatArray, *, lag: int) -> FloatArray:
    """Root of the mean squared error [N] of taking the value `lag` buckets before, over y [N, H]; NaN where fewer than
    three pairs are known.

    >>> naive_error(np.array([[1.0, 3.0, 1.0, 3.0]]), lag=1).tolist()
    [2.0]
    """
    error = y[:, lag:] - y[:, : max(y.shape[1] - lag, 0)]
    is_known = np.isfinite(error)
    count = np.where(is_known.sum(axis=1) >= FEWEST_PAIRS, is_known.sum(axis=1), np.nan)
    squares = np.where(is_known, error * error, 0.0)
    root: FloatArray = np.sqrt(add_up(np.ascontiguousarray(squares.T)) / count)
    return root


def score_origins(histories: Histories, held_back: IntArray, forecasts: list[FloatArray], period: int) -> Backtest:
    """Compare the forecasts [N, horizon] made at each origin with what came."""
    n, span = histories.y.shape
    horizon = forecasts[0].shape[1] if forecasts else 0
    size = np.where(np.isfinite(histories.y), np.abs(histories.y), 0.0)
    known = np.isfinite(histories.y).sum(axis=1)
    mean = add_up(np.ascontiguousarray(size.T)) / np.maximum(known, 1)
    unit = np.where(mean > 0, mean, np.inf)
    absolute, signed = np.zeros((3, n, horizon)), np.zeros((3, n, horizon))
    counted = np.zeros((n, horizon))
    for withheld, forecast in zip(held_back.tolist(), forecasts, strict=True):
        reach = min(withheld, horizon, span)
        actual = histories.y[:, span - withheld : span - withheld + reach] if withheld <= span else np.zeros((n, 0))
        reach = actual.shape[1]
        past = histories.without_last(withheld)
        able = (past.length >= FEWEST_TO_TRAIN)[:, None] & np.isfinite(actual)
        counted[:, :reach] += able
        for rival, made in enumerate((forecast, *naive_forecasts(past, period, horizon))):
            error = np.where(able, made[:, :reach] - actual, 0.0)
            absolute[rival, :, :reach] += np.abs(error)
            signed[rival, :, :reach] += error
    total = counted.sum(axis=1)
    none = np.where(total > 0, total, np.nan)[:, None]
    by_lag = counted.sum(axis=0)
    lags = np.where(by_lag > 0, by_lag, np.nan)
    return Backtest(
        held_back,
        100.0 * (absolute / unit[:, None]).sum(axis=1) / lags,
        100.0 * (signed / unit[:, None]).sum(axis=1) / lags,
        absolute.sum(axis=2).T / none,
        signed.sum(axis=2).T / none,
    )
