"""A machine or crew that no routing uses: its capacity and its cost stand idle in every plan."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import SOURCES, Facts
from equipoise.quality.faults import faults, named

CODE = FindingCode(
    "QU129",
    Severity.NOTE,
    "A resource that nothing uses",
    "Name it in routings, purchasing or subcontracting, or delete it.",
)


def look(facts: Facts) -> pl.DataFrame:
    """Machines and crews that no source names; the money is a bucket's regular pay of a workforce."""
    used = pl.concat([facts.table(name).select("resource") for name in SOURCES]).unique()
    works = facts.table("resources").filter(pl.col("type").is_in(["", "machine", "labor"]))
    wrong = works.join(used, on="resource", how="anti", maintain_order="left")
    pay = pl.col("workers") * pl.col("hours_per_worker") * pl.col("regular_cost_per_hour")
    return faults("resources", wrong, named("resource"), "no routing", amount=pay)


CHECK = Check(CODE, "Resource without routing", ("resources", "routings"), look, example="resources: lathe: no routing")
