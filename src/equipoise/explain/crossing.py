"""Sums that cross from one grain to another: stock from production and lanes, cost of sales; and holding cost."""

import numpy as np

from equipoise.core.grid import MONEY_STEP, on_grid
from equipoise.explain.cell import Cell, Why, largest, parts_of
from equipoise.explain.node import Node, known, number
from equipoise.explain.rates import rate as freight

PRODUCED = ("production_qty", "subcontract_qty", "purchase_qty")


def inbound(cell: Cell, why: Why) -> Node:
    """What enters stock: made (also beside other items), bought, arrived from other locations, scheduled receipts."""
    into = np.isin(cell.supply.routes.stock, cell.rows)
    made = [np.flatnonzero(into & kind) for kind in cell.supply.routes.kinds()]
    arriving = np.flatnonzero(np.isin(cell.supply.flows.to_stock, cell.rows))
    parts = [cell.of(name, rows) for name, rows in zip(PRODUCED, made, strict=True)]
    parts.append(cell.of("arrival_qty", arriving))
    parts.append(cell.of("receipt_scheduled_qty"))
    parts.append(cell.of("production_byproduct_qty"))
    return _sum(cell, parts, why)


def outbound(cell: Cell, why: Why) -> Node:
    """What leaves stock: shipped to markets and locations, used as components, scrapped."""
    leaving = np.flatnonzero(np.isin(cell.supply.flows.from_stock, cell.rows))
    parts = [cell.of("shipment_qty", leaving), cell.of("component_use_qty"), cell.of("inventory_scrap_qty")]
    return _sum(cell, parts, why)


def _sum(cell: Cell, parts: list[Cell], why: Why) -> Node:
    return Node("Postings", cell.value, cell.text, tuple(why(part) for part in parts if part.value))


def cost_of_sales(cell: Cell, why: Why) -> Node:
    """Arrivals at the market × standard cost at the location they left."""
    flows = np.flatnonzero(np.isin(cell.supply.flows.to_demand, cell.rows))
    arrivals = cell.of("arrival_qty", flows)
    stock = cell.supply.flows.from_stock[flows]
    standard = np.where(stock < 0, np.nan, cell.supply.values("cost_standard_price")[stock, cell.bucket])
    amounts = on_grid(np.where(arrivals.amounts == 0, 0.0, arrivals.amounts * standard), MONEY_STEP)
    used = np.flatnonzero(amounts != 0)
    chosen = used[largest(amounts[used])]
    children = []
    for position in chosen.tolist():
        arrival = cell.of("arrival_qty", flows[[position]])
        rate = cell.of("cost_standard_price", stock[[position]])
        why_rate = why(rate) if stock[position] >= 0 else Node("Source", None, "its source holds no stock")
        text = f"{arrival.who}: {arrival.words(arrival.value)} × {number(known(float(standard[position])))}"
        operands = (Node("Optimum", arrival.value, arrival.text, (freight(arrival.of("flow_unit_price")),)), why_rate)
        children.append(Node("Product", known(float(amounts[position])), text, operands))
    if len(chosen) < len(used):
        rest = float(amounts.sum() - amounts[chosen].sum())
        children.append(Node("Product", known(rest), f"{len(used) - len(chosen)} other lanes"))
    return Node("Postings", cell.value, cell.text, tuple(children))


def holding_cost(cell: Cell, why: Why) -> Node:
    """Stock × holding cost per unit: closing stock, or the mean of opening and closing stock."""
    if len(cell.rows) > 1:
        children = parts_of(cell, lambda part: holding_cost(part, why), "other stocks")
        return children[0] if len(children) == 1 else Node("Postings", cell.value, cell.text, children)
    closing, price = cell.of("inventory_closing_qty"), cell.of("cost_holding_price")
    if cell.plan.policy["holding_on"] == "closing":
        held, words = why(closing), closing.words(closing.value)
    else:
        opening = cell.of("inventory_opening_qty")
        mean = None if opening.value is None or closing.value is None else (opening.value + closing.value) / 2
        words = closing.words(mean)
        held = Node("Product", mean, "mean of opening and closing stock", (why(opening), why(closing)))
    return Node("Product", cell.value, f"{cell.text}: {words} × {number(price.value)}", (held, why(price)))
