"""What a unit costs by the way it comes: made on a route, subcontracted, bought, carried along a lane."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.finding import Finding
from equipoise.core.grid import FloatArray, IntArray
from equipoise.core.hierarchy import Hierarchy
from equipoise.core.measure import Grain
from equipoise.core.rates import Asked, painted_rates
from equipoise.core.stage import Inputs
from equipoise.finance.findings import BLANK_COST, ROUTE_COSTS_DIFFER

PREFIXES = {"subcontracting": "subcontract:", "purchasing": "purchase:"}
"""How the route label of a make row that is not an own route begins, by the table it comes from."""


def make_prices(inputs: Inputs) -> tuple[FloatArray, FloatArray, list[Finding]]:
    """Money per unit started of the make rows, and of the dearest way to get each item: [N, T] and [items, T].

    The first is the variable_cost of an own route or the unit_cost of a supplier. The second adds to it the hours at
    overtime pay; NaN for an item that nobody makes or sells to us.
    """
    axes, keys = inputs.axes, inputs.keys(Grain.MAKE)
    routes = np.array([keys.codes[2][number] for number in keys.column("route").tolist()], dtype=object)
    prices = np.full((len(keys), axes.horizon), np.nan)
    is_own = np.ones(len(keys), dtype=np.bool_)
    for table, prefix in PREFIXES.items():
        frame = inputs.table(table)
        for supplier in sorted(set(frame["supplier"].to_list())):
            rows = np.flatnonzero(routes == prefix + supplier)
            is_own[rows] = False
            mine = frame.filter(pl.col("supplier") == supplier)
            prices[rows] = painted_rates(axes, mine, "unit_cost", *_item_and_location(axes, rows))
    bills, findings = route_bills(inputs)
    hours = np.zeros(len(keys))
    for row in np.flatnonzero(is_own).tolist():
        bill = _bill_of(axes, row, bills)
        prices[row], hours[row] = bill.variable, bill.hours
    findings += _blank(inputs, prices)
    prices = np.nan_to_num(prices)
    dearest = np.full((len(axes.items), axes.horizon), np.nan)
    np.fmax.at(dearest, keys.column("item"), prices + hours[:, None])
    return prices, dearest, findings


def order_prices(inputs: Inputs) -> FloatArray:
    """order_cost of the supplier of each make row, [N, T]; 0 where none is stated and for other sources."""
    axes, keys = inputs.axes, inputs.keys(Grain.MAKE)
    routes = np.array([keys.codes[2][number] for number in keys.column("route").tolist()], dtype=object)
    prices = np.zeros((len(keys), axes.horizon))
    stated = inputs.table("purchasing").filter(pl.col("order_cost").fill_null(0.0) > 0)
    for supplier in sorted(set(stated["supplier"].to_list())):
        rows = np.flatnonzero(routes == PREFIXES["purchasing"] + supplier)
        mine = inputs.table("purchasing").filter(pl.col("supplier") == supplier)
        prices[rows] = np.nan_to_num(painted_rates(axes, mine, "order_cost", *_item_and_location(axes, rows)))
    return prices


def _blank(inputs: Inputs, prices: FloatArray) -> list[Finding]:
    keys = inputs.keys(Grain.MAKE)
    blank = np.flatnonzero(np.isnan(prices).any(axis=1))
    if blank.size == 0:
        return []
    item, location, route = keys.labels(int(blank[0]))
    first = f"{item} at {location}" + (f" by {route}" if route else "")
    message = f"{blank.size} of {len(keys)} ways to make or buy an item have no cost per unit; the first is {first}"
    return [BLANK_COST.found("routings, subcontracting, purchasing", message, count=int(blank.size))]


def _item_and_location(axes: Axes, rows: IntArray) -> tuple[Asked, Asked]:
    keys = axes.keys[Grain.MAKE]
    return (
        Asked("item", axes.items, keys.column("item")[rows]),
        Asked("location", axes.locations, keys.column("location")[rows]),
    )


BillKey = tuple[str, str, str, str]
"""Level and code of the item node, location, route."""


@dataclass(frozen=True)
class Bill:
    """Money per unit started on a route: its variable cost (NaN if blank), and its hours at the dearer of two pays."""

    variable: float
    hours: float


def route_bills(inputs: Inputs) -> tuple[Mapping[BillKey, Bill], list[Finding]]:
    """The bill of every route that has rows, one row for each resource it needs.

    The variable cost is the route's: rows may repeat it or leave it blank, not contradict it.
    """
    items, pay = inputs.axes.items, _dearest_pay(inputs)
    bills: dict[BillKey, Bill] = {}
    differing: list[BillKey] = []
    rows = inputs.table("routings").sort("item", "location", "route", "resource")
    for node, location, route, resource, hours, cost in rows.select(
        "item", "location", "route", "resource", "hours_per_unit", "variable_cost"
    ).iter_rows():
        level = items.level_of(node)
        key = (level, node.removeprefix(f"{level}:"), location, route)
        bill = bills.get(key, Bill(np.nan, 0.0))
        if cost is not None and not np.isnan(bill.variable) and cost != bill.variable:
            differing.append(key)
        variable = cost if cost is not None and np.isnan(bill.variable) else bill.variable
        bills[key] = Bill(variable, bill.hours + hours * pay.get(resource, 0.0))
    if not differing:
        return bills, []
    _, node, location, route = differing[0]
    first = f"{node} at {location}" + (f" by route {route}" if route else "")
    message = f"{len(differing)} rows contradict the variable cost of their route; the first is {first}"
    return bills, [ROUTE_COSTS_DIFFER.found("table routings", message, count=len(differing))]


def _dearest_pay(inputs: Inputs) -> Mapping[str, float]:
    pay = inputs.table("resources").select("resource", "regular_cost_per_hour", "overtime_cost_per_hour")
    return {resource: max(regular or 0.0, overtime or 0.0) for resource, regular, overtime in pay.iter_rows()}


def _bill_of(axes: Axes, row: int, bills: Mapping[BillKey, Bill]) -> Bill:
    """The bill of a make row: the item's own, else that of the nearest node above it."""
    items = axes.items
    item, location, route = axes.keys[Grain.MAKE].labels(row)
    path = zip(items.levels, items.paths[items.position[item]], strict=True)
    for level, code in (*path, ("all", "")):
        if (level, code, location, route) in bills:
            return bills[level, code, location, route]
    return Bill(np.nan, 0.0)


def flow_prices(inputs: Inputs) -> FloatArray:
    """unit_cost of the lane of each flow row, [N, T]; 0 for a flow that no lane names."""
    axes, keys = inputs.axes, inputs.keys(Grain.FLOW)
    places = Hierarchy("place", ("place",), tuple((place,) for place in axes.places))
    painted = painted_rates(
        axes,
        inputs.table("lanes"),
        "unit_cost",
        Asked("item", axes.items, keys.column("item")),
        Asked("from_location", axes.locations, keys.column("from")),
        Asked("to", places, keys.column("to")),
    )
    return np.nan_to_num(painted)
