"""Control total: the cost of sales of the history against the cost of sales of the ledger."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults, shown

CODE = FindingCode(
    "QU203",
    Severity.WARNING,
    "Cost of sales of history and ledger differ",
    "Reconcile cost_amount with the ledger: variances booked beside standard cost, freight, missing customers.",
)
TOLERANCE = 0.01
COST = r"(?i)^cost[ _]of[ _](sales|goods)"
"""Accounts with such codes hold cost of sales."""


def look(facts: Facts) -> pl.DataFrame:
    """Closed buckets in which both are known and differ by more than 1 % of the ledger; money: the difference."""
    accounts = facts.table("accounts")
    actual = accounts.filter((pl.col("version") == "actual") & pl.col("account").str.contains(COST))
    booked = facts.bucketed(facts.in_own_currency(actual, "amount")).sort(pl.all())
    ledger = booked.group_by("bucket", maintain_order=True).agg(ledger=pl.col("amount").sum().abs(), lines=pl.len())
    rows = facts.bucketed(facts.table("sales_history").filter(pl.col("cost_amount").is_not_null()))
    closed = (
        rows.filter(pl.col("bucket") < facts.head.closed_buckets_end).select("bucket", "cost_amount").sort(pl.all())
    )
    cost = closed.group_by("bucket", maintain_order=True).agg(cost=pl.col("cost_amount").sum())
    both = (
        ledger.join(cost, on="bucket", how="inner").sort("bucket").with_columns(gap=pl.col("cost") - pl.col("ledger"))
    )
    far = facts.labelled(both.filter(pl.col("gap").abs() > TOLERANCE * pl.col("ledger")))
    says = pl.format("{} in history, {} in the ledger", shown("cost"), shown("ledger"))
    return faults("accounts", far, pl.col("label"), says, rows=pl.col("lines"), amount=pl.col("gap"))


CHECK = Check(
    CODE,
    "Cost of sales against the ledger",
    ("sales_history", "accounts"),
    look,
    example="accounts: Dec 2026: 10000 in history, 12000 in the ledger",
)
