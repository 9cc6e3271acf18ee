"""Measures that no declaration takes apart: facts from the tables, and sums that cross from one grain to another."""

from collections.abc import Callable
from datetime import date

import polars as pl

from equipoise.core.calendar import Calendar
from equipoise.core.hierarchy import Hierarchy
from equipoise.core.measure import Unit
from equipoise.explain.cell import Cell, Why
from equipoise.explain.crossing import cost_of_sales, holding_cost, inbound, load, outbound
from equipoise.explain.node import Node, shortened, taken_off
from equipoise.explain.rates import RATES, rate
from equipoise.explain.source import Asked, matching, rows_node


def state(cell: Cell, why: Why) -> Node:
    """Why a measure is what it is whose stage has a formula of its own."""
    if cell.name in RATES:
        return rate(cell)
    if cell.name in CROSSINGS:
        return CROSSINGS[cell.name](cell, why)
    if cell.name in FACTS:
        table, column = FACTS[cell.name]
        return _rows(cell, table, column)
    if cell.name == "demand_baseline_qty":
        return _baseline(cell)
    if len(cell.rows) > 1 and cell.measure.is_additive:
        parts = cell.each()
        return Node("Postings", cell.value, cell.text, shortened([_stated(part) for part in parts]))
    return _stated(cell)


FACTS = {
    "history_ordered_qty": ("sales_history", "ordered_qty"),
    "history_shipped_qty": ("sales_history", "shipped_qty"),
    "demand_orders_qty": ("open_orders", "quantity"),
    "demand_overdue_qty": ("open_orders", "quantity"),
    "budget_qty": ("budget", "quantity"),
    "budget_revenue_amount": ("budget", "revenue_amount"),
    "inventory_start_qty": ("inventory", "on_hand"),
    "receipt_scheduled_qty": ("receipts", "quantity"),
    "inventory_safety_qty": ("inventory_policy", "safety_stock_qty"),
    "inventory_target_qty": ("inventory_policy", "target_days"),
    "capacity_available_hours": ("resources", "capacity_hours"),
    "capacity_demonstrated_hours": ("production_history", "hours"),
}
"""Measures read from a table, and the column that says how much."""

DATES = {"open_orders": "requested_date", "receipts": "due_date"}
"""Columns of the date by which rows fall into buckets, where it is not `date`."""


def _rows(cell: Cell, table: str, column: str) -> Node:
    """The rows of a table behind a cell."""
    frame = _in_bucket(cell, table, matching(cell.plan, table, asked_of(cell, table)))
    text = f"{cell.text}. {cell.measure.meaning}"
    if frame.height == 0:
        return Node("Source", cell.value, f"{text} No row of table {table} speaks of it.")
    return rows_node(cell.plan, table, frame, column, text=text, amount=cell.value)


def asked_of(cell: Cell, table: str) -> Asked:
    """The leaves of a cell's rows, for the columns of a table that name dimensions of its grain."""
    names = cell.plan.snapshot.table(table).columns
    asked: dict[str, tuple[Hierarchy | None, list[str]]] = {}
    for dimension in cell.keys.dimensions:
        if dimension in names and dimension not in ("from", "to", "route"):
            hierarchy = cell.plan.axes.hierarchy(dimension)
            numbers = sorted(set(cell.keys.column(dimension)[cell.rows].tolist()))
            asked[dimension] = (hierarchy, [hierarchy.leaves[number] for number in numbers])
    return asked


def _in_bucket(cell: Cell, table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Rows that fall into the cell's bucket; a longer period counts in each of its buckets."""
    column = DATES.get(table, "date")
    if column not in frame.columns or table == "production_history":
        return frame
    calendar = cell.plan.axes.calendar
    first, last = calendar.start_of(cell.bucket), calendar.end_of(cell.bucket)
    if cell.name == "demand_overdue_qty":
        return frame.filter(pl.col(column) < calendar.start_of(0))
    inside = pl.col(column).is_between(first, last)
    if "period" in frame.columns:
        days = frame[column].to_list()
        longer = [
            _covers(calendar, day, period, cell.bucket) for day, period in zip(days, frame["period"], strict=True)
        ]
        inside = inside | pl.Series(longer, dtype=pl.Boolean)
    return frame.filter(inside)


def _covers(calendar: Calendar, day: date, period: str, bucket: int) -> bool:
    """True if a row for a longer period speaks of the bucket too."""
    number = calendar.index_of(day)
    if period == "year":
        return calendar.fiscal_year(number) == calendar.fiscal_year(bucket)
    if period == "quarter":
        return calendar.fiscal_label(number) == calendar.fiscal_label(bucket)
    return period == "month" and calendar.start_of(bucket) <= _month_end(day) and calendar.end_of(bucket) >= day


def _month_end(day: date) -> date:
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)


def _baseline(cell: Cell) -> Node:
    """The imported forecast's rows, or the history that the statistical forecast was made from."""
    snapshot = cell.plan.snapshot
    has_forecast, has_history = snapshot.has("forecast"), snapshot.has("sales_history")
    if has_forecast and (cell.plan.policy["baseline"] == "imported" or not has_history):
        return _rows(cell, "forecast", "quantity")
    frame = matching(cell.plan, "sales_history", asked_of(cell, "sales_history"))
    frame = frame.filter(pl.col("date") <= cell.plan.head.history_to)
    if frame.height == 0:
        return Node("Source", cell.value, f"{cell.text}: no closed history to forecast from")
    text = f"{cell.text}, the statistical forecast of"
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
    "capacity_load_hours": load,
    "cost_of_sales_amount": cost_of_sales,
    "cost_holding_amount": holding_cost,
}
