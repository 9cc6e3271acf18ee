"""Money in a currency that no exchange rate turns into the dataset's."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import all_faults, faults, named

CODE = FindingCode(
    "QU118",
    Severity.ERROR,
    "Money in a currency without an exchange rate",
    "Add rows to exchange_rates for the currency, from before the start of the plan.",
)
TABLES = ("prices", "costs", "order_lines", "accounts")


def look(facts: Facts) -> pl.DataFrame:
    """By table and currency, the number of rows that cannot be converted on the first day of the plan."""
    known = facts.rates_of_exchange.select("currency")
    found = []
    for name in TABLES:
        lost = facts.table(name).join(known, on="currency", how="anti")
        wrong = lost.group_by("currency").len("rows").sort("currency")
        found.append(faults(name, wrong, named("currency"), "no rate at the start", rows=pl.col("rows")))
    return all_faults(found)


CHECK = Check(CODE, "Missing exchange rate", (), look, one_of=TABLES, example="prices: GBP: no rate at the start")
