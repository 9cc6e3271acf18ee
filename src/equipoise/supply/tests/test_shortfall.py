"""When no plan keeps every constraint: slack, penalty and findings that say what is missing, and honest duals."""

import numpy as np
import pytest

from equipoise.supply.plan_supply import plan_supply


def codes(plan):
    return [finding.code for finding in plan.findings]


def tight(red_tomato, workers=20):
    """A small crew that cannot grow, and nobody to help."""
    tables = red_tomato()
    tables["resources"][0].update(workers=workers, max_workers=workers, max_overtime_hours_per_worker=None)
    tables["subcontracting"] = []
    return tables


def test_closing_backlog_forbidden_but_needed(inputs, red_tomato):
    plan = plan_supply(inputs(tight(red_tomato), policy={"closing_backlog": False}))
    # 20 workers make 800 a month: 4,800 + 1,000 in stock of 16,000 asked for, and 500 are to remain.
    backlog = plan.panel_of("backlog_closing_qty")["backlog_closing_qty"][0, -1]
    made = plan.panel_of("production_qty")["production_qty"].sum()
    assert made == 4800.0
    assert backlog in (10_200.0, 10_700.0)
    assert {"SU107", "SU101"} <= set(codes(plan))
    assert plan.facts["penalty_amount"] > 0
    # No unit can be made at any price; the money of the dual stays of the order of real costs.
    assert np.abs(plan.panel_of("demand_shadow_price")["demand_shadow_price"]).max() < 200


def test_closing_stock_out_of_reach(inputs, red_tomato):
    tables = tight(red_tomato)
    tables["inventory_policy"][0]["closing_min_qty"] = 50_000
    plan = plan_supply(inputs(tables))
    (finding,) = [finding for finding in plan.findings if finding.code == "SU106"]
    assert "44,200.0" in finding.message  # 1,000 in stock + 4,800 made
    assert "closing_min_qty" in finding.remedy


def test_with_backlog_allowed_nothing_is_penalized(inputs, red_tomato):
    plan = plan_supply(inputs(tight(red_tomato)))
    assert plan.facts["penalty_amount"] == 0.0
    assert "SU107" not in codes(plan)
    (finding,) = [finding for finding in plan.findings if finding.code == "SU101"]
    assert finding.where == "item tool / market retail" and "first in" in finding.message


def test_lost_sales(inputs, red_tomato):
    tables = tight(red_tomato)
    tables["costs"][0]["lost_sale_cost"] = 100
    plan = plan_supply(inputs(tables, policy={"unmet_demand": "lost"}))
    panel = plan.panel_of("lost_qty")
    assert panel["lost_qty"].sum() == 16_000 - 1_000 - 4_800 + 500
    assert panel["backlog_closing_qty"].sum() == 0.0
    np.testing.assert_array_equal(panel["lost_qty"], panel["unmet_qty"])
    # Marginal demand is lost too, at its price.
    assert panel["demand_shadow_price"].max() == pytest.approx(100)


def test_demand_without_lane_waits(inputs, red_tomato):
    tables = red_tomato()
    tables["lanes"] = [
        {"item": "tool", "from_location": "plant", "to": "elsewhere", "lead_time_days": 0, "unit_cost": 0}
    ]
    tables["markets"].append({"market": "elsewhere", "name": "E", "region": "r"})
    plan = plan_supply(inputs(tables))
    panel = plan.panel_of("unmet_qty")
    np.testing.assert_array_equal(panel["unmet_qty"], inputs(tables).measure("demand_required_qty"))
    assert panel["demand_served_qty"].sum() == 0.0


def test_overdue_is_served_first(inputs, red_tomato):
    tables = red_tomato()
    plan = plan_supply(inputs(tables, overdue={("tool", "retail"): 600}, policy={"closing_backlog": False}))
    panel = plan.panel_of("demand_on_time_qty")
    served, on_time = panel["demand_served_qty"][0], panel["demand_on_time_qty"][0]
    assert served.sum() == 16_600.0
    assert on_time[0] == max(served[0] - 600, 0.0)
    assert panel["backlog_closing_qty"][0, -1] == 0.0


def test_infinite_tier_drops_capacity_and_shows_the_load(inputs):
    """D8: MPS 450, 300, 625, 890; board 0.2 h of 130 h, assembly 0.3 h of 160 h (Arnold, Chapman & Clive, ch. 5)."""
    from datetime import date

    schedule = (450, 300, 625, 890)
    tables = {
        "items": [{"item": "panel", "name": "Panel", "family": "f", "uom": "unit"}],
        "locations": [{"location": "plant", "name": "Plant", "type": "plant"}],
        "markets": [{"market": "all", "name": "All", "region": "r"}],
        "forecast": [
            {"item": "panel", "market": "all", "date": date(2027, month + 1, 1), "quantity": quantity}
            for month, quantity in enumerate(schedule)
        ],
        "resources": [
            {"resource": "board", "location": "plant", "name": "Board", "capacity_hours": 130},
            {"resource": "assembly", "location": "plant", "name": "Assembly", "capacity_hours": 160},
        ],
        "routings": [
            {"item": "panel", "location": "plant", "resource": "board", "hours_per_unit": 0.2},
            {"item": "panel", "location": "plant", "resource": "assembly", "hours_per_unit": 0.3},
        ],
        "costs": [{"item": "panel", "standard_cost": 10, "holding_cost": 1, "backlog_cost": 50}],
        "lanes": [{"item": "panel", "from_location": "plant", "to": "all", "lead_time_days": 0, "unit_cost": 0}],
        "inventory": [{"item": "panel", "location": "plant", "on_hand": 0}],
    }
    given = inputs(tables, horizon=4, policy={"tier": "infinite"})
    plan = plan_supply(given)
    panel = plan.panel_of("capacity_load_hours")
    rows = given.axes.resources.position
    np.testing.assert_allclose(panel["capacity_load_hours"][rows["board"]], [90, 60, 125, 178], atol=1e-5)
    np.testing.assert_allclose(panel["capacity_load_hours"][rows["assembly"]], [135, 90, 187.5, 267], atol=1e-5)
    found = {finding.where: finding for finding in plan.findings if finding.code == "SU103"}
    assert found["resource board"].count == 1 and "137 %" in found["resource board"].message
    assert found["resource assembly"].count == 2 and "167 %" in found["resource assembly"].message
    assert plan.facts["tier"] == "infinite"
    finite = plan_supply(inputs(tables, horizon=4))
    load = finite.panel_of("capacity_load_hours")["capacity_load_hours"]
    assert (load[rows["assembly"]] <= 160 + 1e-5).all() and "SU103" not in codes(finite)
