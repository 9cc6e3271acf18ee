"""Two rows of a bill that hold on the same day: both count, so the component is used twice."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults, named

CODE = FindingCode(
    "QU200",
    Severity.ERROR,
    "Rows of a bill of material overlap",
    "End the older row (valid_to) the day before the newer one begins.",
)
KEY = ["item", "component", "location", "type"]


def look(facts: Facts) -> pl.DataFrame:
    """Rows that begin before an earlier row of the same item, component and location has ended.

    The money is a year's need of the component that would be counted twice, at standard cost.
    """
    rows = facts.table("bom").filter((pl.col("valid_from") <= pl.col("valid_to")).fill_null(True))
    ordered = rows.sort([*KEY, "valid_from", "valid_to", "quantity_per"], nulls_last=[False] * 5 + [True, False])
    last = pl.col("valid_to").fill_null(pl.date(9999, 12, 31)).cum_max().shift(1).over(KEY)
    wrong = ordered.with_columns(last=last).filter(
        pl.col("last").is_not_null() & (pl.col("valid_from").is_null() | (pl.col("valid_from") <= pl.col("last")))
    )
    until = pl.when(pl.col("last").dt.year() == 9999).then(pl.lit("without end")).otherwise(pl.format("to {}", "last"))
    since = pl.col("valid_from").cast(pl.String).fill_null("always")
    says = pl.format("holds from {}, another row {}", since, until)
    made = facts.worth.select("item", "yearly_qty")
    cost = facts.worth.select(component="item", cost="cost")
    valued = wrong.join(made, on="item", how="left", maintain_order="left")
    valued = valued.join(cost, on="component", how="left", maintain_order="left")
    amount = pl.col("yearly_qty") * pl.col("quantity_per") * pl.col("cost")
    return faults("bom", valued, named("item", "component", "location"), says, amount=amount)


CHECK = Check(
    CODE,
    "Overlapping bills",
    ("bom",),
    look,
    example="bom: saw-1 / steel: holds from 2026-06-01, another row without end",
)
