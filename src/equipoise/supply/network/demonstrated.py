"""Demonstrated capacity: what a resource has proved it can produce, in standard hours (ASCM dictionary)."""

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.grid import FloatArray, on_grid
from equipoise.core.measure import Grain, Unit
from equipoise.supply.network.routes import Routes

RUN = 4
"""Consecutive closed buckets over which the average is taken."""


def demonstrated_hours(
    axes: Axes, history: pl.DataFrame, routes: Routes, rate: FloatArray, closed_end: int
) -> FloatArray:
    """Best average of standard hours over four consecutive closed buckets, [R]; NaN where history is too short.

    Hours are quantity × hours_per_unit of the item's routings (of its first route where history names neither location
    nor resource), or the clock hours of the row × standard hours per clock hour where it has them. Buckets at or after
    `closed_end` are not complete and do not count.
    """
    hours = worked_hours(axes, history, routes, rate, closed_end)
    if hours.shape[1] < RUN:
        return np.full(len(axes.resources), np.nan)
    runs = np.lib.stride_tricks.sliding_window_view(hours, RUN, axis=1).mean(axis=2)
    best = runs.max(axis=1)
    step = Unit.HOURS.step
    assert step is not None
    return np.where(best > 0, on_grid(best, step), np.nan)


def worked_hours(axes: Axes, history: pl.DataFrame, routes: Routes, rate: FloatArray, closed_end: int) -> FloatArray:
    """Standard hours of every closed bucket, the last one last, [R, buckets]; no buckets without history."""
    count = len(axes.resources)
    if history.height == 0:
        return np.zeros((count, 0))
    lines = history.sort("item", "location", "resource", "date", "quantity")
    buckets = axes.calendar.index_dates(lines["date"])
    hours = np.zeros((count, max(closed_end - int(buckets.min()), 0)))
    uses = _uses_by_item(axes, routes)
    columns = lines.select("item", "location", "resource", "quantity", "hours").iter_rows()
    for bucket, (item, location, resource, quantity, clock) in zip(buckets.tolist(), columns, strict=True):
        if bucket >= closed_end:
            continue
        row = axes.resources.position.get(resource)
        if row is not None and clock is not None:
            hours[row, bucket - closed_end] += clock * rate[row]
            continue
        for used, per_unit in _chosen(uses.get(item, []), location, row):
            hours[used, bucket - closed_end] += quantity * per_unit
    return hours


Use = tuple[str, str, int, float]
"""Location, route, resource row, standard hours per unit started."""


def _uses_by_item(axes: Axes, routes: Routes) -> dict[str, list[Use]]:
    keys = axes.keys[Grain.MAKE]
    found: dict[str, list[Use]] = {}
    for row, resource, hours in zip(
        routes.load_route.tolist(), routes.load_resource.tolist(), routes.load_hours.tolist(), strict=True
    ):
        item, location, route = keys.labels(row)
        if routes.is_own[row]:
            found.setdefault(item, []).append((location, route, resource, hours / float(routes.yield_ratio[row])))
    return {item: sorted(uses) for item, uses in found.items()}


def _chosen(uses: list[Use], location: str, resource: int | None) -> list[tuple[int, float]]:
    """Resource rows and hours per good unit of the first route that fits what the row of history names."""
    fitting = [use for use in uses if location in ("", use[0])]
    if resource is not None:
        return [(use[2], use[3]) for use in fitting if use[2] == resource][:1]
    return [(use[2], use[3]) for use in fitting if use[:2] == fitting[0][:2]]
