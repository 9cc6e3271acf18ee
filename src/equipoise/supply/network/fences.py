"""The planning fence: production inside it is what was released, else what the plan of record says; the plan adds none.

A bucket lies inside the fence of an item and location when most of its days to go are no more than planning_days after
as_of. Production is counted in the bucket in which it arrives in stock, as in `production_qty`. Of an item, inside:

* the plan of record (table plan_archive, measure production_qty, the newest plan made by as_of) names it: production is
  that amount, of which firm receipts and what was made to date are part;
* else it has firm or released production receipts inside: these and nothing more;
* else nothing is fixed, and a finding says so.

The amounts are limits of rows that the base plan and every what-if on the snapshot have in common.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.fence import buckets_inside
from equipoise.core.finding import Finding
from equipoise.core.grid import QUANTITY_STEP, BoolArray, FloatArray, IntArray, on_grid
from equipoise.core.history import row_numbers
from equipoise.core.measure import Grain
from equipoise.core.rates import Asked, painted_rates
from equipoise.supply.findings import FENCE_WITHOUT_PLAN
from equipoise.supply.network.limits import Limit
from equipoise.supply.network.routes import Routes


@dataclass(frozen=True, eq=False)
class Known:
    """What is known of production by item and bucket of arrival, [I, T]; NaN where nothing is."""

    planned: FloatArray
    """The plan of record."""
    firm: FloatArray
    """Firm and released production receipts."""
    made: FloatArray
    """[I, T] made to date, in bucket 0, never NaN."""


def fence_limits(
    axes: Axes, routes: Routes, inside: BoolArray, known: Known
) -> tuple[tuple[Limit, ...], list[Finding]]:
    """Limits on units started of each item's own routes, from `inside` [M, T] of grain make, and what is not fixed."""
    limits: list[Limit] = []
    loose: list[str] = []
    items = axes.keys[Grain.MAKE].column("item")
    fenced = routes.is_own & inside.any(axis=1)
    for item in np.unique(items[fenced]).tolist():
        members = np.flatnonzero(fenced & (items == item))
        amount = _amounts(item, known)
        buckets = inside[members].all(axis=0)
        if np.isnan(amount[buckets]).any():
            loose.append(axes.items.leaves[item])
        limits.append(_limit(axes, routes, members, np.where(buckets, amount, np.nan), axes.items.leaves[item]))
    if not loose:
        return tuple(limits), []
    message = f"{len(loose)} items have neither firm production nor a plan of record, first {loose[0]}"
    return tuple(limits), [FENCE_WITHOUT_PLAN.found("table fences", message, count=len(loose))]


def _amounts(item: int, known: Known) -> FloatArray:
    """Good units that may still be started for each bucket of arrival, NaN free, [T]."""
    planned, firm = known.planned[item], known.firm[item]
    rest = np.maximum(planned - np.nan_to_num(firm) - known.made[item], 0.0)
    # Released work replaces a plan of record that does not name the item.
    found: FloatArray = np.where(np.isnan(planned), np.where(np.isnan(firm), np.nan, 0.0), rest)
    return found


def _limit(axes: Axes, routes: Routes, members: IntArray, amount: FloatArray, code: str) -> Limit:
    """Amounts by bucket of arrival as units started by bucket of start; the first start that arrives carries them."""
    most, least = np.full(axes.horizon, np.inf), np.zeros(axes.horizon)
    seen: set[int] = set()
    for bucket, arrives in enumerate(routes.arrival[members[0]].tolist()):
        if arrives < axes.horizon and not np.isnan(amount[arrives]):
            started = 0.0 if arrives in seen else float(amount[arrives] / routes.yield_ratio[members].min())
            most[bucket] = least[bucket] = started
            seen.add(arrives)
    return Limit("make", members, most, least, f"planning fence / {code}", table="fences")


def inside_fence(axes: Axes, fences: pl.DataFrame, as_of: date, start: date) -> BoolArray:
    """Buckets of each row of grain make that lie inside its planning fence, [M, T]."""
    keys = axes.keys[Grain.MAKE]
    asked = (
        Asked("item", axes.items, keys.column("item")),
        Asked("location", axes.locations, keys.column("location")),
    )
    days = np.nan_to_num(painted_rates(axes, fences, "planning_days", *asked)[:, 0])
    return buckets_inside(axes.calendar.horizon_days, (as_of - start).days + 1, days)


def known_production(
    axes: Axes, plan_archive: pl.DataFrame, receipts: pl.DataFrame, made: FloatArray, as_of: date
) -> Known:
    """Plan of record and firm receipts by item and bucket; `made` [S, T] to date of the stock rows."""
    by_item = np.zeros((len(axes.items), axes.horizon))
    np.add.at(by_item, axes.keys[Grain.STOCK].column("item"), made)
    return Known(
        _by_item(axes, newest_plan(plan_archive, as_of)), _by_item(axes, firm_receipts(axes, receipts, as_of)), by_item
    )


def newest_plan(plan_archive: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """The plan of record: rows of production_qty of the newest plan made by as_of."""
    plans = plan_archive.filter((pl.col("measure") == "production_qty") & (pl.col("made_date") <= as_of))
    return plans.filter(pl.col("made_date") == pl.col("made_date").max())


def firm_receipts(axes: Axes, receipts: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Firm and released production receipts that are due, with the `date` on which each is expected."""
    firm = receipts.filter(
        (pl.col("type") == "production")
        & pl.col("status").is_in(["firm", "released"])
        & (pl.col("received_date").is_null() | (pl.col("received_date") > as_of))
    )
    # What is overdue at as_of is expected in the first bucket.
    overdue = pl.max_horizontal("due_date", pl.lit(axes.calendar.start_of(0)))
    return firm.with_columns(date=pl.when(pl.col("due_date") <= as_of).then(overdue).otherwise(pl.col("due_date")))


def _by_item(axes: Axes, frame: pl.DataFrame) -> FloatArray:
    """Sum of `quantity` by item and bucket of `date`, NaN where there is no row, [I, T]."""
    total = np.full((len(axes.items), axes.horizon), np.nan)
    rows = frame.sort("item", "date", "quantity")
    buckets = axes.calendar.index_dates(rows["date"]) if rows.height else np.zeros(0, dtype=np.int64)
    for code, bucket, quantity in zip(
        rows["item"].to_list(), buckets.tolist(), rows["quantity"].to_list(), strict=True
    ):
        if code in axes.items.position and 0 <= bucket < axes.horizon:
            cell = axes.items.position[code], bucket
            total[cell] = np.nan_to_num(total[cell]) + quantity
    return total


def made_to_date(axes: Axes, history: pl.DataFrame, start: date, as_of: date) -> FloatArray:
    """Good units reported from `start` to `as_of` by stock row, in bucket 0, [S, T].

    A row without location counts where the item is made, if that is one place.
    """
    made = np.zeros((len(axes.keys[Grain.STOCK]), axes.horizon))
    known = history.filter((pl.col("date") >= start) & (pl.col("date") <= as_of)).sort("item", "location", "date")
    if known.height:
        make = axes.keys[Grain.MAKE].frame.select("item", home="location").unique()
        homes = make.filter(pl.len().over("item") == 1)
        known = known.join(homes, on="item", how="left", maintain_order="left").with_columns(
            location=pl.when(pl.col("location") == "").then(pl.col("home")).otherwise(pl.col("location"))
        )
        rows = row_numbers(axes.keys[Grain.STOCK], known, ("item", "location"))
        np.add.at(made[:, 0], rows[rows >= 0], known["quantity"].to_numpy()[rows >= 0])
    return on_grid(made, QUANTITY_STEP)
