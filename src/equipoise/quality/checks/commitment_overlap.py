"""Two contracts on the same demand: each binds the same total, their floors are not added."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults, named, shown

CODE = FindingCode(
    "QU202",
    Severity.WARNING,
    "Two contracts bind the same items and market at the same time",
    "Enter one contract with the sum of both, or give each its own market or items.",
)


def look(facts: Facts) -> pl.DataFrame:
    """Contracts that begin before an earlier one of the very same item node and market node has ended."""
    rows = facts.table("commitments").filter(pl.col("valid_from") <= pl.col("valid_to"))
    ordered = rows.sort("item", "market", "valid_from", "contract")
    node = ["item", "market"]
    earlier = ordered.with_columns(
        last=pl.col("valid_to").cum_max().shift(1).over(node),
        least=pl.col("min_qty").fill_null(0.0).shift(1).over(node),
        before=pl.col("contract").shift(1).over(node),
    )
    wrong = earlier.filter(pl.col("valid_from") <= pl.col("last"))
    says = pl.format(
        "floor {} beside {} of {}, not {} together",
        shown(pl.col("min_qty").fill_null(0.0)),
        shown("least"),
        "before",
        shown(pl.col("min_qty").fill_null(0.0) + pl.col("least")),
    )
    return faults("commitments", wrong, named("contract"), says)


CHECK = Check(
    CODE,
    "Overlapping contracts",
    ("commitments",),
    look,
    example="commitments: K-2: floor 50 beside 100 of K-1, not 150 together",
)
