"""The rows behind a limit: the table that states it, or the person who changed it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from equipoise.core.adjustment import Adjustment
from equipoise.core.grid import IntArray
from equipoise.explain.cell import Cell
from equipoise.explain.node import Node, NodeType
from equipoise.explain.person import person_words
from equipoise.explain.rates import rate
from equipoise.explain.source import Asked, file_words, rate_row, row_node
from equipoise.supply.network.limits import Limit

Columns = tuple[str, ...]
HOURS: Columns = ("capacity_hours", "units", "hours_per_shift", "workers")
"""Columns of table resources that say its regular hours, the first that is filled counts."""
OVERTIME: Columns = ("max_overtime_hours", "max_overtime_hours_per_worker")
SHIFT: Columns = ("extra_shift_hours",)


@dataclass(frozen=True)
class Block:
    """A tight row of the plan and what one more of it is worth, or a part of a cost; rows are read when it is shown."""

    value: float | None
    text: str
    rows: Callable[[], tuple[Node, ...]]
    type: NodeType = "Optimum"

    def node(self) -> Node:
        """The block with the rows behind it."""
        return Node(self.type, self.value, self.text, self.rows())


def hours_rows(cell: Cell, resource: int, bucket: int, columns: Columns) -> tuple[Node, ...]:
    """Rows that say the hours of a resource in a bucket: its calendar's, else its own; and who changed them."""
    key = ("hours", resource, bucket, columns)
    return cell.supply.once(key, lambda: _hours_rows(cell, resource, bucket, columns))


def _hours_rows(cell: Cell, resource: int, bucket: int, columns: Columns) -> tuple[Node, ...]:
    plan, code = cell.plan, cell.plan.axes.resources.leaves[resource]
    calendar = plan.axes.calendar
    dated = plan.snapshot.traced("resource_calendar").filter(
        (pl.col("resource") == code) & pl.col("date").is_between(calendar.start_of(bucket), calendar.end_of(bucket))
    )
    found = [
        row_node(plan, "resource_calendar", row, column)
        for column in columns
        if column in dated.columns
        for row in dated.filter(pl.col(column).is_not_null()).sort("date").iter_rows(named=True)
    ]
    if not found:
        own = plan.snapshot.traced("resources").filter(pl.col("resource") == code)
        found = [_stated(cell, "resources", row, columns) for row in own.iter_rows(named=True)]
    kind, mine = "overtime" if columns is OVERTIME else "capacity", np.array([resource], dtype=np.int64)
    people = [a for a in plan.adjustments if a.change.kind == kind and reaches(cell, a, mine, bucket)]
    return (*found, *(Node("Person", None, person_words(cell, adjustment), ref=adjustment.id) for adjustment in people))


def reaches(cell: Cell, adjustment: Adjustment, resources: IntArray, bucket: int) -> bool:
    """True if a person's change reaches some of the resources in the bucket."""
    axes, scope = cell.plan.axes, adjustment.scope
    if scope.item or scope.market or scope.location or not axes.resources.knows(scope.resource):
        return False
    begin, end = axes.calendar.span(scope.first, scope.last)
    return begin <= bucket < end and bool(np.isin(resources, axes.resources.positions(scope.resource)).any())


def _stated(cell: Cell, table: str, row: Mapping[str, Any], columns: Columns) -> Node:
    """A row with the first of the columns that it fills."""
    return row_node(cell.plan, table, row, next((name for name in columns if row[name] is not None), columns[0]))


def limit_rows(cell: Cell, limit: Limit, bucket: int) -> tuple[Node, ...]:
    """The row that states a limit of a lane, a supplier, a receipt or a fence in a bucket."""
    key = ("limit rows", limit.table, limit.keys, limit.where, bucket)
    return cell.supply.once(key, lambda: _limit_rows(cell, limit, bucket))


def _limit_rows(cell: Cell, limit: Limit, bucket: int) -> tuple[Node, ...]:
    frame = cell.plan.snapshot.traced(limit.table)
    for column, code in limit.keys:
        frame = frame.filter(pl.col(column) == code)
    if "valid_from" in frame.columns:
        day = cell.plan.axes.calendar.start_of(bucket)
        frame = frame.filter(pl.col("max_qty").is_not_null()).sort("valid_from", nulls_last=False)
        current = frame.filter(pl.col("valid_from").is_null() | (pl.col("valid_from") <= day))
        frame = current.tail(1)
    column = next(name for name in ("max_qty", "planning_days", "quantity") if name in frame.columns)
    if frame.height:
        return tuple(row_node(cell.plan, limit.table, row, column) for row in frame.iter_rows(named=True))
    return (Node("Source", None, f"table {limit.table}{file_words(cell.plan, limit.table)}: {limit.where}"),)


def route_rows(made: Cell, resource: int) -> tuple[Node, ...]:
    """The row of table routings with the hours of a route [1] on a resource; of another source the row of its cost."""
    item, location, route = made.labels()
    asked: Asked = {
        "item": (made.plan.axes.items, [item]),
        "location": (None, [location]),
        "route": (None, [route]),
        "resource": (None, [made.plan.axes.resources.leaves[resource]]),
    }
    row = rate_row(made.supply, "routings", "hours_per_unit", asked, made.plan.axes.calendar.start_of(made.bucket))
    return (rate(made),) if row is None else (row_node(made.plan, "routings", row, "hours_per_unit"),)


def volume_rows(stock: Cell) -> tuple[Node, ...]:
    """The row of table items with what a unit of a stock row [1] takes of room."""
    rows = stock.plan.snapshot.traced("items").filter(pl.col("item") == stock.labels()[0])
    return tuple(row_node(stock.plan, "items", row, "unit_volume_m3") for row in rows.iter_rows(named=True))


def room_rows(cell: Cell, place: str) -> tuple[Node, ...]:
    """The row of table locations with the room of a place."""
    rows = cell.plan.snapshot.traced("locations").filter(pl.col("location") == place)
    return tuple(row_node(cell.plan, "locations", row, "storage_capacity") for row in rows.iter_rows(named=True))


def most_rows(cell: Cell, stock: int, bucket: int) -> tuple[Node, ...]:
    """The rows of table inventory_policy with the most stock of an item at a place."""
    item, place = _at(cell, stock)
    asked: Asked = {"item": (cell.plan.axes.items, [item]), "location": (cell.plan.axes.locations, [place])}
    day = cell.plan.axes.calendar.start_of(bucket)
    found = [(name, rate_row(cell.supply, "inventory_policy", name, asked, day)) for name in ("max_qty", "max_days")]
    return tuple(row_node(cell.plan, "inventory_policy", row, name) for name, row in found if row is not None)


def life_rows(cell: Cell, stock: int) -> tuple[Node, ...]:
    """The row of table items with the shelf life."""
    item, _ = _at(cell, stock)
    rows = cell.plan.snapshot.traced("items").filter(pl.col("item") == item)
    return tuple(row_node(cell.plan, "items", row, "shelf_life_days") for row in rows.iter_rows(named=True))


def _at(cell: Cell, stock: int) -> tuple[str, str]:
    item, place = cell.of("inventory_closing_qty", np.array([stock], dtype=np.int64)).labels()
    return item, place
