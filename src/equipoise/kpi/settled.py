"""Stored parts of adherence and stability: the frozen plan beside what was made, the last plan beside this one."""

import numpy as np
import polars as pl

from equipoise.core.fence import buckets_inside
from equipoise.core.finding import Finding
from equipoise.core.grid import QUANTITY_STEP, BoolArray, FloatArray, IntArray, on_grid
from equipoise.core.history import bucketed, row_numbers
from equipoise.core.measure import Grain
from equipoise.core.panel import Keys, Panel, sum_rows
from equipoise.core.rates import Asked, painted_rates
from equipoise.core.stage import Inputs
from equipoise.kpi.findings import NOTHING_FROZEN, PLAN_ABOVE
from equipoise.kpi.frozen import Earlier, first_rows, frozen_plan, last_plan

PRODUCTION, DEMAND = "production_qty", "demand_consensus_qty"


def adherence(inputs: Inputs, *, first: int, last: int) -> tuple[tuple[Panel, ...], tuple[Finding, ...]]:
    """Frozen plan, what was made, deviation, and the two variances of the family sheet, of buckets first..last − 1.

    Panels begin with the first bucket of which a plan was frozen: before it nothing is known, which is not 0.
    Production and demand are held against plans frozen by the same fence. The variances are of items and buckets for
    which both were frozen, so that production less sales is what stock is off its plan.
    """
    keys, sold = inputs.keys(Grain.STOCK), inputs.keys(Grain.DEMAND)
    archive, home = inputs.table("plan_archive"), _homes(inputs)
    fence = np.zeros(len(inputs.axes.items))
    np.maximum.at(fence, keys.column("item"), np.nan_to_num(_fence_days(inputs, keys, "planning_days")))
    span = {"first": first, "last": last}
    frozen = frozen_plan(inputs.axes, archive, PRODUCTION, keys, home, fence_days=fence, **span)
    markets = first_rows(sold, np.ones(len(sold), dtype=np.bool_))
    asked = frozen_plan(inputs.axes, archive, DEMAND, sold, markets, fence_days=fence, **span)
    planned, made = np.nan_to_num(frozen.quantity), frozen.beside(_made(inputs, home, first, last), keys)
    shipped, is_known = _shipped(inputs, first, last)
    both = _items_with(frozen, keys) & _items_with(asked, sold) & is_known
    sales = asked.beside(shipped, sold) - np.nan_to_num(asked.quantity)
    variance = np.where(both[keys.column("item")], made - planned, 0.0)
    sales = np.where(both[sold.column("item")], sales, 0.0)
    since, since_both = _first_true(np.isfinite(frozen.quantity)), _first_true(both)
    kept = {
        "production_frozen_qty": planned[:, since:],
        "production_reported_qty": made[:, since:],
        "production_deviation_qty": np.abs(made - planned)[:, since:],
    }
    panels = (
        Panel(keys, kept, first + since),
        Panel(keys, {"production_variance_qty": variance[:, since_both:]}, first + since_both),
        Panel(sold, {"sales_variance_qty": sales[:, since_both:]}, first + since_both),
    )
    findings = list(_above(frozen, PRODUCTION))
    past = archive.filter((pl.col("measure") == PRODUCTION) & (pl.col("date") < inputs.axes.calendar.start_of(0)))
    if past.height and last > first and not np.isfinite(frozen.quantity).any():
        message = f"none of {past.height} rows of production_qty was published before its bucket entered the fence"
        findings.append(NOTHING_FROZEN.found("table plan_archive", message, count=past.height))
    return panels, tuple(findings)


def _first_true(cells: BoolArray) -> int:
    """First column [.., H] with a true cell; H where there is none."""
    columns = np.flatnonzero(cells.any(axis=0))
    return int(columns[0]) if columns.size else cells.shape[1]


def _items_with(earlier: Earlier, keys: Keys) -> BoolArray:
    """Items and buckets [items, T] of which an earlier plan says anything."""
    items = keys.column("item")
    found: BoolArray = sum_rows(np.isfinite(earlier.quantity).astype(np.float64), items, len(keys.codes[0])) > 0
    return found


def _shipped(inputs: Inputs, first: int, last: int) -> tuple[FloatArray, BoolArray]:
    """Shipments of the demand rows in buckets first..last − 1, and which of these buckets the history covers, [H]."""
    panel = inputs.panel("history_shipped_qty")
    values, columns = panel["history_shipped_qty"], np.arange(first, last) - panel.first
    inside = (columns >= 0) & (columns < values.shape[1])
    shipped = np.zeros((len(values), last - first))
    shipped[:, inside] = values[:, columns[inside]]
    return shipped, inside & bool(values.any())


def production_stability(inputs: Inputs) -> tuple[dict[str, FloatArray], tuple[Finding, ...]]:
    """The last plan and the change of this one inside the planning fence, stock rows [S, T]."""
    keys, make = inputs.keys(Grain.STOCK), inputs.keys(Grain.MAKE).frame
    rows = row_numbers(keys, make, ("item", "location"))
    now = sum_rows(inputs.measure("production_qty"), rows, len(keys)) + inputs.measure("production_to_date_qty")
    old = _last(inputs, PRODUCTION, keys, "planning_days", _homes(inputs))
    return _changed(old, now, keys, "production_fenced_qty", "production_changed_qty"), _above(old, PRODUCTION)


def demand_stability(inputs: Inputs) -> tuple[dict[str, FloatArray], tuple[Finding, ...]]:
    """The last consensus and the change of this one inside the demand fence, demand rows [N, T]."""
    keys = inputs.keys(Grain.DEMAND)
    home = first_rows(keys, np.ones(len(keys), dtype=np.bool_))
    old = _last(inputs, DEMAND, keys, "demand_days", home)
    now = inputs.measure(DEMAND)
    return _changed(old, now, keys, "demand_fenced_qty", "demand_changed_qty"), _above(old, DEMAND)


def _changed(old: Earlier, now: FloatArray, keys: Keys, fenced: str, changed: str) -> dict[str, FloatArray]:
    before = np.nan_to_num(old.quantity)
    return {fenced: before, changed: np.abs(old.beside(now, keys) - before)}


def _last(inputs: Inputs, measure: str, keys: Keys, column: str, home: IntArray) -> Earlier:
    head = inputs.snapshot.head
    days = _fence_days(inputs, keys, column)
    elapsed = (head.as_of - head.start).days + 1
    inside = buckets_inside(inputs.axes.calendar.horizon_days, elapsed, np.nan_to_num(days))
    return last_plan(inputs.axes, inputs.table("plan_archive"), measure, keys, inside, home)


def _fence_days(inputs: Inputs, keys: Keys, column: str) -> FloatArray:
    """Days of a fence of table fences by row, [N]; NaN where none is given.

    Demand belongs to no location yet: the longest fence of the item counts, as it does for consumption.
    """
    axes, fences = inputs.axes, inputs.table("fences")
    item = Asked("item", axes.items, keys.column("item"))
    if keys.grain is Grain.STOCK:
        location = Asked("location", axes.locations, keys.column("location"))
        days: FloatArray = painted_rates(axes, fences, column, item, location)[:, 0]
        return days
    longest = np.full(len(keys), np.nan)
    for code in sorted(set(fences["location"].to_list())):
        longest = np.fmax(longest, painted_rates(axes, fences.filter(pl.col("location") == code), column, item)[:, 0])
    return longest


def _homes(inputs: Inputs) -> IntArray:
    """Stock row on which each item stands as a whole: the first location that makes it."""
    keys, make = inputs.keys(Grain.STOCK), inputs.keys(Grain.MAKE).frame
    own = make.filter(~pl.col("route").str.contains("^(subcontract|purchase):"))
    rows = row_numbers(keys, own, ("item", "location"))
    makes: BoolArray = np.zeros(len(keys), dtype=np.bool_)
    makes[rows[rows >= 0]] = True
    return first_rows(keys, makes)


def _made(inputs: Inputs, home: IntArray, first: int, last: int) -> FloatArray:
    """Good units reported by stock row, [S, last − first]; without a location of its own an item is made at home."""
    keys, rows = inputs.keys(Grain.STOCK), inputs.table("production_history")
    number = row_numbers(keys, rows, ("item", "location"))
    item = np.array([inputs.axes.items.position.get(code, -1) for code in rows["item"].to_list()], dtype=np.int64)
    number = np.where((number < 0) & (item >= 0), home[np.maximum(item, 0)], number)
    made = bucketed(inputs.axes, rows, "quantity", number, len(keys), first=first, last=last)
    return on_grid(made, QUANTITY_STEP)


def _above(earlier: Earlier, measure: str) -> tuple[Finding, ...]:
    if not earlier.above:
        return ()
    message = f"{earlier.above} rows of {measure} stand at nodes above item, location and market"
    return (PLAN_ABOVE.found("table plan_archive", message, count=earlier.above),)
