"""Items without a level that the rest of their family has: they drop out of every roll-up at that level."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import all_faults, faults

CODE = FindingCode(
    "QU162",
    Severity.NOTE,
    "Items without a level that their family has",
    "Fill the level for every item of the family, or for none.",
)


def look(facts: Facts) -> pl.DataFrame:
    """Items with a blank subfamily or category while others of the family have one; money: last year's sales."""
    found = []
    for level in ("subfamily", "category"):
        has = (pl.col(level) != "").any().over("family")
        wrong = facts.valued(facts.items.filter((pl.col(level) == "") & has))
        says = pl.format(f"no {level} in family {{}}", "family")
        found.append(faults("items", wrong, pl.col("item"), says, amount=pl.col("revenue")))
    return all_faults(found)


CHECK = Check(CODE, "Hole in the hierarchy", ("items",), look, example="items: saw-3: no subfamily in family saws")
