"""The same event entered twice: two of one type on the same items, markets and days raise demand twice."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults, named

CODE = FindingCode(
    "QU201",
    Severity.WARNING,
    "Two events of one type fall on the same items, markets and days",
    "An event counts once: remove the one that repeats the other, or narrow its items, markets or days.",
)


def look(facts: Facts) -> pl.DataFrame:
    """Pairs of events of one type that share an item, a market and a day; stockouts may meet, they raise nothing.

    The fault is told of the event that comes later by code.
    """
    events = facts.table("events").filter((pl.col("type") != "stockout") & (pl.col("start_date") <= pl.col("end_date")))
    spans = events.select("event", "type", "item", "market", "start_date", "end_date").sort("event")
    pairs = spans.join(spans, on="type", how="inner", suffix="_2").filter(
        pl.col("event") < pl.col("event_2"),
        pl.col("start_date") <= pl.col("end_date_2"),
        pl.col("start_date_2") <= pl.col("end_date"),
    )
    for column, nodes in (("item", facts.item_nodes), ("market", facts.market_nodes)):
        pairs = pairs.join(_meeting(pairs, nodes, column), on=[column, f"{column}_2"], how="semi")
    both = pairs.with_columns(
        first=pl.max_horizontal("start_date", "start_date_2"), last=pl.min_horizontal("end_date", "end_date_2")
    ).sort("event_2", "event")
    says = pl.format("{} as {} from {} to {}", "type", "event", "first", "last")
    return faults("events", both, named("event_2"), says)


def _meeting(pairs: pl.DataFrame, nodes: pl.DataFrame, column: str) -> pl.DataFrame:
    """Pairs of nodes with a leaf in common."""
    leaf = nodes.columns[1]
    first = nodes.select(pl.col("node").alias(column), leaf=leaf)
    second = nodes.select(pl.col("node").alias(f"{column}_2"), leaf=leaf)
    asked = pairs.select(column, f"{column}_2").unique()
    return asked.join(first, on=column, how="inner").join(second, on=[f"{column}_2", "leaf"], how="semi")


CHECK = Check(
    CODE,
    "One event twice",
    ("events",),
    look,
    example="events: SPRING-2: promotion as SPRING from 2027-04-10 to 2027-04-30",
)
