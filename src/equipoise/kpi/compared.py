"""The cells of a forecast comparison: orders of closed buckets beside the forecasts of each source at one lag."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.errors import EquipoiseError
from equipoise.core.finding import Finding
from equipoise.core.grid import FloatArray
from equipoise.core.panel import Panel
from equipoise.kpi.archive import LAG, NEVER, forecasts_of
from equipoise.kpi.naive import naive_forecast, seasonal_naive_forecast

NAIVE, SEASONAL = "naive", "seasonal_naive"
STEPS = (NAIVE, "statistical", "sales", "consensus", "approved")
"""The stairstep: the order in which a number moves."""
COMPARED = (NAIVE, SEASONAL, "statistical", "sales", "marketing", "product", "finance", "customer", *STEPS[3:])
"""Every source that can be measured."""


class UnknownForecast(EquipoiseError):
    """A source or a lag that no forecast can have."""


@dataclass(frozen=True, eq=False)
class Compared:
    """Orders and forecasts [N, H] of the buckets from `first`; NaN where unknown."""

    actual: FloatArray
    forecasts: Mapping[str, FloatArray]
    """By source; sources without any archived forecast are not in it."""
    first: int
    findings: Mapping[str, tuple[Finding, ...]]
    """By source, what of its archive could not be compared."""

    def findings_of(self, source: str) -> tuple[Finding, ...]:
        """What of the archive of a source could not be compared."""
        return self.findings.get(source, ())


def compare_forecasts(
    axes: Axes, archive: pl.DataFrame, history: Panel, *, closed_end: int, lag: int = LAG, sources: Iterable[str]
) -> Compared:
    """Orders of buckets closed before `closed_end` (panel history_ordered_qty) beside forecasts made `lag` ahead.

    `archive` is table forecast_archive (see `with_approved`). The naive forecast is the archived one; where none is
    archived, and always for the seasonal one, it is made from the history that was closed when the other sources made
    theirs. What was forecast before its first sale is compared with 0: nobody ordered it. A history that states no
    orders at all leaves every cell unknown; shipments do not stand for them. Raises UnknownForecast.
    """
    asked = tuple(sources)
    if unknown := sorted(set(asked) - set(COMPARED)):
        raise UnknownForecast(f"there are no forecasts by {', '.join(unknown)}; sources are {', '.join(COMPARED)}")
    if lag < 1:
        raise UnknownForecast(f"lag {lag} is not ahead of its bucket; lags are 1, 2, 3, ... buckets")
    ordered = history["history_ordered_qty"]
    first, last = history.first, history.first + ordered.shape[1]
    is_known = ordered.any() & (np.arange(first, last) < closed_end)
    actual = np.where(is_known, ordered, np.nan)
    present = set(archive["source"].unique().to_list())
    found = {s: forecasts_of(axes, archive, s, lag=lag, first=first, last=last) for s in COMPARED if s in present}
    forecasts = {source: one.forecast for source, one in found.items()}
    if found:
        # The earliest of the sources sets what a naive forecast may know: none must know more than another.
        known_end = np.min([one.known_end for one in found.values()], axis=0)
        made = known_end < NEVER
        end = np.where(made, known_end, first)
        period = axes.calendar.periods_per_year
        seasonal = seasonal_naive_forecast(ordered, end, first=first, period=period)
        forecasts[SEASONAL] = np.where(made, seasonal, np.nan)
        if NAIVE not in forecasts:
            forecasts[NAIVE] = np.where(made, naive_forecast(ordered, end, first=first), np.nan)
    findings = {source: one.findings for source, one in found.items()}
    return Compared(actual, {s: forecasts[s] for s in asked if s in forecasts}, first, findings)
