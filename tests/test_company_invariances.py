"""The ten invariances on random companies of several sites and three levels of bills, transformed as the demo's are.

Plans of these companies tie where sources cost alike, so what is compared is what every cheapest plan has in common:
least cost, seen and unseen, demand, targets and hours.
"""

import dataclasses
import os
from datetime import date

import numpy as np
import polars as pl
import pytest
from tests.retold import (
    budgeted_by_year,
    by_week,
    counted_in,
    due_and_received,
    gone_as_planned,
    imported_by_month,
    in_fractions,
    over_a_dock,
    told_otherwise,
    unbound,
    with_order,
)

from equipoise import compute_plan
from equipoise.codec import adjustment_from_json
from equipoise.core.measure import Grain
from equipoise.testing import CompanySize, assert_plans_equal, random_company

SIZE = CompanySize(plants=3, warehouses=2, markets=4, products=4, levels=3, horizon=8)
FEATURES = {
    "levels",
    "alternates",
    "crews",
    "suppliers",
    "policies",
    "market_costs",
    "market_prices",
    "lost_sales",
    "budget",
}
SEEDS = range(20 if os.environ.get("EQUIPOISE_SOAK") else 1)


@pytest.fixture(scope="module", params=SEEDS)
def seed(request):
    return request.param


def company(seed, *more, without=(), horizon=SIZE.horizon):
    size = dataclasses.replace(SIZE, horizon=horizon)
    return random_company(seed, size=size, features=FEATURES - set(without) | set(more), bucket="month").snapshot()


@pytest.fixture(scope="module")
def snapshot(seed):
    return company(seed)


@pytest.fixture(scope="module")
def plan(snapshot):
    return compute_plan(snapshot)


def least_cost(plan):
    facts = plan.sections["supply"].facts
    return facts["objective_amount"] + facts["notional_amount"], facts["penalty_amount"]


def quick(snapshot):
    """Lanes, routes and hiring without lead time: nothing is under way at the end of a bucket, nobody comes later."""
    now = pl.lit(0.0).alias("lead_time_days")
    return told_otherwise(
        snapshot,
        lanes=snapshot.table("lanes").with_columns(now),
        routings=snapshot.table("routings").with_columns(now),
        resources=snapshot.table("resources").with_columns(hire_lead_days=pl.lit(0.0)),
    )


def test_a_month_that_goes_as_planned_costs_what_was_planned(snapshot):
    """(a) Half of February behind: its half of what was spent, and the least cost of the rest, are the least cost."""
    whole = quick(snapshot)
    before = compute_plan(whole)
    middle = compute_plan(gone_as_planned(whole, before, date(2027, 2, 14), 0.5))
    to_date, to_go = (middle.measure(f"demand_{word}_qty").values for word in ("to_date", "required"))
    assert to_date + to_go == pytest.approx(before.measure("demand_required_qty").values, abs=0.01)
    spent = sum(
        before.by_bucket(name)[0]
        for name in (
            "cost_material_amount",
            "cost_purchase_amount",
            "cost_subcontract_amount",
            "cost_transport_amount",
            "cost_regular_amount",
            "cost_overtime_amount",
        )
    )
    once = before.by_bucket("cost_hire_amount")[0] + before.by_bucket("cost_layoff_amount")[0]
    assert least_cost(middle)[0] + 0.5 * spent + once == pytest.approx(least_cost(before)[0], rel=1e-6)


def test_an_order_inside_the_forecast_changes_nothing_and_above_it_adds_the_excess(snapshot, plan):
    """(b)"""
    row = int(np.argmax(plan.measure("demand_unconsumed_qty").values[:, 3]))
    item, market = plan.axes.keys[Grain.DEMAND].labels(row)
    free = float(plan.measure("demand_unconsumed_qty").values[row, 3])
    day = plan.axes.calendar.start_of(3)
    inside, above = (compute_plan(with_order(snapshot, item, market, day, n)) for n in (0.4 * free, free + 25.0))
    for name in ("demand_required_qty", "production_qty", "inventory_closing_qty", "unmet_qty"):
        assert np.array_equal(inside.measure(name).values, plan.measure(name).values), name
    more = above.measure("demand_required_qty").values - plan.measure("demand_required_qty").values
    assert more[row, 3] == pytest.approx(25.0, abs=1e-5)
    assert np.count_nonzero(more) == 1


@pytest.mark.parametrize("is_kept", [True, False], ids=["closed_line", "no_line"])
def test_a_purchase_order_received_in_its_due_bucket_moves_nothing(seed, is_kept):
    """(c)"""
    snapshot = company(seed, "receipts")
    orders = snapshot.table("receipts").filter(
        (pl.col("type") == "purchase") & (pl.col("status") == "released") & (pl.col("quantity") > 0)
    )
    reference, due = orders["reference"][0], snapshot.head.calendar.end_of(0)
    still_due, received, order = due_and_received(snapshot, reference, due, as_of=snapshot.head.as_of, is_kept=is_kept)
    one, two = compute_plan(still_due), compute_plan(received)
    assert least_cost(two) == pytest.approx(least_cost(one), rel=1e-9)
    assert two.total("demand_served_qty", item="product-1") == pytest.approx(
        one.total("demand_served_qty", item="product-1"), rel=1e-6
    )
    came = [plan.total("inventory_start_qty", item=order["item"]) for plan in (one, two)]
    assert came[1] - came[0] == pytest.approx(order["quantity"])


def test_an_item_in_other_units_has_the_same_money_and_hours(snapshot):
    """(d) An item that is sold, and one that goes into others."""
    for item in ("product-2", "part-1"):
        units = in_fractions(snapshot, item)
        dozens = counted_in(units, item, 1 / 12, "dozen")
        one, two = compute_plan(units), compute_plan(dozens)
        assert least_cost(two) == pytest.approx(least_cost(one), rel=1e-6, abs=1e-3)
        assert two.total("budget_revenue_amount") == pytest.approx(one.total("budget_revenue_amount"))
        for name in ("inventory_safety_qty", "inventory_target_qty", "inventory_start_qty"):
            counted = two.by_bucket(name, item=item) * 12
            assert counted == pytest.approx(one.by_bucket(name, item=item), rel=1e-6, abs=0.01), name


def test_a_budget_by_year_or_by_month_has_the_same_year(seed):
    """(e) The fiscal year begins with the plan."""
    monthly = told_otherwise(company(seed, horizon=12), {"fiscal_year_start": "02-01"})
    plan = compute_plan(monthly)
    yearly = compute_plan(budgeted_by_year(monthly, date(2027, 2, 1), date(2028, 1, 31)))
    for name in ("budget_qty", "budget_revenue_amount"):
        _, months = plan.grouped(name, level="family")
        _, spread = yearly.grouped(name, level="family")
        assert np.nansum(months, axis=1) == pytest.approx(np.nansum(spread, axis=1), rel=1e-6), name
        assert np.nansum(months) > 0
    assert not np.allclose(yearly.by_bucket("budget_revenue_amount"), plan.by_bucket("budget_revenue_amount"))


def test_months_or_weeks_have_the_same_demand(snapshot, plan):
    """(f) From 1 February to 31 August, which is a Tuesday: thirty weeks and two days of one more."""
    monthly = imported_by_month(snapshot, plan)
    months, weeks = compute_plan(monthly), compute_plan(by_week(monthly, date(2027, 2, 1), 32))
    for family in ("family-1", "family-2"):
        by_week_, by_month_ = (p.by_bucket("demand_consensus_qty", family=family) for p in (weeks, months))
        august = by_week_[:30].sum() + by_week_[30] * 2 / 7
        assert august == pytest.approx(by_month_[:7].sum(), rel=0.01), family


def test_a_shorter_horizon_has_the_same_first_months(seed):
    """(g) Where capacity is not short for long: a company that is builds ahead for all that it can see."""
    tight = company(seed, without=["crews", "suppliers", "lost_sales"], horizon=12)
    wider = tight.table("resources").with_columns(pl.col("capacity_hours") * 10)
    # A stock that is stated for the end would move with it.
    rules = tight.table("inventory_policy").with_columns(closing_min_qty=pl.lit(None, dtype=pl.Float64))
    snapshot = told_otherwise(tight, resources=wider, inventory_policy=rules)
    longer, shorter = compute_plan(snapshot), compute_plan(told_otherwise(snapshot, {"horizon": 10}))
    wanted = longer.measure("demand_required_qty").values
    assert np.array_equal(shorter.measure("demand_required_qty").values, wanted[:, :10])
    for name in ("cost_total_amount", "revenue_amount"):
        assert shorter.by_bucket(name)[:5].sum() == pytest.approx(longer.by_bucket(name)[:5].sum(), rel=0.01), name


def test_where_nothing_binds_constrained_is_unconstrained(seed):
    """(h) Without people, for an infinite plan keeps all that are there, and where no sale is cheaper to lose."""
    plenty = unbound(quick(company(seed, without=["crews", "lost_sales"])), stocked=["part-1", "part-2"])
    infinite = adjustment_from_json({"kind": "set_policy", "knob": "tier", "value": "infinite"})
    constrained, unconstrained = compute_plan(plenty), compute_plan(plenty, [infinite])
    required = constrained.measure("demand_required_qty").values
    for plan in (constrained, unconstrained):
        assert np.array_equal(plan.measure("demand_served_qty").values, required)
    assert least_cost(constrained) == pytest.approx(least_cost(unconstrained), rel=1e-9)


def test_a_lane_in_two_hops_costs_the_same(snapshot):
    """(i)"""
    straight, hops = over_a_dock(snapshot, "plant-1", "dc-1")
    one, two = compute_plan(straight), compute_plan(hops)
    assert least_cost(two) == pytest.approx(least_cost(one), rel=1e-9)
    assert two.by_bucket("inventory_safety_qty", item="product-1") == pytest.approx(
        one.by_bucket("inventory_safety_qty", item="product-1")
    )


def test_shuffled_rows_are_the_same_plan(snapshot, plan):
    """(j)"""
    tables = {name: frame.sample(fraction=1.0, shuffle=True, seed=9) for name, frame in snapshot.tables.items()}
    assert_plans_equal(compute_plan(told_otherwise(snapshot, **tables)), plan)
