"""The price list and the invoices disagree: planned revenue would be off from the first month."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults, named, shown

CODE = FindingCode(
    "QU117",
    Severity.WARNING,
    "The list price is far from what was invoiced",
    "prices holds net invoiced prices: take off discounts, check unit and currency.",
)
APART = 0.3


def look(facts: Facts) -> pl.DataFrame:
    """Items and markets with |price / (revenue / shipped) − 1| > 30 % over the last quarter year of closed buckets.

    The money is the difference on last year's quantity.
    """
    recent = facts.sales.filter(pl.col("bucket") >= facts.head.closed_buckets_end - max(1, facts.year // 4))
    sums = recent.group_by(["item", "market"], maintain_order=True).agg(
        shipped=pl.col("shipped").sum(), invoiced=pl.col("revenue").sum()
    )
    sold = sums.filter((pl.col("shipped") > 0.0) & (pl.col("invoiced") > 0.0))
    compared = facts.priced(sold).with_columns(paid=pl.col("invoiced") / pl.col("shipped"))
    wrong = compared.filter((pl.col("price") > 0.0) & ((pl.col("price") / pl.col("paid") - 1.0).abs() > APART))
    says = pl.format("price {}, invoiced {} a unit", shown("price"), shown("paid"))
    amount = (pl.col("price") - pl.col("paid")) * pl.col("yearly_qty")
    return faults("prices", wrong, named("item", "market"), says, amount=amount)


CHECK = Check(
    CODE,
    "Price against invoices",
    ("prices",),
    look,
    one_of=("sales_history", "order_lines"),
    example="prices: saw-2 / west: price 30, invoiced 20 a unit",
)
