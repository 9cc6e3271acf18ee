"""Stability on a line that makes x at a: 50 a month are sold, the plan of record makes 100 in January, then 0, then 50.

To keep it costs 50 units held for a month, 50 in money; to leave it changes 100 units of 5 each. So the wish is worth
the money from 10 % of standard cost on.
"""

from datetime import date

import numpy as np
import pytest

from equipoise.core.adjustment import Adjustment, Amount, Scope
from equipoise.supply.changes import ProductionOverride
from equipoise.supply.plan_supply import plan_supply

from .shop import first, shop_tables


def archived(*quantities, made=date(2026, 12, 1), **more):
    return [
        {"made_date": made, "measure": "production_qty", "item": "x", "location": "a", "date": first(month + 1)}
        | {"quantity": quantity}
        | more
        for month, quantity in enumerate(quantities)
    ]


@pytest.fixture
def planned(inputs):
    def plan(*, archive=None, tables=None, adjustments=(), **policy):
        given = shop_tables(
            plan_archive=archived(100, 0, 50) if archive is None else archive,
            routings=[
                {"item": "x", "location": "a", "route": "", "resource": "line", "hours_per_unit": 1},
                {"item": "y", "location": "a", "route": "", "resource": "line", "hours_per_unit": 1},
            ],
            resources=[{"resource": "line", "location": "a", "capacity_hours": 400}],
            **(tables or {}),
        )
        given.pop("purchasing")
        policy = {"end_condition": "closing_min"} | policy
        return plan_supply(inputs(given, horizon=3, policy=policy, adjustments=tuple(adjustments)))

    return plan


def made(section, item="x"):
    panel = section.panel_of("production_qty")
    return panel["production_qty"][next(row for row in range(len(panel.keys)) if panel.keys.labels(row)[0] == item)]


def told(section, code):
    return [finding.message for finding in section.findings if finding.code == code]


def test_a_plan_stays_where_the_wish_is_worth_more_than_it_costs(planned):
    free, near, far = planned(), planned(stability_pct=10.1), planned(stability_pct=9.9)
    assert made(free).tolist() == made(far).tolist() == [50, 50, 50]
    assert made(near).tolist() == [100, 0, 50]
    assert made(near, "y").tolist() == [50, 50, 50]
    assert near.facts["objective_amount"] == pytest.approx(free.facts["objective_amount"] + 50)
    assert near.facts["notional_amount"] == pytest.approx(0)
    assert far.facts["objective_amount"] == pytest.approx(free.facts["objective_amount"])
    assert far.facts["notional_amount"] == pytest.approx(0.099 * 5 * 100)


def test_it_counts_in_the_first_buckets_alone(planned):
    assert made(planned(stability_pct=100, stability_buckets=1)).tolist() == [100, 0, 50]
    later = planned(stability_pct=100, stability_buckets=1, archive=archived(50, 100, 0))
    assert made(later).tolist() == [50, 50, 50]
    assert made(planned(stability_pct=100, stability_buckets=2, archive=archived(50, 100, 0))).tolist() == [50, 100, 0]


def test_what_it_changes_is_said(planned):
    assert told(planned(stability_pct=10.1), "SU154") == ["nothing of 150.0 units is another"]
    text = "100.0 units (66.7%) of 150.0 to come are others in the first 3 buckets, most -50.0 x at a in Jan 2027"
    assert told(planned(stability_pct=9.9), "SU154") == [text]
    assert told(planned(), "SU154") == []


def test_the_newest_plan_made_by_then_counts(planned):
    archive = [
        *archived(0, 150, 0, made=date(2026, 11, 1)),
        *archived(100, 0, 50),
        *archived(150, 0, 0, made=date(2027, 1, 20)),
    ]
    assert made(planned(archive=archive, stability_pct=100)).tolist() == [100, 0, 50]


def test_without_a_plan_of_record_it_is_said(planned):
    plan = planned(archive=[], stability_pct=50)
    assert made(plan).tolist() == [50, 50, 50]
    assert [finding.code for finding in plan.findings].count("SU153") == 1


def test_a_plan_of_record_without_locations_holds_for_the_item(planned):
    assert made(planned(archive=archived(100, 0, 50, location=""), stability_pct=10.1)).tolist() == [100, 0, 50]


def test_firm_receipts_are_part_of_the_plan_of_record(planned):
    firm = {
        "receipts": [
            {"reference": "MO-1", "line": "1", "item": "x", "location": "a", "due_date": date(2027, 1, 10)}
            | {"quantity": 60, "type": "production", "status": "firm"}
        ]
    }
    plan = planned(tables=firm, stability_pct=100)
    assert told(plan, "SU154") == ["nothing of 90.0 units is another"]
    assert made(plan).tolist() == [40, 0, 50]


def test_the_fast_plan_counts_what_it_changes(planned):
    plan = planned(stability_pct=9.9, tier="heuristic")
    best = planned(stability_pct=9.9)
    total = sum(plan.facts[name] for name in ("objective_amount", "notional_amount"))
    assert total >= sum(best.facts[name] for name in ("objective_amount", "notional_amount")) - 1e-6
    assert np.abs(made(plan) - [100, 0, 50]).sum() * 0.099 * 5 == pytest.approx(plan.facts["notional_amount"])


def test_the_fast_plan_says_that_it_did_not_look(planned):
    plan = planned(stability_pct=60, tier="heuristic")
    text = "100.0 units (66.7%) of 150.0 to come are others in the first 3 buckets, most -50.0 x at a in Jan 2027"
    assert (told(plan, "SU155"), told(plan, "SU154")) == ([text], [])
    (found,) = (finding for finding in plan.findings if finding.code == "SU155")
    assert "tier to optimum" in found.remedy
    assert told(planned(stability_pct=60), "SU155") == told(planned(tier="heuristic"), "SU155") == []


def test_planned_production_of_people_is_no_change_of_the_fast_plan(planned):
    """100 are firmed in January as the plan of record says, 0 in February; only March's 50 are the plan's own."""
    firm = [
        Adjustment(str(month), ProductionOverride(Amount.parse(text)), scope, seq=month)
        for month, text in ((1, "100"), (2, "0"))
        for scope in (Scope(item="x", first=first(month), last=first(month)),)
    ]
    plan = planned(adjustments=firm, stability_pct=60, tier="heuristic")
    assert made(plan).tolist() == [100, 0, 50]
    assert plan.facts["notional_amount"] == pytest.approx(0)
    assert told(plan, "SU155") == ["nothing of 150.0 units is another"]
    best = planned(adjustments=firm, stability_pct=60)
    assert plan.facts["objective_amount"] == pytest.approx(best.facts["objective_amount"])


def test_more_of_it_never_changes_more(planned):
    moved = [np.abs(made(planned(stability_pct=pct)) - [100, 0, 50]).sum() for pct in (0, 5, 9.9, 10.1, 60)]
    assert moved == sorted(moved, reverse=True)
