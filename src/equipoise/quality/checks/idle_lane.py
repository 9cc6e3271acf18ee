"""A lane to a market that wants none of the items it carries."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import DEMAND, Facts
from equipoise.quality.faults import faults, named

CODE = FindingCode(
    "QU128",
    Severity.NOTE,
    "A lane leads to a market without demand for what it carries",
    "Check codes in lanes and history; delete the lane if the market is served no longer.",
)


def look(facts: Facts) -> pl.DataFrame:
    """Lanes whose end is a market in which no item at or below the lane's node is sold, ordered or forecast.

    What is wanted in no market at all is left to the check of orphan lanes.
    """
    wants = pl.concat([_wanted(facts, name) for name in DEMAND]).unique()
    nodes = facts.item_nodes.select(node="node", item="item").join(wants, on="item", how="inner")
    served = nodes.select(pl.col("node").alias("item"), pl.col("market").alias("to")).unique()
    markets = facts.table("markets").select(to="market")
    wanted = served.select("item").unique()
    ends = facts.table("lanes").join(markets, on="to", how="semi", maintain_order="left")
    ends = ends.join(wanted, on="item", how="semi", maintain_order="left")
    idle = ends.join(served, on=["item", "to"], how="anti", maintain_order="left")
    return faults("lanes", idle, named("item", "from_location", "to"), "no demand there")


def _wanted(facts: Facts, name: str) -> pl.DataFrame:
    """Items and markets that one demand table names, nodes taken down to leaves."""
    pairs = facts.table(name).select("item", "market").unique()
    items = facts.item_nodes.select("item", node="node").rename({"item": "leaf", "node": "item"})
    markets = facts.market_nodes.select("market", "node").rename({"market": "end", "node": "market"})
    joined = pairs.join(items, on="item", how="inner").join(markets, on="market", how="inner")
    return joined.select(item="leaf", market="end")


CHECK = Check(
    CODE, "Lane without demand", ("lanes",), look, one_of=DEMAND, example="lanes: plant / north: no demand there"
)
