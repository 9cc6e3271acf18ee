"""Buckets without a row in a budget or an imported forecast that has rows before and after them."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import all_faults, faults, named

CODE = FindingCode(
    "QU204",
    Severity.WARNING,
    "A budget or forecast leaves out buckets between others",
    "Import the missing buckets; write a row of 0 where nothing is expected.",
)
NODES = {"budget": ("version", "item", "market"), "forecast": ("item", "market")}


def look(facts: Facts) -> pl.DataFrame:
    """Nodes with rows of one bucket each, and with gaps between the first and the last of them.

    Rows of longer periods cover several buckets and are left aside. The money is the average row times the gaps.
    """
    found = []
    for name, node in NODES.items():
        rows = facts.bucketed(facts.table(name)).filter(pl.col("period").is_in(["", "bucket", facts.head.bucket]))
        if rows.height == 0:
            continue
        worth = pl.col("revenue_amount").mean() if name == "budget" else pl.lit(None, dtype=pl.Float64)
        spans = (
            rows.sort(pl.all())
            .group_by(node, maintain_order=True)
            .agg(
                first=pl.col("bucket").min(),
                last=pl.col("bucket").max(),
                given=pl.col("bucket").n_unique().cast(pl.Int64),
                revenue=worth.first() if name == "forecast" else worth,
            )
        )
        gaps = pl.col("last") - pl.col("first") + 1 - pl.col("given")
        wrong = facts.labelled(spans.with_columns(gaps=gaps).filter(gaps > 0).sort(node), "last")
        says = pl.format("buckets without a row before {}: {}", "label", "gaps")
        amount = pl.col("revenue") * pl.col("gaps")
        found.append(faults(name, wrong, named(*node), says, rows=pl.col("gaps"), amount=amount))
    return all_faults(found)


CHECK = Check(
    CODE,
    "Gaps in budget or forecast",
    (),
    look,
    one_of=("budget", "forecast"),
    example="budget: AOP / saw-1: buckets without a row before Apr 2027: 1",
)
