"""Buckets without a row for something that otherwise sells in nearly every bucket."""

import numpy as np
import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults, named

CODE = FindingCode(
    "QU142",
    Severity.WARNING,
    "A regular seller has buckets without a row",
    "Import what is missing; if nothing was sold, mark the stockout or write a row of 0.",
)
REGULAR = 0.8


def look(facts: Facts) -> pl.DataFrame:
    """Gaps between the first and the last sale of items and markets with rows in 80 % of those buckets or more.

    Buckets in which nobody sold anything are another check's. The money is the average sale times the gaps.
    """
    sales = facts.sales
    whole = sales["bucket"].unique().sort().to_numpy()
    spans = sales.group_by(["item", "market"], maintain_order=True).agg(
        first=pl.col("bucket").min(), last=pl.col("bucket").max(), rows=pl.len(), revenue=pl.col("revenue").mean()
    )
    possible = np.searchsorted(whole, spans["last"].to_numpy()) - np.searchsorted(whole, spans["first"].to_numpy()) + 1
    spans = spans.with_columns(possible=pl.Series(possible, dtype=pl.Int64))
    gaps = pl.col("possible") - pl.col("rows").cast(pl.Int64)
    wrong = spans.with_columns(gaps=gaps).filter((gaps > 0) & (pl.col("rows") >= REGULAR * pl.col("possible")))
    wrong = facts.labelled(wrong, "last")
    says = pl.format("{} of {} buckets to {} without a row", "gaps", "possible", "label")
    amount = (pl.col("revenue") * pl.col("gaps")).replace(0.0, None)
    return faults("sales_history", wrong, named("item", "market"), says, rows=pl.col("gaps"), amount=amount)


CHECK = Check(
    CODE,
    "Gaps in history",
    ("sales_history",),
    look,
    example="sales_history: saw-1 / east: 2 of 24 buckets to Dec 2026 without a row",
)
