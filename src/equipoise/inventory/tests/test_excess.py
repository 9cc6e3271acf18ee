"""Excess stock by hand: four weeks, ten saws a week leave the plant, two hundred are there."""

from datetime import date

import numpy as np
import pytest

from equipoise.inventory.plan_inventory import plan_inventory

START = {("saw", "plant"): [200.0, 0.0, 0.0, 0.0]}
LEAVES = {("saw", "plant", "north"): 10.0}
CELLS = {"inventory_start_qty": START, "shipment_qty": LEAVES}
CLOSING = np.array([190.0, 180.0, 170.0, 160.0])


@pytest.fixture
def excess_of(inputs_of):
    def ask(tables=None, *, items=None, cells=None):
        inputs = inputs_of(tables or {}, items=items, cells={**CELLS, **(cells or {})})
        panel = plan_inventory(inputs).panel_of("inventory_excess_qty")
        return panel["inventory_excess_qty"][panel.keys.rows["saw", "plant"]].tolist()

    return ask


def policy(**columns):
    return {"inventory_policy": {"item": ["saw"], "location": ["plant"], **columns}}


def test_without_a_maximum_a_shelf_life_or_an_end_nothing_is_excess(excess_of):
    assert excess_of() == [0, 0, 0, 0]


def test_above_max_qty(excess_of):
    assert excess_of(policy(max_qty=[175])) == [15, 5, 0, 0]


def test_above_days_of_coming_use(excess_of):
    # Two weeks of use are 20, after the horizon too.
    assert excess_of(policy(max_days=[14])) == (CLOSING - 20).tolist()


def test_the_lower_of_two_maxima_counts(excess_of):
    assert excess_of(policy(max_qty=[175], max_days=[14])) == (CLOSING - 20).tolist()
    assert excess_of(policy(max_qty=[5], max_days=[14])) == (CLOSING - 5).tolist()


def test_what_is_not_used_within_shelf_life(excess_of):
    assert excess_of(items={"shelf_life_days": [21, None]}) == (CLOSING - 30).tolist()


def test_what_is_left_when_the_item_ends(excess_of):
    # The third week ends on 24 January 2027: two, one and no weeks are left of it, and none after it.
    ends = {"end_date": [date(2027, 1, 24), None]}
    assert excess_of(items=ends) == [190 - 20, 180 - 10, 170, 160]


def test_stock_that_open_orders_wait_for_is_no_excess(excess_of):
    orders = {
        "demand_orders_qty": {("saw", "north"): [0, 0, 0, 120]},
        "sourcing_share_ratio": {("saw", "plant", "north"): 0.5},
    }
    # Half of the 120 come from the plant, until the week in which they leave.
    assert excess_of(policy(max_qty=[20]), cells=orders) == [190 - 60, 180 - 60, 170 - 60, 160 - 20]
    ends = {"end_date": [date(2027, 1, 10), None]}
    assert excess_of(items=ends, cells=orders) == [190 - 60, 180 - 60, 170 - 60, 160]
    assert excess_of(items={"shelf_life_days": [7, None]}, cells=orders) == (CLOSING - 10).tolist()
