"""A most below its least: no plan can meet both."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import all_faults, faults, named, shown

CODE = FindingCode(
    "QU135",
    Severity.ERROR,
    "A most is below its least",
    "Swap or correct the two limits; leave the one blank that does not hold.",
)
LIMITS = (
    ("resources", "min_workers", "max_workers", ("resource",)),
    ("resources", "workers", "max_workers", ("resource",)),
    ("resources", "min_workers", "workers", ("resource",)),
    ("commitments", "min_qty", "max_qty", ("contract",)),
    ("subcontracting", "min_qty", "max_qty", ("item", "supplier", "location")),
    ("purchasing", "min_lot", "max_qty", ("item", "supplier", "location")),
    ("lanes", "min_lot", "max_qty", ("item", "from_location", "to")),
)


def look(facts: Facts) -> pl.DataFrame:
    """Rows with both limits filled and the lower one above the upper one."""
    found = []
    for name, low, high, key in LIMITS:
        wrong = facts.table(name).filter(pl.col(low) > pl.col(high))
        says = pl.format(f"{low} {{}} above {high} {{}}", shown(low), shown(high))
        found.append(faults(name, wrong, named(*key), says))
    return all_faults(found)


CHECK = Check(
    CODE,
    "Crossed limits",
    (),
    look,
    one_of=("resources", "commitments", "subcontracting", "purchasing", "lanes"),
    example="resources: crew: workers 4 above max_workers 3",
)
