"""Receipts under way, bills of material and lead times, each in a company small enough to check by hand."""

from datetime import date

import numpy as np
import pytest

from equipoise.supply.plan_supply import plan_supply


def company(**more):
    """A saw made of 2 blades (5 % scrap), 90 % yield, 1 hour each; blades are bought, 40 days ahead."""
    tables = {
        "items": [
            {"item": "saw", "name": "Saw", "family": "f", "uom": "unit"},
            {"item": "blade", "name": "Blade", "family": "g", "uom": "unit"},
        ],
        "locations": [
            {"location": "plant", "name": "Plant", "type": "plant"},
            {"location": "dc", "name": "DC", "type": "dc"},
        ],
        "markets": [{"market": "m", "name": "M", "region": "r"}],
        "forecast": [
            {"item": "saw", "market": "m", "date": date(2027, month, 1), "quantity": 90} for month in range(1, 5)
        ],
        "resources": [{"resource": "line", "location": "plant", "name": "L", "capacity_hours": 150}],
        "routings": [
            {
                "item": "saw",
                "location": "plant",
                "resource": "line",
                "hours_per_unit": 1,
                "variable_cost": 3,
                "yield_pct": 90,
            }
        ],
        "bom": [{"item": "saw", "component": "blade", "quantity_per": 2, "scrap_pct": 5}],
        "purchasing": [
            {
                "item": "blade",
                "supplier": "s",
                "location": "plant",
                "unit_cost": 1,
                "lead_time_days": 40,
                "max_qty": 400,
            }
        ],
        "inventory": [
            {"item": "saw", "location": "plant", "on_hand": 200},
            {"item": "blade", "location": "plant", "on_hand": 50, "blocked": 8},
        ],
        "costs": [{"item": "", "standard_cost": 10, "holding_cost": 1, "backlog_cost": 30}],
        "lanes": [
            {"item": "saw", "from_location": "plant", "to": "dc", "lead_time_days": 20, "unit_cost": 1},
            {"item": "saw", "from_location": "plant", "to": "m", "lead_time_days": 0, "unit_cost": 2},
            {"item": "saw", "from_location": "dc", "to": "m", "lead_time_days": 0, "unit_cost": 0},
        ],
        "receipts": [],
    }
    return tables | more


def receipt(**values):
    usual = {"reference": "r", "line": "1", "item": "saw", "location": "plant", "due_date": date(2027, 2, 10)}
    return usual | {"quantity": 18, "type": "purchase", "status": "released"} | values


def plan_of(inputs, *receipts, **more):
    given = inputs(company(receipts=list(receipts), **more), horizon=4)
    plan = plan_supply(given)
    return plan, lambda name, *key: plan.panel_of(name)[name][plan.panel_of(name).keys.rows[key]].tolist()


def test_components_and_yield(inputs):
    _, of = plan_of(inputs)
    started = np.array(of("production_started_qty", "saw", "plant", ""))
    good = np.array(of("production_qty", "saw", "plant", ""))
    np.testing.assert_allclose(good, started * 0.9, atol=1e-5)
    np.testing.assert_allclose(of("component_use_qty", "blade", "plant"), started * 2.1, atol=1e-5)
    np.testing.assert_allclose(of("capacity_load_hours", "line"), started, atol=1e-5)
    # The first 40 days nothing can be bought: 42 usable blades make 20 saws' start at most.
    assert of("purchase_qty", "blade", "plant", "purchase:s")[0] == 0.0
    assert started[0] <= 20 + 1e-5
    assert sum(of("demand_served_qty", "saw", "m")) == 360.0


def test_lead_time_of_a_lane(inputs):
    _, of = plan_of(inputs)
    sent, came = of("shipment_qty", "saw", "plant", "dc"), of("arrival_qty", "saw", "plant", "dc")
    assert came == [0.0, *sent[:3]] and sum(sent) > 0  # 20 days are the nearer to one month


def test_planned_receipts_are_planned_anew(inputs):
    _, of = plan_of(inputs, receipt(status="planned"))
    assert of("receipt_scheduled_qty", "saw", "plant") == [0.0] * 4


def test_released_and_overdue_receipts_arrive(inputs):
    late = receipt(reference="l", due_date=date(2026, 12, 1), quantity=7)
    plan, of = plan_of(inputs, receipt(), late)
    assert of("receipt_scheduled_qty", "saw", "plant") == [7.0, 18.0, 0.0, 0.0]
    (finding,) = [finding for finding in plan.findings if finding.code == "SU111"]
    assert finding.count == 30 and "30 days overdue" in finding.message


def test_of_an_overdue_line_without_quantity_nothing_is_due(inputs):
    closed = receipt(reference="c", due_date=date(2026, 12, 1), quantity=0)
    plan, of = plan_of(inputs, receipt(), closed)
    assert of("receipt_scheduled_qty", "saw", "plant") == [0.0, 18.0, 0.0, 0.0]
    assert "SU111" not in {finding.code for finding in plan.findings}


def test_firm_production_loads_and_uses(inputs):
    _, of = plan_of(inputs, receipt(type="production", status="firm"))
    # 18 good are 20 started: 20 h and 42 blades.
    started = np.array(of("production_started_qty", "saw", "plant", ""))
    assert of("capacity_load_hours", "line")[1] - started[1] == pytest.approx(20, abs=1e-5)
    assert of("component_use_qty", "blade", "plant")[1] - started[1] * 2.1 == pytest.approx(42, abs=1e-5)
    _, of = plan_of(inputs, receipt(type="production", status="firm", components_issued=1, hours_remaining=5))
    started = np.array(of("production_started_qty", "saw", "plant", ""))
    assert of("capacity_load_hours", "line")[1] - started[1] == pytest.approx(5, abs=1e-5)
    assert of("component_use_qty", "blade", "plant")[1] == pytest.approx(started[1] * 2.1, abs=1e-5)


def test_firm_production_beyond_components_and_hours(inputs):
    firm = receipt(type="production", status="firm", due_date=date(2027, 1, 10), quantity=180)
    plan, of = plan_of(inputs, firm)
    codes = {finding.code for finding in plan.findings}
    # 200 started: 50 h more than the line has, and 420 blades where 42 lie.
    assert {"SU108", "SU109"} <= codes and plan.facts["penalty_amount"] > 0
    assert of("component_use_qty", "blade", "plant")[0] == 42.0
    assert of("capacity_load_hours", "line")[0] == 200.0


def test_hours_that_are_not_there_make_no_components_of_a_firm_receipt(inputs):
    tables = {
        "routings": [
            {"item": "saw", "location": "plant", "resource": "line", "hours_per_unit": 1},
            {"item": "blade", "location": "plant", "resource": "press", "hours_per_unit": 1},
        ],
        "resources": [
            {"resource": "line", "location": "plant", "name": "L", "capacity_hours": 150},
            {"resource": "press", "location": "plant", "name": "P", "capacity_hours": 20},
        ],
        "purchasing": [],
    }
    firm = receipt(type="production", status="firm", due_date=date(2027, 1, 20), quantity=100)
    plan, of = plan_of(inputs, firm, **tables)
    # 210 blades are taken, 42 lie there and the press makes 20: no overload of the press hides the 148 missing.
    assert of("capacity_load_hours", "press")[0] == pytest.approx(20, abs=1e-5)
    said = {finding.code: finding.message for finding in plan.findings}
    assert "SU108" not in said and "SU103" not in said
    assert said["SU109"] == "firm production lacks 148.0 blade at plant"


def test_firm_transfer_leaves_before_it_arrives(inputs):
    moved = receipt(type="transfer", status="firm", location="dc", quantity=60, **{"from": "plant"})
    _, of = plan_of(inputs, moved)
    assert of("shipment_qty", "saw", "plant", "dc")[0] >= 60.0
    assert sum(of("receipt_scheduled_qty", "saw", "dc")) == 0.0
    plan, of = plan_of(inputs, moved | {"quantity": 500})
    assert "SU110" in {finding.code for finding in plan.findings}


def test_in_transit_counts_once(inputs):
    stock = [*company()["inventory"], {"item": "saw", "location": "dc", "on_hand": 0, "in_transit": 25}]
    _, of = plan_of(inputs, inventory=stock)
    assert of("receipt_scheduled_qty", "saw", "dc") == [25.0, 0.0, 0.0, 0.0]
    _, of = plan_of(inputs, receipt(type="transfer", status="in_transit", location="dc", quantity=25), inventory=stock)
    assert of("receipt_scheduled_qty", "saw", "dc") == [0.0, 25.0, 0.0, 0.0]


def test_two_levels_of_components(inputs):
    """A kit of 3 saws each of 2.1 blades: components follow what is finally started, level by level."""
    tables = company()
    tables["items"].append({"item": "kit", "name": "Kit", "family": "f", "uom": "unit"})
    tables["routings"].append({"item": "kit", "location": "plant", "resource": "line", "hours_per_unit": 0.1})
    tables["bom"].append({"item": "kit", "component": "saw", "quantity_per": 3, "scrap_pct": 1.3})
    tables["forecast"].append({"item": "kit", "market": "m", "date": date(2027, 3, 1), "quantity": 17.3})
    tables["lanes"].append({"item": "kit", "from_location": "plant", "to": "m", "lead_time_days": 0, "unit_cost": 0})
    plan = plan_supply(inputs(tables, horizon=4))
    panel = plan.panel_of("production_started_qty")
    kits = panel["production_started_qty"][panel.keys.rows["kit", "plant", ""]]
    use = plan.panel_of("component_use_qty")
    assert kits.sum() == pytest.approx(17.3, abs=1e-5)
    np.testing.assert_allclose(use["component_use_qty"][use.keys.rows["saw", "plant"]], kits * 3.039, atol=1e-5)
