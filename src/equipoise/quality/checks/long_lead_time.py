"""A lead time longer than the whole plan: hours or minutes entered as days, or a source of no use."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import PARTNERS, SOURCES, Facts
from equipoise.quality.faults import all_faults, faults, named, shared, shown

CODE = FindingCode(
    "QU133",
    Severity.WARNING,
    "A lead time is longer than the horizon",
    "Check that lead_time_days is in calendar days; lengthen the horizon if it really takes so long.",
)


def look(facts: Facts) -> pl.DataFrame:
    """Rows of sources and lanes with lead_time_days above the calendar days of the horizon."""
    horizon = float(facts.calendar.horizon_days.sum())
    found = []
    for name, partner in PARTNERS.items():
        wrong = facts.valued(facts.table(name).filter(pl.col("lead_time_days") > horizon))
        says = pl.format("{} days, the plan has {}", shown("lead_time_days"), shown(pl.lit(horizon)))
        found.append(faults(name, wrong, named("item", *partner), says, amount=shared("revenue")))
    return all_faults(found)


CHECK = Check(
    CODE,
    "Lead time beyond the horizon",
    (),
    look,
    one_of=(*SOURCES, "lanes"),
    example="lanes: plant / west: 182 days, the plan has 181",
)
