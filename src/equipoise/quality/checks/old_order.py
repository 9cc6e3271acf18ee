"""Orders open for more than a year after the customer wanted them: nobody waits so long."""

from datetime import timedelta

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults, named, shown

CODE = FindingCode(
    "QU171",
    Severity.WARNING,
    "An open order is overdue by more than a year",
    "Ask the customer; close what is dead, for it is served before the forecast.",
)


def look(facts: Facts) -> pl.DataFrame:
    """Open orders wanted more than 365 days before as_of; money: quantity × the order's price, else the list price."""
    limit = facts.as_of - timedelta(days=365)
    orders = facts.table("open_orders").rename({"price": "own_price"})
    wrong = facts.priced(orders.filter((pl.col("requested_date") < limit) & (pl.col("quantity") > 0.0)))
    amount = pl.col("quantity") * pl.coalesce("own_price", "price")
    says = pl.format("{} units of {} wanted on {}", shown("quantity"), "item", "requested_date")
    return faults("open_orders", wrong, named("order", "line"), says, amount=amount)


CHECK = Check(
    CODE,
    "Order overdue by a year",
    ("open_orders",),
    look,
    example="open_orders: SO-saw-1 / 1: 20 units of saw-1 wanted on 2025-12-30",
)
