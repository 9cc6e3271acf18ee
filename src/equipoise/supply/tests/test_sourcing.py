"""Sourcing: shares of lanes, and demand by location that sums to demand by market exactly."""

from datetime import date

import numpy as np
import pytest

from equipoise.core.grid import QUANTITY_STEP, is_on_grid
from equipoise.supply.plan_sourcing import plan_sourcing

MARKETS = ("m1", "m2")


@pytest.fixture
def sourced(inputs, sourcing_stage):
    def run(lanes, quantity=100.1, stock=("a", "b", "c")):
        tables = {
            "items": [{"item": "i", "name": "I", "family": "f", "uom": "unit"}],
            "locations": [{"location": place, "name": place, "type": "dc"} for place in stock],
            "markets": [{"market": m, "name": m, "region": "r"} for m in MARKETS],
            "forecast": [
                {"item": "i", "market": m, "date": date(2027, month, 1), "quantity": quantity}
                for m in MARKETS
                for month in (1, 2)
            ],
            "inventory": [{"item": "i", "location": place, "on_hand": 5} for place in stock],
            "resources": [],
        }
        if lanes is not None:
            tables["lanes"] = [
                {"item": "", "lead_time_days": 0, "from_location": place, "to": market, "unit_cost": cost, **more}
                for place, market, cost, more in lanes
            ]
        given = inputs(tables, stage=sourcing_stage, horizon=2)
        section = plan_sourcing(given)
        return given, section

    return run


def shares(section):
    panel = section.panel_of("sourcing_share_ratio")
    return {panel.keys.labels(row)[1:]: panel["sourcing_share_ratio"][row, 0] for row in range(len(panel.keys))}


def demand(section):
    panel = section.panel_of("demand_sourced_qty")
    return {panel.keys.labels(row)[1]: panel["demand_sourced_qty"][row, 0] for row in range(len(panel.keys))}


def test_the_cheapest_lane_carries_all(sourced):
    _, section = sourced([("a", "m1", 2, {}), ("b", "m1", 1, {}), ("a", "m2", 0, {})])
    assert shares(section) == {("a", "m1"): 0.0, ("b", "m1"): 1.0, ("a", "m2"): 1.0}


def test_preference_goes_before_cost_and_ties_are_equal(sourced):
    lanes = [("a", "m1", 9, {"preference": 1}), ("b", "m1", 1, {"preference": 2}), ("c", "m1", 9, {"preference": 1})]
    _, section = sourced([*lanes, ("a", "m2", 1, {})])
    assert shares(section) == {("a", "m1"): 0.5, ("b", "m1"): 0.0, ("c", "m1"): 0.5, ("a", "m2"): 1.0}


def test_fixed_shares_and_the_rest(sourced):
    lanes = [("a", "m1", 1, {"share_pct": 30}), ("b", "m1", 5, {}), ("a", "m2", 1, {"share_pct": 70})]
    _, section = sourced([*lanes, ("b", "m2", 1, {"share_pct": 30})])
    assert shares(section) == pytest.approx({("a", "m1"): 0.3, ("b", "m1"): 0.7, ("a", "m2"): 0.7, ("b", "m2"): 0.3})
    assert [finding.code for finding in section.findings] == ["SO103"]  # 30 % is not all of m1


def test_locations_sum_to_markets_bit_for_bit(sourced):
    lanes = [
        (place, m, 1, {"share_pct": share}) for m in MARKETS for place, share in (("a", 33.3), ("b", 33.3), ("c", 33.4))
    ]
    given, section = sourced(lanes)
    values = section.panel_of("demand_sourced_qty")["demand_sourced_qty"]
    np.testing.assert_array_equal(values.sum(axis=0), given.measure("demand_required_qty").sum(axis=0))
    assert is_on_grid(values, QUANTITY_STEP) and (values > 0).all()


def test_without_lanes_every_location_serves_alike(sourced):
    _, section = sourced(None)
    assert set(shares(section).values()) == {1 / 3}
    assert [finding.code for finding in section.findings] == ["SO101"]


def test_demand_without_a_lane_is_found(sourced):
    given, section = sourced([("a", "m1", 1, {})])
    (finding,) = section.findings
    assert finding.code == "SO102" and finding.where == "item i / market m2"
    assert demand(section)["a"] == given.measure("demand_required_qty")[0, 0]


def test_demand_stands_at_the_last_location(sourced):
    _, section = sourced([("a", "b", 1, {}), ("b", "m1", 1, {}), ("b", "m2", 1, {})])
    assert shares(section)["a", "b"] == 0.0
    assert demand(section)["a"] == 0.0 and demand(section)["b"] > 200.0
