"""Orders below zero: returns or cancellations booked as sales of another bucket."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults, named, shown

CODE = FindingCode(
    "QU152",
    Severity.WARNING,
    "Orders of a bucket are below zero",
    "Put returns into returned_qty and take cancellations off the bucket in which they were ordered.",
)


def look(facts: Facts) -> pl.DataFrame:
    """Closed buckets whose orders sum below zero, by item and market; money: the quantity × price."""
    wrong = facts.sales.filter(pl.col("ordered") < 0.0)
    wrong = facts.priced(facts.labelled(wrong.drop("revenue")))
    amount = pl.col("ordered") * pl.col("price")
    where = named("item", "market", "label")
    return faults("sales_history", wrong, where, pl.format("{} ordered", shown("ordered")), amount=amount)


CHECK = Check(
    CODE, "Negative sales", ("sales_history",), look, example="sales_history: saw-1 / east / Jan 2025: -30 ordered"
)
