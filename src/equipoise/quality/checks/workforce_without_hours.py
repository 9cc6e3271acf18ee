"""Workers whose hours are unknown: the crew could make nothing."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults, named, shown
from equipoise.quality.working_days import timed_calendars

CODE = FindingCode(
    "QU130",
    Severity.ERROR,
    "A workforce without hours per worker",
    "Fill hours_per_worker or hours_per_shift in resources, or give the resource's hours by bucket.",
)


def look(facts: Facts) -> pl.DataFrame:
    """Resources with workers but neither hours per worker, hours per shift, a calendar of hours nor rows by bucket."""
    by_bucket = facts.table("resource_calendar").filter(pl.col("hours_per_worker").is_not_null()).select("resource")
    crews = facts.table("resources").filter(pl.col("workers").is_not_null())
    blank = crews.filter(pl.col("hours_per_worker").is_null() & pl.col("hours_per_shift").is_null())
    blank = blank.join(timed_calendars(facts), on="calendar", how="anti", maintain_order="left")
    wrong = blank.join(by_bucket, on="resource", how="anti", maintain_order="left")
    return faults("resources", wrong, named("resource"), pl.format("{} workers", shown("workers")))


CHECK = Check(CODE, "Workforce without hours", ("resources",), look, example="resources: crew: 4 workers")
