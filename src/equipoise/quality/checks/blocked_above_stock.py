"""More stock blocked than there is: usable stock would be below zero."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults, named, shown

CODE = FindingCode(
    "QU102",
    Severity.WARNING,
    "More stock is blocked than is on hand",
    "on_hand includes blocked stock: add it to on_hand, or correct blocked.",
)


def look(facts: Facts) -> pl.DataFrame:
    """Rows with on hand of 0 or more and blocked above it; the money is the difference at standard cost."""
    stock = facts.table("inventory")
    wrong = facts.valued(stock.filter((pl.col("on_hand") >= 0.0) & (pl.col("blocked") > pl.col("on_hand"))))
    says = pl.format("{} blocked of {} on hand", shown("blocked"), shown("on_hand"))
    amount = (pl.col("blocked") - pl.col("on_hand")) * pl.col("cost")
    return faults("inventory", wrong, named("item", "location", "lot"), says, amount=amount)


CHECK = Check(
    CODE, "Blocked above on hand", ("inventory",), look, example="inventory: saw-2 / plant: 170 blocked of 150 on hand"
)
