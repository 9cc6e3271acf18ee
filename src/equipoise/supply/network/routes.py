"""Routes: the rows of grain make. Our own production, subcontractors and suppliers, with what each of them uses.

Own production is counted by the bucket in which it is started, subcontract and purchase by the bucket of arrival.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.finding import Finding
from equipoise.core.grid import QUANTITY_STEP, BoolArray, FloatArray, IntArray
from equipoise.core.measure import Grain
from equipoise.core.rates import Asked, painted_rates
from equipoise.supply.findings import LOTS_NOT_PLANNED, ROUTE_WITHOUT_RESOURCE, SETUP_WITHOUT_LOT
from equipoise.supply.network.keyed_rates import SEPARATOR, keyed_rates
from equipoise.supply.network.lead_times import arrival_buckets, lag_buckets

SUBCONTRACT = "subcontract:"
PURCHASE = "purchase:"
MOST_SETUP_HOURS = 1 / QUANTITY_STEP
"""Setup hours per unit beyond which a lot is no lot: the least quantity that is counted would take more than an hour,
so that hours and money of a plan would hang on how its quantities are rounded."""


@dataclass(frozen=True, eq=False)
class Routes:
    """M rows of grain make over T buckets, and L uses of resources (a route may use several)."""

    stock: IntArray
    """[M] row of grain stock that the route fills."""
    is_own: BoolArray
    is_subcontract: BoolArray
    """[M]; what is neither is a purchase."""
    yield_ratio: FloatArray
    """[M] good units per unit started."""
    arrival: IntArray
    """[M, T] bucket of arrival of what is counted in bucket t; T: after the horizon."""
    is_open: BoolArray
    """[M, T] whether the route may be used."""
    lag: IntArray
    """[M] buckets of its lead time, the longest of the horizon."""
    load_route: IntArray
    load_resource: IntArray
    load_hours: FloatArray
    """[L] standard hours per unit started, setups by lot included."""
    load_bucket: IntArray
    """[L, T] bucket in which the hours fall."""
    price_cap: FloatArray
    """[M] highest listed cost per good unit, without hours: the ground of the end price."""

    def arriving(self, good: FloatArray) -> FloatArray:
        """Good units by bucket of arrival, of good units by bucket of start, [M, T]; none after the horizon."""
        found = np.zeros(good.shape)
        route, bucket = np.nonzero(self.arrival < good.shape[1])
        np.add.at(found, (route, self.arrival[route, bucket]), good[route, bucket])
        return found

    def kinds(self) -> tuple[BoolArray, BoolArray, BoolArray]:
        """Own, subcontract, purchase, each [M]."""
        return self.is_own, self.is_subcontract, ~self.is_own & ~self.is_subcontract


@dataclass
class _Loads:
    """Uses of resources while they are collected."""

    route: list[int]
    resource: list[int]
    hours: list[float]
    offset_days: list[float]


def read_routes(
    axes: Axes,
    *,
    routings: pl.DataFrame,
    subcontracting: pl.DataFrame,
    purchasing: pl.DataFrame,
    inventory_policy: pl.DataFrame,
    stock: IntArray,
    as_of: date,
    rounding: str,
    unit_price: FloatArray,
    spreads_setups: bool = True,
) -> tuple[Routes, list[Finding]]:
    """Match every row of grain make with its tables; `stock` [M] is the stock row it fills.

    With `spreads_setups` the hours per unit hold setups, by the usual lot; else lots are planned (lots.py).
    """
    keys = axes.keys[Grain.MAKE]
    labels = make_labels(axes)
    is_sub = np.array([label.startswith(SUBCONTRACT) for label in labels], dtype=np.bool_)
    is_buy = np.array([label.startswith(PURCHASE) for label in labels], dtype=np.bool_)
    is_own = ~is_sub & ~is_buy
    findings: list[Finding] = []
    loads = _Loads([], [], [], [])
    bills = bills_of_capacity(axes, routings, labels, is_own)
    lots = usual_lots(axes, inventory_policy)
    yields, days = np.ones(len(keys)), np.zeros((len(keys), axes.horizon))
    for row, bill in bills.items():
        yields[row] = min(stated(bill, "yield_pct"), default=100.0) / 100
        days[row] = max(stated(bill, "lead_time_days") + stated(bill, "offset_days"), default=0.0)
        lot = float(lots[row]) if spreads_setups else None
        findings += _add_loads(axes, row, bill, lot=lot, loads=loads)
    lags = days.copy()
    is_open = np.broadcast_to(is_own[:, None], days.shape).copy()
    for frame, prefix, chosen in ((subcontracting, SUBCONTRACT, is_sub), (purchasing, PURCHASE, is_buy)):
        rows = np.flatnonzero(chosen)
        lead = supplier_rates(axes, frame, "lead_time_days", rows, labels, prefix)
        cost = supplier_rates(axes, frame, "unit_cost", rows, labels, prefix)
        days[rows], is_open[rows], lags[rows] = np.nan_to_num(lead), ~np.isnan(cost), 0.0
        _add_supplier_loads(axes, frame, rows, labels=labels, prefix=prefix, loads=loads)
    arrival = arrival_buckets(axes.calendar, as_of, lags, rounding)
    # What others deliver is counted on arrival: it is open from the first bucket that an order placed now can reach.
    order_now = arrival_buckets(axes.calendar, as_of, days, rounding)[:, :1]
    is_open &= np.where(is_own[:, None], arrival < axes.horizon, np.arange(axes.horizon)[None, :] >= order_now)
    arrival = np.where(is_own[:, None], arrival, np.arange(axes.horizon)[None, :])
    is_open &= stock[:, None] >= 0
    planned = {"routings": routings, "purchasing": purchasing} if spreads_setups else {}
    findings += lot_findings(**planned, inventory_policy=inventory_policy)
    route = np.array(loads.route, dtype=np.int64)
    offsets = np.array(loads.offset_days).reshape(-1, 1) * np.ones((1, axes.horizon))
    return (
        Routes(
            stock=stock,
            is_own=is_own,
            is_subcontract=is_sub,
            yield_ratio=yields,
            arrival=arrival,
            is_open=is_open,
            lag=lag_buckets(axes.calendar, days, rounding).max(axis=1, initial=0),
            load_route=route,
            load_resource=np.array(loads.resource, dtype=np.int64),
            load_hours=np.array(loads.hours),
            load_bucket=_load_buckets(axes, arrival[route], offsets, rounding),
            price_cap=(unit_price.max(axis=1) if len(keys) else np.zeros(0)) / yields,
        ),
        findings,
    )


def make_labels(axes: Axes) -> list[str]:
    """The route of every row of grain make; that of a subcontractor or supplier begins with its prefix."""
    keys = axes.keys[Grain.MAKE]
    return [keys.codes[2][number] for number in keys.column("route").tolist()]


def _load_buckets(axes: Axes, arrival: IntArray, offset_days: FloatArray, rounding: str) -> IntArray:
    """The start's bucket, or where an offset is given that many days before arrival, not before the start, [L, T]."""
    starts = np.arange(axes.horizon, dtype=np.int64)[None, :]
    given = ~np.isnan(offset_days)
    before = arrival - lag_buckets(axes.calendar, np.nan_to_num(offset_days), rounding)
    return np.minimum(np.maximum(np.where(given, before, starts), starts), axes.horizon - 1)


def bills_of_capacity(
    axes: Axes, routings: pl.DataFrame, labels: Sequence[str], is_own: BoolArray
) -> dict[int, list[dict[str, Any]]]:
    """Rows of table routings of each own route: the item's, else those of the nearest node above it."""
    by_node: dict[tuple[str, str, str, str], list[dict[str, Any]]] = {}
    for line in routings.sort("item", "location", "route", "resource").iter_rows(named=True):
        by_node.setdefault((*_level_and_code(axes, line["item"]), line["location"], line["route"]), []).append(line)
    keys = axes.keys[Grain.MAKE]
    found: dict[int, list[dict[str, Any]]] = {}
    for row in np.flatnonzero(is_own).tolist():
        item, location, _ = keys.labels(row)
        bills = (by_node.get((*node, location, labels[row])) for node in _nodes_above(axes, item))
        found[row] = next(filter(None, bills), [])
    return found


def _add_loads(
    axes: Axes, row: int, bill: Sequence[Mapping[str, Any]], *, lot: float | None, loads: _Loads
) -> list[Finding]:
    """Append the route's uses of resources; setups are spread over the usual lot, unless it is None."""
    findings: list[Finding] = []
    where = "route " + " / ".join(part for part in axes.keys[Grain.MAKE].labels(row) if part)
    known = [line for line in bill if line["resource"] in axes.resources.position]
    if not known:
        findings.append(ROUTE_WITHOUT_RESOURCE.found(where, f"{where} has no resource and is planned without a limit"))
    size = max(stated(bill, "lot_multiple") + stated(bill, "min_lot"), default=lot or 0.0)
    for line in known:
        hours = float(line["hours_per_unit"])
        if line["setup_hours"] and lot is not None:
            setup = float(line["setup_hours"])
            if setup <= size * MOST_SETUP_HOURS:
                hours += setup / size
            else:
                lots = f"lots of only {size:g}: {setup / size:,.0f} hours per unit" if size > 0 else "no lot"
                text = f"{where} has setup hours on {line['resource']} but {lots}"
                findings.append(SETUP_WITHOUT_LOT.found(where, text))
        loads.route.append(row)
        loads.resource.append(axes.resources.position[line["resource"]])
        loads.hours.append(hours)
        loads.offset_days.append(np.nan if line["offset_days"] is None else float(line["offset_days"]))
    return findings


def stated(bill: Sequence[Mapping[str, Any]], column: str) -> list[float]:
    """The numbers that the rows of a bill state in a column."""
    return [float(line[column]) for line in bill if line[column] is not None]


def usual_lots(axes: Axes, inventory_policy: pl.DataFrame) -> FloatArray:
    """Lot size of table inventory_policy for each row of grain make, 0 where it states none, [M]."""
    keys = axes.keys[Grain.MAKE]
    asked = (
        Asked("item", axes.items, keys.column("item")),
        Asked("location", axes.locations, keys.column("location")),
    )
    lots = painted_rates(axes, inventory_policy, "lot_size", *asked)
    return np.nan_to_num(lots[:, 0]) if len(keys) else np.zeros(0)


def _codes(axes: Axes, rows: IntArray, labels: Sequence[str], prefix: str) -> list[str]:
    keys = axes.keys[Grain.MAKE]
    return [f"{keys.labels(row)[1]}{SEPARATOR}{labels[row].removeprefix(prefix)}" for row in rows.tolist()]


def supplier_rates(
    axes: Axes, frame: pl.DataFrame, value: str, rows: IntArray, labels: Sequence[str], prefix: str
) -> FloatArray:
    """A rate of table subcontracting or purchasing for some rows of grain make, [n, T]; NaN where it says none."""
    items = axes.keys[Grain.MAKE].column("item")[rows]
    codes = _codes(axes, rows, labels, prefix)
    return keyed_rates(axes, frame, value, items=items, columns=("location", "supplier"), codes=codes)


def route_preferences(axes: Axes, routings: pl.DataFrame, labels: Sequence[str]) -> FloatArray:
    """Preference of every own route, the lowest that its rows state, [M, T]; NaN where none is."""
    found = np.full((len(labels), axes.horizon), np.nan)
    if not routings["preference"].is_not_null().any():
        return found
    is_own = np.array([not label.startswith((SUBCONTRACT, PURCHASE)) for label in labels], dtype=np.bool_)
    for row, bill in bills_of_capacity(axes, routings, labels, is_own).items():
        found[row] = min(stated(bill, "preference"), default=np.nan)
    return found


def _add_supplier_loads(
    axes: Axes, frame: pl.DataFrame, rows: IntArray, *, labels: Sequence[str], prefix: str, loads: _Loads
) -> None:
    """A source with a resource takes one hour of it per unit: such a resource's capacity is counted in units."""
    lines = frame.filter(pl.col("resource") != "").select("item", "location", "supplier", "resource")
    named: dict[tuple[str, str, str, str], str] = {}
    for item, location, supplier, resource in lines.iter_rows():
        if resource in axes.resources.position:
            place = (*_level_and_code(axes, item), location, supplier)
            named[place] = max(named.get(place, ""), resource)
    for row in rows.tolist() if named else []:
        item, location, _ = axes.keys[Grain.MAKE].labels(row)
        supplier = labels[row].removeprefix(prefix)
        found = (named.get((*node, location, supplier)) for node in _nodes_above(axes, item))
        if resource := next(filter(None, found), None):
            loads.route.append(row)
            loads.resource.append(axes.resources.position[resource])
            loads.hours.append(1.0)
            loads.offset_days.append(np.nan)


def _level_and_code(axes: Axes, node: str) -> tuple[str, str]:
    level = axes.items.level_of(node)
    return level, node.removeprefix(f"{level}:")


def _nodes_above(axes: Axes, item: str) -> list[tuple[str, str]]:
    """Level and code of every node that an item is below, itself first."""
    path = axes.items.paths[axes.items.position[item]]
    return [*zip(axes.items.levels, path, strict=True), ("all", "")]


def lot_findings(**tables: pl.DataFrame) -> list[Finding]:
    """What of the tables' least lots and lot multiples the plan does not enforce."""
    has_lot = pl.col("min_lot").fill_null(0.0)
    return [
        LOTS_NOT_PLANNED.found(f"table {name}", f"{count} rows of table {name} state lots", count=count)
        for name, frame in tables.items()
        if (count := frame.filter((has_lot + _number(frame, "lot_multiple") + _number(frame, "order_cost")) > 0).height)
    ]


def _number(frame: pl.DataFrame, column: str) -> pl.Expr:
    return pl.col(column).fill_null(0.0) if column in frame.columns else pl.lit(0.0)
