"""What is taken as known of the buckets beyond the horizon: a stage's inputs, read on for X buckets more.

* Demand and safety stock are those of the same season a year before, inside the horizon, where the item was sold then,
  else the mean of the last quarter of a year; 0 once the item has ended, and its successor has its season, too. They
  are forecasts far ahead, in which there are no open orders. A first bucket that has partly passed has no season.
* Tables go on as they are dated: limits, bills, calendars, receipts, changes of capacity. A calendar of hours, and a
  resource whose hours are stated bucket by bucket, go on as in the last year or as last stated.
* Prices are those of the last bucket.
"""

from dataclasses import dataclass, fields, replace
from datetime import date, timedelta

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.grid import QUANTITY_STEP, BoolArray, FloatArray, on_grid
from equipoise.core.measure import Grain
from equipoise.core.panel import Keys
from equipoise.core.stage import Inputs
from equipoise.core.succession import read_succession
from equipoise.supply.capacity.capacity import calendar_hours

RECENT = 4
"""What has no season is the mean of a year over this."""

BY_SEASON = {"demand_required_qty": Grain.DEMAND, "inventory_safety_qty": Grain.STOCK}
OF_THE_START = ("demand_overdue_qty", "demand_not_covered_qty", "inventory_start_qty")


Hours = tuple[str, date, float]
"""A calendar or resource, the day, its hours."""


@dataclass(frozen=True, eq=False)
class LongerInputs(Inputs):
    """A stage's inputs over T + X buckets."""

    visible: int = 0
    """T."""

    def table(self, name: str) -> pl.DataFrame:
        """A table the stage declared, with hours where it would stop short."""
        frame = super().table(name)
        if name == "calendars":
            return _calendars(frame, self.axes, self.visible)
        if name == "resource_calendar":
            return _resource_calendar(frame, self.axes, self.visible)
        return frame

    def measure(self, name: str) -> FloatArray:
        """Values of an upstream measure, [N, T + X]."""
        values = super().measure(name)
        hidden = self.axes.horizon - self.visible
        if name in OF_THE_START:
            more = np.zeros((len(values), hidden))
        elif name in BY_SEASON:
            more = self._by_season(values, BY_SEASON[name])
        else:
            more = np.repeat(values[:, -1:], hidden, axis=1)
        return np.concatenate([values, more], axis=1)

    def _by_season(self, values: FloatArray, grain: Grain) -> FloatArray:
        """What the hidden buckets ask for, [N, X]."""
        year, head = self.axes.calendar.periods_per_year, self.snapshot.head
        starts = np.array([self.axes.calendar.start_of(bucket).toordinal() for bucket in range(self.axes.horizon)])
        launch, end = (days[self.keys(grain).column("item"), None] for days in _sold(self.axes, self.table("items")))
        was_sold = launch <= starts[: self.visible]
        was_sold[:, 0] &= head.as_of < head.start
        times = np.arange(self.visible)
        recent, latest = times >= self.visible - year // RECENT, times == self.visible - 1
        counted = np.where(was_sold.any(axis=1, keepdims=True), was_sold & recent, latest)
        mean = (values * counted).sum(axis=1) / np.maximum(counted.sum(axis=1), 1)
        hidden = np.arange(self.visible, self.axes.horizon)
        season = np.maximum(hidden - year, 0)
        has_season = was_sold[:, season] & (hidden >= year)
        found = np.where(has_season, values[:, season], mean[:, None])
        has_ended = end < starts[self.visible :]
        found = self._with_predecessors(found, self.keys(grain), has_ended=has_ended, has_season=has_season)
        return on_grid(np.where(has_ended, 0.0, found), QUANTITY_STEP)

    def _with_predecessors(
        self, found: FloatArray, keys: Keys, *, has_ended: BoolArray, has_season: BoolArray
    ) -> FloatArray:
        """What was asked of an item that has ended is asked of its successor, all [N, X]: a year before, each had its
        part. A successor without that season, or counted in another unit, keeps its own mean.
        """
        items = self.table("items")
        links = read_succession(items, self.axes.items)
        uoms = dict(items.select("item", "uom").iter_rows())
        uom = np.array([uoms[item] for item in self.axes.items.leaves])
        item, heir = keys.column("item"), links.rows(keys)
        joined = found.copy()
        passes = (heir >= 0) & (uom[item] == uom[links.successor[item]])
        for depth in np.unique(links.depth[item[passes]]).tolist():
            rows = np.flatnonzero(passes & (links.depth[item] == depth))
            passed = np.where(has_ended[rows] & has_season[heir[rows]], joined[rows], 0.0)
            np.add.at(joined, heir[rows], passed)
        return joined


def longer_inputs(inputs: Inputs, count: int) -> LongerInputs:
    """The inputs of a stage over its horizon and `count` buckets more."""
    horizon = inputs.axes.horizon + count
    given = {field.name: getattr(inputs, field.name) for field in fields(Inputs)}
    given["snapshot"] = replace(inputs.snapshot, head=replace(inputs.snapshot.head, horizon=horizon))
    given["axes"] = replace(inputs.axes, calendar=replace(inputs.axes.calendar, horizon=horizon))
    return LongerInputs(**given, visible=inputs.axes.horizon)


def _sold(axes: Axes, items: pl.DataFrame) -> tuple[FloatArray, FloatArray]:
    """First and last day of sale of every item as ordinals, −inf and inf where the table is blank, each [I]."""
    launch, end = np.full(len(axes.items), -np.inf), np.full(len(axes.items), np.inf)
    for code, first, last in items.select("item", "launch_date", "end_date").iter_rows():
        row = axes.items.position[code]
        launch[row] = launch[row] if first is None else first.toordinal()
        end[row] = end[row] if last is None else last.toordinal()
    return launch, end


def _calendars(frame: pl.DataFrame, axes: Axes, visible: int) -> pl.DataFrame:
    """Calendars that state hours go on after their last row: as the same day of the week a year before, else the last.

    Calendars of working days need no rows: Monday to Friday work.
    """
    rows: list[Hours] = []
    until = axes.calendar.end_of(axes.horizon - 1)
    for name in sorted(set(frame.filter(pl.col("working") > 1)["calendar"].to_list())):
        mine = frame.filter(pl.col("calendar") == name)
        stated = dict(zip(mine["date"].to_list(), mine["working"].to_list(), strict=True))
        day = max(max(stated) + timedelta(days=1), axes.calendar.start_of(visible))
        while day <= until:
            for back in (364, 7):
                if day - timedelta(days=back) in stated:
                    stated[day] = stated[day - timedelta(days=back)]
                    rows.append((name, day, stated[day]))
                    break
            day += timedelta(days=1)
    return _with_rows(frame, ("calendar", "date", "working"), rows)


def _resource_calendar(frame: pl.DataFrame, axes: Axes, visible: int) -> pl.DataFrame:
    """Hours stated for every bucket of the horizon go on: as a year before, else as in the last bucket."""
    year = axes.calendar.periods_per_year
    for column in ("capacity_hours", "max_overtime_hours", "hours_per_worker"):
        rows: list[Hours] = []
        for (resource, stated), hours in sorted(calendar_hours(axes, frame).items()):
            if stated != column or np.isnan(hours[:visible]).any():
                continue
            for bucket in (np.flatnonzero(np.isnan(hours[visible:])) + visible).tolist():
                before = bucket - year if bucket >= year else visible - 1
                rows.append((resource, axes.calendar.start_of(bucket), float(hours[before])))
        frame = _with_rows(frame, ("resource", "date", column), rows)
    return frame


def _with_rows(frame: pl.DataFrame, columns: tuple[str, ...], rows: list[Hours]) -> pl.DataFrame:
    if not rows:
        return frame
    kinds = {name: frame.schema[name] for name in columns}
    more = pl.DataFrame(rows, schema=kinds, orient="row")
    return pl.concat([frame, more], how="diagonal").with_columns(pl.col(pl.String).fill_null(""))
