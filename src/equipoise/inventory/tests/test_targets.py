from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from equipoise.core.grid import QUANTITY_STEP, is_on_grid
from equipoise.core.measure import Grain
from equipoise.inventory.lead_time import replenishment
from equipoise.inventory.measures import MEASURES
from equipoise.inventory.plan_inventory import check_inventory, plan_inventory
from equipoise.inventory.plan_targets import plan_targets
from equipoise.inventory.safety_stock import expected_shortage, service_factor

# The plant serves all of north and a quarter of south with saws; errors of 30 and 160 a week, demand of 70 a week.
SERVED = {
    "sourcing_share_ratio": {("saw", "plant", "north"): 1.0, ("saw", "plant", "south"): 0.25},
    "demand_error_sd": {("saw", "north"): 30.0, ("saw", "south"): 160.0},
    "demand_sourced_qty": {("saw", "plant"): 70.0},
}
SIGMA = 50.0  # √(30² + (0.25·160)²)
POLICY_KEYS = {"item": ["saw"], "location": ["plant"]}


def value(section, measure, *key):
    panel = section.panel_of(measure)
    return panel[measure][panel.keys.rows[key]].tolist()


def safety(inputs, *key):
    return value(plan_targets(inputs), "inventory_safety_qty", *(key or ("saw", "plant")))


def codes(section):
    return [finding.code for finding in section.findings]


def test_service_level_over_lead_time_and_review_period(inputs_of):
    routings = {
        "item": ["tools"],
        "location": ["plant"],
        "resource": ["crew"],
        "hours_per_unit": [1],
        "lead_time_days": [21],
    }
    inputs = inputs_of({"routings": routings, "inventory_policy": {**POLICY_KEYS, "review_days": [7]}}, cells=SERVED)
    section = plan_targets(inputs)
    # 3 weeks of lead time and 1 of review: √4 · 50, at the knob's 95 %.
    expected = service_factor(95.0) * 2 * SIGMA
    assert value(section, "inventory_safety_qty", "saw", "plant") == pytest.approx([expected] * 4, abs=1e-6)
    assert value(section, "inventory_target_qty", "saw", "plant") == pytest.approx([expected + 35] * 4, abs=1e-6)


def test_lead_time_that_varies_adds_its_share(inputs_of):
    purchasing = {
        "item": ["saw"],
        "supplier": ["trade"],
        "location": ["plant"],
        "unit_cost": [1],
        "lead_time_days": [14],
        "lead_time_std_days": [7],
    }
    found = safety(inputs_of({"purchasing": purchasing}, cells=SERVED))
    expected = service_factor(95.0) * np.sqrt(3 * SIGMA**2 + 70.0**2)
    assert found == pytest.approx([expected] * 4, abs=1e-6)


def test_only_where_customers_are_served_from_stock(inputs_of):
    section = plan_targets(inputs_of(cells=SERVED))
    assert value(section, "inventory_safety_qty", "saw", "depot") == [0] * 4
    assert value(section, "inventory_safety_qty", "blade", "plant") == [0] * 4
    made_to_order = inputs_of(cells=SERVED, items={"fulfillment": ["make_to_order", ""]})
    assert safety(made_to_order) == [0] * 4


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"safety_stock_qty": [12], "safety_days": [7], "fill_rate_pct": [99], "service_level_pct": [90]}, 12.0),
        ({"safety_days": [3.5], "fill_rate_pct": [99], "service_level_pct": [90]}, 35.0),
        ({"service_level_pct": [90]}, service_factor(90.0) * SIGMA),
        ({"service_level_pct": [40]}, 0.0),
    ],
)
def test_precedence_of_rules(inputs_of, given, expected):
    inputs = inputs_of({"inventory_policy": {**POLICY_KEYS, **given}}, cells=SERVED)
    assert safety(inputs) == pytest.approx([expected] * 4, abs=1e-6)


def test_each_rule_inherits_by_itself(inputs_of):
    policy = {"item": ["", "saw"], "location": ["", "plant"], "safety_stock_qty": [12, None], "lot_size": [None, 40]}
    section = plan_targets(inputs_of({"inventory_policy": policy}, cells=SERVED))
    assert value(section, "inventory_safety_qty", "saw", "plant") == [12] * 4
    assert value(section, "inventory_target_qty", "saw", "plant") == [32] * 4
    assert value(section, "inventory_target_qty", "blade", "depot") == [12] * 4


def test_fill_rate_reaches_its_expected_shortage(inputs_of):
    policy = {**POLICY_KEYS, "fill_rate_pct": [98], "service_level_pct": [99.9], "lot_size": [200]}
    found = safety(inputs_of({"inventory_policy": policy}, cells=SERVED))[0]
    assert expected_shortage(SS=found, sigma_L=SIGMA) == pytest.approx(0.02 * 200, abs=1e-3)


def test_a_level_of_100_percent_and_a_missing_lot_are_found(inputs_of):
    policy = {**POLICY_KEYS, "fill_rate_pct": [100]}
    section = plan_targets(inputs_of({"inventory_policy": policy}, cells=SERVED))
    assert {"IV105", "IV106"} <= set(codes(section))
    assert np.isfinite(value(section, "inventory_safety_qty", "saw", "plant")).all()


def test_unknown_error_gives_no_stock_and_a_finding(inputs_of):
    cells = {**SERVED, "demand_error_sd": {("saw", "north"): 30.0, ("saw", "south"): np.nan}}
    section = plan_targets(inputs_of(cells=cells))
    assert value(section, "inventory_safety_qty", "saw", "plant") == [0] * 4
    assert "IV104" in codes(section)
    stated = plan_targets(inputs_of({"inventory_policy": {**POLICY_KEYS, "safety_days": [7]}}, cells=cells))
    assert "IV104" not in codes(stated)


def test_the_knob_none_takes_safety_stock_away_and_nothing_else(inputs_of):
    policy = {**POLICY_KEYS, "safety_stock_qty": [12], "lot_size": [40]}
    section = plan_targets(inputs_of({"inventory_policy": policy}, cells=SERVED, policy={"safety_stock": "none"}))
    assert value(section, "inventory_safety_qty", "saw", "plant") == [0] * 4
    assert value(section, "inventory_target_qty", "saw", "plant") == [20] * 4


def test_target_days_are_walked_through_coming_buckets(inputs_of):
    policy = {**POLICY_KEYS, "target_days": [10], "safety_stock_qty": [5]}
    cells = {**SERVED, "demand_sourced_qty": {("saw", "plant"): [70, 140, 7, 70]}}
    section = plan_targets(inputs_of({"inventory_policy": policy}, cells=cells))
    beyond = (70 + 140 + 7 + 70) / 28
    expected = [140 + 3, 7 + 30, 70 + 3 * beyond, 10 * beyond]
    assert value(section, "inventory_target_qty", "saw", "plant") == pytest.approx(expected, abs=1e-6)


def test_whole_units_are_rounded_up(inputs_of):
    found = safety(inputs_of(cells=SERVED, items={"decimals": [0, None]}))
    assert found == [np.ceil(service_factor(95.0) * SIGMA)] * 4


def test_opening_stock_is_usable_stock_of_all_lots(inputs_of):
    inventory = {
        "item": ["saw", "saw", "blade", "saw", "axe"],
        "location": ["plant", "plant", "plant", "depot", "plant"],
        "lot": ["a", "b", "", "", ""],
        "on_hand": [100, 50, 3, 5, 9],
        "blocked": [20, None, 8, None, None],
    }
    section = plan_targets(inputs_of({"inventory": inventory}, cells=SERVED))
    assert value(section, "inventory_start_qty", "saw", "plant") == [130, 0, 0, 0]
    assert value(section, "inventory_start_qty", "blade", "plant") == [0] * 4
    assert value(section, "inventory_start_qty", "blade", "depot") == [0] * 4
    assert {"IV102", "IV103"} <= set(codes(section))


def test_without_inventory_stock_opens_at_target(inputs_of):
    section = plan_targets(inputs_of({"inventory_policy": {**POLICY_KEYS, "safety_stock_qty": [12]}}, cells=SERVED))
    assert value(section, "inventory_start_qty", "saw", "plant") == [12, 0, 0, 0]
    assert "IV101" in codes(section)


def test_stock_counted_before_the_eve_is_rolled_forward_and_found(inputs_of):
    inventory = {"item": ["saw"], "location": ["plant"], "on_hand": [1]}
    for as_of, is_found in ((date(2026, 12, 20), True), (date(2027, 1, 3), False), (date(2027, 1, 6), False)):
        section = plan_targets(inputs_of({"inventory": inventory}, cells=SERVED, as_of=as_of))
        assert ("IV108" in codes(section)) is is_found


def test_lead_time_by_route_then_supplier_then_lane(inputs_of):
    lane = {
        "item": ["", "", ""],
        "from_location": ["plant", "plant", "depot"],
        "to": ["depot", "north", "north"],
        "lead_time_days": [5, 1, 1],
        "unit_cost": [0, 0, 0],
    }
    buy = {
        "item": ["blade", "blade"],
        "supplier": ["near", "far"],
        "location": ["plant", "plant"],
        "unit_cost": [1, 1],
        "lead_time_days": [10, 60],
        "lead_time_std_days": [2, 9],
        "preference": [1, None],
    }
    make = {
        "item": ["saw", "saw"],
        "location": ["plant", "plant"],
        "route": ["fast", "slow"],
        "resource": ["crew", "crew"],
        "hours_per_unit": [1, 1],
        "lead_time_days": [3, 8],
    }
    inputs = inputs_of({"lanes": lane, "purchasing": buy, "routings": make})
    found = replenishment(inputs)
    rows = inputs.axes.keys["stock"].rows
    days = {key: found.days[row] for key, row in rows.items()}
    assert days == {("saw", "plant"): 8, ("saw", "depot"): 5, ("blade", "plant"): 10, ("blade", "depot"): 5}
    assert found.sd_days[rows["blade", "plant"]] == 2


MOVES = {
    "inventory_start_qty": {("saw", "plant"): [100.1, 0, 0, 0]},
    "production_qty": {("saw", "plant", ""): [0.1, 0.2, 0.3, 0.7]},
    "subcontract_qty": {("saw", "plant", "subcontract:smith"): [10, 0, 0, 0]},
    "shipment_qty": {("saw", "plant", "depot"): [30, 30, 0, 0], ("saw", "depot", "north"): [0, 30, 30, 0]},
    "arrival_qty": {("saw", "plant", "depot"): [0, 30, 30, 0], ("saw", "depot", "north"): [0, 0, 30, 30]},
    "receipt_scheduled_qty": {("blade", "plant"): [7, 0, 0, 0]},
    "component_use_qty": {("blade", "plant"): [1, 2, 3, 1]},
}


def on_grid_moves():
    step = QUANTITY_STEP
    return {
        name: {key: np.round(np.array(row) / step) * step for key, row in rows.items()} for name, rows in MOVES.items()
    }


def test_stock_is_opening_and_inbound_less_outbound_bit_for_bit(inputs_of):
    inputs = inputs_of(cells=on_grid_moves())
    section = plan_inventory(inputs)
    check_inventory(inputs, section)
    assert section.facts["start"] == "assumed"
    assert value(section, "inventory_closing_qty", "saw", "depot") == [0, 0, 0, 0]
    assert value(section, "inventory_inbound_qty", "saw", "depot") == [0, 30, 30, 0]
    assert value(section, "inventory_closing_qty", "blade", "plant") == [6, 4, 1, 0]
    assert value(section, "inventory_closing_qty", "saw", "plant") == pytest.approx([80.2, 50.4, 50.7, 51.4], abs=1e-5)
    for panel, name in section.measures():
        assert is_on_grid(panel[name], QUANTITY_STEP)


def test_a_broken_identity_is_noticed(inputs_of):
    inputs = inputs_of(cells=on_grid_moves())
    section = plan_inventory(inputs)
    section.panel_of("inventory_closing_qty")["inventory_closing_qty"][0, 1] += QUANTITY_STEP
    with pytest.raises(AssertionError, match="opening"):
        check_inventory(inputs, section)


def test_stock_below_zero_is_found_with_its_place_and_bucket(inputs_of):
    section = plan_inventory(inputs_of(cells={"component_use_qty": {("blade", "plant"): [0, 2, 0, 0]}}))
    (finding,) = section.findings
    assert finding.code == "IV107" and "blade at plant, -2 in 11 Jan 2027" in finding.message


def test_every_declared_measure_is_made(inputs_of):
    inputs = inputs_of(cells=on_grid_moves())
    made = {name for section in (plan_targets(inputs), plan_inventory(inputs)) for _, name in section.measures()}
    assert made == {measure.name for measure in MEASURES}


@pytest.mark.parametrize(("days", "expected"), [(0, 1.0), (7, 1.8), (10.5, 2.4), (21, 3.0 * np.sqrt(4 / 3))])
def test_errors_of_past_sums_say_how_far_a_lead_time_strays(inputs_of, days, expected):
    routings = {
        "item": ["tools"],
        "location": ["plant"],
        "resource": ["crew"],
        "hours_per_unit": [1],
        "lead_time_days": [days],
    }
    inputs = inputs_of({"routings": routings}, cells=SERVED)
    growth = np.tile([1.0, 1.8, 3.0], (len(inputs.keys(Grain.DEMAND)), 1))
    sections = {
        name: replace(section, arrays={"forecast_span_error": growth}) if "demand_error_sd" in section else section
        for name, section in inputs.sections.items()
    }
    section = plan_targets(replace(inputs, sections=sections))
    assert value(section, "inventory_error_sd", "saw", "plant") == pytest.approx([expected * SIGMA] * 4)
    assert value(section, "inventory_safety_qty", "saw", "plant") == pytest.approx(
        [service_factor(95.0) * expected * SIGMA] * 4, abs=1e-6
    )
