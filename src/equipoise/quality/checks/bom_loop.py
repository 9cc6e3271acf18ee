"""Bills of material that lead back to themselves: an item would need itself to be made."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults, named, shared

CODE = FindingCode(
    "QU123",
    Severity.ERROR,
    "Bills of material form a loop",
    "Take out the row that leads back; rework is a yield, not a component.",
)


def look(facts: Facts) -> pl.DataFrame:
    """Rows of bills in a loop, or between two loops; the money is last year's sales of their items.

    Rows whose component has no bill, and rows whose item goes into nothing, are in no loop; they are taken away until
    nothing changes (Kahn 1962, from both ends).
    """
    rows = facts.components
    while True:
        kept = rows.join(rows.select(component="item").unique(), on="component", how="semi", maintain_order="left")
        kept = kept.join(kept.select(item="component").unique(), on="item", how="semi", maintain_order="left")
        if kept.height == rows.height:
            break
        rows = kept
    return faults(
        "bom", facts.valued(rows), named("item"), pl.format("needs {}", "component"), amount=shared("revenue")
    )


CHECK = Check(CODE, "Loop in bills of material", ("bom",), look, example="bom: saw-1: needs saw-2")
