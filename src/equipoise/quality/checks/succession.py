"""Predecessor and successor that do not point at each other: a history would be continued by the wrong item."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults

CODE = FindingCode(
    "QU167",
    Severity.WARNING,
    "Predecessor and successor do not agree",
    "Name the same pair of items on both sides, or leave one side blank.",
)


def look(facts: Facts) -> pl.DataFrame:
    """Items that succeed themselves, or whose successor names another item as its predecessor; money: sales."""
    other = facts.items.select(successor="item", named_before="predecessor")
    pairs = facts.items.filter(pl.col("successor") != "").join(
        other, on="successor", how="inner", maintain_order="left"
    )
    is_self = pl.col("successor") == pl.col("item")
    differs = (pl.col("named_before") != "") & (pl.col("named_before") != pl.col("item"))
    wrong = facts.valued(pairs.filter(is_self | differs))
    before = pl.col("named_before").replace("", "nothing")
    says = pl.format("successor {}, which names {} before it", "successor", before)
    return faults("items", wrong, pl.col("item"), says, amount=pl.col("revenue"))


CHECK = Check(
    CODE, "Succession", ("items",), look, example="items: saw-1: successor saw-2, which names saw-5 before it"
)
