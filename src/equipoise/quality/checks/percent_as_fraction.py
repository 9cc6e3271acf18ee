"""Percentages written as fractions: a yield of 0.98 is taken as 0.98 %."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import all_faults, faults, named, shown

CODE = FindingCode(
    "QU134",
    Severity.ERROR,
    "A percentage looks like a fraction",
    "Percentages run from 0 to 100: write 98 for 0.98.",
)
COLUMNS = {
    ("routings", "yield_pct"): ("item", "location", "route", "resource"),
    ("resources", "utilization_pct"): ("resource",),
    ("resources", "efficiency_pct"): ("resource",),
    ("inventory_policy", "service_level_pct"): ("item", "location"),
    ("inventory_policy", "fill_rate_pct"): ("item", "location"),
}


def look(facts: Facts) -> pl.DataFrame:
    """Cells above 0 and not above 1 in columns where so low a percentage makes no sense."""
    found = []
    for (name, column), key in COLUMNS.items():
        wrong = facts.table(name).filter((pl.col(column) > 0.0) & (pl.col(column) <= 1.0))
        found.append(faults(name, wrong, named(*key), pl.format(f"{column} {{}}", shown(column, 4))))
    return all_faults(found)


CHECK = Check(
    CODE,
    "Percentage as a fraction",
    (),
    look,
    one_of=("routings", "resources", "inventory_policy"),
    example="routings: saw-1 / plant / crew: yield_pct 0.98",
)
