"""A bucket in the middle of history in which nobody ordered anything: an extract was left out."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults

CODE = FindingCode(
    "QU141",
    Severity.ERROR,
    "A whole bucket is missing from history",
    "Import the sales of the bucket; a missing bucket counts as no demand at all.",
)


def look(facts: Facts) -> pl.DataFrame:
    """Closed buckets between the first and the last with sales that have none; money: the average bucket's revenue."""
    filled = facts.sales.group_by("bucket", maintain_order=True)
    totals = filled.agg(revenue=pl.col("revenue").sum(), rows=pl.col("rows").sum()).sort("bucket")
    last = facts.head.closed_buckets_end
    every = pl.DataFrame({"bucket": pl.int_range(facts.series.first, last, eager=True)})
    usual = totals.select(pl.col("revenue").mean(), pl.col("rows").mean().round(), last=pl.col("bucket").max())
    holes = every.join(totals, on="bucket", how="anti", maintain_order="left").join(usual, how="cross")
    wrong = facts.labelled(holes.filter(pl.col("bucket") < pl.col("last")))
    amount = pl.col("revenue").replace(0.0, None)
    return faults("sales_history", wrong, pl.col("label"), "no row at all", rows=pl.col("rows"), amount=amount)


CHECK = Check(CODE, "Missing bucket", ("sales_history",), look, example="sales_history: Jun 2026: no row at all")
