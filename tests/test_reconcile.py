"""Standard margin to plan margin: Red Tomato by hand, and the demo company to the last bit."""

from pathlib import Path

import pytest

from equipoise.codec import read_adjustments
from equipoise.core.adjustment import standing
from equipoise.demo import write_demo
from equipoise.gather import gather
from equipoise.intake import read_dataset
from equipoise.plan import compute_plan
from equipoise.reconcile import reconcile_margin
from money_company import RED_TOMATO, tomato


@pytest.fixture
def plan_of(tmp_path: Path):
    return lambda **tables: tomato(tmp_path / "dataset", **tables)


def steps(plan):
    found = reconcile_margin(plan)
    assert found is not None and found.residual == 0
    assert found.plan_margin == plan.total("margin_plan_amount")
    assert found.standard_margin == plan.total("margin_gross_amount")
    return {name: amount for name, amount in found.steps if abs(amount) > 0.05}


def test_red_tomato(plan_of):
    # Standard cost 26 is material 10 and 4 hours at 4: production varies by nothing. 500 less in stock at 26.
    assert steps(plan_of()) == pytest.approx(
        {
            "hiring, layoff and changes of capacity": -7_708.33,
            "inventory change": 13_000,
            "holding (notional)": -10_233.33,
            "backlog (notional)": -1_333.33,
        },
        abs=0.05,
    )


def test_hours_paid_and_not_used_are_under_absorbed(plan_of):
    resources = (RED_TOMATO / "resources.csv").read_text(encoding="utf-8").splitlines()
    kept = f"{resources[0]},min_workers\n{resources[1]},80\n"
    found = steps(plan_of(resources=kept))
    # 80 × 160 × 6 hours paid, 15,500 × 4 used, at 4 each.
    assert found["under-absorption"] == pytest.approx(-(76_800 - 62_000) * 4, abs=0.05)
    assert "hiring, layoff and changes of capacity" not in found and "production variance" not in found


def test_overtime_subcontracting_and_freight_have_steps_of_their_own(plan_of):
    demand = "item,market,date,quantity\n" + "".join(f"tool,retail,2027-0{m}-01,3600\n" for m in range(1, 7))
    resources = (RED_TOMATO / "resources.csv").read_text(encoding="utf-8").splitlines()
    lanes = "item,from_location,to,lead_time_days,unit_cost\ntool,plant,retail,0,0.5\n"
    few = "item,location,supplier,unit_cost,max_qty\ntool,plant,subcontractor,30,300\n"
    crew = f"{resources[0]},max_workers\n{resources[1]},80\n"
    plan = plan_of(forecast=demand, resources=crew, lanes=lanes, subcontracting=few)
    found, overtime = steps(plan), plan.total("overtime_hours")
    assert overtime > 0 and plan.total("subcontract_qty") > 0
    assert found["overtime premium"] == pytest.approx(-overtime * (6 - 4), abs=0.05)
    assert found["subcontract premium"] == pytest.approx(-plan.total("subcontract_qty") * (30 - 26), abs=0.05)
    assert found["freight"] == pytest.approx(-21_600 * 0.5, abs=0.05)


def test_a_standard_cost_that_changes_revalues_stock(plan_of):
    costs = "item,location,valid_from,standard_cost,holding_cost,backlog_cost\n"
    costs += "tool,,2027-01-01,26,2,5\ntool,,2027-03-01,27,2,5\n"
    plan = plan_of(costs=costs)
    # 1,566.67 in stock at the end of February become worth 1 more each; what is made from then on beats its standard.
    opening = plan.by_bucket("inventory_opening_qty")[2]
    found = steps(plan)
    assert found["transit and revaluation"] == pytest.approx(opening, abs=0.05)
    assert found["production variance"] == pytest.approx(4 * 2583.333, abs=0.05)


def test_without_a_price_or_a_standard_cost_there_is_none(plan_of):
    assert reconcile_margin(plan_of(prices="item,market,valid_from,price\n")) is None
    assert reconcile_margin(plan_of(costs="item,location,valid_from,standard_cost\n")) is None


def test_the_demo_company(tmp_path):
    folder = write_demo(tmp_path)
    adjustments, rulings = read_adjustments(folder / "adjustments.json")
    plan = compute_plan(gather(read_dataset(folder)), standing(adjustments, rulings))
    found = steps(plan)
    assert found["freight"] == -plan.total("cost_transport_amount")
    assert found["overtime premium"] < 0 < found["receipts under way"]
    assert abs(found.get("transit and revaluation", 0.0)) < 1
