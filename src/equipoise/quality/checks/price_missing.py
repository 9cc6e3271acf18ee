"""An item sells in a market for which the price list has nothing."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults, named, shown

CODE = FindingCode(
    "QU115",
    Severity.WARNING,
    "No price for an item that sells",
    "Add a row to prices for the item and market, or for any node above them.",
)


def look(facts: Facts) -> pl.DataFrame:
    """Items and markets sold within a year or on order without a price; the money is last year's revenue, if known."""
    wanted = [facts.sold_pairs, facts.table("open_orders").select("item", "market")]
    pairs = facts.priced(pl.concat(wanted).unique().sort("item", "market"))
    wrong = pairs.filter(pl.col("price").is_null())
    says = pl.format("{} units sold in a year", shown(pl.col("yearly_qty").fill_null(0.0)))
    return faults("prices", wrong, named("item", "market"), says, amount=pl.col("revenue"))


CHECK = Check(
    CODE,
    "Missing price",
    ("prices",),
    look,
    one_of=("sales_history", "order_lines", "open_orders"),
    example="prices: saw-5 / east: 1200 units sold in a year",
)
