"""A small company whose axes are written out, so that the finance room is tested by itself."""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

import numpy as np
import pytest

from equipoise.core.adjustment import Adjustment
from equipoise.core.axes import Axes
from equipoise.core.dataset import DatasetHead
from equipoise.core.grid import FloatArray
from equipoise.core.hierarchy import ITEM_LEVELS, LOCATION_LEVELS, MARKET_LEVELS, RESOURCE_LEVELS, Hierarchy
from equipoise.core.knob import Policy
from equipoise.core.measure import Grain
from equipoise.core.panel import Keys, Panel
from equipoise.core.section import Section
from equipoise.core.snapshot import Snapshot, conformed
from equipoise.core.stage import Inputs, Stage
from equipoise.core.tables import TABLE_NAMES, table
from equipoise.finance.currency import ExchangeRates

ITEMS = (("axe", "", "tools", ""), ("saw", "", "tools", ""), ("glue", "", "paint", ""))
MARKETS = (("north", "", "", "home"), ("south", "", "", "home"), ("abroad", "", "", "export"))
LOCATIONS = (("plant", "", ""), ("depot", "", ""))
ROUTES = ("", "subcontract:smith", "purchase:trade")


def axes(*, horizon: int = 6) -> Axes:
    """Every item in every market, at both locations, by every route, along every lane."""
    head = _head(horizon)
    items = Hierarchy.build("item", ITEM_LEVELS, ITEMS)
    markets = Hierarchy.build("market", MARKET_LEVELS, MARKETS)
    locations = Hierarchy.build("location", LOCATION_LEVELS, LOCATIONS)
    resources = Hierarchy.build("resource", RESOURCE_LEVELS, [("crew", "plant")])
    places = locations.leaves + markets.leaves
    codes = {
        Grain.DEMAND: (items.leaves, markets.leaves),
        Grain.STOCK: (items.leaves, locations.leaves),
        Grain.FLOW: (items.leaves, locations.leaves, places),
        Grain.MAKE: (items.leaves, locations.leaves, tuple(sorted(ROUTES))),
        Grain.RESOURCE: (resources.leaves,),
    }
    keys = {grain: _all_keys(grain, sets) for grain, sets in codes.items()}
    return Axes(head.calendar, items, markets, locations, resources, keys)


def _all_keys(grain: Grain, codes: tuple[tuple[str, ...], ...]) -> Keys:
    columns = np.meshgrid(*(np.arange(len(c), dtype=np.int64) for c in codes), indexing="ij")
    return Keys(grain, grain.dimensions, tuple(column.ravel() for column in columns), codes)


def _head(horizon: int) -> DatasetHead:
    return DatasetHead.of(name="made up", currency="EUR", bucket="month", start=date(2027, 1, 1), horizon=horizon)


MakeInputs = Callable[..., Inputs]


def make_inputs(
    tables: Mapping[str, Mapping[str, list[object]]] = MappingProxyType({}),
    *,
    measures: Mapping[str, FloatArray] = MappingProxyType({}),
    grains: Mapping[str, Grain] = MappingProxyType({}),
    facts: Mapping[str, float | str] = MappingProxyType({}),
    adjustments: tuple[Adjustment, ...] = (),
    policy: Mapping[str, object] = MappingProxyType({}),
    horizon: int = 6,
) -> Inputs:
    """Inputs of a stage that may read everything; `measures` stand as they would upstream."""
    known = axes(horizon=horizon)
    snapshot = Snapshot(_head(horizon), {name: conformed(table(name), rows) for name, rows in tables.items()})
    active = np.ones((len(known.keys[Grain.DEMAND]), horizon))
    panels = [Panel(known.keys[Grain.DEMAND], {"demand_active_ratio": active})]
    panels += [Panel(known.keys[grains.get(name, Grain.DEMAND)], {name: values}) for name, values in measures.items()]
    stage = Stage("any", _no_stage, tables=TABLE_NAMES, knobs=tuple(Policy.of({})), after=("supply",))
    exchange = ExchangeRates.of(snapshot.head.calendar, snapshot.table("exchange_rates"), snapshot.head.currency)
    sections = {
        "prices": Section("prices", arrays={"exchange_rates": exchange.rates}),
        "supply": Section("supply", tuple(panels), facts=facts),
        "inventory": Section("inventory", facts=facts),
    }
    return Inputs(stage, snapshot, known, Policy.of(policy), adjustments, sections)


def _no_stage(_: Inputs) -> Section:
    raise AssertionError("the test calls the function it tests")


@pytest.fixture
def inputs_of() -> MakeInputs:
    return make_inputs
