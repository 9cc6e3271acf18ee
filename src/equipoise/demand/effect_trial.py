"""Does an effect earn its place? The same forecast with and without it, at earlier dates, on the index of the family.

At each of the last `ORIGINS_JUDGED` buckets but one, the effect is estimated from what was known then, taken out of the
index, the index is forecast by the engine's own methods, and the effect is put on again. The gain is by how much that
lowers the mean absolute error (of logarithms, so about percent) of the next `REACH` buckets below that of the forecast
without. Nothing is judged that the estimate has seen (Tashman, Int. J. Forecasting 16 (2000) 437-450).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from equipoise.core.axes import Axes
from equipoise.core.grid import FloatArray
from equipoise.demand.forecast import forecast_series

REACH = 3
"""Buckets ahead that are judged."""
ORIGINS_JUDGED = 24
LEAST_YEARS = 3
"""Years of history that an effect is estimated from."""


REFERENCE_YEARS = 10
"""Years before the last closed bucket over which calendars and indicators are read, however long history is."""


def reference_start(axes: Axes, end: int) -> int:
    """First bucket of the window that ends before bucket `end`."""
    return max(end - REFERENCE_YEARS * axes.calendar.periods_per_year, -axes.calendar.first)


@dataclass(frozen=True, eq=False)
class Trial:
    """An index and an effect that is estimated anew at each origin."""

    z: FloatArray
    """[T] logarithm of the index."""
    effect: Callable[[int], tuple[FloatArray, FloatArray]]
    """Of an origin o (buckets known): the logarithmic effect [o] then past, and [REACH] then ahead."""


@dataclass(frozen=True)
class Verdict:
    """What a trial found."""

    gain: float
    """Share of the error without the effect that it takes away; below 0 where it does harm."""
    margin: float
    """Mean gain over its standard error."""

    @property
    def words(self) -> str:
        """`12.0 % less error at earlier dates`."""
        return f"{100 * abs(self.gain):.1f} % {'less' if self.gain >= 0 else 'more'} error at earlier dates"


def judge(trials: Sequence[Trial], period: int) -> list[Verdict]:
    """The verdict on each trial. A history of fewer than `LEAST_YEARS` years has no origin, and earns nothing."""
    plain, adjusted, ahead, actual, owner = [], [], [], [], []
    for number, trial in enumerate(trials):
        span = len(trial.z)
        for origin in range(max(span - ORIGINS_JUDGED, 2 * period + REACH), span):
            past, future = trial.effect(origin)
            plain.append(np.exp(trial.z[:origin]))
            adjusted.append(np.exp(trial.z[:origin] - past))
            ahead.append(future)
            came = np.full(REACH, np.nan)
            known = trial.z[origin : origin + REACH]
            came[: len(known)] = known
            actual.append(came)
            owner.append(number)
    if not owner:
        return [Verdict(0.0, 0.0) for _ in trials]
    made = forecast_series([*plain, *adjusted], period, REACH, levels=(), kernel="numpy").point
    log = np.log(np.maximum(made, 1e-12))
    came, belongs = np.array(actual), np.array(owner)
    without = np.abs(log[: len(owner)] - came)
    with_it = np.abs(log[len(owner) :] + np.array(ahead) - came)
    return [_verdict(without[belongs == n], with_it[belongs == n]) for n in range(len(trials))]


def _verdict(without: FloatArray, with_it: FloatArray) -> Verdict:
    """From the errors [origins, REACH], NaN where nothing came yet."""
    if without.size == 0:
        return Verdict(0.0, 0.0)
    before, after = float(np.nansum(without)), float(np.nansum(with_it))
    gains = np.nanmean(without - with_it, axis=1)
    spread = float(gains.std(ddof=1)) / np.sqrt(len(gains)) if len(gains) > 1 else np.inf
    margin = float(gains.mean()) / spread if spread > 0 else 0.0
    return Verdict(1.0 - after / before if before > 0 else 0.0, margin)
