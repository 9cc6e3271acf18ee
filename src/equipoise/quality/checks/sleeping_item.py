"""An item said to be active that nobody has bought for half a year."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults

CODE = FindingCode(
    "QU148",
    Severity.WARNING,
    "An active item has not sold for half a year",
    "Set its lifecycle to phase_out or obsolete with an end_date, or find out why the sales are missing.",
)


def look(facts: Facts) -> pl.DataFrame:
    """Active items that once sold, without a sale in the last half year of closed buckets and without an open order.

    The money is last year's revenue of the item.
    """
    since = facts.head.closed_buckets_end - facts.year // 2
    sold = facts.sales.filter(pl.col("ordered") > 0.0).group_by("item").agg(last=pl.col("bucket").max())
    asleep = sold.filter(pl.col("last") < since)
    active = facts.items.filter(pl.col("lifecycle").is_in(["", "active"])).join(asleep, on="item", how="inner")
    idle = active.join(facts.table("open_orders").select("item").unique(), on="item", how="anti").sort("item")
    wrong = facts.valued(facts.labelled(idle.select("item", "last"), "last"))
    return faults("items", wrong, pl.col("item"), pl.format("last sold in {}", "label"), amount=pl.col("revenue"))


CHECK = Check(
    CODE,
    "Active without sales",
    ("items",),
    look,
    one_of=("sales_history", "order_lines"),
    example="items: saw-4: last sold in May 2026",
)
