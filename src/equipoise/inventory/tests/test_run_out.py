"""Items that end: targets fall with the remaining demand, and what nothing will use is exposed. Numbers by hand."""

import numpy as np
import pytest

from equipoise.core.measure import Grain
from equipoise.inventory.plan_inventory import plan_inventory
from equipoise.inventory.plan_targets import plan_targets

ENDS = {("saw", "north"): [0, 0, 0.5, 1], ("saw", "south"): [0, 1, 1, 1]}
SERVED = {
    ("saw", "depot", "north"): 1.0,
    ("saw", "depot", "south"): 1.0,
}
WANTED = {("saw", "depot"): [100, 60, 20, 0]}


def targets(inputs_of, policy, *, ended=ENDS, cells=None, tables=None, name="inventory_target_qty"):
    stated = {"item": ["saw"], "location": ["depot"], **policy}
    given = {
        "demand_ended_ratio": ended,
        "sourcing_share_ratio": SERVED,
        "demand_sourced_qty": WANTED,
        **(cells or {}),
    }
    inputs = inputs_of({"inventory_policy": stated, **(tables or {})}, cells=given)
    panel = plan_targets(inputs).panel_of(name)
    return panel[name][panel.keys.rows["saw", "depot"]].tolist()


def test_a_stated_safety_stock_falls_to_the_demand_that_is_left(inputs_of):
    """After each close 80, 20, 0, 0 units are still wanted."""
    stated = {"safety_stock_qty": [50.0]}
    assert targets(inputs_of, stated, name="inventory_safety_qty") == [50, 20, 0, 0]
    assert targets(inputs_of, stated) == [50, 20, 0, 0]
    goes_on = targets(inputs_of, stated, ended={})
    assert goes_on == [50, 50, 50, 50]


def test_an_item_that_goes_on_in_one_market_keeps_its_targets(inputs_of):
    ended = {**ENDS, ("saw", "north"): [0, 0, 0, 0]}
    assert targets(inputs_of, {"safety_stock_qty": [50.0]}, ended=ended) == [50, 50, 50, 50]


def test_cycle_stock_and_statistical_safety_stock_end_too(inputs_of):
    noisy = {"demand_error_sd": {("saw", "north"): [10, 10, 10, 0]}}
    by_level = targets(inputs_of, {"service_level_pct": [95.0], "lot_size": [1000.0]}, cells=noisy)
    assert by_level == [80, 20, 0, 0]
    safety = targets(inputs_of, {"service_level_pct": [95.0]}, cells=noisy, name="inventory_safety_qty")
    assert safety[0] == pytest.approx(1.6449 * 10, abs=0.01)
    assert safety[2:] == [0, 0]


def test_a_warehouse_that_serves_no_market_stands_for_the_whole_item(inputs_of):
    policy = {"item": ["saw"], "location": ["plant"], "safety_stock_qty": [50.0]}
    cells = {"demand_ended_ratio": ENDS, "sourcing_share_ratio": SERVED, "demand_sourced_qty": WANTED}
    panel = plan_targets(inputs_of({"inventory_policy": policy}, cells=cells)).panel_of("inventory_safety_qty")
    assert panel["inventory_safety_qty"][panel.keys.rows["saw", "plant"]].tolist() == [50, 20, 0, 0]


def test_a_component_keeps_its_targets(inputs_of):
    bom = {"item": ["blade"], "component": ["saw"], "quantity_per": [1.0]}
    assert targets(inputs_of, {"safety_stock_qty": [50.0]}, tables={"bom": bom}) == [50, 50, 50, 50]


def projected(inputs_of, cells):
    given = {"demand_ended_ratio": ENDS, **cells}
    section = plan_inventory(inputs_of(cells=given))
    panel = section.panel_of("inventory_runout_qty")
    return panel, panel["inventory_runout_qty"]


def test_stock_that_nothing_will_use_is_exposed_from_the_first_bucket_on(inputs_of):
    """300 on hand, a firm receipt of 30 in the second bucket, 180 ever leave: 150 stay, at every close."""
    panel, left = projected(
        inputs_of,
        {
            "inventory_start_qty": {("saw", "depot"): [300, 0, 0, 0]},
            "receipt_scheduled_qty": {("saw", "depot"): [0, 30, 0, 0]},
            "shipment_qty": {("saw", "depot", "north"): [100, 60, 20, 0]},
        },
    )
    assert left[panel.keys.rows["saw", "depot"]].tolist() == [150] * 4
    assert left.sum() == 600
    assert panel["inventory_closing_qty"][panel.keys.rows["saw", "depot"]].tolist() == [200, 170, 150, 150]


def test_what_will_still_be_made_is_no_exposure_until_it_is(inputs_of):
    panel, left = projected(
        inputs_of,
        {
            "production_qty": {("saw", "depot", ""): [0, 200, 0, 0]},
            "shipment_qty": {("saw", "depot", "north"): [0, 100, 20, 0]},
        },
    )
    assert left[panel.keys.rows["saw", "depot"]].tolist() == [0, 80, 80, 80]


def test_stock_on_its_way_to_another_location_is_counted_once(inputs_of):
    """100 at the plant, 60 go to the depot and on to a customer; 50 more lie there without demand."""
    panel, left = projected(
        inputs_of,
        {
            "inventory_start_qty": {("saw", "plant"): [100, 0, 0, 0], ("saw", "depot"): [50, 0, 0, 0]},
            "shipment_qty": {("saw", "plant", "depot"): [0, 60, 0, 0], ("saw", "depot", "north"): [0, 0, 60, 0]},
            "arrival_qty": {("saw", "plant", "depot"): [0, 60, 0, 0]},
        },
    )
    assert left[panel.keys.rows["saw", "plant"]].tolist() == [40] * 4
    assert left[panel.keys.rows["saw", "depot"]].tolist() == [50] * 2 + [50] * 2


def test_an_item_that_goes_on_has_no_exposure(inputs_of):
    section = plan_inventory(inputs_of(cells={"inventory_start_qty": {("saw", "depot"): [300, 0, 0, 0]}}))
    panel = section.panel_of("inventory_runout_qty")
    assert panel.keys.grain is Grain.STOCK
    assert not np.any(panel["inventory_runout_qty"])
