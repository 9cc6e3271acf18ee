"""Rules of stock that contradict each other: safety stock above the most that may lie there."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import all_faults, faults, named, shown

CODE = FindingCode(
    "QU136",
    Severity.WARNING,
    "Safety stock is above the most that may be held",
    "Raise max_qty or max_days, or lower the safety stock.",
)
LIMITS = (
    ("safety_stock_qty", "max_qty"),
    ("closing_min_qty", "max_qty"),
    ("safety_days", "max_days"),
    ("target_days", "max_days"),
)


def look(facts: Facts) -> pl.DataFrame:
    """Rows with safety, target or closing stock above their most; money: the difference in units at standard cost."""
    rows = facts.valued(facts.table("inventory_policy"))
    found = []
    for low, high in LIMITS:
        wrong = rows.filter(pl.col(low) > pl.col(high))
        says = pl.format(f"{low} {{}} above {high} {{}}", shown(low), shown(high))
        amount = (pl.col(low) - pl.col(high)) * pl.col("cost") if high == "max_qty" else None
        found.append(faults("inventory_policy", wrong, named("item", "location"), says, amount=amount))
    return all_faults(found)


CHECK = Check(
    CODE,
    "Safety stock above most",
    ("inventory_policy",),
    look,
    example="inventory_policy: saw-1 / plant: safety_stock_qty 90 above max_qty 80",
)
