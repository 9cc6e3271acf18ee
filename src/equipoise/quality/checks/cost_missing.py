"""An item sells whose standard cost is unknown: neither stock nor margin can be valued."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import DEMAND, Facts
from equipoise.quality.faults import faults

CODE = FindingCode(
    "QU116",
    Severity.WARNING,
    "No standard cost for an item that sells",
    "Add a row to costs for the item or for a node above it.",
)


def look(facts: Facts) -> pl.DataFrame:
    """Items wanted now without a standard cost; the money is last year's revenue, whose margin is unknown."""
    valued = facts.valued(facts.selling_items)
    wrong = valued.filter(pl.col("cost").is_null())
    return faults("costs", wrong, pl.col("item"), "no standard cost", amount=pl.col("revenue"))


CHECK = Check(CODE, "Missing cost", ("costs",), look, one_of=DEMAND[:5], example="costs: saw-5: no standard cost")
