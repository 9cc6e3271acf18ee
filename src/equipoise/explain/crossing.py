"""Sums that cross from one grain to another: stock from production and lanes, load from routes, cost of sales."""

import numpy as np

from equipoise.core.grid import MONEY_STEP, QUANTITY_STEP, on_grid
from equipoise.explain.cell import Cell, Why
from equipoise.explain.node import Node, known, number, shortened

PRODUCED = ("production_qty", "subcontract_qty", "purchase_qty")


def inbound(cell: Cell, why: Why) -> Node:
    """What enters stock: made, subcontracted, bought, arrived from other locations, scheduled receipts."""
    made = np.flatnonzero(np.isin(cell.supply.routes.stock, cell.rows))
    arriving = np.flatnonzero(np.isin(cell.supply.flows.to_stock, cell.rows))
    parts = [*(cell.of(name, made) for name in PRODUCED), cell.of("arrival_qty", arriving)]
    return _sum(cell, [*parts, cell.of("receipt_scheduled_qty")], why)


def outbound(cell: Cell, why: Why) -> Node:
    """What leaves stock: shipped to markets and locations, used as components."""
    leaving = np.flatnonzero(np.isin(cell.supply.flows.from_stock, cell.rows))
    return _sum(cell, [cell.of("shipment_qty", leaving), cell.of("component_use_qty")], why)


def _sum(cell: Cell, parts: list[Cell], why: Why) -> Node:
    return Node("Postings", cell.value, cell.text, tuple(why(part) for part in parts if part.value))


def load(cell: Cell, why: Why) -> Node:
    """Standard hours: units started × hours per unit on each route, and firm receipts."""
    routes = cell.supply.routes
    started = cell.supply.values("production_started_qty")
    others = cell.supply.values("subcontract_qty") + cell.supply.values("purchase_qty")
    children = []
    for use in np.flatnonzero(np.isin(routes.load_resource, cell.rows)).tolist():
        route = int(routes.load_route[use])
        units = (started if routes.is_own[route] else others)[route]
        quantity = float(units[routes.load_bucket[use] == cell.bucket].sum())
        hours = float(routes.load_hours[use])
        amount = float(on_grid(np.array(quantity * hours), QUANTITY_STEP))
        if amount:
            words = cell.of("production_started_qty", np.array([route])).who
            children.append(
                Node("Product", amount, f"{words}: {number(quantity)} started × {number(hours)} hours each")
            )
    rest = (cell.value or 0.0) - sum(child.value or 0.0 for child in children)
    if rest:
        is_rounding = abs(rest) <= QUANTITY_STEP * (len(children) + 1)
        children.append(Node("Source", rest, "rounding to the grid" if is_rounding else "firm receipts"))
    return Node("Postings", cell.value, cell.text, shortened(children, "other routes"))


def cost_of_sales(cell: Cell, why: Why) -> Node:
    """Arrivals at the market × standard cost at the location they left."""
    flows = cell.supply.flows
    children = []
    for flow in np.flatnonzero(np.isin(flows.to_demand, cell.rows)).tolist():
        arrival = cell.of("arrival_qty", np.array([flow]))
        if not arrival.value:
            continue
        stock = int(flows.from_stock[flow])
        standard = cell.of("cost_standard_price", np.array([stock], dtype=np.int64))
        price = standard.value if stock >= 0 else None
        amount = None if price is None else known(float(on_grid(np.array(arrival.value * price), MONEY_STEP)))
        rate = why(standard) if stock >= 0 else Node("Source", None, "its source holds no stock, so no standard cost")
        text = f"{arrival.who}: {arrival.words(arrival.value)} × {number(price)}"
        children.append(Node("Product", amount, text, (Node("Optimum", arrival.value, arrival.text), rate)))
    return Node("Postings", cell.value, cell.text, shortened(children, "other lanes"))


def holding_cost(cell: Cell, why: Why) -> Node:
    """Stock × holding cost per unit: closing stock, or the mean of opening and closing stock."""
    parts = cell.each()
    if len(parts) > 1:
        return Node("Postings", cell.value, cell.text, shortened([holding_cost(part, why) for part in parts]))
    only = parts[0] if parts else cell
    closing, price = only.of("inventory_closing_qty"), only.of("cost_holding_price")
    if not parts:
        return Node("Postings", cell.value, cell.text)
    if cell.plan.policy["holding_on"] == "closing":
        held, words = why(closing), closing.words(closing.value)
    else:
        opening = only.of("inventory_opening_qty")
        mean = None if opening.value is None or closing.value is None else (opening.value + closing.value) / 2
        words = closing.words(mean)
        held = Node("Product", mean, "mean of opening and closing stock", (why(opening), why(closing)))
    return Node("Product", only.value, f"{only.text}: {words} × {number(price.value)}", (held, why(price)))
