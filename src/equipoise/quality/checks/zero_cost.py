"""A standard cost of zero: stock would be worth nothing and every sale all margin."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults, named, shared

CODE = FindingCode(
    "QU112",
    Severity.ERROR,
    "A standard cost is zero or below",
    "Give the standard cost of the item, or delete the row so that a wider one holds.",
)


def look(facts: Facts) -> pl.DataFrame:
    """Rows of costs of 0 or below; the money is last year's sales of the item, whose margin is wrong."""
    wrong = facts.valued(facts.table("costs").filter(pl.col("standard_cost") <= 0.0))
    where = named("item", "location", "valid_from")
    return faults("costs", wrong, where, "no standard cost above 0", amount=shared("revenue"))


CHECK = Check(CODE, "Cost of zero", ("costs",), look, example="costs: saw-2: no standard cost above 0")
