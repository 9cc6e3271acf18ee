"""More on time than was ordered: on_time_qty is a part of ordered_qty."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults, named, shown

CODE = FindingCode(
    "QU151",
    Severity.ERROR,
    "More on time than ordered",
    "on_time_qty is that part of the row's ordered_qty that was shipped by its requested date: correct the extract.",
)


def look(facts: Facts) -> pl.DataFrame:
    """Rows with on_time_qty above ordered_qty, by item and market; money: the excess × price."""
    rows = facts.table("sales_history").with_columns(excess=pl.col("on_time_qty") - pl.col("ordered_qty"))
    wrong = rows.filter((pl.col("excess") > 0.0) & (pl.col("ordered_qty") >= 0.0)).sort("item", "market", "excess")
    sums = wrong.group_by(["item", "market"], maintain_order=True).agg(
        rows=pl.len(), excess=pl.col("excess").sum(), first=pl.col("date").min()
    )
    says = pl.format("{} units too many, first on {}", shown("excess"), "first")
    amount = pl.col("excess") * pl.col("price")
    where = named("item", "market")
    return faults("sales_history", facts.priced(sums), where, says, rows=pl.col("rows"), amount=amount)


CHECK = Check(
    CODE,
    "On time above ordered",
    ("sales_history",),
    look,
    example="sales_history: saw-1 / east: 5 units too many, first on 2025-01-01",
)
