"""Receipts under way: what arrives whatever the plan does, the hours and components that firm production takes.

Released and firm receipts are fixed, planned ones are re-planned; a firm transfer that has not left yet is a least
quantity on its lane, so that it leaves the one stock before it reaches the other (tables.md, Receipts).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.finding import Finding
from equipoise.core.grid import QUANTITY_STEP, FloatArray, on_grid
from equipoise.core.measure import Grain
from equipoise.supply.findings import OVERDUE_RECEIPT, UNKNOWN_RECEIPT
from equipoise.supply.network.components import Components
from equipoise.supply.network.flows import Flows
from equipoise.supply.network.limits import Limit
from equipoise.supply.network.routes import Routes


@dataclass(eq=False)
class Receipts:
    """What is fixed before the plan is made."""

    scheduled: FloatArray
    """[S, T] units that arrive."""
    component_use: FloatArray
    """[S, T] units that firm production takes."""
    load: FloatArray
    """[R, T] standard hours that firm production takes."""
    transfers: list[Limit] = field(default_factory=list)
    """Least shipments of firm transfers."""
    findings: list[Finding] = field(default_factory=list)


def read_receipts(
    axes: Axes,
    *,
    receipts: pl.DataFrame,
    inventory: pl.DataFrame,
    routes: Routes,
    components: Components,
    outputs: Components,
    flows: Flows,
    stock_rows: Mapping[tuple[str, str], int],
    as_of: date,
    start: date,
) -> Receipts:
    """Post every receipt that is not merely planned, and stock in transit that no transfer receipt explains.

    What is due after as_of and before the start has arrived by then: stock at start holds it. Its hours are worked
    before the plan; components that it still needs are taken in the first bucket.
    """
    shape = (len(axes.keys[Grain.STOCK]), axes.horizon)
    fixed = Receipts(np.zeros(shape), np.zeros(shape), np.zeros((len(axes.resources), axes.horizon)))
    # What was received by as_of is in the stock already; of a line without quantity nothing is due.
    is_due = pl.col("received_date").is_null() | (pl.col("received_date") > as_of)
    is_open = pl.col("quantity") > 0
    lines = receipts.filter((pl.col("status") != "planned") & is_due & is_open).sort("reference", "line")
    transferred: set[tuple[str, str]] = set()
    for line in lines.iter_rows(named=True):
        where = (line["item"], line["location"])
        if line["type"] == "transfer":
            transferred.add(where)
        row = stock_rows.get(where)
        if as_of < line["due_date"] < start:
            _post_components(axes, fixed, line, routes=routes, components=components, start=0)
            continue
        _post(
            axes, fixed, line, routes=routes, components=components, outputs=outputs, flows=flows, row=row, as_of=as_of
        )
    moving = inventory.filter(pl.col("in_transit").fill_null(0.0) > 0).sort("item", "location", "lot")
    for item, location, quantity in moving.select("item", "location", "in_transit").iter_rows():
        row = stock_rows.get((item, location))
        if row is not None and (item, location) not in transferred:
            fixed.scheduled[row, 0] += _grid(quantity)
    fixed.component_use[:] = on_grid(fixed.component_use, QUANTITY_STEP)
    return fixed


def _post(
    axes: Axes,
    fixed: Receipts,
    line: Mapping[str, Any],
    *,
    routes: Routes,
    components: Components,
    outputs: Components,
    flows: Flows,
    row: int | None,
    as_of: date,
) -> None:
    where = f"receipt {line['reference']} / {line['line']}"
    if row is None:
        text = f"{line['item']} at {line['location']} is not planned; {line['quantity']:g} are left out"
        fixed.findings.append(UNKNOWN_RECEIPT.found(where, text))
        return
    if line["due_date"] <= as_of:
        late = (as_of - line["due_date"]).days
        text = f"{line['quantity']:g} {line['item']} at {line['location']} are {late} days overdue"
        fixed.findings.append(OVERDUE_RECEIPT.found(where, text, count=max(late, 1)))
    due = max(0, axes.calendar.index_of(line["due_date"]))
    if due >= axes.horizon:
        return
    if line["type"] == "transfer" and line["status"] != "in_transit" and line["from"]:
        _post_transfer(axes, fixed, line, flows=flows, row=row, due=due, where=where)
        return
    if line["type"] == "production" and line["status"] in ("firm", "released"):
        _post_production(axes, fixed, line, routes=routes, components=components, outputs=outputs, due=due)
    fixed.scheduled[row, due] += _grid(line["quantity"])


def _post_transfer(
    axes: Axes, fixed: Receipts, line: Mapping[str, Any], *, flows: Flows, row: int, due: int, where: str
) -> None:
    """A transfer still to leave: a least shipment on its lane, in the bucket in which it is to leave."""
    keys = axes.keys[Grain.FLOW].rows
    flow = keys.get((line["item"], line["from"], line["location"]))
    if flow is None:
        text = f"no lane leads from {line['from']} to {line['location']}; {line['quantity']:g} arrive without leaving"
        fixed.findings.append(UNKNOWN_RECEIPT.found(where, text))
        fixed.scheduled[row, due] += _grid(line["quantity"])
        return
    if line["ship_date"] is not None:
        leaves = max(0, axes.calendar.index_of(line["ship_date"]))
    else:
        leaves = max(int(np.searchsorted(flows.arrival[flow], due, side="right")) - 1, 0)
    if leaves >= axes.horizon or not flows.is_open[flow, leaves]:
        return
    least = np.zeros(axes.horizon)
    least[leaves] = _grid(line["quantity"])
    most = np.full(axes.horizon, np.inf)
    named = (("reference", str(line["reference"])), ("line", str(line["line"])))
    members = np.array([flow], dtype=np.int64)
    fixed.transfers.append(Limit("ship", members, most, least, where, table="receipts", keys=named))


def _post_production(
    axes: Axes,
    fixed: Receipts,
    line: Mapping[str, Any],
    *,
    routes: Routes,
    components: Components,
    outputs: Components,
    due: int,
) -> None:
    """Hours and components of a firm production order, in the bucket in which its route would have to start.

    What comes out beside the item arrives with it.
    """
    make = axes.keys[Grain.MAKE].rows.get((line["item"], line["location"], line["route"]))
    if make is None:
        return
    start = max(int(np.searchsorted(routes.arrival[make], due, side="right")) - 1, 0)
    started = float(line["quantity"]) / float(routes.yield_ratio[make])
    uses = np.flatnonzero(routes.load_route == make)
    hours = routes.load_hours[uses]
    if line["hours_remaining"] is not None:
        total = float(hours.sum())
        taken = hours / total * float(line["hours_remaining"]) if total > 0 else hours
    else:
        taken = hours * started
    np.add.at(fixed.load, (routes.load_resource[uses], routes.load_bucket[uses, start]), taken)
    for pair in np.flatnonzero(outputs.route == make).tolist():
        fixed.scheduled[outputs.stock[pair], due] += _grid(started * float(outputs.quantity[pair, start]))
    _post_components(axes, fixed, line, routes=routes, components=components, start=start)


def _post_components(
    axes: Axes, fixed: Receipts, line: Mapping[str, Any], *, routes: Routes, components: Components, start: int
) -> None:
    """Components of a firm production order that are not issued yet, taken in bucket `start`."""
    make = axes.keys[Grain.MAKE].rows.get((line["item"], line["location"], line["route"]))
    is_production = line["type"] == "production" and line["status"] in ("firm", "released")
    if make is None or not is_production or line["components_issued"]:
        return
    started = float(line["quantity"]) / float(routes.yield_ratio[make])
    for pair in np.flatnonzero(components.route == make).tolist():
        fixed.component_use[components.stock[pair], start] += started * components.quantity[pair, start]


def _grid(quantity: float) -> float:
    return float(on_grid(np.array(float(quantity)), QUANTITY_STEP))
