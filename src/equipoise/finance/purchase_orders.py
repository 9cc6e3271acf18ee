"""Purchase orders under way, in money: they arrive whatever the plan does, and they have to be paid.

The plan's own purchases are new orders; what table receipts holds was ordered before. Its cost is no part of the
plan's cost (nobody can still decide it), but it is owed once it arrives. Orders received lately are what the company
owes when the plan begins.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from equipoise.core.finding import Finding
from equipoise.core.grid import MONEY_STEP, FloatArray, IntArray, on_grid
from equipoise.core.history import row_numbers
from equipoise.core.measure import Grain
from equipoise.core.stage import Inputs
from equipoise.finance.findings import ORDER_WITHOUT_PRICE
from equipoise.finance.source_cost import PREFIXES


@dataclass(frozen=True, eq=False)
class PurchaseOrders:
    """Purchase orders at the price of their supplier: arriving in the plan, and in the days before it."""

    arriving: FloatArray
    """[M, T] by the bucket in which they are due."""
    past: FloatArray
    """[M, K] received, or due before the plan begins."""
    past_spans: FloatArray
    """[K, 2] the day of each of those."""
    is_known: bool
    """True if orders received by as_of are listed: then they are all that was bought lately."""
    findings: tuple[Finding, ...]


def read_purchase_orders(inputs: Inputs, *, begins: date) -> PurchaseOrders:
    """Purchase receipts that are not merely planned, valued at the unit cost of their supplier in their bucket."""
    axes, as_of = inputs.axes, inputs.snapshot.head.as_of
    lines = (
        inputs.table("receipts")
        .filter((pl.col("type") == "purchase") & (pl.col("status") != "planned"))
        .sort("reference", "line")
        .with_columns(
            pl.when(pl.col("received_date") <= as_of)
            .then(pl.col("received_date"))
            .when(pl.col("due_date") <= as_of)
            .then(pl.lit(begins))  # what is overdue is expected in the first bucket, as in the supply plan
            .otherwise(pl.col("due_date"))
            .alias("day")
        )
    )
    rows = _make_rows(inputs, lines)
    lost = np.flatnonzero(rows < 0)
    found: tuple[Finding, ...] = ()
    if lost.size:
        item, place = lines[int(lost[0])].select("item", "location").row(0)
        message = f"{lost.size} purchase orders have no supplier with a price; the first is {item} at {place}"
        found = (ORDER_WITHOUT_PRICE.found("table receipts", message, count=int(lost.size)),)
    buckets = axes.calendar.index_dates(lines["day"]) if lines.height else np.zeros(0, dtype=np.int64)
    price = inputs.measure("make_unit_price")
    units = lines["quantity"].to_numpy().astype(np.float64)
    has_price = rows >= 0
    unit_price = np.zeros(len(rows))
    unit_price[has_price] = price[rows[has_price], np.clip(buckets[has_price], 0, axes.horizon - 1)]
    amounts = on_grid(units * unit_price, MONEY_STEP)
    ahead = has_price & (buckets < axes.horizon) & (lines["day"] >= begins).to_numpy()
    arriving = np.zeros(price.shape)
    np.add.at(arriving, (rows[ahead], buckets[ahead]), amounts[ahead])
    behind = has_price & (lines["day"] < begins).to_numpy()
    days = sorted(set(lines["day"].filter(pl.Series(behind)).to_list()))
    past = np.zeros((len(price), len(days)))
    place_of = {day: number for number, day in enumerate(days)}
    column = np.array([place_of.get(day, 0) for day in lines["day"].to_list()], dtype=np.int64)
    np.add.at(past, (rows[behind], column[behind]), amounts[behind])
    spans = np.array([[float(day.toordinal()), float(day.toordinal() + 1)] for day in days]).reshape(-1, 2)
    # A received line whose quantity is what is still open, 0, says nothing of what was bought.
    is_known = bool(((lines["received_date"] <= as_of) & (lines["quantity"] > 0)).any())
    return PurchaseOrders(arriving, past, spans, is_known, found)


def _make_rows(inputs: Inputs, lines: pl.DataFrame) -> IntArray:
    """The supplier's row of grain make for each order, else the first supplier's of its item and location, else −1."""
    keys, place = inputs.keys(Grain.MAKE), ("item", "location")
    numbered = keys.frame.with_row_index("row").filter(
        pl.any_horizontal(pl.col("route").str.starts_with(prefix) for prefix in PREFIXES.values())
    )
    first = numbered.group_by(place).agg(pl.col("row").min().cast(pl.Int64))
    by_place = lines.join(first, on=place, how="left", maintain_order="left")["row"].fill_null(-1).to_numpy()
    found: IntArray = by_place.astype(np.int64)
    for prefix in PREFIXES.values():
        named = lines.with_columns((pl.lit(prefix) + pl.col("supplier")).alias("route"))
        rows = row_numbers(keys, named, (*place, "route"))
        found = np.where(rows >= 0, rows, found)
    return found
