"""An item sells, but nothing says where it comes from: neither made, bought nor subcontracted."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import SOURCES, Facts
from equipoise.quality.faults import faults

CODE = FindingCode(
    "QU121",
    Severity.ERROR,
    "An item sells that nothing makes or buys",
    "Add the item, or a node above it, to routings, purchasing or subcontracting.",
)


def look(facts: Facts) -> pl.DataFrame:
    """Items wanted now without a source; the money is last year's sales, which cannot be supplied."""
    wrong = facts.valued(facts.selling_items.join(facts.sourced_items, on="item", how="anti").sort("item"))
    return faults("items", wrong, pl.col("item"), "no source", amount=pl.col("revenue"))


CHECK = Check(CODE, "Sold without source", ("items",), look, one_of=SOURCES, example="items: saw-5: no source")
