"""What happened: orders, shipments, production and stock of the closed buckets, by item, [items, C] of a sheet.

A table that was not given, and an item before its first row, are unknown (NaN). From its first row on, a bucket
without a row of orders, shipments or production means that there was none.
"""

import numpy as np
import polars as pl

from equipoise.core.grid import FloatArray
from equipoise.core.measure import Grain
from equipoise.core.panel import sum_rows
from equipoise.pack.scope import SheetScope


def sold(scope: SheetScope, measure: str) -> FloatArray:
    """`history_ordered_qty` or `history_shipped_qty` by item in its base unit, [items, C]; NaN ahead."""
    panel = scope.plan.measure(measure)
    by_item = sum_rows(panel.values, panel.keys.column("item"), len(scope.plan.axes.items))
    return _in_columns(scope, np.where(_is_begun(by_item), by_item, np.nan), panel.first)


def dated(scope: SheetScope, table: str, column: str) -> FloatArray:
    """A dated flow of a table (production, invoiced revenue) by item, [items, C]; NaN ahead."""
    frame = _closed_rows(scope, table, column)
    if frame.height == 0:
        return np.full((len(scope.plan.axes.items), len(scope.buckets)), np.nan)
    first = min(int(frame["bucket"].min()), scope.buckets[0])  # type: ignore[arg-type]
    by_item = np.zeros((len(scope.plan.axes.items), scope.closed.stop - first))
    summed = frame.group_by("item", "bucket").agg(pl.col(column).sort().sum()).sort("item", "bucket")
    position = scope.plan.axes.items.position
    for item, bucket, amount in summed.iter_rows():
        by_item[position[item], bucket - first] = amount
    return _in_columns(scope, np.where(_is_begun(by_item), by_item, np.nan), first)


def counted(scope: SheetScope) -> FloatArray:
    """Stock at the end of each closed bucket by item, [items, C]: the last count of every location in the bucket.

    What was not counted at the end of the bucket before the plan is the stock the plan opens with.
    """
    frame = _closed_rows(scope, "inventory_history", "on_hand")
    last = (
        frame.sort("date")
        .group_by("item", "location", "bucket", maintain_order=True)
        .agg(pl.col("on_hand").last())
        .group_by("item", "bucket", maintain_order=True)
        .agg(pl.col("on_hand").sum())
    )
    found = np.full((len(scope.plan.axes.items), len(scope.buckets)), np.nan)
    columns = {bucket: column for column, bucket in enumerate(scope.closed)}
    for item, bucket, stock in last.iter_rows():
        if bucket in columns:
            found[scope.plan.axes.items.position[item], columns[bucket]] = stock
    if -1 in columns and scope.plan.snapshot.has("inventory"):
        panel = scope.plan.measure("inventory_opening_qty")
        opening = sum_rows(panel.values[:, :1], panel.keys.column("item"), len(scope.plan.axes.items))[:, 0]
        held = np.zeros(len(opening), dtype=np.bool_)
        held[scope.plan.axes.keys[Grain.STOCK].column("item")] = True
        column = columns[-1]
        found[:, column] = np.where(np.isnan(found[:, column]) & held, opening, found[:, column])
    return found


def _closed_rows(scope: SheetScope, table: str, column: str) -> pl.DataFrame:
    """Rows of known items with a value, dated before the end of the closed buckets, with their `bucket`."""
    frame = scope.plan.snapshot.table(table).filter(
        pl.col(column).is_not_null(), pl.col("item").is_in(scope.plan.axes.items.leaves)
    )
    bucket = pl.Series("bucket", scope.plan.axes.calendar.index_dates(frame["date"]), dtype=pl.Int64)
    return frame.with_columns(bucket).filter(pl.col("bucket") < scope.closed.stop)


def _is_begun(values: FloatArray) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    return np.logical_or.accumulate(values != 0, axis=1)


def _in_columns(scope: SheetScope, values: FloatArray, first: int) -> FloatArray:
    """Columns of the sheet out of buckets first, first + 1, ...; NaN in those that are not there."""
    found = np.full((values.shape[0], len(scope.buckets)), np.nan)
    for column, bucket in enumerate(scope.closed):
        if 0 <= bucket - first < values.shape[1]:
            found[:, column] = values[:, bucket - first]
    return found
