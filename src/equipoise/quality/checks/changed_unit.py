"""An item that is counted in another base unit than last month: its history, stock and plans are in the old one."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults, named

CODE = FindingCode(
    "QU208",
    Severity.ERROR,
    "The base unit of items is not that of last month's snapshot",
    "Convert every quantity of the item, its prices and its archives, or go back to the old unit.",
)


def look(facts: Facts) -> pl.DataFrame:
    """Items whose uom differs from last month's; the money is last year's sales of the item."""
    before = facts.before("items").select("item", uom_before="uom")
    both = facts.items.join(before, on="item", how="inner", maintain_order="left")
    wrong = facts.valued(both.filter(pl.col("uom") != pl.col("uom_before")))
    says = pl.format("{}, last month {}", "uom", "uom_before")
    return faults("items", wrong, named("item"), says, amount=pl.col("revenue"))


CHECK = Check(CODE, "Other base unit", ("items",), look, needs_last=True, example="items: saw-3: box, last month piece")
