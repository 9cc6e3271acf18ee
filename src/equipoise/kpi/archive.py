"""Archived forecasts brought beside the history: what was said about a bucket in the bucket before it."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.finding import Finding
from equipoise.core.grid import QUANTITY_STEP, FloatArray, on_grid
from equipoise.core.history import row_numbers
from equipoise.core.measure import Grain
from equipoise.kpi.findings import ARCHIVE_ABOVE, NO_ARCHIVE, NO_LAG_ONE, NOT_CONSENSUS

LAG = 1
"""Buckets between the one a forecast is made in and the one it is for."""
SOURCES = ("consensus", "statistical")
"""Whose forecast is measured: the first of these that is archived."""


@dataclass(frozen=True, eq=False)
class Archived:
    """Forecasts of the demand rows for buckets first..last − 1, [N, last − first]; NaN where none was archived."""

    forecast: FloatArray
    findings: tuple[Finding, ...]


def archived_forecast(axes: Axes, archive: pl.DataFrame, *, first: int, last: int) -> Archived:
    """Forecasts of item and market made one bucket ahead.

    A forecast is made one bucket ahead if made_date lies in the bucket before the one it is for; of several the latest
    counts. Rows at nodes above item and market are totals and have no cell to be compared with: they are counted.
    """
    keys = axes.keys[Grain.DEMAND]
    forecast = np.full((len(keys), last - first), np.nan)
    rows, findings = _of_best_source(archive)
    if rows.height == 0:
        return Archived(forecast, (NO_ARCHIVE.found("table forecast_archive", "no forecast is archived"),))
    is_leaf = pl.col("item").is_in(list(axes.items.leaves)) & pl.col("market").is_in(list(axes.markets.leaves))
    leaf = rows.filter(is_leaf).sort("made_date", "item", "market", "date")
    if leaf.height < rows.height:
        above = rows.height - leaf.height
        message = f"{above} of {rows.height} archived forecasts stand above item and market"
        findings.append(ARCHIVE_ABOVE.found("table forecast_archive", message, count=above))
    made, bucket = axes.calendar.index_dates(leaf["made_date"]), axes.calendar.index_dates(leaf["date"])
    number = row_numbers(keys, leaf, ("item", "market"))
    one_ahead = bucket - made == LAG
    if not one_ahead.any():
        message = f"none of {leaf.height} archived forecasts was made in the bucket before its own"
        findings.append(NO_LAG_ONE.found("table forecast_archive", message, count=leaf.height))
    chosen = np.flatnonzero(one_ahead & (number >= 0) & (bucket >= first) & (bucket < last))
    # Sorted by made_date: of several forecasts for one cell the last written is the latest made.
    forecast[number[chosen], bucket[chosen] - first] = on_grid(leaf["quantity"].to_numpy()[chosen], QUANTITY_STEP)
    return Archived(forecast, tuple(findings))


def _of_best_source(archive: pl.DataFrame) -> tuple[pl.DataFrame, list[Finding]]:
    for source in SOURCES:
        rows = archive.filter(pl.col("source") == source)
        if rows.height and source != SOURCES[0]:
            message = f"accuracy is that of {rows.height} {source} forecasts"
            return rows, [NOT_CONSENSUS.found("table forecast_archive", message, count=rows.height)]
        if rows.height:
            return rows, []
    return archive.clear(), []
