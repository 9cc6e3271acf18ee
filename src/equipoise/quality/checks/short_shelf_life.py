"""A lane that takes longer than the item lasts."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults, named, shared, shown

CODE = FindingCode(
    "QU138",
    Severity.ERROR,
    "An item expires on the way",
    "Check shelf_life_days and lead_time_days; delete lanes that the item cannot take.",
)


def look(facts: Facts) -> pl.DataFrame:
    """Lanes that name an item whose shelf life is not longer than the lane's lead time; money: last year's sales."""
    lives = facts.items.select("item", "shelf_life_days")
    lanes = facts.table("lanes").join(lives, on="item", how="inner", maintain_order="left")
    wrong = facts.valued(lanes.filter(pl.col("shelf_life_days") <= pl.col("lead_time_days")))
    says = pl.format("{} days on the way, lasts {}", shown("lead_time_days"), shown("shelf_life_days"))
    return faults("lanes", wrong, named("item", "from_location", "to"), says, amount=shared("revenue"))


CHECK = Check(
    CODE,
    "Shelf life against lanes",
    ("items", "lanes"),
    look,
    example="lanes: saw-1 / plant / east: 9 days on the way, lasts 7",
)
