"""A price of zero for something that is sold: revenue would be zero and the item would be served last."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults, named, shared

CODE = FindingCode(
    "QU111",
    Severity.ERROR,
    "A price is zero or below",
    "Give the net invoiced price, or delete the row where the item is not sold.",
)


def look(facts: Facts) -> pl.DataFrame:
    """Rows of prices of 0 or below; the money is last year's sales of the item."""
    wrong = facts.valued(facts.table("prices").drop("price").filter(facts.table("prices")["price"] <= 0.0))
    return faults("prices", wrong, named("item", "market", "valid_from"), "no price above 0", amount=shared("revenue"))


CHECK = Check(CODE, "Price of zero", ("prices",), look, example="prices: saw-1 / west: no price above 0")
