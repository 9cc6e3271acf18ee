"""A calendar that names no day in a year of the horizon though it does in earlier ones: its holidays are missing."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults, named

CODE = FindingCode(
    "QU206",
    Severity.WARNING,
    "A calendar ends before the horizon does",
    "Import the holidays and closures of the years that follow; every weekday of them counts as worked.",
)


def look(facts: Facts) -> pl.DataFrame:
    """Calendars without a row in a whole calendar year inside the horizon; one fault a calendar, touched its last year.

    The year in which the horizon ends counts only if the horizon covers half of it.
    """
    head = facts.head
    end = facts.calendar.end_of(head.horizon - 1)
    last_year = end.year if (end.month, end.day) >= (6, 30) else end.year - 1
    rows = facts.table("calendars").with_columns(year=pl.col("date").dt.year())
    held = rows.group_by("calendar").agg(last=pl.col("date").max(), year=pl.col("year").max())
    short = held.filter(pl.col("year") < max(last_year, head.start.year)).sort("calendar")
    counts = rows.join(short.select("calendar", "year"), on=["calendar", "year"], how="semi")
    touched = counts.group_by("calendar").agg(rows=pl.len())
    wrong = short.join(touched, on="calendar", how="left", maintain_order="left")
    says = pl.format("last row {}, the horizon ends {}", "last", pl.lit(end.isoformat()))
    return faults("calendars", wrong, named("calendar"), says, rows=pl.col("rows"))


CHECK = Check(
    CODE,
    "Calendar that ends",
    ("calendars",),
    look,
    example="calendars: works: last row 2026-05-01, the horizon ends 2027-06-30",
)
