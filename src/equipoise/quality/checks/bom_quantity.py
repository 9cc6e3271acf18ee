"""A quantity per unit far from what the rest of the family needs of the same component."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults, named, shown
from equipoise.quality.outlier import far_from_median, likely_unit

CODE = FindingCode(
    "QU124",
    Severity.WARNING,
    "A component's quantity is far from its family's",
    "Check whether quantity_per is in the component's base unit and per one unit of the item.",
)
FACTOR = 5.0


def look(facts: Facts) -> pl.DataFrame:
    """Rows above 5 × or below 1/5 of the median of family and component; money: the difference, a year, at cost."""
    bills = facts.components.join(facts.items.select("item", "family"), on="item", how="left", maintain_order="left")
    far = far_from_median(bills, ["family", "component"], "quantity_per", factor=FACTOR)
    costs = facts.costs.select(component="item", component_cost="cost")
    wrong = facts.valued(far).join(costs, on="component", how="left", maintain_order="left")
    value, usual = pl.col("quantity_per"), pl.col("usual")
    says = pl.format("{} where {} is usual{}", shown(value, 4), shown(usual, 4), likely_unit(value, usual))
    amount = (value - usual) * pl.col("yearly_qty") * pl.col("component_cost")
    return faults("bom", wrong, named("item", "component"), says, amount=amount)


CHECK = Check(
    CODE,
    "Bill of material out of line",
    ("bom",),
    look,
    example="bom: saw-3 / steel: 1500 where 1.5 is usual, perhaps × 1000",
)
