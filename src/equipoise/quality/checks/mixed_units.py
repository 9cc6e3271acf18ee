"""A family of items in several base units: its quantity has no total."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults

CODE = FindingCode(
    "QU163",
    Severity.WARNING,
    "A family mixes base units",
    "Name a volume_uom in dataset.toml with factors in uoms, or use one base unit in the family.",
)


def look(facts: Facts) -> pl.DataFrame:
    """Families whose wanted items have several base units, where no volume_uom is named; money: last year's sales."""
    wanted = facts.items.join(facts.demand_items, on="item", how="semi", maintain_order="left")
    families = facts.valued(wanted).sort("family", "item").group_by("family", maintain_order=True)
    mixed = families.agg(
        units=pl.col("uom").unique().sort().str.join(", "),
        count=pl.col("uom").n_unique(),
        rows=pl.len(),
        revenue=pl.col("revenue").sum(),
    )
    wrong = mixed.filter((pl.col("count") > 1) & pl.lit(facts.head.volume_uom == ""))
    says = pl.format("units {}", "units")
    return faults("items", wrong, pl.col("family"), says, rows=pl.col("rows"), amount=pl.col("revenue"))


CHECK = Check(CODE, "Mixed units", ("items",), look, example="items: saws: units dozen, piece")
