"""Service of the past, from sales_history and order_lines, in the cells of the plan."""

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.finding import Finding
from equipoise.core.grid import QUANTITY_STEP, FloatArray, on_grid
from equipoise.core.history import bucketed, row_numbers
from equipoise.core.measure import Grain
from equipoise.kpi.findings import LINES_WITHOUT_SHIPMENT, NO_ON_TIME, ON_TIME_IN_PART

STEPS = round(1 / QUANTITY_STEP)
"""Grid steps of one order."""


def realized_fill(
    axes: Axes, sales: pl.DataFrame, *, first: int, last: int
) -> tuple[dict[str, FloatArray], tuple[Finding, ...]]:
    """Units ordered and shipped on time [N, last − first] of the rows of sales_history that know both."""
    known = sales.filter(pl.col("on_time_qty").is_not_null() & pl.col("ordered_qty").is_not_null())
    keys = axes.keys[Grain.DEMAND]
    rows = row_numbers(keys, known, ("item", "market"))
    ordered, on_time = (
        on_grid(bucketed(axes, known, column, rows, len(keys), first=first, last=last), QUANTITY_STEP)
        for column in ("ordered_qty", "on_time_qty")
    )
    measures = {
        "service_ordered_qty": ordered,
        "service_on_time_qty": on_time,
        "service_late_qty": ordered - on_time,
    }
    stated = sales.filter(pl.col("ordered_qty").is_not_null()).height
    if known.height == stated:
        return measures, ()
    if known.height == 0:
        message = f"none of {stated} rows of orders states on_time_qty: fill rate and lateness of the past are unknown"
        return measures, (NO_ON_TIME.found("table sales_history", message, count=stated),)
    message = f"{stated - known.height} of {stated} rows of orders do not state on_time_qty and are left out"
    return measures, (ON_TIME_IN_PART.found("table sales_history", message, count=stated - known.height),)


def order_service(
    axes: Axes, lines: pl.DataFrame, *, first: int, last: int
) -> tuple[dict[str, FloatArray], tuple[Finding, ...]]:
    """Order lines and orders due, on time in full, and perfect, [N, last − first], from table order_lines.

    A schedule line is on time in full if what was not cancelled of it had left by its requested date; a line if all
    its schedule lines are, an order if all its lines are. Each counts in the bucket of its last requested date, an
    order in equal parts for its lines, which sum to 1 exactly.
    """
    keys = axes.keys[Grain.DEMAND]
    zeros = np.zeros((len(keys), last - first))
    names = ("service_lines_number", "service_otif_number", "service_orders_number", "service_perfect_number")
    measures = {name: zeros.copy() for name in names}
    if lines.height == 0:
        return measures, ()
    if lines["shipped_date"].null_count() == lines.height:
        message = f"none of {lines.height} lines has a shipped_date: on time in full and perfect orders are unknown"
        return measures, (LINES_WITHOUT_SHIPMENT.found("table order_lines", message, count=lines.height),)
    due = _due(lines)
    rows = row_numbers(keys, due, ("item", "market"))
    for date, columns in (("line_date", ("one", "is_otif")), ("order_date", ("part", "perfect"))):
        dated = due.rename({date: "date"})
        for column in columns:
            name = names[("one", "is_otif", "part", "perfect").index(column)]
            measures[name] = bucketed(axes, dated, column, rows, len(keys), first=first, last=last)
    return measures, ()


def _due(lines: pl.DataFrame) -> pl.DataFrame:
    """One row a line that is wanted: item, market, its dates, whether it was on time in full, its part of the order."""
    net = pl.col("ordered_qty") - pl.col("cancelled_qty").fill_null(0.0)
    left = pl.col("shipped_date").is_not_null()
    shipped = pl.col("shipped_qty").fill_null(pl.when(left).then(net).otherwise(0.0))
    on_time = left & (pl.col("shipped_date") <= pl.col("requested_date")) & (shipped >= net)
    return (
        lines.filter(net > 0)
        .with_columns(on_time=on_time)
        .sort("order", "line", "schedule")
        .group_by("order", "line", maintain_order=True)
        .agg(
            pl.col("item", "market").first(),
            line_date=pl.col("requested_date").max(),
            is_otif=pl.col("on_time").all(),
        )
        .with_columns(
            one=pl.lit(1.0),
            order_date=pl.col("line_date").max().over("order"),
            is_perfect=pl.col("is_otif").all().over("order"),
            count=pl.len().over("order"),
            rank=pl.int_range(pl.len()).over("order"),
        )
        .with_columns(
            is_otif=pl.col("is_otif").cast(pl.Float64),
            part=(STEPS // pl.col("count") + (pl.col("rank") < STEPS % pl.col("count")).cast(pl.Int64)) * QUANTITY_STEP,
        )
        .with_columns(perfect=pl.when(pl.col("is_perfect")).then(pl.col("part")).otherwise(0.0))
    )
