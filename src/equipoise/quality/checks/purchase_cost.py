"""A purchase price far from standard cost: another unit, another currency, or an old standard."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import all_faults, faults, named, shown

CODE = FindingCode(
    "QU120",
    Severity.WARNING,
    "A purchase price is far from standard cost",
    "Check the unit of both numbers; set the standard anew if the market has moved.",
)
APART = 3.0


def look(facts: Facts) -> pl.DataFrame:
    """Rows of items in purchasing and subcontracting with unit_cost above 3 × or below 1/3 of standard cost."""
    found = []
    for name in ("purchasing", "subcontracting"):
        rows = facts.valued(facts.table(name)).filter((pl.col("unit_cost") > 0.0) & (pl.col("cost") > 0.0))
        ratio = pl.col("unit_cost") / pl.col("cost")
        wrong = rows.filter((ratio > APART) | (ratio < 1.0 / APART))
        says = pl.format("bought at {}, standard cost {}", shown("unit_cost"), shown("cost"))
        amount = (pl.col("unit_cost") - pl.col("cost")) * pl.col("yearly_qty")
        found.append(faults(name, wrong, named("item", "supplier", "location"), says, amount=amount))
    return all_faults(found)


CHECK = Check(
    CODE,
    "Purchase price against standard cost",
    ("costs",),
    look,
    one_of=("purchasing", "subcontracting"),
    example="purchasing: steel / mill / plant: bought at 17, standard cost 1.8",
)
