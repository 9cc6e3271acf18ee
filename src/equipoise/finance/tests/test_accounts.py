"""The ledger and the rates its money is converted at."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from equipoise.core.measure import Grain
from equipoise.finance.accounts import sort_of
from equipoise.finance.budget import Profile
from equipoise.finance.currency import ExchangeRates, RatesOfDays
from equipoise.finance.expense import EXPENSES, plan_expense, read_ledger

JAN, FEB, MAR = (date(2027, month, 1) for month in (1, 2, 3))
RATES = {
    "currency": ["USD"] * 3,
    "rate_type": ["plan", "actual", "budget"],
    "date": [date(2026, 1, 1)] * 3,
    "rate": [0.9, 0.8, 0.5],
}


@pytest.fixture
def books(inputs_of):
    def make(accounts, **more):
        count = len(accounts["account"])
        rows = {"version": ["forecast"] * count, **accounts}
        inputs = inputs_of({"accounts": rows, "exchange_rates": RATES, **more})
        shape = (len(inputs.keys(Grain.DEMAND)), 6)
        profile = Profile.of(
            baseline=np.ones(shape), price=np.full(shape, 2.0), active_ratio=inputs.measure("demand_active_ratio")
        )
        return inputs, profile

    return make


def ledger_of(inputs, profile):
    return read_ledger(inputs.axes, inputs.snapshot, inputs.sections["prices"], profile)


def test_accounts_of_one_node_add_up_and_are_spread_to_the_last_bit(books):
    inputs, profile = books({"account": ["rent", "rent", "energy"], "item": ["", "tools", ""], "date": [JAN] * 3,
                             "amount": [100, 60, 10.01]})  # fmt: skip
    amounts, found = ledger_of(inputs, profile).amounts("forecast", *EXPENSES)
    keys = inputs.keys(Grain.DEMAND)
    # The family's 60 are a part of the 100 of the same account, energy comes on top.
    tools = [row for (item, _), row in keys.rows.items() if item in ("saw", "axe")]
    assert amounts[:, 0].sum() == pytest.approx(110.01, abs=0.001)
    assert amounts[tools, 0].sum() == pytest.approx(60 + 10.01 * 6 / 9, abs=0.001)
    assert np.isnan(amounts[:, 1:]).all() and found == []


def test_hundreds_of_accounts_of_one_level_are_spread_together(books):
    accounts = {"account": [f"{n}" for n in range(300)], "date": [JAN] * 300, "amount": [1.0] * 300}
    inputs, profile = books(accounts)
    ledger = ledger_of(inputs, profile)
    pools = ledger._nested(ledger.rows)["pool"].unique().to_list()
    assert pools == ["all|all"] and ledger.amounts("forecast", *EXPENSES)[0][:, 0].sum() == 300


def test_what_begins_like_an_account_of_the_plan_is_no_expense():
    assert sort_of("Cost_of_sales 5000") == "cost_of_sales"
    assert sort_of("4000 revenue") == "operating_expense"  # it does not begin with it


def test_actual_money_is_converted_at_the_actual_rate_and_forecasts_at_the_plans(books):
    accounts = {
        "account": ["rent"] * 3,
        "version": ["forecast", "actual", "budget"],
        "date": [JAN] * 3,
        "amount": [100] * 3,
        "currency": ["USD"] * 3,
    }
    inputs, profile = books(accounts)
    ledger = ledger_of(inputs, profile)
    found = [float(ledger.amounts(version, *EXPENSES)[0][:, 0].sum()) for version in accounts["version"]]
    assert found == pytest.approx([90, 80, 50], abs=0.001)


def test_money_without_a_rate_is_left_out_and_found(books):
    accounts = {"account": ["rent"], "date": [JAN], "amount": [100], "currency": ["CHF"]}
    inputs, profile = books(accounts)
    ledger = ledger_of(inputs, profile)
    assert [f.code for f in ledger.findings] == ["PR102"] and "CHF" in ledger.findings[0].message
    assert np.isnan(ledger.amounts("forecast", *EXPENSES)[0]).all()


def test_forecast_goes_before_budget_and_accounts_before_the_budget_table(books):
    inputs, profile = books({
        "account": ["rent", "rent", "depreciation"],
        "version": ["forecast", "budget", "budget"],
        "date": [JAN, FEB, FEB],
        "amount": [10, 20, 3],
    })  # fmt: skip
    budgeted = np.full((9, 6), np.nan)
    budgeted[:, :3] = 1.0
    expense = plan_expense(inputs, profile, budgeted=budgeted, to_go=0.5)
    assert expense.operating.sum(axis=0)[:3].tolist() == [10, 23, 9]
    assert np.isnan(expense.operating[:, 3:]).all()
    assert expense.budget.sum(axis=0)[:3].tolist() == [9, 23, 9]
    # Half of January is still to be paid; depreciation is no cash; where nobody says nothing is paid.
    assert expense.paid.sum(axis=0).tolist() == pytest.approx([5, 20, 9, 0, 0, 0], abs=0.01)
    (note,) = expense.findings
    assert note.code == "FI126" and "3 of 6 buckets have none" in note.message


def test_the_rate_of_a_day_is_the_latest_of_its_type_else_the_plans(inputs_of):
    calendar = inputs_of().axes.calendar
    table = pl.DataFrame(RATES)
    plan = ExchangeRates.of(calendar, table, "EUR")
    rates = RatesOfDays.of(calendar, table.filter(pl.col("rate_type") != "budget"), "EUR", plan)
    assert rates.rate("USD", "actual", JAN) == 0.8
    assert rates.rate("USD", "budget", JAN) == 0.9
    assert rates.rate("EUR", "actual", JAN) == rates.rate("", "plan", JAN) == 1.0
    assert np.isnan(rates.rate("USD", "actual", date(2025, 1, 1)))
    moved = ExchangeRates(plan.codes, plan.rates * 2)
    assert RatesOfDays.of(calendar, table, "EUR", moved).rate("USD", "plan", FEB) == 1.8
