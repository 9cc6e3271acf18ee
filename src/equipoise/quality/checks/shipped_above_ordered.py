"""More shipped than was ever ordered: the fill rate would be above 100 %, so it cannot be trusted."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults, named, shown

CODE = FindingCode(
    "QU150",
    Severity.WARNING,
    "More was shipped than ordered",
    "Check that ordered_qty is by requested date and complete, and that both are in the same unit.",
)
TOLERANCE = 0.05


def look(facts: Facts) -> pl.DataFrame:
    """Items and markets with shipments above orders by more than 5 % over all closed buckets.

    Shipments of orders from before the history explain a little of it, not 5 %. The money is the excess × price.
    """
    sums = facts.sales.group_by(["item", "market"], maintain_order=True).agg(
        ordered=pl.col("ordered").sum(), shipped=pl.col("shipped").sum(), rows=pl.col("rows").sum()
    )
    over = sums.filter(pl.col("shipped") > (1.0 + TOLERANCE) * pl.col("ordered"))
    says = pl.format("{} shipped, {} ordered", shown("shipped"), shown("ordered"))
    amount = (pl.col("shipped") - pl.col("ordered")) * pl.col("price")
    where = named("item", "market")
    return faults("sales_history", facts.priced(over), where, says, rows=pl.col("rows"), amount=amount)


CHECK = Check(
    CODE,
    "Shipped above ordered",
    ("sales_history",),
    look,
    example="sales_history: saw-1 / west: 2640 shipped, 2400 ordered",
)
