"""A budget three times last year, or a third of it: another unit, another currency, or a part of a year."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults, named, shown

CODE = FindingCode(
    "QU181",
    Severity.WARNING,
    "The budget is far from last year",
    "Check unit, currency and period of the budget rows of this node.",
)
FACTOR = 3.0
NODE = ["version", "item", "market"]


def look(facts: Facts) -> pl.DataFrame:
    """Nodes whose budget a bucket is above 3 × or below 1/3 of last year's average bucket, in units and in revenue.

    Items launched within the last year are no part of the comparison; money: the difference, a year.
    """
    budget = facts.bucketed(facts.table("budget")).sort(pl.all())
    year = float(facts.year)
    span = pl.col("period").replace_strict(
        {"year": year, "quarter": year / 4.0, "month": year / 12.0}, default=1.0, return_dtype=pl.Float64
    )
    given = [
        _compared(facts, budget.with_columns(span=span), column, sold, facts.year)
        for column, sold in (("quantity", "quantity"), ("revenue_amount", "revenue"))
    ]
    rows = pl.concat(given)
    ratio = pl.col("planned") / pl.col("sold")
    wrong = rows.filter((pl.col("sold") > 0.0) & ((ratio > FACTOR) | (ratio < 1.0 / FACTOR)))
    says = pl.format("{} a bucket is {}, last year {}", "what", shown("planned"), shown("sold"))
    gap = (pl.col("planned") - pl.col("sold")) * year
    amount = pl.when(pl.col("what") == "revenue_amount").then(gap)
    return faults("budget", wrong, named(*NODE), says, rows=pl.col("rows"), amount=amount)


def _compared(facts: Facts, budget: pl.DataFrame, column: str, sold: str, year: int) -> pl.DataFrame:
    """Averages a bucket of a budget column and of last year's sales by node; no row where either is not known."""
    filled = budget.filter(pl.col(column).is_not_null()).group_by(NODE, maintain_order=True)
    planned = filled.agg(planned=pl.col(column).sum() / pl.col("span").sum(), rows=pl.len())
    items = facts.item_nodes.select(code="item", item="node")
    markets = facts.market_nodes.select(place="market", market="node")
    cells = planned.select("item", "market").unique().join(items, on="item").join(markets, on="market")
    year_sold = facts.last_year.select(code="item", place="market", sold=sold)
    past = cells.join(year_sold, on=["code", "place"], how="inner").sort("item", "market", "code", "place")
    sums = past.group_by(["item", "market"], maintain_order=True).agg(sold=pl.col("sold").sum() / year)
    both = planned.join(sums, on=["item", "market"], how="inner", maintain_order="left")
    return both.with_columns(what=pl.lit(column))


CHECK = Check(
    CODE,
    "Budget against history",
    ("budget",),
    look,
    one_of=("sales_history", "order_lines"),
    example="budget: AOP / saw-1: quantity a bucket is 900, last year 200",
)
