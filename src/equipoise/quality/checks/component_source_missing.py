"""A component that nothing makes or buys: what it goes into can be made only until the stock is gone."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import SOURCES, Facts
from equipoise.quality.faults import faults, shared, shown

CODE = FindingCode(
    "QU122",
    Severity.ERROR,
    "A component that nothing makes or buys",
    "Add the component to purchasing, or to routings or subcontracting.",
)


def look(facts: Facts) -> pl.DataFrame:
    """Components without a source, with the number of bills they stand in; money: last year's sales of the parents."""
    sources = facts.sourced_items.select(component="item")
    bills = facts.components.select("item", "component").unique().join(sources, on="component", how="anti")
    lost = facts.valued(bills.sort("component", "item")).with_columns(revenue=shared("revenue"))
    wrong = lost.group_by("component", maintain_order=True).agg(parents=pl.len(), revenue=pl.col("revenue").sum())
    says = pl.format("no source, needed for {} items", shown("parents"))
    return faults("bom", wrong, pl.col("component"), says, rows=pl.col("parents"), amount=pl.col("revenue"))


CHECK = Check(
    CODE,
    "Component without source",
    ("bom",),
    look,
    one_of=SOURCES,
    example="bom: steel: no source, needed for 5 items",
)
