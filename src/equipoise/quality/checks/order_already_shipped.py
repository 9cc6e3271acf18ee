"""An order still open although the order book says that it was shipped: it is in history and in demand."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults, named, shown

CODE = FindingCode(
    "QU173",
    Severity.ERROR,
    "An open order is already shipped or cancelled",
    "Take both tables from one extract; delete the order from open_orders.",
)
KEY = ["order", "line"]


def look(facts: Facts) -> pl.DataFrame:
    """Open orders whose lines in order_lines are shipped or cancelled in full; money: quantity × list price."""
    sums = (
        facts.table("order_lines")
        .sort(*KEY, "schedule")
        .group_by(KEY, maintain_order=True)
        .agg(
            ordered=pl.col("ordered_qty").sum(),
            done=(pl.col("shipped_qty").fill_null(0.0) + pl.col("cancelled_qty").fill_null(0.0)).sum(),
        )
    )
    closed = sums.filter(pl.col("done") >= pl.col("ordered"))
    still = facts.table("open_orders").filter(pl.col("quantity") > 0.0).drop("price")
    wrong = facts.priced(still.join(closed, on=KEY, how="inner", maintain_order="left"))
    says = pl.format("{} units open, {} of {} done", shown("quantity"), shown("done"), shown("ordered"))
    return faults("open_orders", wrong, named(*KEY), says, amount=pl.col("quantity") * pl.col("price"))


CHECK = Check(
    CODE,
    "Order already shipped",
    ("open_orders", "order_lines"),
    look,
    example="open_orders: SO-saw-1 / 1: 20 units open, 20 of 20 done",
)
