"""Ways to get items that nobody wants and that go into nothing: dead routings, lanes and contracts."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import PARTNERS, SOURCES, Facts
from equipoise.quality.faults import all_faults, faults, named

CODE = FindingCode(
    "QU127",
    Severity.NOTE,
    "A routing, lane or contract of an item that is never wanted",
    "Check the item's code; delete the rows if the item is gone.",
)


def look(facts: Facts) -> pl.DataFrame:
    """Rows of sources and lanes whose node has no item below it that is demanded or a component of anything."""
    wanted = pl.concat([facts.demand_items, facts.table("bom").select(item="component")]).unique()
    live = facts.item_nodes.join(wanted, on="item", how="semi").select(item="node").unique()
    found = []
    for name, partner in PARTNERS.items():
        dead = facts.table(name).join(live, on="item", how="anti", maintain_order="left")
        found.append(faults(name, dead, named("item", *partner), "never wanted"))
    return all_faults(found)


CHECK = Check(
    CODE,
    "Orphan routings and lanes",
    ("items",),
    look,
    one_of=(*SOURCES, "lanes"),
    example="routings: relic / plant / press: never wanted",
)
