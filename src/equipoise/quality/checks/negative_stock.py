"""Stock below zero: something left the warehouse in the books before it came in."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults, named, shown

CODE = FindingCode(
    "QU101",
    Severity.ERROR,
    "Stock on hand is below zero",
    "Post the missing receipts or count the stock, then import the stock again.",
)


def look(facts: Facts) -> pl.DataFrame:
    """Rows of inventory below zero; the money is the missing stock at standard cost."""
    wrong = facts.valued(facts.table("inventory").filter(pl.col("on_hand") < 0.0))
    says = pl.format("on hand {}", shown("on_hand"))
    where = named("item", "location", "lot")
    return faults("inventory", wrong, where, says, amount=pl.col("on_hand") * pl.col("cost"))


CHECK = Check(CODE, "Negative stock", ("inventory",), look, example="inventory: saw-1 / plant: on hand -40")
