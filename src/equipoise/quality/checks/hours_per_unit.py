"""Hours per unit far from those of the family on the same resource: minutes for hours, per case for per piece."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults, named, shown
from equipoise.quality.outlier import far_from_median, likely_unit

CODE = FindingCode(
    "QU125",
    Severity.WARNING,
    "Hours per unit are far from the family's",
    "hours_per_unit is standard hours for one base unit: check for minutes, seconds or hours per case.",
)
FACTOR = 5.0


def look(facts: Facts) -> pl.DataFrame:
    """Rows above 5 × or below 1/5 of the median of family and resource; money: the hours off, a year, at the rate."""
    rows = facts.table("routings").join(
        facts.items.select("item", "family"), on="item", how="inner", maintain_order="left"
    )
    far = far_from_median(rows, ["family", "resource"], "hours_per_unit", factor=FACTOR)
    rates = facts.table("resources").select("resource", rate="regular_cost_per_hour")
    wrong = facts.valued(far).join(rates, on="resource", how="left", maintain_order="left")
    value, usual = pl.col("hours_per_unit"), pl.col("usual")
    says = pl.format("{} h where {} h are usual{}", shown(value, 5), shown(usual, 5), likely_unit(value, usual))
    amount = (value - usual) * pl.col("yearly_qty") * pl.col("rate")
    return faults("routings", wrong, named("item", "location", "route", "resource"), says, amount=amount)


CHECK = Check(
    CODE,
    "Hours per unit out of line",
    ("routings",),
    look,
    example="routings: saw-1 / plant / crew: 30 h where 0.5 h are usual",
)
