"""One open order larger than a year's sales of the item in the market."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults, named, shown

CODE = FindingCode(
    "QU174",
    Severity.WARNING,
    "An open order is larger than a year's sales",
    "Check the unit; if it is real, mark it abnormal so that it is added to the forecast.",
)


def look(facts: Facts) -> pl.DataFrame:
    """Orders not marked abnormal above last year's quantity of item and market; money: quantity × list price."""
    orders = facts.priced(facts.table("open_orders").drop("price"))
    is_normal = pl.col("abnormal").fill_null(0.0) == 0.0
    wrong = orders.filter(is_normal & (pl.col("quantity") > pl.col("yearly_qty")) & (pl.col("yearly_qty") > 0.0))
    says = pl.format("{} units of {}, {} sold in a year", shown("quantity"), "item", shown("yearly_qty"))
    return faults("open_orders", wrong, named("order", "line"), says, amount=pl.col("quantity") * pl.col("price"))


CHECK = Check(
    CODE,
    "Order above a year's sales",
    ("open_orders",),
    look,
    one_of=("sales_history", "order_lines"),
    example="open_orders: SO-saw-1 / 1: 1300 units of saw-1, 1200 sold in a year",
)
