"""Stability: what it counts for when production becomes another than the plan of record said.

A plan worked out anew from numbers that hardly moved should hardly move either: suppliers, crews and customers act on
the last one (nervousness; Carlson, Jucker & Kropp, Less Nervous MRP Systems, Management Science 25(8), 1979, whose
change costs these are; Orlicky, Material Requirements Planning, chapter 7). Inside the planning fence nothing moves
(`fences`); after it, in the first `stability_buckets` buckets, every good unit more or less than the plan of record
counts as `stability_pct` of the item's standard cost. That is a wish and no money: it never enters the plan's cost.

The plan of record is the newest plan of table plan_archive that was made by as_of. It is compared by item and location
where it names locations, else by item.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.finding import Finding
from equipoise.core.grid import FloatArray, IntArray
from equipoise.core.history import row_numbers
from equipoise.core.measure import Grain
from equipoise.core.stage import Inputs
from equipoise.supply.network.fences import firm_receipts, newest_plan
from equipoise.supply.network.routes import Routes
from equipoise.supply.production_findings import STABILITY_WITHOUT_PLAN


@dataclass(frozen=True, eq=False)
class Stability:
    """G groups of own routes whose production the plan of record names, over T buckets."""

    route: IntArray
    group: IntArray
    """Members: rows of grain make and the group of each."""
    planned: FloatArray
    """[G, T] good units that arrive, as the plan of record says, less what firm receipts bring; NaN where free."""
    price: FloatArray
    """[G, T] money that a unit more or less counts for."""

    def changes(self, arriving: FloatArray) -> FloatArray:
        """Good units more (less: below 0) than the plan of record, [G, T], of arrivals [M, T]; 0 where free."""
        made = np.zeros(self.planned.shape)
        np.add.at(made, self.group, arriving[self.route])
        return np.where(np.isnan(self.planned), 0.0, made - self.planned)


def no_stability(horizon: int) -> Stability:
    """Of a plan that may change as it likes."""
    none = np.zeros(0, dtype=np.int64)
    return Stability(none, none, np.zeros((0, horizon)), np.zeros((0, horizon)))


def read_stability(
    inputs: Inputs, routes: Routes, *, made: FloatArray, standard: FloatArray
) -> tuple[Stability, list[Finding]]:
    """What the policy asks for. Of the plan of record firm receipts and what was `made` to date [S, T] are part;
    `standard` [S, T] is what a unit is worth."""
    axes, head = inputs.axes, inputs.snapshot.head
    percent, buckets = float(inputs.knob("stability_pct")), int(inputs.knob("stability_buckets"))
    if percent == 0 or inputs.knob("tier") == "infinite":
        return no_stability(axes.horizon), []
    planned = _planned(axes, newest_plan(inputs.table("plan_archive"), head.as_of), min(buckets, axes.horizon))
    keys = axes.keys[Grain.MAKE]
    number: dict[tuple[int, int], int] = {}
    route, group = [], []
    for row in np.flatnonzero(routes.is_own & (routes.stock >= 0)).tolist():
        item, place = int(keys.column("item")[row]), int(keys.column("location")[row])
        found = next((key for key in ((item, place), (item, -1)) if key in planned), None)
        if found is not None:
            route.append(row)
            group.append(number.setdefault(found, len(number)))
    if not number:
        message = "no plan made by then names production of an item that is made here"
        return no_stability(axes.horizon), [STABILITY_WITHOUT_PLAN.found(f"day {head.as_of}", message)]
    member, of = np.array(route, dtype=np.int64), np.array(group, dtype=np.int64)
    rows = routes.stock[member]
    comes = np.zeros((len(number), axes.horizon))
    # Two routes that fill one stock have its receipts in common.
    pairs = np.unique(np.column_stack([of, rows]), axis=0)
    np.add.at(comes, pairs[:, 0], (made + _firm(inputs, made.shape))[pairs[:, 1]])
    worth = np.zeros((len(number), axes.horizon))
    np.maximum.at(worth, of, standard[rows])
    rest = np.maximum(np.array([planned[key] for key in number]) - comes, 0.0)
    return Stability(member, of, rest, np.where(np.isnan(rest), 0.0, worth * percent / 100)), []


def _firm(inputs: Inputs, shape: tuple[int, ...]) -> FloatArray:
    """Good units of firm production receipts by stock row and bucket, [S, T]."""
    axes, keys = inputs.axes, inputs.keys(Grain.STOCK)
    firm = firm_receipts(axes, inputs.table("receipts"), inputs.snapshot.head.as_of)
    rows = row_numbers(keys, firm, ("item", "location"))
    buckets = axes.calendar.index_dates(firm["date"]) if firm.height else np.zeros(0, dtype=np.int64)
    found = np.zeros(shape)
    here = (rows >= 0) & (buckets >= 0) & (buckets < axes.horizon)
    np.add.at(found, (rows[here], buckets[here]), firm["quantity"].to_numpy()[here])
    return found


def _planned(axes: Axes, newest: pl.DataFrame, buckets: int) -> dict[tuple[int, int], FloatArray]:
    """Good units of the plan of record by (item, location) in the first buckets, NaN where it says nothing, [T] each;
    location −1 of an item that has a row of no one location."""
    rows = newest.filter(pl.col("item").is_in(axes.items.leaves)).sort("item", "location", "date", "quantity")
    named = pl.col("location").is_in(axes.locations.leaves)
    rows = rows.with_columns(location=pl.when(named.all().over("item")).then("location").otherwise(pl.lit("")))
    found: dict[tuple[int, int], FloatArray] = {}
    at = axes.calendar.index_dates(rows["date"]) if rows.height else np.zeros(0, dtype=np.int64)
    for item, place, bucket, quantity in zip(
        rows["item"].to_list(), rows["location"].to_list(), at.tolist(), rows["quantity"].to_list(), strict=True
    ):
        if 0 <= bucket < buckets:
            key = axes.items.position[item], axes.locations.position[place] if place else -1
            cells = found.setdefault(key, np.full(axes.horizon, np.nan))
            cells[bucket] = np.nan_to_num(cells[bucket]) + quantity
    return found
