"""Is a forecast wrong on one side? Tracking signal, and the t-test that stands beside it.

With errors A − F of n buckets: RSFE = Σ(A − F), MAD = Σ|A − F| / n, TS = RSFE / MAD; above 0 where forecasts were too
low (bias, F − A, has the other sign). |TS| ≤ n always, so a forecast of four buckets cannot exceed the limit of ±4, and
one of thirty exceeds it often by chance: t = mean / (s / √n) says whether the mean error differs from 0 at all.

Sources: Heizer, Render & Munson, Operations Management, chapter 4, equation 4-18 (tracking signal); Student,
Biometrika 6 (1908); Abramowitz & Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4 (distribution of t).

>>> forecast, actual = np.array([100.0, 100, 100, 110, 110, 110]), np.array([90.0, 95, 115, 100, 125, 140])
>>> test = OneSided.of(np.ones((1, 6)), (actual - forecast)[None, :], np.sum)
>>> round(float(test.tracking_signal), 2), round(float(test.t), 2), bool(test.is_biased)
(2.47, 0.86, False)
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import pi, sqrt

import numpy as np

from equipoise.core.grid import BoolArray, FloatArray
from equipoise.kpi.accuracy import quotient

LIMIT = 4.0
"""MADs beyond which a tracking signal calls for a new look (about 3.2 standard deviations of the error)."""
SIGNIFICANCE = 0.05
"""Probability of such a mean error by chance below which it counts as bias, two-sided."""


@dataclass(frozen=True, eq=False)
class OneSided:
    """The test of errors added over buckets, arrays of one shape."""

    buckets: FloatArray
    """Buckets compared, n."""
    rsfe: FloatArray
    """Σ(A − F), units: above 0 where forecasts were too low."""
    mad: FloatArray
    """Σ|A − F| / n, units."""
    t: FloatArray
    """Student's t of the mean of A − F; NaN below two buckets, and where all errors are equal."""
    p: FloatArray
    """Probability of a mean error at least so far from 0 if there is no bias."""

    @staticmethod
    def of(compared: FloatArray, error: FloatArray, add: Callable[[FloatArray], FloatArray]) -> "OneSided":
        """Of errors A − F [N, T] of the compared buckets (1 or 0), which `add` sums over buckets."""
        n, rsfe = np.asarray(add(compared)), np.asarray(add(error * compared))
        squares = np.asarray(add(error**2 * compared))
        mean = quotient(rsfe, n)
        # Rounding may leave a little where all errors are equal.
        spread = np.maximum(squares - rsfe * np.nan_to_num(mean), 0.0)
        spread = np.where(spread <= 1e-12 * squares, 0.0, spread)
        t = quotient(mean, np.sqrt(quotient(quotient(spread, n - 1.0), n)))
        return OneSided(n, rsfe, quotient(np.asarray(add(np.abs(error) * compared)), n), t, two_sided_p(t, n - 1.0))

    @property
    def tracking_signal(self) -> FloatArray:
        """RSFE / MAD; 0 where there was no error at all, NaN where nothing was compared."""
        return np.where(self.mad == 0, 0.0, quotient(self.rsfe, self.mad))

    @property
    def is_biased(self) -> BoolArray:
        """True where the signal lies beyond ±4 and the mean error is no chance."""
        biased: BoolArray = (np.abs(np.nan_to_num(self.tracking_signal)) > LIMIT) & ~(self.p > SIGNIFICANCE)
        return biased


def two_sided_p(t: FloatArray, freedom: FloatArray) -> FloatArray:
    """Probability that |Student's t| of `freedom` (whole) degrees of freedom exceeds |t|, elementwise; NaN where t is.

    >>> two_sided_p(np.array([12.706, 2.571, 2.228]), np.array([1.0, 5.0, 10.0])).round(3).tolist()
    [0.05, 0.05, 0.05]
    """
    p = np.full(np.shape(t), np.nan)
    for n in np.unique(freedom[np.isfinite(t)]).astype(np.int64).tolist():
        chosen = np.isfinite(t) & (freedom == n)
        angle = np.arctan(np.abs(t[chosen]) / sqrt(n))
        term = np.cos(angle) if n % 2 else np.ones(angle.shape)
        total = term.copy()
        for k in range(3 if n % 2 else 2, n - 1, 2):
            term = term * np.cos(angle) ** 2 * (k - 1) / k
            total = total + term
        inside = np.sin(angle) * total if n != 1 else 0.0
        p[chosen] = np.maximum(0.0, 1.0 - (2 / pi * (angle + inside) if n % 2 else inside))
    return p
