"""Stock of items that nobody has ordered for a year and nothing is made of."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import DEMAND, Facts
from equipoise.quality.faults import faults, shown

CODE = FindingCode(
    "QU104",
    Severity.NOTE,
    "Stock of items without any demand",
    "Check the item's code in history and stock; sell off or scrap what is really dead.",
)


def look(facts: Facts) -> pl.DataFrame:
    """Items with stock but no sale in a year, no order, forecast or launch, and no parent; valued at standard cost."""
    used = facts.components.select(item="component")
    wanted = pl.concat([facts.selling_items, used]).unique()
    idle = facts.table("inventory").join(wanted, on="item", how="anti", maintain_order="left")
    stock = idle.sort("item", "on_hand").group_by("item", maintain_order=True)
    held = stock.agg(on_hand=pl.col("on_hand").sum(), rows=pl.len()).filter(pl.col("on_hand") > 0.0)
    wrong = facts.valued(held)
    says = pl.format("{} units", shown("on_hand"))
    amount = pl.col("on_hand") * pl.col("cost")
    return faults("inventory", wrong, pl.col("item"), says, rows=pl.col("rows"), amount=amount)


CHECK = Check(
    CODE, "Stock without demand", ("inventory",), look, one_of=DEMAND[:4], example="inventory: relic: 70 units"
)
