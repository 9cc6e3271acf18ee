"""Suppliers who take longer than the master data say: materials would be ordered too late."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults, named, shown
from equipoise.quality.lead_times import lead_times_met

CODE = FindingCode(
    "QU177",
    Severity.WARNING,
    "Actual lead times differ from the master data",
    "Set lead_time_days and lead_time_std_days in purchasing to what was measured, or agree on it with the supplier.",
)
ORDERS = 3
APART_DAYS, APART_PART = 3.0, 0.2


def look(facts: Facts) -> pl.DataFrame:
    """Item, location and supplier with 3 orders or more whose mean is off the master by over 3 days and over 20 %.

    The money is the stock on the way that the difference means: days × yearly quantity / 365 × standard cost.
    """
    met = facts.valued(lead_times_met(facts)).with_columns(apart=pl.col("mean") - pl.col("master"))
    far = (pl.col("apart").abs() > APART_DAYS) & (pl.col("apart").abs() > APART_PART * pl.col("master"))
    wrong = met.filter((pl.col("orders") >= ORDERS) & far)
    says = pl.format(
        "{} days on average of {} orders (std {}, {} % late), master says {}",
        *(shown("mean", 1), "orders", shown("std", 1), shown("late_pct", 0), shown("master", 1)),
    )
    amount = pl.col("apart") * pl.col("yearly_qty") / 365.0 * pl.col("cost")
    return faults("purchasing", wrong, named("item", "supplier", "location"), says, amount=amount)


CHECK = Check(
    CODE,
    "Lead times met",
    ("receipts", "purchasing"),
    look,
    example="purchasing: steel / mill / plant: 50 days on average of 3 orders (std 0, 100 % late), master says 30",
)
