"""What-ifs: the answer depends on the question, not on what was solved before; prices are what a change costs."""

import numpy as np
import pytest

from equipoise.core.adjustment import Adjustment, Amount, Scope
from equipoise.supply.changes import ChangeCapacity, ChangeOvertime
from equipoise.supply.plan_supply import plan_supply

POLICY = {"closing_backlog": False}


def change(kind, text, first=None, last=None, resource="", seq=1):
    return Adjustment(f"a{seq}", kind(Amount.parse(text)), Scope(resource=resource, first=first, last=last), seq=seq)


def machine_tables(red_tomato):
    """Red Tomato with a machine for its crew: 8,000 standard hours a month, 1,200 of overtime, subcontracting dear."""
    tables = red_tomato()
    tables["resources"] = [
        {
            "resource": "line",
            "location": "plant",
            "name": "Line",
            "capacity_hours": 10_000,
            "utilization_pct": 80,
            "max_overtime_hours": 1_200,
            "regular_cost_per_hour": 4,
            "overtime_cost_per_hour": 6,
        }
    ]
    tables["routings"][0]["resource"] = "line"
    tables["subcontracting"][0]["unit_cost"] = 45
    return tables


def solved(inputs, tables, *adjustments, base=None):
    return plan_supply(inputs(tables, policy=POLICY, adjustments=adjustments, base=base))


def cost(plan):
    return plan.facts["objective_amount"]


def test_answer_does_not_depend_on_the_path(inputs, red_tomato):
    tables = machine_tables(red_tomato)
    base = solved(inputs, tables)
    more = change(ChangeCapacity, "-10%")
    other = change(ChangeOvertime, "+600")
    first = solved(inputs, tables, more, base=base)
    between = solved(inputs, tables, other, base=base)
    again = solved(inputs, tables, more, base=base)
    assert first.digest == again.digest != between.digest
    assert solved(inputs, tables, base=base).digest == base.digest
    assert cost(first) == pytest.approx(cost(solved(inputs, tables, more)), rel=1e-9)


def test_basis_of_another_shape_is_left_aside(inputs, red_tomato):
    tables = machine_tables(red_tomato)
    other = solved(inputs, red_tomato())
    assert solved(inputs, tables, base=other).digest == solved(inputs, tables).digest


def test_capacity_shadow_price_is_the_worth_of_one_hour(inputs, red_tomato):
    tables = machine_tables(red_tomato)
    base = solved(inputs, tables)
    panel = base.panel_of("capacity_shadow_price")
    prices = panel["capacity_shadow_price"][0]
    assert panel["capacity_available_hours"][0].tolist() == [8000.0] * 6
    assert (prices > 0).any()
    for month in range(6):
        day = inputs(tables).axes.calendar.start_of(month)
        up = cost(solved(inputs, tables, change(ChangeCapacity, "+1", day, day), base=base))
        down = cost(solved(inputs, tables, change(ChangeCapacity, "-1", day, day), base=base))
        assert up - cost(base) == pytest.approx(-prices[month], abs=1e-6)
        assert down - cost(base) == pytest.approx(prices[month], abs=1e-6)


def test_more_capacity_never_costs_more(inputs, red_tomato):
    tables = machine_tables(red_tomato)
    costs = [cost(solved(inputs, tables, change(ChangeCapacity, text))) for text in ("8000", "8400", "9000", "12000")]
    assert costs == sorted(costs, reverse=True) and costs[0] > costs[-1]


def test_overtime_of_a_machine(inputs, red_tomato):
    tables = machine_tables(red_tomato)
    none = solved(inputs, tables, change(ChangeOvertime, "0"))
    assert none.panel_of("overtime_hours")["overtime_hours"].sum() == 0.0
    assert solved(inputs, tables).panel_of("overtime_hours")["overtime_hours"].sum() > 0.0
    assert cost(none) > cost(solved(inputs, tables))


@pytest.mark.parametrize(("text", "hours"), [("1000", 1000.0), ("+100", 700.0), ("+50%", 900.0), ("0", 0.0)])
def test_overtime_of_a_crew(inputs, red_tomato, text, hours):
    """60 workers who cannot be more, at 10 hours of overtime each: 600 hours."""
    tables = red_tomato()
    tables["resources"][0].update(workers=60, max_workers=60, layoff_cost=9e9)
    tables["subcontracting"] = []
    plan = plan_supply(inputs(tables, adjustments=(change(ChangeOvertime, text),), policy={"end_condition": "target"}))
    assert plan.panel_of("overtime_hours")["overtime_hours"].max() == pytest.approx(hours, abs=1e-5)


def test_a_shut_line_makes_nothing(inputs, red_tomato):
    tables = machine_tables(red_tomato)
    base = solved(inputs, tables)
    shut = solved(inputs, tables, change(ChangeCapacity, "0"), change(ChangeOvertime, "0", seq=2), base=base)
    assert shut.panel_of("production_qty")["production_qty"].sum() == 0.0
    assert shut.panel_of("capacity_available_hours")["capacity_available_hours"].sum() == 0.0
    assert shut.panel_of("subcontract_qty")["subcontract_qty"].sum() == 16000 - 1000 + 500


def test_adding_to_no_limit_changes_nothing_and_says_so(inputs, red_tomato):
    tables = machine_tables(red_tomato)
    tables["resources"][0]["capacity_hours"] = None
    plan = solved(inputs, tables, change(ChangeCapacity, "+100"))
    codes = [finding.code for finding in plan.findings]
    assert "SU120" in codes and "SU104" in codes
    assert np.isnan(plan.panel_of("capacity_available_hours")["capacity_available_hours"]).all()


@pytest.mark.parametrize("scope", [Scope(resource="gone"), Scope(item="tool"), Scope(location="plant")])
@pytest.mark.parametrize("kind", [ChangeCapacity, ChangeOvertime])
def test_a_scope_that_names_no_resource_changes_nothing_and_says_so(inputs, red_tomato, kind, scope):
    """Of a location it is not all resources: its node of resources is `location:plant`."""
    tables = machine_tables(red_tomato)
    plan = solved(inputs, tables, Adjustment("a1", kind(Amount.parse("-40%")), scope, seq=1))
    assert [(f.where, f.code) for f in plan.findings if f.code == "SU120"] == [("adjustment a1", "SU120")]
    assert plan.facts["objective_amount"] == solved(inputs, tables).facts["objective_amount"]
