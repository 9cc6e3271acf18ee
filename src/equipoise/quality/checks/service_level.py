"""Service levels nobody can mean: below a half, or so near to 100 % that stock grows without bound."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import all_faults, faults, named, shown

CODE = FindingCode(
    "QU137",
    Severity.WARNING,
    "A service level is outside 50 to 99.99 %",
    "Choose a level between 50 and 99.99; safety stock for 100 % is without bound.",
)
LEAST, MOST = 50.0, 99.99


def look(facts: Facts) -> pl.DataFrame:
    """Rows of inventory_policy with such a service level or fill rate; fractions are another check's."""
    found = []
    for column in ("service_level_pct", "fill_rate_pct"):
        level = pl.col(column)
        is_fraction = (level > 0.0) & (level <= 1.0)
        wrong = facts.table("inventory_policy").filter(((level < LEAST) | (level > MOST)) & ~is_fraction)
        says = pl.format(f"{column} {{}}", shown(column, 4))
        found.append(faults("inventory_policy", wrong, named("item", "location"), says))
    return all_faults(found)


CHECK = Check(
    CODE, "Service level", ("inventory_policy",), look, example="inventory_policy: saw-1 / plant: service_level_pct 100"
)
