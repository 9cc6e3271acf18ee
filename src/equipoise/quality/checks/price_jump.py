"""A price that changes by more than half from one valid_from to the next."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults, named, shared, shown

CODE = FindingCode(
    "QU114",
    Severity.WARNING,
    "A price jumps by more than half",
    "Check the decimal point, the unit and the currency of the later row.",
)
JUMP = 0.5
NODE = ["item", "market", "currency"]


def look(facts: Facts) -> pl.DataFrame:
    """Successive rows of one item, market and currency with |new / old − 1| > 50 %; money: that part of the sales."""
    rows = facts.table("prices").filter(pl.col("price") > 0.0).sort([*NODE, "valid_from"], nulls_last=False)
    change = (pl.col("price") / pl.col("old") - 1.0).abs()
    steps = rows.with_columns(old=pl.col("price").shift(1).over(NODE)).with_columns(change=change)
    wrong = facts.valued(steps.filter(pl.col("change") > JUMP).rename({"price": "new"}))
    says = pl.format("from {} to {}", shown("old"), shown("new"))
    amount = pl.min_horizontal("change", pl.lit(1.0)) * shared("revenue")
    return faults("prices", wrong, named("item", "market", "valid_from"), says, amount=amount)


CHECK = Check(CODE, "Price jump", ("prices",), look, example="prices: saw-4 / 2026-01-01: from 20 to 200")
