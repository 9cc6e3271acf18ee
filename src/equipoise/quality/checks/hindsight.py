"""Forecasts made after what they forecast, or after today: accuracy would be measured in hindsight."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults

CODE = FindingCode(
    "QU183",
    Severity.WARNING,
    "An archived forecast was made after the bucket it is for",
    "made_date is the day the forecast was made: correct it, or leave these rows out.",
)


def look(facts: Facts) -> pl.DataFrame:
    """Rows made in a later bucket than theirs, or after as_of; one fault by source and made_date."""
    rows = facts.bucketed(facts.table("forecast_archive")).rename({"bucket": "for_bucket"})
    rows = facts.bucketed(rows, "made_date")
    late = (pl.col("bucket") > pl.col("for_bucket")) | (pl.col("made_date") > facts.as_of)
    groups = (
        rows.filter(late).sort("source", "made_date", "date").group_by(["source", "made_date"], maintain_order=True)
    )
    wrong = groups.agg(rows=pl.len(), first=pl.col("date").min())
    where = pl.format("{} of {}", "source", "made_date")
    return faults("forecast_archive", wrong, where, pl.format("forecasts {}", "first"), rows=pl.col("rows"))


CHECK = Check(
    CODE,
    "Forecast in hindsight",
    ("forecast_archive",),
    look,
    example="forecast_archive: sales of 2027-01-05: forecasts 2026-12-01",
)
