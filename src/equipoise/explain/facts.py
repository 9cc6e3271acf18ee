"""Measures that no declaration takes apart: facts from the tables, and sums that cross from one grain to another."""

from collections.abc import Callable

import numpy as np
import polars as pl

from equipoise.catalog import MEASURE_BY_NAME
from equipoise.core.measure import Unit
from equipoise.demand.cleansing import CLEANSED
from equipoise.explain.cash import LEDGER, ledger, opening_cash, paid, received
from equipoise.explain.cell import Cell, Why, parts_of
from equipoise.explain.crossing import cost_of_sales, holding_cost, inbound, outbound
from equipoise.explain.excess import excess
from equipoise.explain.hours import available, load
from equipoise.explain.hours import paid as paid_hours
from equipoise.explain.item_life import baseline, trained_on
from equipoise.explain.node import Node, taken_off
from equipoise.explain.rates import RATES, exchange_rate, rate
from equipoise.explain.rows import asked_of, rows_of
from equipoise.explain.source import matching, rows_node
from equipoise.explain.stockout import stockout


def state(cell: Cell, why: Why) -> Node:
    """Why a measure is what it is whose stage has a formula of its own."""
    if cell.name in RATES:
        return rate(cell)
    if cell.name in CROSSINGS:
        return CROSSINGS[cell.name](cell, why)
    if cell.name in FACTS:
        table, column = FACTS[cell.name]
        return rows_of(cell, table, column)
    if cell.name == "demand_baseline_qty":
        return baseline(cell, _baseline)
    if len(cell.rows) > 1 and cell.measure.is_additive:
        return Node("Postings", cell.value, cell.text, parts_of(cell, _stated, "others"))
    return _stated(cell)


FACTS = {
    "history_ordered_qty": ("sales_history", "ordered_qty"),
    "history_shipped_qty": ("sales_history", "shipped_qty"),
    "demand_orders_qty": ("open_orders", "quantity"),
    "demand_overdue_qty": ("open_orders", "quantity"),
    "budget_qty": ("budget", "quantity"),
    "budget_revenue_amount": ("budget", "revenue_amount"),
    "budget_margin_amount": ("budget", "margin_amount"),
    "revenue_to_date_amount": ("sales_history", "revenue_amount"),
    "purchase_order_amount": ("receipts", "quantity"),
    "inventory_start_qty": ("inventory", "on_hand"),
    "launch_steady_qty": ("launches", "steady_qty"),
    "receipt_scheduled_qty": ("receipts", "quantity"),
    "inventory_safety_qty": ("inventory_policy", "safety_stock_qty"),
    "inventory_target_qty": ("inventory_policy", "target_days"),
    "capacity_demonstrated_hours": ("production_history", "hours"),
}
"""Measures read from a table, and the column that says how much."""


def history_as_it_stands(cell: Cell, why: Why) -> Node:
    """History that nothing was cleansed of: what was ordered, or shipped."""
    for name in ("history_ordered_qty", "history_shipped_qty"):
        start = why(cell.of(name))
        if start.value == cell.value:
            return Node("Postings", cell.value, cell.text, (start,))
    return _stated(cell)


def _baseline(cell: Cell) -> Node:
    """The imported forecast's rows, or the history that the statistical forecast was made from."""
    snapshot = cell.plan.snapshot
    has_forecast, has_history = snapshot.has("forecast"), snapshot.has("sales_history")
    if has_forecast and (cell.plan.policy["baseline"] == "imported" or not has_history):
        return rows_of(cell, "forecast", "quantity")
    asked = {**asked_of(cell, "sales_history"), "item": (cell.plan.axes.items, trained_on(cell))}
    frame = matching(cell.plan, "sales_history", asked)
    frame = frame.filter(pl.col("date") <= cell.plan.head.history_to)
    if frame.height == 0:
        return Node("Source", cell.value, f"{cell.text}: no closed history to forecast from")
    cleansed = cell.plan.section_of(CLEANSED).postings_of(CLEANSED)
    is_cleansed = any(np.isin(p.rows, cell.rows).any() for p in cleansed if p.cause not in MEASURE_BY_NAME)
    text = f"{cell.text}, the statistical forecast of{f' {CLEANSED}, cleansed from' if is_cleansed else ''}"
    return rows_node(cell.plan, "sales_history", frame, "ordered_qty", text=text, amount=cell.value)


def _unconsumed(cell: Cell, why: Why) -> Node:
    """Consensus demand less what open orders have consumed of it."""
    consensus = why(cell.of("demand_consensus_qty"))
    if cell.value is None or consensus.value is None:
        return _stated(cell)
    consumed = consensus.value - cell.value
    if not consumed:
        return Node("Postings", cell.value, cell.text, (consensus,))
    orders = Node("Source", consumed, f"consumed by open orders, {cell.when}")
    return Node("Postings", cell.value, cell.text, (consensus, taken_off(orders)))


def _stated(cell: Cell) -> Node:
    """What the data dictionary says of it."""
    digits = "" if cell.measure.unit is not Unit.RATIO else f" {cell.value}"
    return Node("Source", cell.value, f"{cell.text}{digits}. {cell.measure.meaning}")


CROSSINGS: dict[str, Callable[[Cell, Why], Node]] = {
    "demand_unconsumed_qty": _unconsumed,
    "inventory_inbound_qty": inbound,
    "inventory_outbound_qty": outbound,
    "capacity_available_hours": available,
    "capacity_load_hours": load,
    "capacity_paid_hours": paid_hours,
    "cost_of_sales_amount": cost_of_sales,
    "cost_holding_amount": holding_cost,
    "sales_exchange_ratio": exchange_rate,
    "cost_exchange_ratio": exchange_rate,
    "inventory_excess_qty": excess,
    "stockout_chance_pct": stockout,
    "shortage_expected_qty": stockout,
    "cash_receipts_amount": received,
    "cash_purchases_amount": paid,
    "cash_opening_amount": opening_cash,
    **dict.fromkeys(LEDGER, ledger),
}
