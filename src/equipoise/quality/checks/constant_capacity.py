"""The same hours in every bucket although the buckets have unequal working days."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults, named, shown
from equipoise.quality.working_days import working_days

CODE = FindingCode(
    "QU131",
    Severity.WARNING,
    "Capacity is constant although working days are not",
    "State capacity_hours per working_day or week, or by bucket in resource_calendar.",
)
APART = 0.1


def look(facts: Facts) -> pl.DataFrame:
    """Resources with hours per bucket whose calendar has over 10 % more working days in one bucket than in another."""
    spans = working_days(facts).group_by("calendar").agg(least=pl.col("days").min(), most=pl.col("days").max())
    unequal = spans.filter(pl.col("most") > (1.0 + APART) * pl.col("least"))
    by_bucket = facts.table("resource_calendar").filter(pl.col("capacity_hours").is_not_null()).select("resource")
    constant = pl.col("capacity_hours").is_not_null() & pl.col("capacity_per").is_in(["", "bucket"])
    rows = facts.table("resources").filter(constant).join(by_bucket, on="resource", how="anti", maintain_order="left")
    homes = facts.table("locations").select("location", home="calendar")
    rows = rows.join(homes, on="location", how="left", maintain_order="left")
    rows = rows.with_columns(calendar=pl.coalesce(pl.col("calendar").replace("", None), "home"))
    wrong = rows.join(unequal, on="calendar", how="inner", maintain_order="left")
    says = pl.format("{} h in buckets of {} to {} working days", shown("capacity_hours"), shown("least"), shown("most"))
    return faults("resources", wrong, named("resource"), says)


CHECK = Check(
    CODE,
    "Constant capacity",
    ("resources", "calendars"),
    look,
    example="resources: press: 160 h in buckets of 20 to 23 working days",
)
