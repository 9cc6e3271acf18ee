"""An exchange rate far from the currency's other rates, such as one turned upside down."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults, named, shown

CODE = FindingCode(
    "QU119",
    Severity.ERROR,
    "An exchange rate is far from the others of its currency",
    "rate is dataset currency for one unit of the other: turn it over if it is the other way round.",
)
APART = 2.0


def look(facts: Facts) -> pl.DataFrame:
    """Rows whose rate is more than twice or less than half the median of the currency's three or more rates."""
    usual = pl.col("rate").median().over("currency")
    rows = facts.table("exchange_rates").with_columns(usual=usual, count=pl.len().over("currency"))
    ratio = pl.col("rate") / pl.col("usual")
    wrong = rows.filter((pl.col("count") >= 3) & ((ratio > APART) | (ratio < 1.0 / APART)))
    says = pl.format("rate {} where {} is usual", shown("rate", 4), shown("usual", 4))
    return faults("exchange_rates", wrong, named("currency", "rate_type", "date"), says)


CHECK = Check(
    CODE,
    "Exchange rate out of line",
    ("exchange_rates",),
    look,
    example="exchange_rates: USD / budget / 2025-01-01: rate 1.1 where 0.5 is usual",
)
