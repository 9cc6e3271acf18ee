"""Red Tomato Tools (Chopra & Meindl): D1 to D3 of the worked examples, straight through plan_supply."""

import numpy as np
import pytest

from equipoise.supply.plan_supply import plan_supply

POLICY = {"unmet_demand": "backlog", "closing_backlog": False}


def measure(section, name):
    return section.panel_of(name)[name]


@pytest.mark.parametrize(
    ("demand", "continuous", "whole"),
    [
        ((1600, 3000, 3200, 3800, 2200, 2200), 422275.00, 422660.0),
        ((1000, 3000, 3800, 4800, 2000, 1400), 432858.33, 433080.0),
        ((3000, 2400, 2560, 3800, 2200, 2200), 421915.00, 422080.0),
        ((1600, 3000, 3200, 5060, 1760, 1760), 438856.67, 438920.0),
    ],
)
def test_cost(inputs, red_tomato, demand, continuous, whole):
    tables = red_tomato(demand)
    plan = plan_supply(inputs(tables, policy=POLICY))
    assert plan.facts["objective_amount"] == pytest.approx(continuous, abs=0.01)
    assert plan.facts["penalty_amount"] == 0.0
    plan = plan_supply(inputs(tables, policy={**POLICY, "workforce": "integer"}))
    assert plan.facts["objective_amount"] == pytest.approx(whole, abs=0.01)
    workers = measure(plan, "workforce_count")
    np.testing.assert_array_equal(workers, np.rint(workers))


def test_plan_and_shadow_prices(inputs, red_tomato):
    given = inputs(red_tomato(), policy=POLICY)
    plan = plan_supply(given)
    near = {"rtol": 0, "atol": 1e-4}
    np.testing.assert_allclose(measure(plan, "demand_shadow_price"), [[21.25, 23.25, 25.25, 27.25, 22.25, 24.25]])
    np.testing.assert_allclose(measure(plan, "workforce_count"), 64.58333333, **near)
    np.testing.assert_allclose(measure(plan, "layoff_count"), [[15.41666667, 0, 0, 0, 0, 0]], **near)
    np.testing.assert_allclose(measure(plan, "production_qty")[0], 2583.33333, **near)
    np.testing.assert_allclose(measure(plan, "backlog_closing_qty"), [[0, 0, 0, 266.666667, 0, 0]], **near)
    np.testing.assert_allclose(measure(plan, "unmet_qty"), [[0, 0, 0, 266.666667, 0, 0]], **near)
    made = measure(plan, "production_qty").sum(axis=0) + measure(plan, "subcontract_qty").sum(axis=0)
    closing = 1000 + np.cumsum(made - measure(plan, "shipment_qty")[0])
    np.testing.assert_allclose(closing, [1983.33, 1566.67, 950.0, 0.0, 116.67, 500.0], atol=0.01)
    assert closing[3] == 0.0 and closing[5] == 500.0


def test_cost_parts_add_up_to_the_objective(inputs, red_tomato):
    plan = plan_supply(inputs(red_tomato(), policy=POLICY))
    made = measure(plan, "production_started_qty").sum() * 10 + measure(plan, "subcontract_qty").sum() * 30
    people = measure(plan, "hire_count").sum() * 300 + measure(plan, "layoff_count").sum() * 500
    pay = measure(plan, "capacity_paid_hours").sum() * 4 + measure(plan, "overtime_hours").sum() * 6
    inflow = measure(plan, "production_qty").sum(axis=0) + measure(plan, "subcontract_qty").sum(axis=0)
    closing = 1000 + np.cumsum(inflow - measure(plan, "shipment_qty")[0])
    service = measure(plan, "backlog_closing_qty").sum() * 5
    total = made + people + pay + closing.sum() * 2 + service
    assert total == pytest.approx(422275.0, abs=0.01)
