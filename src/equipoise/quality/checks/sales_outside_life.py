"""Sales before an item's launch or after its end: one of the two dates is wrong."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import all_faults, faults, named

CODE = FindingCode(
    "QU149",
    Severity.WARNING,
    "Sales or orders outside the item's life",
    "Correct launch_date or end_date, or move the sales to the predecessor's or successor's code.",
)
KEYS = ["item", "market"]


def look(facts: Facts) -> pl.DataFrame:
    """Sales and open orders in buckets before the launch date's or after the end date's; money: revenue or order value.

    Within the bucket of the date itself nothing is found: histories are often dated by the first of the month.
    """
    sold = facts.table("sales_history").filter(pl.col("ordered_qty") > 0.0)
    sales = _outside(facts, sold, "date", "revenue_amount")
    orders = facts.table("open_orders").filter(pl.col("quantity") > 0.0)
    orders = orders.with_columns(worth=pl.col("quantity") * pl.col("price"))
    booked = _outside(facts, orders, "requested_date", "worth")
    says = pl.format("outside its life from {} to {}", "first", "last")
    found = [
        faults(name, rows, named(*KEYS), says, rows=pl.col("rows"), amount=pl.col("worth"))
        for name, rows in (("sales_history", sales), ("open_orders", booked))
    ]
    return all_faults(found)


def _outside(facts: Facts, rows: pl.DataFrame, column: str, worth: str) -> pl.DataFrame:
    lives = facts.items.select("item", "launch_date", "end_date")
    launch = facts.bucketed(lives, "launch_date").select("item", launch="bucket")
    end = facts.bucketed(lives, "end_date").select("item", end="bucket")
    dated = facts.bucketed(rows, column).join(launch, on="item", how="left").join(end, on="item", how="left")
    outside = dated.filter((pl.col("bucket") < pl.col("launch")) | (pl.col("bucket") > pl.col("end")))
    known = pl.when(pl.col(worth).count() > 0).then(pl.col(worth).sum())
    sums = outside.sort(*KEYS, column, worth).group_by(KEYS, maintain_order=True)
    return sums.agg(rows=pl.len(), first=pl.col(column).min(), last=pl.col(column).max(), worth=known)


CHECK = Check(
    CODE,
    "Sales outside life",
    ("items",),
    look,
    one_of=("sales_history", "open_orders"),
    example="sales_history: saw-3 / west: outside its life from 2026-10-01 to 2026-12-01",
)
