"""Units that contradict each other: a factor unlike the family's, or a base unit that is not one of itself."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import all_faults, faults, named, shared, shown
from equipoise.quality.outlier import far_from_median, likely_unit

CODE = FindingCode(
    "QU165",
    Severity.WARNING,
    "A unit's factor cannot be right",
    "factor is base units in one of the other unit: check for the reciprocal, or a unit of another packing.",
)
FACTOR = 8.0


def look(facts: Facts) -> pl.DataFrame:
    """Factors of the item's own base unit that are not 1, and factors 8 × off the median of family and unit.

    The money is last year's sales of the item.
    """
    known = facts.items.select("item", "family", base="uom")
    rows = facts.valued(facts.table("uoms").join(known, on="item", how="inner", maintain_order="left"))
    own = rows.filter((pl.col("uom") == pl.col("base")) & (pl.col("factor") != 1.0))
    is_own = faults(
        "uoms",
        own,
        named("item", "uom"),
        pl.format("is the base unit, yet has factor {}", shown("factor", 4)),
        amount=shared("revenue"),
    )
    others = rows.filter(pl.col("uom") != pl.col("base"))
    far = far_from_median(others, ["family", "base", "uom"], "factor", factor=FACTOR)
    value, usual = pl.col("factor"), pl.col("usual")
    says = pl.format("{} where {} is usual{}", shown(value, 4), shown(usual, 4), likely_unit(value, usual))
    return all_faults([is_own, faults("uoms", far, named("item", "uom"), says, amount=shared("revenue"))])


CHECK = Check(CODE, "Unit factors", ("uoms",), look, example="uoms: saw-1 / piece: is the base unit, yet has factor 12")
