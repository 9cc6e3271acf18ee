"""An item that has changed its family since last month: past and plan of two families no longer compare."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults, named

CODE = FindingCode(
    "QU207",
    Severity.WARNING,
    "Items stand in another family than in last month's snapshot",
    "If it is meant, restate budget and archived plans of both families; else correct table items.",
)
LEVELS = ("subfamily", "family", "category")


def look(facts: Facts) -> pl.DataFrame:
    """Items whose sub-family, family or category differs from last month's, at the highest level at which it does; the
    money is last year's sales of the item."""
    before = facts.before("items").select("item", *(pl.col(level).alias(f"{level}_before") for level in LEVELS))
    both = facts.items.join(before, on="item", how="inner", maintain_order="left")
    moved = [pl.col(level) != pl.col(f"{level}_before") for level in LEVELS]
    told = [
        pl.format(f"{level} {{}}, last month {{}}", _said(level), _said(f"{level}_before")).alias(f"says_{level}")
        for level in LEVELS
    ]
    wrong = facts.valued(both.filter(pl.any_horizontal(moved)).with_columns(told))
    says = pl.lit("")
    for level, has_moved in zip(LEVELS, moved, strict=True):
        says = pl.when(has_moved).then(pl.col(f"says_{level}")).otherwise(says)
    return faults("items", wrong, named("item"), says, amount=pl.col("revenue"))


def _said(column: str) -> pl.Expr:
    return pl.col(column).replace("", "none")


CHECK = Check(
    CODE,
    "Item in another family",
    ("items",),
    look,
    needs_last=True,
    example="items: saw-1: subfamily bench, last month hand",
)
