from datetime import date

import numpy as np
import pytest

from equipoise.core.measure import Grain
from equipoise.finance.booking import Cells, Total, book
from equipoise.finance.budget import Profile, plan_budget

T = 12
PROFILE = np.arange(1.0, T + 1)


@pytest.fixture
def budget_of(inputs_of):
    def build(horizon=T, baseline=None, price=2.0, policy=None, **columns):
        count = len(columns["item"])
        rows = {"version": ["AOP"] * count, "market": [""] * count, **columns}
        keys = inputs_of(horizon=horizon).axes.keys[Grain.DEMAND]
        weights = np.tile(PROFILE[:horizon], (len(keys), 1)) if baseline is None else baseline
        measures = {"demand_baseline_qty": weights, "sales_net_price": np.full((len(keys), horizon), price)}
        inputs = inputs_of({"budget": rows}, measures=measures, horizon=horizon, policy=policy or {})
        profile = Profile.of(
            baseline=weights, price=measures["sales_net_price"], active_ratio=inputs.measure("demand_active_ratio")
        )
        return plan_budget(inputs, profile), keys

    return build


def month(number):
    return date(2027, number, 1)


def codes(budget):
    return [finding.code for finding in budget.findings]


def test_a_year_is_spread_by_the_baseline_and_keeps_its_total(budget_of):
    budget, keys = budget_of(item=["saw"], market=["north"], date=[month(5)], period=["year"], quantity=[7800])
    row = budget.amounts["quantity"][keys.rows["saw", "north"]]
    assert row.tolist() == (PROFILE * 100).tolist()
    assert budget.amounts["quantity"].sum() == 7800
    assert np.isnan(budget.amounts["revenue_amount"]).all() and budget.findings == ()


def test_by_year_or_by_month_the_year_is_the_same(budget_of):
    year, _ = budget_of(item=["tools"], date=[month(1)], period=["year"], revenue_amount=[10_000.01])
    rows = {"item": ["tools"] * T, "date": [month(n + 1) for n in range(T)], "period": ["month"] * T}
    monthly, _ = budget_of(**rows, revenue_amount=[10_000.01 / T] * T)
    assert year.amounts["revenue_amount"].sum() == pytest.approx(10_000.01, abs=0.001)
    assert monthly.amounts["revenue_amount"].sum() == pytest.approx(year.amounts["revenue_amount"].sum(), abs=0.01)


def test_a_node_takes_its_parts_out_and_spreads_the_rest(budget_of):
    budget, keys = budget_of(item=["tools", "saw"], market=["home", "north"], date=[month(1)] * 2, quantity=[100, 40])
    january = {label: budget.amounts["quantity"][row, 0] for label, row in keys.rows.items()}
    assert january["saw", "north"] == 40
    assert [january["saw", "south"], january["axe", "north"], january["axe", "south"]] == [20, 20, 20]
    assert january["glue", "north"] == 0 and january["saw", "abroad"] == 0
    assert np.isnan(budget.amounts["quantity"][:, 1:]).all()


def test_parts_of_three_levels_and_two_periods_are_never_added_up(budget_of):
    budget, _ = budget_of(
        item=["", "tools", "saw", "saw"],
        market=["", "", "", "north"],
        date=[month(1)] * 4,
        period=["year", "quarter", "month", ""],
        quantity=[5000, 1200, 300, 50],
    )
    assert budget.amounts["quantity"].sum() == 5000
    assert codes(budget) == []


def test_parts_above_the_total_stand_and_are_found(budget_of):
    budget, keys = budget_of(item=["tools", "saw"], date=[month(1)] * 2, quantity=[100, 140])
    assert np.nansum(budget.amounts["quantity"]) == 140
    assert codes(budget) == ["FI102"]
    assert budget.amounts["quantity"][keys.rows["axe", "north"], 0] == 0


def test_a_rest_without_a_free_cell_is_spread_and_found(budget_of):
    budget, _ = budget_of(
        item=["tools", "saw", "axe"], market=["north"] * 3, date=[month(1)] * 3, quantity=[100, 40, 40]
    )
    assert np.nansum(budget.amounts["quantity"]) == 100
    assert codes(budget) == ["FI103"]


def test_a_period_that_ends_after_the_horizon_leaves_its_part_outside(budget_of):
    flat = np.ones((9, 6))
    budget, keys = budget_of(
        horizon=6, baseline=flat, item=["saw"], market=["north"], date=[month(3)], period=["year"], quantity=[1200]
    )
    assert budget.amounts["quantity"][keys.rows["saw", "north"]].tolist() == [100] * 6


def test_months_before_the_horizon_are_parts_of_the_year_too():
    rows, flat, sold = np.array([0]), np.ones((1, 6)), np.ones((1, 6), dtype=bool)
    year = Total("year", rows, -6, 6, 1200.0)
    for december, monthly in ((100.0, 100), (650.0, 50)):
        single = Cells(rows, np.array([-1]), np.array([december]))
        cells, findings = book(single, [year], flat, active=sold, step=1.0)
        assert cells.tolist() == [[monthly] * 6] and findings == []


def test_rows_of_one_bucket_are_added_up(budget_of):
    days = [date(2027, 1, 4), date(2027, 1, 11)]
    budget, keys = budget_of(item=["saw"] * 2, market=["north"] * 2, date=days, quantity=[3, 4])
    assert budget.amounts["quantity"][keys.rows["saw", "north"], 0] == 7


def test_without_any_baseline_the_total_is_equal_over_cells(budget_of):
    nothing = np.zeros((9, T))
    budget, keys = budget_of(
        baseline=nothing, item=["saw"], market=["north"], date=[month(1)], period=["year"], quantity=[12]
    )
    assert budget.amounts["quantity"][keys.rows["saw", "north"]].tolist() == [1] * T


def test_version_aop_is_taken_else_the_first_by_name(budget_of):
    both = {"item": ["saw", "saw"], "market": ["north"] * 2, "date": [month(1)] * 2, "quantity": [1, 2]}
    budget, keys = budget_of(version=["AOP", "ACT"], **both)
    assert budget.amounts["quantity"][keys.rows["saw", "north"], 0] == 1 and codes(budget) == []
    budget, keys = budget_of(version=["RF2", "RF1"], **both)
    assert budget.amounts["quantity"][keys.rows["saw", "north"], 0] == 2 and codes(budget) == ["FI101"]
