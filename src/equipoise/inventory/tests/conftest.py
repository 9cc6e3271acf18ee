"""Two items, two locations and two markets, written out, so that the inventory room is tested by itself."""

from datetime import date

import numpy as np
import pytest

from equipoise.core.axes import Axes
from equipoise.core.dataset import DatasetHead
from equipoise.core.hierarchy import ITEM_LEVELS, LOCATION_LEVELS, MARKET_LEVELS, Hierarchy
from equipoise.core.knob import Policy
from equipoise.core.measure import Grain
from equipoise.core.panel import Keys, Panel
from equipoise.core.section import Section
from equipoise.core.snapshot import Snapshot, conformed
from equipoise.core.stage import Inputs, Stage
from equipoise.core.tables import TABLE_NAMES, table
from equipoise.inventory.stockout_risk import FACES, RARE

ITEMS = (("saw", "", "tools", ""), ("blade", "", "parts", ""))
MARKETS = (("north", "", "", "home"), ("south", "", "", "home"))
LOCATIONS = (("plant", "", ""), ("depot", "", ""))


def build_axes(bucket="week", horizon=4):
    items = Hierarchy.build("item", ITEM_LEVELS, ITEMS)
    markets = Hierarchy.build("market", MARKET_LEVELS, MARKETS)
    locations = Hierarchy.build("location", LOCATION_LEVELS, LOCATIONS)
    resources = Hierarchy.build("resource", ("resource", "location"), [("crew", "plant")])
    codes = {
        Grain.DEMAND: (items.leaves, markets.leaves),
        Grain.STOCK: (items.leaves, locations.leaves),
        Grain.FLOW: (items.leaves, locations.leaves, locations.leaves + markets.leaves),
        Grain.MAKE: (items.leaves, locations.leaves, ("", "subcontract:smith")),
        Grain.RESOURCE: (resources.leaves,),
    }
    keys = {}
    for grain, sets in codes.items():
        columns = np.meshgrid(*(np.arange(len(c), dtype=np.int64) for c in sets), indexing="ij")
        keys[grain] = Keys(grain, grain.dimensions, tuple(column.ravel() for column in columns), sets)
    return Axes(head(bucket, horizon).calendar, items, markets, locations, resources, keys)


def head(bucket, horizon, as_of=None):
    start = date(2027, 1, 4) if bucket == "week" else date(2027, 1, 1)
    return DatasetHead.of(name="made up", currency="EUR", bucket=bucket, start=start, horizon=horizon, as_of=as_of)


MEASURES = {
    "demand_ended_ratio": Grain.DEMAND,
    "demand_error_sd": Grain.DEMAND,
    "demand_orders_qty": Grain.DEMAND,
    "demand_to_date_qty": Grain.DEMAND,
    "demand_until_start_qty": Grain.DEMAND,
    "backlog_closing_qty": Grain.DEMAND,
    "lost_qty": Grain.DEMAND,
    "sourcing_share_ratio": Grain.FLOW,
    "demand_sourced_qty": Grain.STOCK,
    "inventory_start_qty": Grain.STOCK,
    "inventory_exposed_sd": Grain.STOCK,
    "production_qty": Grain.MAKE,
    "subcontract_qty": Grain.MAKE,
    "purchase_qty": Grain.MAKE,
    "arrival_qty": Grain.FLOW,
    "shipment_qty": Grain.FLOW,
    "receipt_scheduled_qty": Grain.STOCK,
    "component_use_qty": Grain.STOCK,
    "production_byproduct_qty": Grain.STOCK,
    "inventory_scrap_qty": Grain.STOCK,
}


def build_inputs(
    tables=None, *, cells=None, policy=None, items=None, bucket="week", horizon=4, as_of=None, arrays=None
):
    """`cells`: {measure: {key: value or row}}; all other cells are 0. Every stock row serves customers."""
    axes = build_axes(bucket, horizon)
    values = {name: np.zeros((len(axes.keys[grain]), horizon)) for name, grain in MEASURES.items()}
    for name, rows in (cells or {}).items():
        for key, row in rows.items():
            values[name][axes.keys[MEASURES[name]].rows[key]] = row
    named = {"item": ["saw", "blade"], **(items or {})}
    given = {"items": named, **(tables or {})}
    frames = {name: conformed(table(name), rows) for name, rows in given.items()}
    panels = tuple(Panel(axes.keys[grain], {name: values[name]}) for name, grain in MEASURES.items())
    stage = Stage("any", plan_nothing, tables=TABLE_NAMES, knobs=tuple(Policy.of({})), after=("before",))
    snapshot = Snapshot(head(bucket, horizon, as_of), frames)
    count = len(axes.keys[Grain.STOCK])
    kept = {FACES: np.ones(count, dtype=np.int64), RARE: np.zeros((count, horizon)), **(arrays or {})}
    before = Section("before", panels, arrays=kept)
    return Inputs(stage, snapshot, axes, Policy.of(policy or {}), (), {"before": before})


def plan_nothing(_):
    raise AssertionError("the test calls the function it tests")


@pytest.fixture
def inputs_of():
    return build_inputs
