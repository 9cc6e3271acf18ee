"""One name under two codes: perhaps one item whose history is split."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults

CODE = FindingCode(
    "QU161",
    Severity.WARNING,
    "One item name stands under several codes",
    "Keep one code, or link the codes by predecessor and successor; else name the items apart.",
)


def look(facts: Facts) -> pl.DataFrame:
    """Names, spaces and case aside, of several items of one brand without any predecessor or successor.

    The money is last year's sales of these items.
    """
    plain = pl.col("name").str.to_lowercase().str.replace_all(r"\s+", " ").str.strip_chars()
    items = facts.valued(facts.items).with_columns(plain=plain)
    items = items.with_columns(linked=(pl.col("predecessor") != "") | (pl.col("successor") != ""))
    names = items.group_by(["plain", "brand"], maintain_order=True).agg(
        name=pl.col("name").first(),
        codes=pl.col("item").str.join(", "),
        rows=pl.len(),
        linked=pl.col("linked").any(),
        revenue=pl.col("revenue").sum(),
    )
    wrong = names.filter((pl.col("rows") > 1) & ~pl.col("linked"))
    says = pl.format("is the name of {}", "codes")
    return faults("items", wrong, pl.col("name"), says, rows=pl.col("rows"), amount=pl.col("revenue"))


CHECK = Check(CODE, "One name, two codes", ("items",), look, example="items: Saw number 1: is the name of saw-1, saw-2")
