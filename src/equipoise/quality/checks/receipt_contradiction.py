"""Receipts that cannot be as they are told."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import all_faults, faults, named

CODE = FindingCode(
    "QU176",
    Severity.WARNING,
    "A receipt contradicts itself",
    "Fill in supplier or sender, close what was received, correct the dates.",
)


def look(facts: Facts) -> pl.DataFrame:
    """Open receipts of an unknown supplier or sender, received already, or from the location to itself.

    The money is quantity × standard cost.
    """
    rows = facts.valued(facts.table("receipts").filter(pl.col("quantity") > 0.0))
    kind = pl.col("type")
    sorts = (
        (kind.eq("purchase") & pl.col("supplier").eq(""), "a purchase without supplier"),
        (kind.eq("transfer") & pl.col("from").eq(""), "a transfer from nowhere"),
        (kind.eq("transfer") & pl.col("from").eq(pl.col("location")), "a transfer to where it comes from"),
        (pl.col("received_date") <= facts.as_of, "received, yet still open"),
        (pl.col("ordered_date") > facts.as_of, "ordered after as_of"),
    )
    amount = pl.col("quantity") * pl.col("cost")
    where = named("reference", "line")
    return all_faults(faults("receipts", rows.filter(wrong), where, says, amount=amount) for wrong, says in sorts)


CHECK = Check(
    CODE, "Contradictory receipts", ("receipts",), look, example="receipts: PO-3 / 1: a purchase without supplier"
)
