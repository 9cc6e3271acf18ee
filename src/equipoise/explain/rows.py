"""The rows of a table behind a cell: those that speak of its rows and fall into its bucket."""

from datetime import date

import polars as pl

from equipoise.core.calendar import Calendar
from equipoise.core.hierarchy import Hierarchy
from equipoise.explain.cell import Cell
from equipoise.explain.node import Node
from equipoise.explain.source import Asked, matching, rows_node
from equipoise.finance.budget import choose_version

DATES = {"open_orders": "requested_date", "receipts": "due_date"}
"""Columns of the date by which rows fall into buckets, where it is not `date`."""


def rows_of(cell: Cell, table: str, column: str) -> Node:
    """The rows of a table behind a cell."""
    frame = in_bucket(cell, table, matching(cell.plan, table, asked_of(cell, table)))
    if table == "budget":
        shown, _ = choose_version(cell.plan.snapshot.table(table), str(cell.plan.policy["budget_version"]))
        frame = frame.filter(pl.col("version").is_in(shown["version"].unique().to_list()))
    if frame.height == 0:
        return Node("Source", cell.value, f"{cell.text}: no row of table {table} speaks of it. {cell.measure.meaning}")
    return rows_node(cell.plan, table, frame, column, text=cell.text, amount=cell.value)


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


def in_bucket(cell: Cell, table: str, frame: pl.DataFrame) -> pl.DataFrame:
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
