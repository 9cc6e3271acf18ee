"""A resource that routings use but that has no capacity: it would never limit the plan."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults, named, shown
from equipoise.quality.working_days import timed_calendars

CODE = FindingCode(
    "QU126",
    Severity.WARNING,
    "Routings use a resource without capacity",
    "Fill capacity_hours, shifts or workers in resources, or add the resource there; blank means no limit.",
)
CAPACITY = ("capacity_hours", "hours_per_shift", "workers")


def look(facts: Facts) -> pl.DataFrame:
    """Resources of routings that have neither hours, shifts, workers, a calendar of hours nor rows by bucket."""
    has_rows = facts.table("resource_calendar").filter(pl.col("capacity_hours").is_not_null()).select("resource")
    resources = facts.table("resources")
    stated = resources.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in CAPACITY))
    timed = resources.join(timed_calendars(facts), on="calendar", how="semi")
    limited = pl.concat([has_rows, stated.select("resource"), timed.select("resource")]).unique()
    uses = facts.table("routings").group_by("resource").len("rows")
    wrong = uses.join(limited, on="resource", how="anti").sort("resource")
    says = pl.format("no capacity, used by {} rows of routings", shown("rows"))
    return faults("routings", wrong, named("resource"), says, rows=pl.col("rows"))


CHECK = Check(
    CODE,
    "Routing without capacity",
    ("routings", "resources"),
    look,
    example="routings: press: no capacity, used by 5 rows of routings",
)
