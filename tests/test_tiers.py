"""Three tiers of one plan: each is there for any company, conserves its stock, and says which one it is."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from equipoise import compute_plan, explain
from equipoise.codec import adjustment_from_json
from equipoise.core.measure import Grain
from equipoise.report import plan_report
from equipoise.testing import CompanySize, assert_plans_equal, companies, random_company

TIERS = ("infinite", "heuristic", "optimum")
MOST = CompanySize(plants=3, warehouses=2, markets=3, products=3, levels=3, horizon=6)
SEEDS = range(6)
NOT_KEPT = "SU142"


def told(company, **knobs):
    """The company with knobs of its policy set."""
    return replace(company, head={**company.head, "policy": {**company.head.get("policy", {}), **knobs}})


def planned(company, tier, **knobs):
    return compute_plan(told(company, tier=tier, **knobs).snapshot())


def by_stock(plan, name, column=None):
    """A measure of grain make or flow by stock row, [S, T]; `column` of a flow names the end that is the location."""
    keys, panel = plan.axes.keys, plan.measure(name)
    rows, found = keys[Grain.STOCK].rows, np.zeros((len(keys[Grain.STOCK]), plan.head.horizon))
    for number in range(len(panel.keys)):
        labels = panel.keys.labels(number)
        at = rows.get((labels[0], labels[1 if column is None else column]))
        if at is not None:
            found[at] += panel.values[number]
    return found


def stock_moved(plan):
    """What comes in less what goes out, [S, T], from the plan's flows alone."""
    made = sum(by_stock(plan, name) for name in ("production_qty", "subcontract_qty", "purchase_qty"))
    lanes = by_stock(plan, "arrival_qty", 2) - by_stock(plan, "shipment_qty", 1)
    inward = plan.measure("receipt_scheduled_qty").values + plan.measure("production_byproduct_qty").values
    outward = plan.measure("component_use_qty").values + plan.measure("inventory_scrap_qty").values
    return made + lanes + inward - outward


@pytest.mark.parametrize("tier", TIERS)
@given(company=companies(most=MOST))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_company_has_a_plan_that_conserves_its_stock(tier, company):
    plan = planned(company, tier)
    assert plan.tier == plan_report(plan)["tier"] == tier
    opening, closing = (plan.measure(f"inventory_{name}_qty").values for name in ("opening", "closing"))
    assert np.array_equal(opening + stock_moved(plan), closing)
    assert np.array_equal(opening[:, 1:], closing[:, :-1])
    for name in ("production_qty", "purchase_qty", "shipment_qty", "backlog_closing_qty", "lost_qty", "overtime_hours"):
        assert (plan.measure(name).values >= 0).all(), name
    served, lost = plan.measure("demand_served_qty").values, plan.measure("lost_qty").values
    asked = plan.measure("demand_required_qty").values + plan.measure("demand_not_covered_qty").values
    asked = asked + plan.measure("demand_overdue_qty").values
    waiting = plan.measure("backlog_closing_qty").values
    assert np.array_equal(np.cumsum(asked - served - lost, axis=1), waiting)


@given(company=companies(most=MOST, without={"knobs"}), unmet=st.sampled_from(["backlog", "lost"]))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_where_it_keeps_every_rule_it_costs_no_less_than_the_optimum(company, unmet):
    """Its objective and what stands beside it, to 1e-9: where either leaves a rule, they have different questions."""
    knobs = {"end_condition": "closing_min", "unmet_demand": unmet}
    fast, best = (planned(company, tier, **knobs) for tier in ("heuristic", "optimum"))
    facts = [plan.sections["supply"].facts for plan in (fast, best)]
    if any(finding.code == NOT_KEPT for finding in fast.findings) or facts[1]["penalty_amount"]:
        return
    cost = [fact["objective_amount"] + fact["notional_amount"] for fact in facts]
    assert cost[0] >= cost[1] - 1e-9 * abs(cost[1]) - 1e-6


@pytest.mark.parametrize("seed", SEEDS)
def test_the_fast_plan_has_the_same_bytes_from_any_path(seed):
    company = random_company(seed)
    plan = planned(company, "heuristic")
    assert_plans_equal(planned(company, "heuristic"), plan)
    shuffled = replace(company, tables={name: rows[::-1] for name, rows in company.tables.items()})
    assert_plans_equal(planned(shuffled, "heuristic"), plan)
    asked = adjustment_from_json({"kind": "set_policy", "knob": "tier", "value": "heuristic"})
    over = compute_plan(told(company, tier="optimum").snapshot(), [asked])
    assert over.tier == "heuristic"
    assert over.sections["supply"].digest == plan.sections["supply"].digest


@pytest.mark.parametrize("seed", SEEDS)
def test_the_fast_plan_knows_no_prices_and_is_explained_by_its_rules(seed):
    plan = planned(random_company(seed), "heuristic")
    for name in ("demand_shadow_price", "inventory_shadow_price", "capacity_shadow_price", "capacity_pace_price"):
        assert not np.nan_to_num(plan.measure(name).values).any(), name
    assert np.isnan(plan.measure("demand_shadow_price").values).all()
    assert not any(name.startswith("basis") for name in plan.sections["supply"].arrays)
    for name in ("production_qty", "shipment_qty", "demand_served_qty", "unmet_qty", "overtime_hours", "purchase_qty"):
        text = str(explain(plan, name, bucket=2).as_json())
        assert "at least total cost" not in text and "one more is worth" not in text, name
    assert "by the rules of the fast plan" in str(explain(plan, "demand_served_qty", bucket=2).as_json())


def test_prices_of_limits_are_explained_by_the_rows_that_state_them():
    found = 0
    for seed in range(12):
        plan = compute_plan(random_company(seed, features={"suppliers", "lanes", "storage", "history"}).snapshot())
        for name in ("make_limit_price", "flow_limit_price", "inventory_room_price"):
            panel = plan.measure(name)
            for row, bucket in np.argwhere(np.nan_to_num(panel.values) > 1e-3)[:2].tolist():
                item, place, *_ = panel.keys.labels(row)
                where = {"item": item} if name == "flow_limit_price" else {"item": item, "location": place}
                told = str(explain(plan, name, bucket=bucket, **where).as_json())
                assert "the whole plan would cost less" in told
                found += (name != "inventory_room_price" and ".csv" in told) or "table" in told
    assert found


def test_a_fast_plan_solves_nothing(monkeypatch):
    """Whatever tier the data's own plan has: a question in tier heuristic never asks the solver, nor for that plan."""

    def solve(*_args, **_named):
        raise AssertionError("the solver was asked")

    monkeypatch.setattr("equipoise.supply.solving.solve", solve)
    asked, more = (
        adjustment_from_json({"kind": "set_policy", "knob": knob, "value": value})
        for knob, value in (("tier", "heuristic"), ("unmet_demand", "lost"))
    )
    digests = set()
    for said in TIERS:
        plan = compute_plan(told(random_company(3), tier=said).snapshot(), [asked, more])
        assert plan.tier == "heuristic"
        digests.add(plan.sections["supply"].digest)
    over = compute_plan(told(random_company(3), tier="heuristic").snapshot(), [more])
    assert digests == {over.sections["supply"].digest}
    with pytest.raises(AssertionError, match="the solver was asked"):
        compute_plan(told(random_company(3), tier="optimum").snapshot())


@pytest.mark.parametrize("tier", TIERS)
def test_a_plan_is_the_same_however_its_tier_was_asked_for(tier):
    """As the policy of the data or as an adjustment to data of another tier: the figures of its supply are the same."""
    asked = adjustment_from_json({"kind": "set_policy", "knob": "tier", "value": tier})
    digests = set()
    for said in TIERS:
        plan = compute_plan(told(random_company(5), tier=said).snapshot(), [asked])
        assert plan.tier == tier
        digests.add(plan.sections["supply"].digest)
    assert len(digests) == 1
