"""A tiny builder of stage inputs from tables in memory, without the hall: prices are read straight from the tables."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from equipoise.core.adjustment import Adjustment
from equipoise.core.axes import Axes
from equipoise.core.dataset import DatasetHead
from equipoise.core.grid import QUANTITY_STEP, on_grid
from equipoise.core.knob import KNOBS as ALL_KNOBS
from equipoise.core.knob import Policy
from equipoise.core.measure import Grain
from equipoise.core.panel import Panel
from equipoise.core.rates import Asked, painted_rates
from equipoise.core.section import Section
from equipoise.core.snapshot import Snapshot, conformed
from equipoise.core.stage import Inputs, Stage
from equipoise.core.tables import TABLES, table
from equipoise.portfolio.build_axes import build_axes
from equipoise.supply.network.flows import lane_rates
from equipoise.supply.plan_sourcing import plan_sourcing
from equipoise.supply.plan_supply import plan_supply

TABLE_NAMES = tuple(declared.name for declared in TABLES)
KNOBS = tuple(knob.name for knob in ALL_KNOBS if "supply" in knob.stages)
SUPPLY = Stage(
    "supply", plan_supply, tables=TABLE_NAMES, knobs=KNOBS, after=("prices", "demand", "sourcing", "targets")
)
SOURCING = Stage("sourcing", plan_sourcing, tables=TABLE_NAMES, knobs=KNOBS, after=("prices", "demand"))

Rows = list[dict[str, Any]]


def _frames(tables: Mapping[str, Rows]) -> dict[str, pl.DataFrame]:
    frames = {}
    for name, rows in tables.items():
        columns = {column for row in rows for column in row}
        unknown = columns - set(table(name).names)
        assert not unknown, f"table {name} has no {unknown}"
        frames[name] = conformed(table(name), {c: [row.get(c) for row in rows] for c in sorted(columns)})
    return frames


def _price_section(axes: Axes, frames: Mapping[str, pl.DataFrame]) -> Section:
    """Prices as the tables state them: no defaults but zero."""

    def at(grain: Grain, name: str, column: str, second: str) -> Any:
        keys = axes.keys[grain]
        asked = [Asked("item", axes.items, keys.column("item"))]
        if second in ("market", "location"):
            asked.append(Asked(second, axes.hierarchy(second), keys.column(second)))
        frame = frames.get(name)
        if frame is None:
            return np.full((len(keys), axes.horizon), np.nan)
        return painted_rates(axes, frame, column, *asked)

    make = axes.keys[Grain.MAKE]
    made, ordered = np.zeros((len(make), axes.horizon)), np.zeros((len(make), axes.horizon))
    for row in range(len(make)):
        item, location, route = make.labels(row)
        kind, _, supplier = route.partition(":")
        name = {"subcontract": "subcontracting", "purchase": "purchasing"}.get(kind if supplier else "", "routings")
        frame = frames[name].filter(pl.col("location") == location)
        frame = frame.filter(pl.col("supplier") == supplier) if supplier else frame.filter(pl.col("route") == route)
        column = "unit_cost" if supplier else "variable_cost"
        asked = Asked("item", axes.items, np.array([axes.items.position[item]]))
        made[row] = np.nan_to_num(painted_rates(axes, frame, column, asked))
        if name == "purchasing":
            ordered[row] = np.nan_to_num(painted_rates(axes, frame, "order_cost", asked))
    resource = {}
    listed = {row["resource"]: row for row in frames["resources"].iter_rows(named=True)}
    for name, column in (
        ("resource_regular_price", "regular_cost_per_hour"),
        ("resource_overtime_price", "overtime_cost_per_hour"),
        ("resource_hire_price", "hire_cost"),
        ("resource_layoff_price", "layoff_cost"),
        ("resource_shift_price", "extra_shift_cost"),
        ("resource_rate_up_price", "rate_up_cost"),
        ("resource_rate_down_price", "rate_down_cost"),
        ("resource_idle_price", "idle_cost_per_hour"),
    ):
        values = [float(listed[code][column] or 0.0) for code in axes.resources.leaves]
        if column == "extra_shift_cost":
            hours = [float(listed[code]["extra_shift_hours"] or 0.0) for code in axes.resources.leaves]
            values = [cost / long if long else 0.0 for cost, long in zip(values, hours, strict=True)]
        resource[name] = np.repeat(np.array(values).reshape(-1, 1), axes.horizon, axis=1)
    has_lanes = "lanes" in frames
    flow = np.zeros((len(axes.keys[Grain.FLOW]), axes.horizon))
    if has_lanes:
        flow = np.nan_to_num(lane_rates(axes, frames["lanes"], "unit_cost"))
    return Section(
        "prices",
        (
            Panel(axes.keys[Grain.MAKE], {"make_unit_price": made, "make_order_price": ordered}),
            Panel(axes.keys[Grain.FLOW], {"flow_unit_price": flow}),
            Panel(
                axes.keys[Grain.STOCK],
                {
                    "cost_holding_price": np.nan_to_num(at(Grain.STOCK, "costs", "holding_cost", "location")),
                    "cost_standard_price": at(Grain.STOCK, "costs", "standard_cost", "location"),
                    "cost_shortfall_price": np.nan_to_num(
                        at(Grain.STOCK, "inventory_policy", "shortfall_cost", "location")
                    ),
                },
            ),
            Panel(
                axes.keys[Grain.DEMAND],
                {
                    "sales_net_price": at(Grain.DEMAND, "prices", "price", "market"),
                    "cost_backlog_price": np.nan_to_num(at(Grain.DEMAND, "costs", "backlog_cost", "")),
                    "cost_lost_price": np.nan_to_num(at(Grain.DEMAND, "costs", "lost_sale_cost", "")),
                },
            ),
            Panel(axes.keys[Grain.RESOURCE], resource),
        ),
    )


def _cells(axes: Axes, grain: Grain, frame: pl.DataFrame | None, columns: tuple[str, str], value: str) -> Any:
    found = np.zeros((len(axes.keys[grain]), axes.horizon))
    if frame is not None:
        for first, second, day, quantity in frame.select(*columns, "date", value).iter_rows():
            found[axes.keys[grain].rows[first, second], axes.calendar.index_of(day)] += quantity
    return on_grid(found, QUANTITY_STEP)


def build_inputs(
    tables: Mapping[str, Rows],
    *,
    stage: Stage = SUPPLY,
    start: date = date(2027, 1, 1),
    horizon: int = 6,
    bucket: str = "month",
    as_of: date | None = None,
    policy: Mapping[str, object] | None = None,
    adjustments: tuple[Adjustment, ...] = (),
    base: Section | None = None,
    safety: Mapping[tuple[str, str], float] | None = None,
    target: Mapping[tuple[str, str], float] | None = None,
    overdue: Mapping[tuple[str, str], float] | None = None,
) -> Inputs:
    """Inputs of stage supply (or sourcing): demand is table forecast, bucket by bucket."""
    frames = _frames(tables)
    head = DatasetHead.of(
        name="test", currency="EUR", bucket=bucket, start=start, horizon=horizon, as_of=as_of, policy=policy
    )
    snapshot = Snapshot(head, frames)
    axes = build_axes(snapshot)
    required = _cells(axes, Grain.DEMAND, frames.get("forecast"), ("item", "market"), "quantity")
    late, stock = np.zeros(required.shape), {}
    for key, quantity in (overdue or {}).items():
        late[axes.keys[Grain.DEMAND].rows[key], 0] = quantity
    for name, given in (("inventory_safety_qty", safety), ("inventory_target_qty", target)):
        stock[name] = np.zeros((len(axes.keys[Grain.STOCK]), horizon))
        for key, quantity in (given or {}).items():
            stock[name][axes.keys[Grain.STOCK].rows[key]] = on_grid(np.array(quantity), QUANTITY_STEP)
    stock["inventory_start_qty"] = np.zeros((len(axes.keys[Grain.STOCK]), horizon))
    for row in tables.get("inventory", []):
        at = axes.keys[Grain.STOCK].rows[row["item"], row["location"]]
        usable = np.array(row["on_hand"] - (row.get("blocked") or 0.0))
        stock["inventory_start_qty"][at, 0] += on_grid(usable, QUANTITY_STEP)
    stock["inventory_start_qty"] = np.maximum(stock["inventory_start_qty"], 0.0)
    sections = {
        "prices": _price_section(axes, frames),
        "demand": Section(
            "demand",
            (Panel(axes.keys[Grain.DEMAND], {"demand_required_qty": required, "demand_overdue_qty": late}),),
        ),
        "targets": Section(
            "targets",
            (
                Panel(axes.keys[Grain.STOCK], stock),
                Panel(axes.keys[Grain.DEMAND], {"demand_not_covered_qty": np.zeros(required.shape)}),
            ),
        ),
    }
    knobs = Policy.of(policy or {})
    if stage is SUPPLY:
        sections["sourcing"] = plan_sourcing(Inputs(SOURCING, snapshot, axes, knobs, (), sections))
    return Inputs(stage, snapshot, axes, knobs, adjustments, sections, base)


@pytest.fixture
def inputs() -> Callable[..., Inputs]:
    """The builder."""
    return build_inputs


@pytest.fixture
def sourcing_stage() -> Stage:
    """Stage sourcing, for the builder."""
    return SOURCING


DEMAND = (1600, 3000, 3200, 3800, 2200, 2200)


def months(quantities: tuple[float, ...]) -> Rows:
    """Table forecast of the tool, month by month."""
    return [
        {"item": "tool", "market": "retail", "date": date(2027, month + 1, 1), "quantity": quantity}
        for month, quantity in enumerate(quantities)
    ]


def red_tomato_tables(demand: tuple[float, ...] = DEMAND) -> dict[str, Rows]:
    """Red Tomato Tools (Chopra & Meindl, Supply Chain Management, aggregate planning)."""
    return {
        "items": [{"item": "tool", "name": "Gardening tool", "family": "tools", "uom": "unit"}],
        "locations": [{"location": "plant", "name": "Plant", "type": "plant"}],
        "markets": [{"market": "retail", "name": "Retailers", "region": "home"}],
        "forecast": months(demand),
        "inventory": [{"item": "tool", "location": "plant", "on_hand": 1000}],
        "inventory_policy": [{"item": "tool", "location": "plant", "closing_min_qty": 500}],
        "costs": [{"item": "tool", "standard_cost": 26, "holding_cost": 2, "backlog_cost": 5}],
        "resources": [
            {
                "resource": "assembly",
                "location": "plant",
                "name": "Assembly",
                "workers": 80,
                "hours_per_worker": 160,
                "max_overtime_hours_per_worker": 10,
                "regular_cost_per_hour": 4,
                "overtime_cost_per_hour": 6,
                "hire_cost": 300,
                "layoff_cost": 500,
            }
        ],
        "routings": [
            {"item": "tool", "location": "plant", "resource": "assembly", "hours_per_unit": 4, "variable_cost": 10}
        ],
        "subcontracting": [{"item": "tool", "location": "plant", "supplier": "subcontractor", "unit_cost": 30}],
        "lanes": [{"item": "tool", "from_location": "plant", "to": "retail", "lead_time_days": 0, "unit_cost": 0}],
    }


@pytest.fixture
def red_tomato() -> Callable[..., dict[str, Rows]]:
    """Tables of Red Tomato, with another demand if one is given."""
    return red_tomato_tables
