"""Two answers to one question: the stock at as_of and the last count of the same day."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults, shown

CODE = FindingCode(
    "QU105",
    Severity.WARNING,
    "Stock and stock history of the same day differ",
    "Take both from one report of the same evening, or correct as_of in dataset.toml.",
)
TOLERANCE = 0.01


def look(facts: Facts) -> pl.DataFrame:
    """Items whose stock over all locations differs by more than 1 % between inventory and inventory_history."""
    counted = facts.table("inventory_history").filter(pl.col("date") == facts.as_of)
    totals = [
        frame.sort("item", "on_hand").group_by("item", maintain_order=True).agg(pl.col("on_hand").sum())
        for frame in (facts.table("inventory"), counted)
    ]
    both = totals[0].join(totals[1], on="item", how="inner", suffix="_history", maintain_order="left")
    gap = pl.col("on_hand") - pl.col("on_hand_history")
    limit = pl.max_horizontal(pl.col("on_hand").abs() * TOLERANCE, pl.lit(1.0))
    wrong = facts.valued(both.with_columns(gap=gap).filter(gap.abs() > limit))
    says = pl.format("{} in stock, {} in history", shown("on_hand"), shown("on_hand_history"))
    return faults("inventory", wrong, pl.col("item"), says, amount=pl.col("gap") * pl.col("cost"))


CHECK = Check(
    CODE,
    "Stock against stock history",
    ("inventory", "inventory_history"),
    look,
    example="inventory: saw-3: 90 in stock, 150 in history",
)
