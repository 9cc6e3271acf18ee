"""Opening stock + production − shipments = closing stock, in the past as in the plan."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults, shown

CODE = FindingCode(
    "QU106",
    Severity.WARNING,
    "Past stock does not follow from production and shipments",
    "Look for scrap, returns or counts that are not in the data, or for a feed with other days or units.",
)
TOLERANCE = 0.02
BASE = ["item", "bucket"]


def look(facts: Facts) -> pl.DataFrame:
    """Items made by ourselves only: |opening + made − shipped + returned − closing| above 2 % of what moved.

    Taken over all locations, between buckets whose last day was counted; the gap is valued at standard cost.
    """
    moves = _stock(facts).join(_sums(facts, "production_history", made="quantity"), on=BASE, how="left")
    moves = moves.join(
        _sums(facts, "sales_history", shipped="shipped_qty", returned="returned_qty"), on=BASE, how="left"
    )
    moves = moves.with_columns(pl.col("made", "shipped", "returned").fill_null(0.0)).sort(BASE)
    moves = moves.with_columns(gap=pl.col("before") + pl.col("made") - pl.col("shipped") + pl.col("returned"))
    moves = moves.with_columns(gap=pl.col("gap") - pl.col("closing"))
    limit = pl.max_horizontal(pl.lit(1.0), TOLERANCE * (pl.col("made") + pl.col("shipped") + pl.col("before").abs()))
    off = moves.filter(pl.col("gap").abs() > limit)
    off = facts.labelled(off)
    grouped = off.group_by("item", maintain_order=True).agg(
        rows=pl.len(), gap=pl.col("gap").abs().sum(), day=pl.col("label").first()
    )
    says = pl.format("{} units unexplained since {}", shown("gap"), "day")
    amount = pl.col("gap") * pl.col("cost")
    return faults("inventory_history", facts.valued(grouped), pl.col("item"), says, rows=pl.col("rows"), amount=amount)


def _stock(facts: Facts) -> pl.DataFrame:
    """Closing and opening stock of items that are made and never bought, in buckets counted at both ends."""
    bought = pl.concat([_in_force(facts, name) for name in ("purchasing", "subcontracting")])
    made = facts.table("production_history").select("item").unique()
    own = made.join(facts.below(bought), on="item", how="anti")
    own = own.join(facts.components.select(item="component"), on="item", how="anti")
    counts = facts.bucketed(facts.table("inventory_history")).join(own, on="item", how="semi")
    ends = [facts.calendar.end_of(bucket) for bucket in counts["bucket"].to_list()]
    counts = counts.filter(pl.col("date") == pl.Series(ends, dtype=pl.Date)).sort("item", "bucket", "on_hand")
    stock = counts.group_by(BASE, maintain_order=True).agg(closing=pl.col("on_hand").sum())
    opening = stock.select("item", bucket=pl.col("bucket") + 1, before="closing")
    return stock.join(opening, on=BASE, how="inner").filter(pl.col("bucket") < facts.head.closed_buckets_end)


def _in_force(facts: Facts, name: str) -> pl.DataFrame:
    """Item nodes that could be bought before as_of."""
    holds = pl.col("valid_from").is_null() | (pl.col("valid_from") <= facts.as_of)
    return facts.table(name).filter(holds).select("item")


def _sums(facts: Facts, name: str, **columns: str) -> pl.DataFrame:
    frame = facts.bucketed(facts.table(name)).select(*BASE, *columns.values()).sort(pl.all())
    sums = {new: pl.col(old).sum() for new, old in columns.items()}
    return frame.group_by(BASE, maintain_order=True).agg(**sums)


CHECK = Check(
    CODE,
    "Stock identity",
    ("inventory_history", "production_history", "sales_history"),
    look,
    example="inventory_history: saw-4: 160 units unexplained since Nov 2026",
)
