"""Opportunities whose day of decision has passed: nobody has looked after them."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults, named

CODE = FindingCode(
    "QU185",
    Severity.NOTE,
    "An opportunity should have been decided",
    "Ask its owner: won, lost, or a new close_date.",
)


def look(facts: Facts) -> pl.DataFrame:
    """Opportunities with a close_date not after as_of that are neither won nor lost; money: amount × probability."""
    is_open = ~pl.col("stage").str.to_lowercase().is_in(["won", "lost"])
    wrong = facts.table("pipeline").filter((pl.col("close_date") <= facts.as_of) & is_open)
    says = pl.format("{}, decision due {}", "stage", "close_date")
    amount = pl.col("amount") * pl.col("probability_pct").fill_null(100.0) / 100.0
    return faults("pipeline", wrong, named("opportunity"), says, amount=amount)


CHECK = Check(
    CODE, "Overdue opportunities", ("pipeline",), look, example="pipeline: deal: offer, decision due 2026-12-31"
)
