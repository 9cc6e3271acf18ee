"""A price below standard cost: every unit sold loses money, or one of the two numbers is in another unit."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults, named, shown

CODE = FindingCode(
    "QU113",
    Severity.WARNING,
    "The price is below standard cost",
    "Check currency and unit of price and cost; if both are right, decide whether to go on selling the item there.",
)


def look(facts: Facts) -> pl.DataFrame:
    """Items and markets with 0 < price < standard cost; the money is the loss on last year's quantity."""
    sold = facts.last_year.select("item", "market", "quantity")
    joined = facts.prices.join(facts.costs, on="item", how="left", maintain_order="left")
    joined = joined.join(sold, on=["item", "market"], how="left", maintain_order="left")
    wrong = joined.filter((pl.col("price") > 0.0) & (pl.col("price") < pl.col("cost")))
    says = pl.format("price {}, cost {}", shown("price"), shown("cost"))
    amount = (pl.col("cost") - pl.col("price")) * pl.col("quantity")
    return faults("prices", wrong, named("item", "market"), says, amount=amount)


CHECK = Check(CODE, "Price below cost", ("prices", "costs"), look, example="prices: saw-3 / east: price 20, cost 25")
