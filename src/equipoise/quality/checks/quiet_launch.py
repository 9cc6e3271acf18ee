"""A launch that should have happened, without a sale."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults, named

CODE = FindingCode(
    "QU186",
    Severity.WARNING,
    "A launch lies in the past and nothing was sold",
    "Move launch_date, or check under which code the item sells.",
)


def look(facts: Facts) -> pl.DataFrame:
    """Launches in a bucket two or more before the last closed one of items without any sale; money: steady sales.

    That is steady_qty × the buckets since the launch × the list price, where one is known.
    """
    last = facts.head.closed_buckets_end - 1
    sold = facts.sales.filter(pl.col("ordered") > 0.0).select("item").unique()
    launches = facts.bucketed(facts.table("launches"), "launch_date").filter(pl.col("bucket") < last - 1)
    wrong = facts.valued(launches.join(sold, on="item", how="anti", maintain_order="left"))
    amount = pl.col("steady_qty") * (last - pl.col("bucket")) * pl.col("price")
    return faults("launches", wrong, named("item", "market"), pl.format("launched {}", "launch_date"), amount=amount)


CHECK = Check(
    CODE,
    "Launch without sales",
    ("launches",),
    look,
    one_of=("sales_history", "order_lines"),
    example="launches: relic: launched 2026-06-01",
)
