"""The same order under two numbers: demand would count twice."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults, named, shown

CODE = FindingCode(
    "QU172",
    Severity.NOTE,
    "Open orders that look like one order entered twice",
    "Ask who entered them; cancel the second one.",
)
SAME = ["item", "market", "location", "requested_date", "quantity"]


def look(facts: Facts) -> pl.DataFrame:
    """Orders of other numbers with equal item, market, location, day and quantity; money: all of them but the first."""
    orders = facts.table("open_orders").filter(pl.col("quantity") > 0.0).drop("price").sort(*SAME, "order", "line")
    groups = orders.group_by(SAME, maintain_order=True)
    same = groups.agg(codes=pl.col("order").unique().sort().str.join(", "), count=pl.col("order").n_unique())
    wrong = facts.priced(same.filter(pl.col("count") > 1)).with_columns(extra=pl.col("count").cast(pl.Int64) - 1)
    says = pl.format("{} units on {} in orders {}", shown("quantity"), "requested_date", "codes")
    amount = pl.col("extra") * pl.col("quantity") * pl.col("price")
    return faults("open_orders", wrong, named("item", "market"), says, rows=pl.col("extra"), amount=amount)


CHECK = Check(
    CODE,
    "Order entered twice",
    ("open_orders",),
    look,
    example="open_orders: saw-1 / east: 20 units on 2027-01-15 in orders SO-9, SO-saw-1",
)
