"""Control total: the revenue of the sales history against the revenue of the ledger."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults, shown

CODE = FindingCode(
    "QU184",
    Severity.WARNING,
    "Revenue of history and ledger differ",
    "Reconcile the extract with the ledger: missing customers, credit notes, another currency, another day of booking.",
)
TOLERANCE = 0.01
REVENUE = r"(?i)^(net )?(revenue|turnover|sales$)"
"""Accounts with such codes are revenue; sales expenses are not."""


def look(facts: Facts) -> pl.DataFrame:
    """Closed buckets in which both are known and differ by more than 1 % of the ledger; money: the difference.

    Revenue accounts begin with revenue or turnover or are called sales, net or not; credit balances count positive.
    """
    actual = facts.table("accounts").filter((pl.col("version") == "actual") & pl.col("account").str.contains(REVENUE))
    booked = facts.bucketed(facts.in_own_currency(actual, "amount")).sort(pl.all())
    ledger = booked.group_by("bucket", maintain_order=True).agg(ledger=pl.col("amount").sum().abs(), lines=pl.len())
    sales = facts.sales.group_by("bucket", maintain_order=True).agg(sold=pl.col("revenue").sum())
    both = ledger.join(sales, on="bucket", how="inner").sort("bucket")
    gap = pl.col("sold") - pl.col("ledger")
    far = both.with_columns(gap=gap).filter((gap.abs() > TOLERANCE * pl.col("ledger")) & (pl.col("sold") != 0.0))
    wrong = facts.labelled(far)
    says = pl.format("{} in history, {} in the ledger", shown("sold"), shown("ledger"))
    return faults("accounts", wrong, pl.col("label"), says, rows=pl.col("lines"), amount=pl.col("gap"))


CHECK = Check(
    CODE,
    "Revenue against the ledger",
    ("sales_history", "accounts"),
    look,
    example="accounts: Jan 2025: 20000 in history, 26000 in the ledger",
)
