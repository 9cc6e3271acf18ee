"""Working days of each calendar in each planning bucket, as capacity counts them."""

import polars as pl

from equipoise.quality.facts import Facts

FRIDAY = 5
"""polars counts Monday as 1."""


def timed_calendars(facts: Facts) -> pl.DataFrame:
    """`calendar`: those that state hours of the day, which are capacity; 0 and 1 only say which days are worked."""
    return facts.table("calendars").filter(pl.col("working") > 1.0).select("calendar").unique()


def working_days(facts: Facts) -> pl.DataFrame:
    """`calendar`, `bucket`, `days`: Monday to Friday work, unless a row of the calendar says otherwise."""
    calendar, last = facts.calendar, facts.calendar.horizon - 1
    days = pl.date_range(calendar.start_of(0), calendar.end_of(last), eager=True).alias("date")
    stated = facts.table("calendars").select("calendar", "date", "working")
    grid = stated.select("calendar").unique().sort("calendar").join(pl.DataFrame(days), how="cross")
    grid = grid.join(stated, on=["calendar", "date"], how="left", maintain_order="left")
    usual = (pl.col("date").dt.weekday() <= FRIDAY).cast(pl.Float64)
    worked = grid.with_columns(days=pl.min_horizontal(pl.coalesce("working", usual), pl.lit(1.0)))
    return facts.bucketed(worked).group_by("calendar", "bucket").agg(pl.col("days").sum()).sort("calendar", "bucket")
