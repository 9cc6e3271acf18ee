"""Actuals dated after as_of: what has not happened yet cannot have been counted."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import all_faults, faults

CODE = FindingCode(
    "QU145",
    Severity.ERROR,
    "Actuals dated after as_of",
    "Correct the dates (day and month swapped?), or set as_of to the day the data were taken.",
)
HISTORIES = ("sales_history", "production_history", "inventory_history")


def look(facts: Facts) -> pl.DataFrame:
    """Rows of histories after as_of, one fault by table."""
    found = []
    for name in HISTORIES:
        rows = facts.table(name).filter(pl.col("date") > facts.as_of)
        last = rows.select(pl.col("date").max().alias("last"), rows=pl.len()).filter(pl.col("rows") > 0)
        says = pl.format("dated up to {}, as_of is {}", "last", pl.lit(facts.as_of.isoformat()))
        found.append(faults(name, last, pl.lit("after as_of"), says, rows=pl.col("rows")))
    return all_faults(found)


CHECK = Check(
    CODE,
    "History in the future",
    (),
    look,
    one_of=HISTORIES,
    example="sales_history: after as_of: dated up to 2027-03-01, as_of is 2026-12-31",
)
