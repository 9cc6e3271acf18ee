"""Hours worked and standard hours earned, from production_history and routings, by resource and closed bucket."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.finding import Finding
from equipoise.core.grid import LIMIT_STEPS, QUANTITY_STEP, FloatArray, on_grid
from equipoise.core.history import bucketed
from equipoise.core.stage import Inputs
from equipoise.kpi.clock_hours import clock_hours
from equipoise.kpi.findings import NO_STANDARD, STANDARD_BEYOND_EXACT


def worked_hours(inputs: Inputs, *, first: int, last: int) -> tuple[dict[str, FloatArray], tuple[Finding, ...]]:
    """The hours measures of the resource rows, [R, last − first], on the grid."""
    axes = inputs.axes
    rows = inputs.table("production_history").filter(pl.col("hours").is_not_null())
    position = axes.resources.position
    number = np.array([position.get(code, -1) for code in rows["resource"].to_list()], dtype=np.int64)
    rows = with_standard_hours(axes, rows, inputs.table("routings"))
    without = rows.filter(pl.col("standard").is_null())
    # What was made is a fact that stops no plan: hours that no sum could hold exactly are unknown instead.
    most = LIMIT_STEPS * QUANTITY_STEP / max(rows.height, 1)
    is_exact = pl.col("standard").abs() <= most
    beyond = rows.filter(~is_exact)
    rows = rows.with_columns(pl.when(is_exact).then(pl.col("standard")).alias("standard"))

    def summed(frame: pl.DataFrame, column: str) -> FloatArray:
        return on_grid(
            bucketed(axes, frame, column, number, len(axes.resources), first=first, last=last), QUANTITY_STEP
        )

    known = pl.col("standard").is_not_null()
    worked = summed(rows, "hours")
    tables = (inputs.table(name) for name in ("resources", "resource_calendar", "calendars"))
    clock = clock_hours(axes, *tables, first=first, last=last)
    counted = np.isfinite(clock) & np.logical_or.accumulate(worked > 0, axis=1)
    measures = {
        "capacity_worked_hours": worked,
        "capacity_clock_hours": on_grid(np.where(counted, clock, 0.0), QUANTITY_STEP),
        "capacity_utilized_hours": np.where(counted, worked, 0.0),
        "capacity_earning_hours": summed(
            rows.with_columns(pl.when(known).then(pl.col("hours")).alias("timed")), "timed"
        ),
        "capacity_earned_hours": summed(rows, "standard"),
    }
    return measures, tuple(_left_out(rows, without, beyond))


def _left_out(rows: pl.DataFrame, without: pl.DataFrame, beyond: pl.DataFrame) -> Iterator[Finding]:
    """Of `rows` with hours those without standard hours, and those whose standard hours are too many to be true."""
    where = "table production_history"
    if without.height:
        item, location, resource = without.select("item", "location", "resource").row(0)
        example = f"{item} on {resource or 'no resource'}{f' at {location}' if location else ''}"
        message = f"{_part(rows, without)} are of items without hours_per_unit there, the first of them {example}"
        yield NO_STANDARD.found(where, message, count=without.height)
    if beyond.height:
        item, resource, quantity, each = beyond.select("item", "resource", "quantity", "per_good").row(0)
        message = f"{_part(rows, beyond)} come to more standard hours than can be added up exactly, the "
        message += f"first of them {quantity:,.0f} {item} on {resource} at {each:,.6g} h each"
        yield STANDARD_BEYOND_EXACT.found(where, message, count=beyond.height)


def _part(rows: pl.DataFrame, some: pl.DataFrame) -> str:
    """`1 of 2 rows with 50 of 100 hours`."""
    return f"{some.height} of {rows.height} rows with {some['hours'].sum():,.6g} of {rows['hours'].sum():,.6g} hours"


def with_standard_hours(axes: Axes, rows: pl.DataFrame, routings: pl.DataFrame) -> pl.DataFrame:
    """Rows of production_history with `standard`: quantity / yield × hours per unit on their resource, null if unknown.

    A routing of the item goes before one of a node above it; of several routes of one item and resource the first by
    preference, then by name, counts. The order of rows is kept.
    """
    if not rows.height:
        unknown = pl.lit(None, dtype=pl.Float64)
        return rows.with_columns(per_good=unknown, standard=unknown)
    asked = rows.select("item", "location", "resource").unique().sort("item", "location", "resource")
    # Yield stands on any row of a route.
    route = ["item", "location", "route"]
    yields = routings.group_by(route).agg(pl.col("yield_pct", "preference").min())
    bills = routings.drop("yield_pct", "preference").join(yields, on=route, how="left", maintain_order="left")
    bills = bills.with_columns(
        per_good=pl.col("hours_per_unit") / (pl.col("yield_pct").fill_null(100.0) / 100.0),
    ).sort("preference", "route", "location", nulls_last=True, maintain_order=True)
    found = []
    for rank, level in enumerate((*axes.items.levels, "all")):
        nodes = axes.items.codes(level) if level != "all" else ("",) * len(axes.items)
        above = pl.DataFrame(
            {"item": axes.items.leaves, "node": nodes}, schema=dict.fromkeys(("item", "node"), pl.String)
        )
        at_level = asked.join(above.filter((pl.col("node") != "") | (level == "all")), on="item")
        bill = bills.select("per_good", "resource", node="item", made_at="location", order=pl.int_range(pl.len()))
        found.append(
            at_level.join(bill, on=["node", "resource"])
            .filter((pl.col("location") == "") | (pl.col("location") == pl.col("made_at")))
            .with_columns(rank=pl.lit(rank))
        )
    best = pl.concat(found).sort("rank", "order").unique(["item", "location", "resource"], keep="first")
    joined = rows.join(
        best.select("item", "location", "resource", "per_good"),
        on=["item", "location", "resource"],
        how="left",
        maintain_order="left",
    )
    return joined.with_columns(standard=pl.col("quantity") * pl.col("per_good"))
