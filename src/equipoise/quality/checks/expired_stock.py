"""Stock past its expiry date that is not blocked: the plan would sell it."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults, named, shown

CODE = FindingCode(
    "QU103",
    Severity.WARNING,
    "Expired stock counts as usable",
    "Block or scrap the lots, or correct their expiry date.",
)


def look(facts: Facts) -> pl.DataFrame:
    """Lots that could no longer be sold at as_of, with what of them is not blocked, at standard cost."""
    free = pl.col("on_hand") - pl.col("blocked").fill_null(0.0)
    lots = facts.table("inventory").with_columns(free=free)
    wrong = facts.valued(lots.filter((pl.col("expiry_date") <= facts.as_of) & (pl.col("free") > 0.0)))
    says = pl.format("{} units expired on {}", shown("free"), "expiry_date")
    return faults("inventory", wrong, named("item", "location", "lot"), says, amount=pl.col("free") * pl.col("cost"))


CHECK = Check(
    CODE, "Expired stock", ("inventory",), look, example="inventory: saw-2 / plant: 140 units expired on 2026-12-31"
)
