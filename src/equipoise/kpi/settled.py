"""Stored parts of adherence and stability: the frozen plan beside what was made, the last plan beside this one."""

import numpy as np
import polars as pl

from equipoise.core.fence import buckets_inside
from equipoise.core.finding import Finding
from equipoise.core.grid import QUANTITY_STEP, BoolArray, FloatArray, IntArray, on_grid
from equipoise.core.history import bucketed, row_numbers
from equipoise.core.measure import Grain
from equipoise.core.panel import Keys, sum_rows
from equipoise.core.rates import Asked, painted_rates
from equipoise.core.stage import Inputs
from equipoise.kpi.findings import NOTHING_FROZEN, PLAN_ABOVE
from equipoise.kpi.frozen import Earlier, first_rows, frozen_plan, last_plan

PRODUCTION, DEMAND = "production_qty", "demand_consensus_qty"


def adherence(inputs: Inputs, *, first: int, last: int) -> tuple[dict[str, FloatArray], tuple[Finding, ...]]:
    """Frozen plan, what was made and the deviation of the stock rows, [S, last − first] of buckets from `first`.

    `first` is the first bucket in which anything was reported as made: before it nobody knows.
    """
    keys, archive, home = inputs.keys(Grain.STOCK), inputs.table("plan_archive"), _homes(inputs)
    fence = _fence_days(inputs, keys, "planning_days")
    frozen = frozen_plan(inputs.axes, archive, PRODUCTION, fence, first=first, last=last, home=home)
    planned, made = np.nan_to_num(frozen.quantity), frozen.beside(_made(inputs, home, first, last), keys)
    measures = {
        "production_frozen_qty": planned,
        "production_reported_qty": made,
        "production_deviation_qty": np.abs(made - planned),
    }
    findings = list(_above(frozen, PRODUCTION))
    past = archive.filter((pl.col("measure") == PRODUCTION) & (pl.col("date") < inputs.axes.calendar.start_of(0)))
    if past.height and last > first and not np.isfinite(frozen.quantity).any():
        message = f"none of {past.height} rows of production_qty was published before its bucket entered the fence"
        findings.append(NOTHING_FROZEN.found("table plan_archive", message, count=past.height))
    return measures, tuple(findings)


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
