"""Actuals after the last complete day: they belong to a bucket not yet closed."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults

CODE = FindingCode(
    "QU144",
    Severity.NOTE,
    "Sales of a bucket that is not closed",
    "Nothing, if these are actuals to date: they train no forecast. Else set history_to to the last complete day.",
)


def look(facts: Facts) -> pl.DataFrame:
    """Rows after history_to, not after as_of, as one fault."""
    date = pl.col("date")
    rows = facts.table("sales_history").filter((date > facts.head.history_to) & (date <= facts.as_of))
    counted = rows.select(date.min().alias("first"), rows=pl.len()).filter(pl.col("rows") > 0)
    says = pl.format("rows from {} on are not closed", "first")
    return faults("sales_history", counted, pl.lit("to date"), says, rows=pl.col("rows"))


CHECK = Check(
    CODE,
    "History not closed",
    ("sales_history",),
    look,
    example="sales_history: to date: rows from 2026-12-01 on are not closed",
)
