"""Receipts that should have come: the plan counts on them in the first bucket."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults, named, shown

CODE = FindingCode(
    "QU175",
    Severity.WARNING,
    "A receipt is overdue by more than a month",
    "Ask the supplier or the plant for a new date; close what will never come.",
)
AGES = ((365, "over a year"), (90, "91 to 365 days"), (30, "31 to 90 days"))


def look(facts: Facts) -> pl.DataFrame:
    """Open receipts due more than 30 days before as_of, with their age; money: quantity × standard cost."""
    age = (pl.lit(facts.as_of) - pl.col("due_date")).dt.total_days()
    rows = facts.table("receipts").filter((pl.col("quantity") > 0.0) & (pl.col("status") != "planned"))
    late = facts.valued(rows.with_columns(age=age).filter(age > AGES[-1][0]))
    long, medium, short = (pl.lit(text) for _, text in AGES)
    is_long, is_medium = (pl.col("age") > days for days, _ in AGES[:2])
    band = pl.when(is_long).then(long).when(is_medium).then(medium).otherwise(short)
    says = pl.format("{} of {} due {}, late by {}", shown("quantity"), "item", "due_date", band)
    where = named("reference", "line")
    return faults("receipts", late, where, says, amount=pl.col("quantity") * pl.col("cost"))


CHECK = Check(
    CODE,
    "Overdue receipts",
    ("receipts",),
    look,
    example="receipts: PO-3 / 1: 900 of steel due 2026-09-01, late by 91 to 365 days",
)
