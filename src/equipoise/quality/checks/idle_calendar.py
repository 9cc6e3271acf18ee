"""A calendar without any working day in a bucket: nothing could be made or shipped in it."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults, named, shown
from equipoise.quality.working_days import working_days

CODE = FindingCode(
    "QU132",
    Severity.ERROR,
    "A calendar has no working day in a bucket",
    "Correct column working, or check that the closure is meant to last so long.",
)


def look(facts: Facts) -> pl.DataFrame:
    """Calendars with the number of planning buckets without work; a fault touches the calendar's rows in them."""
    idle = working_days(facts).filter(pl.col("days") <= 0.0)
    rows = facts.bucketed(facts.table("calendars")).join(idle, on=["calendar", "bucket"], how="semi")
    counts = rows.group_by("calendar").agg(rows=pl.len(), buckets=pl.col("bucket").n_unique())
    says = pl.format("buckets without a working day: {}", shown("buckets"))
    return faults("calendars", counts.sort("calendar"), named("calendar"), says, rows=pl.col("rows"))


CHECK = Check(
    CODE, "Calendar without work", ("calendars",), look, example="calendars: works: buckets without a working day: 1"
)
