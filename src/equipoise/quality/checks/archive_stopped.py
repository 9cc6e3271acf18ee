"""Forecasts that are no longer archived: the last closed buckets cannot be measured."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults, named

CODE = FindingCode(
    "QU205",
    Severity.WARNING,
    "A source has no forecast of the last closed bucket",
    "Archive what the source forecast before the bucket began, each month; accuracy and bias end where it ends.",
)
EVERY_CYCLE = ("naive", "statistical", "consensus")
"""Sources that speak every month; a function, or a customer, may have nothing to say."""


def look(facts: Facts) -> pl.DataFrame:
    """Sources of every cycle whose last forecast made before its bucket is for one before the last closed bucket.

    Touched are the rows that would be missing.
    """
    last = facts.head.closed_buckets_end - 1
    rows = facts.bucketed(facts.table("forecast_archive").filter(pl.col("source").is_in(EVERY_CYCLE))).rename(
        {"bucket": "of"}
    )
    ahead = facts.bucketed(rows, "made_date").filter((pl.col("bucket") < pl.col("of")) & (pl.col("of") <= last))
    sources = ahead.group_by("source").agg(of=pl.col("of").max(), cells=pl.len(), held=pl.col("of").n_unique())
    late = facts.labelled(sources.filter(pl.col("of") < last).sort("source"), "of")
    missing = last - pl.col("of")
    says = pl.format("last forecast is for {}, closed buckets since then: {}", "label", missing)
    touched = pl.min_horizontal(missing * (pl.col("cells") // pl.col("held")), pl.col("cells"))
    return faults("forecast_archive", late, named("source"), says, rows=touched)


CHECK = Check(
    CODE,
    "Archive that stopped",
    ("forecast_archive",),
    look,
    example="forecast_archive: consensus: last forecast is for Nov 2026, closed buckets since then: 1",
)
