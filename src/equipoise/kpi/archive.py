"""Archived forecasts brought beside the history: what was said about a bucket some buckets before it.

Sources are those of table forecast_archive; `approved` is the consensus of published plans (table plan_archive).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.finding import Finding
from equipoise.core.grid import QUANTITY_STEP, FloatArray, IntArray, on_grid
from equipoise.core.history import row_numbers
from equipoise.core.measure import Grain
from equipoise.kpi.findings import ARCHIVE_ABOVE, NO_ARCHIVE, NO_LAG_ONE, NOT_CONSENSUS

LAG = 1
"""Buckets between the one a forecast is made in and the one it is for, where nothing else is asked."""
SOURCES = ("consensus", "statistical")
"""Whose forecast is measured: the first of these that is archived."""
APPROVED = "approved"
NEVER = np.iinfo(np.int64).max
"""Stands for a bucket where there is none."""


@dataclass(frozen=True, eq=False)
class Archived:
    """Forecasts of one source at one lag for the demand rows and buckets first..last − 1."""

    forecast: FloatArray
    """[N, last − first]; NaN where none was archived."""
    known_end: IntArray
    """First bucket that was not closed when the forecast was made, [N, last − first]; NEVER where none was archived."""
    findings: tuple[Finding, ...]


def forecasts_of(
    axes: Axes, archive: pl.DataFrame, source: str, *, lag: int, first: int, last: int, label: str = ""
) -> Archived:
    """Forecasts of item and market by one source, made `lag` buckets ahead.

    A forecast is made one bucket ahead if made_date lies in the bucket before the one it is for; of several the latest
    counts. Rows at nodes above item and market are totals and have no cell to be compared with: they are counted.
    """
    keys, calendar = axes.keys[Grain.DEMAND], axes.calendar
    forecast = np.full((len(keys), last - first), np.nan)
    known_end = np.full(forecast.shape, NEVER, dtype=np.int64)
    rows = archive.filter(pl.col("source") == source)
    is_leaf = pl.col("item").is_in(list(axes.items.leaves)) & pl.col("market").is_in(list(axes.markets.leaves))
    leaf = rows.filter(is_leaf).sort("made_date", "item", "market", "date")
    findings = []
    if leaf.height < rows.height:
        above = rows.height - leaf.height
        message = f"{above} of {rows.height} forecasts by {label or source} stand above item and market"
        findings.append(ARCHIVE_ABOVE.found("table forecast_archive", message, count=above))
    if leaf.height == 0:
        return Archived(forecast, known_end, tuple(findings))
    made, bucket = calendar.index_dates(leaf["made_date"]), calendar.index_dates(leaf["date"])
    number = row_numbers(keys, leaf, ("item", "market"))
    is_ahead = bucket - made == lag
    if not is_ahead.any() and lag == LAG:
        message = f"none of {leaf.height} forecasts by {label or source} was made in the bucket before its own"
        findings.append(NO_LAG_ONE.found("table forecast_archive", message, count=leaf.height))
    chosen = np.flatnonzero(is_ahead & (number >= 0) & (bucket >= first) & (bucket < last))
    # Sorted by made_date: of several forecasts for one cell the last written is the latest made.
    cells = number[chosen], bucket[chosen] - first
    forecast[cells] = on_grid(leaf["quantity"].to_numpy()[chosen], QUANTITY_STEP)
    ended = calendar.index_dates(leaf["made_date"].dt.offset_by("1d"))  # a bucket is closed at the end of its last day
    known_end[cells] = ended[chosen]
    return Archived(forecast, known_end, tuple(findings))


def best_source(archive: pl.DataFrame, sources: Sequence[str] = SOURCES) -> tuple[str, tuple[Finding, ...]]:
    """The source whose forecasts are measured, and what there is to say about it."""
    archived = dict(archive.group_by("source").len().sort("source").iter_rows())
    for source in sources:
        if source in archived:
            message = f"accuracy is that of {archived[source]} {source} forecasts"
            found = NOT_CONSENSUS.found("table forecast_archive", message, count=archived[source])
            return source, () if source == sources[0] else (found,)
    return sources[0], (NO_ARCHIVE.found("table forecast_archive", "no forecast is archived"),)


def with_approved(forecast_archive: pl.DataFrame, plan_archive: pl.DataFrame) -> pl.DataFrame:
    """The archive of forecasts, and beside it the consensus demand of published plans as source `approved`."""
    columns = ("made_date", "source", "item", "market", "date", "quantity")
    approved = plan_archive.filter((pl.col("measure") == "demand_consensus_qty") & (pl.col("location") == ""))
    approved = approved.with_columns(source=pl.lit(APPROVED))
    return pl.concat([forecast_archive.select(columns), approved.select(columns)])
