"""Beyond the horizon: the plan runs on, unseen, so that nothing has to be sold off or built up for its last bucket.

A model that ends with bucket T owes nothing to T + 1. It would run stock down and leave demand waiting, or, if the end
has a price, rush stock up to it. So the network is read for T + X buckets, X at least the longest cumulative lead time,
and everything that leaves the stage is cut back to T (docs/decisions/0002-end-of-horizon.md). What is taken as known
of the hidden buckets:

* demand and safety stock are those of the same season a year before, inside the horizon, where the item was sold then,
  else the mean of the last quarter of a year; 0 once the item has ended. They are forecasts far ahead, in which there
  are no open orders. A first bucket that has partly passed stands for no season;
* tables go on as they are dated: limits, bills, calendars, receipts, changes of capacity. A calendar of hours, and a
  resource whose hours are stated bucket by bucket, go on as in the last year or the last bucket stated;
* prices are those of the last bucket.

Where a closing_min_qty is stated, that stock is the end of its row, at T: beyond it nothing is asked for and nothing
costs. What only such rows reach, stock or demand, ends at T as well, and so do crews that work for it alone.
"""

from dataclasses import dataclass, fields, replace
from datetime import timedelta

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.grid import QUANTITY_STEP, BoolArray, FloatArray, on_grid
from equipoise.core.measure import Grain
from equipoise.core.panel import Panel
from equipoise.core.stage import Inputs
from equipoise.supply.capacity import calendar_hours
from equipoise.supply.chains import cumulative_lead_time
from equipoise.supply.exact import ExactPlan
from equipoise.supply.network import Network, read_network

LONGEST_RUN = 2
"""The run is at most a year over this. Every bucket more costs time, and a chain that long is led by purchases, which
the plan counts when they arrive: they do not fall away before the end."""
RECENT = 4
"""What has no season is the mean of a year over this."""

BY_SEASON = {"demand_required_qty": Grain.DEMAND, "inventory_safety_qty": Grain.STOCK}
OF_THE_START = ("demand_overdue_qty", "demand_not_covered_qty", "inventory_start_qty")


def run_on(inputs: Inputs, network: Network) -> Network:
    """The network of the horizon, read on for the buckets that the plan runs unseen; itself where it runs none."""
    ends = ended_rows(network)
    count = hidden_buckets(network, ends)
    if not count:
        return network
    longer = read_network(_longer(inputs, count))
    longer = replace(
        longer,
        visible=network.horizon,
        ends=ends,
        closing_min=network.closing_min,
        end_stock=np.where(ends, network.end_stock, longer.end_stock),
        findings=network.findings,
    )
    return _without_ended(longer)


def ended_rows(network: Network) -> BoolArray:
    """Stock rows whose plan ends at T, [S]: their closing stock is stated, or all that reaches them comes from such."""
    routes, flows = network.routes, network.flows
    lanes = np.flatnonzero((flows.from_stock >= 0) & (flows.to_stock >= 0))
    begin, end = flows.from_stock[lanes], flows.to_stock[lanes]
    is_source = np.ones(len(network.opening), dtype=np.bool_)
    is_source[end] = False
    is_source[routes.stock[routes.stock >= 0]] = True
    stays = is_source & ~network.ends
    while not stays[end[stays[begin] & ~network.ends[end]]].all():
        stays[end[stays[begin] & ~network.ends[end]]] = True
    return ~stays


def hidden_buckets(network: Network, ends: BoolArray) -> int:
    """X: the longest cumulative lead time, so that what begins in the last visible bucket still has its customer; at
    least 1, at most half a year. 0 where the knob says so or nothing goes on after T."""
    calendar = network.axes.calendar
    if not network.rules.meets_target or not goes_on(network, ends).any():
        return 0
    left = len(calendar.starts) - 1 - calendar.first - network.horizon
    most = min(calendar.periods_per_year // LONGEST_RUN, left)
    return min(max(cumulative_lead_time(network, most), 1), most)


def goes_on(network: Network, ends: BoolArray) -> BoolArray:
    """Demand rows that some stock serves whose plan does not end at T, [D]."""
    flows = network.flows
    lanes = np.flatnonzero((flows.to_demand >= 0) & (flows.from_stock >= 0))
    found = np.zeros(len(network.demand), dtype=np.bool_)
    found[flows.to_demand[lanes[~ends[flows.from_stock[lanes]]]]] = True
    return found


@dataclass(frozen=True, eq=False)
class _LongerInputs(Inputs):
    """A stage's inputs over T + X buckets."""

    visible: int = 0
    """T."""

    def table(self, name: str) -> pl.DataFrame:
        frame = super().table(name)
        if name == "calendars":
            return _calendars(frame, self.axes, self.visible)
        if name == "resource_calendar":
            return _resource_calendar(frame, self.axes, self.visible)
        return frame

    def measure(self, name: str) -> FloatArray:
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
        recent = np.arange(self.visible) >= self.visible - year // RECENT
        counted = np.where(was_sold.any(axis=1, keepdims=True), was_sold, True) & recent
        mean = (values * counted).sum(axis=1) / np.maximum(counted.sum(axis=1), 1)
        found = np.zeros((len(values), self.axes.horizon - self.visible))
        for number, bucket in enumerate(range(self.visible, self.axes.horizon)):
            season = max(bucket - year, 0)
            has_season = was_sold[:, season] & (bucket >= year)
            found[:, number] = np.where(has_season, values[:, season], mean)
        return on_grid(np.where(end >= starts[self.visible :], found, 0.0), QUANTITY_STEP)


def _longer(inputs: Inputs, count: int) -> _LongerInputs:
    """The inputs, `count` buckets longer."""
    horizon = inputs.axes.horizon + count
    given = {field.name: getattr(inputs, field.name) for field in fields(Inputs)}
    given["snapshot"] = replace(inputs.snapshot, head=replace(inputs.snapshot.head, horizon=horizon))
    given["axes"] = replace(inputs.axes, calendar=replace(inputs.axes.calendar, horizon=horizon))
    return _LongerInputs(**given, visible=inputs.axes.horizon)


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
    rows: list[tuple[str, object, float]] = []
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
        rows: list[tuple[str, object, float]] = []
        for (resource, stated), hours in sorted(calendar_hours(axes, frame).items()):
            if stated != column or np.isnan(hours[:visible]).any():
                continue
            for bucket in (np.flatnonzero(np.isnan(hours[visible:])) + visible).tolist():
                before = bucket - year if bucket >= year else visible - 1
                rows.append((resource, axes.calendar.start_of(bucket), float(hours[before])))
        frame = _with_rows(frame, ("resource", "date", column), rows)
    return frame


def _with_rows(frame: pl.DataFrame, columns: tuple[str, ...], rows: list[tuple[str, object, float]]) -> pl.DataFrame:
    if not rows:
        return frame
    kinds = {name: frame.schema[name] for name in columns}
    return pl.concat([frame, pl.DataFrame(rows, schema=kinds, orient="row")], how="diagonal")


def _without_ended(network: Network) -> Network:
    """The longer network with nothing asked or paid beyond T for stock that ends there, nor for what only it serves."""
    visible, prices, stays = network.visible, network.prices, goes_on(network, network.ends)
    if stays.all() and not network.ends.any():
        return network
    ended = ~stays
    end_backlog = prices.end_backlog.copy()
    end_backlog[ended, visible - 1] = end_backlog[ended, -1]
    end_backlog[ended, -1] = 0.0
    idle = _idle_crews(network, stays)

    def until(values: FloatArray, rows: BoolArray) -> FloatArray:
        kept = values.copy()
        kept[rows, visible:] = 0.0
        return kept

    return replace(
        network,
        demand=until(network.demand, ended),
        required=until(network.required, ended),
        safety=until(network.safety, network.ends),
        prices=replace(
            prices,
            holding=until(prices.holding, network.ends),
            shortfall=until(prices.shortfall, network.ends),
            backlog=until(prices.backlog, ended),
            lost=until(prices.lost, ended),
            regular=until(prices.regular, idle),
            hire=until(prices.hire, idle),
            layoff=until(prices.layoff, idle),
            end_backlog=end_backlog,
        ),
    )


def _idle_crews(network: Network, stays: BoolArray) -> BoolArray:
    """Crews with work, but none on what is still asked for beyond T nor on parts of it, [R]."""
    keys, parts, routes = network.axes.keys, network.components, network.routes
    made = keys[Grain.MAKE].column("item")
    wanted = np.zeros(len(network.axes.items), dtype=np.bool_)
    wanted[keys[Grain.DEMAND].column("item")[stays]] = True
    part = keys[Grain.STOCK].column("item")[parts.stock]
    while not wanted[part[wanted[made[parts.route]]]].all():
        wanted[part[wanted[made[parts.route]]]] = True
    works, stays_busy = (np.zeros(len(network.capacity.rate), dtype=np.bool_) for _ in range(2))
    works[routes.load_resource] = True
    stays_busy[routes.load_resource[wanted[made[routes.load_route]]]] = True
    return network.capacity.is_workforce & works & ~stays_busy


def cut_panels(panels: tuple[Panel, ...], visible: int) -> tuple[Panel, ...]:
    """The panels without their hidden buckets."""
    return tuple(
        Panel(
            panel.keys,
            {name: np.ascontiguousarray(values[:, :visible]) for name, values in panel.measures.items()},
        )
        for panel in panels
    )


def cut_plan(plan: ExactPlan, visible: int) -> ExactPlan:
    """The plan without its hidden buckets: what happens in the others follows from what begins in them or before."""
    return ExactPlan(*(getattr(plan, field.name)[:, :visible] for field in fields(ExactPlan)))
