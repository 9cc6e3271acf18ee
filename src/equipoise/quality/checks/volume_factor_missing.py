"""An item that cannot be converted to the unit in which volumes are added up."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults

CODE = FindingCode(
    "QU164",
    Severity.WARNING,
    "No factor to the unit of volume",
    "Add a row to uoms: base units of the item in one volume_uom.",
)


def look(facts: Facts) -> pl.DataFrame:
    """Wanted items in another unit than volume_uom without a factor of their own or of a node above; money: sales."""
    volume = facts.head.volume_uom
    factors = facts.below(facts.table("uoms").filter(pl.col("uom") == volume))
    wanted = facts.items.join(facts.demand_items, on="item", how="semi", maintain_order="left")
    other = wanted.filter((pl.col("uom") != volume) & pl.lit(volume != ""))
    wrong = facts.valued(other.join(factors, on="item", how="anti", maintain_order="left"))
    says = pl.format("in {}, no factor to {}", "uom", pl.lit(volume))
    return faults("items", wrong, pl.col("item"), says, amount=pl.col("revenue"))


CHECK = Check(CODE, "Missing volume factor", ("items",), look, example="items: saw-3: in piece, no factor to box")
