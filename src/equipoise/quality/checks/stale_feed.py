"""A feed that stopped: the last row is from long before the day to which actuals are said to be complete."""

from datetime import date

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import all_faults, faults

CODE = FindingCode(
    "QU143",
    Severity.ERROR,
    "A feed stopped before the day of complete actuals",
    "Import the missing rows, or set history_to back to the last complete day.",
)
FEEDS = ("sales_history", "production_history", "inventory_history")


def look(facts: Facts) -> pl.DataFrame:
    """Histories whose last row falls before the last closed bucket; touched are the rows that would be missing."""
    last = facts.head.closed_buckets_end - 1
    found = []
    for name in FEEDS:
        rows = facts.bucketed(facts.table(name))
        if rows.height == 0:
            continue
        ends = rows.select(
            pl.col("bucket").max(), pl.col("date").max(), count=pl.len(), held=pl.col("bucket").n_unique()
        )
        late = ends.with_columns(buckets=last - pl.col("bucket")).filter(pl.col("buckets") > 0)
        says = pl.format("ends {}, {} buckets before history_to {}", "date", "buckets", _day(facts.head.history_to))
        touched = pl.min_horizontal(pl.col("buckets") * pl.col("count") // pl.col("held"), pl.col("count"))
        found.append(faults(name, late, pl.lit("last row"), says, rows=touched))
    return all_faults(found)


def _day(day: date) -> pl.Expr:
    return pl.lit(day.isoformat())


CHECK = Check(
    CODE,
    "Stale feed",
    (),
    look,
    one_of=FEEDS,
    example="production_history: last row: ends 2026-10-01, 2 buckets before history_to 2026-12-31",
)
