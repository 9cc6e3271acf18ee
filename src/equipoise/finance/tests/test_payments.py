"""Lags of payments and the terms they come from, by hand."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.core.grid import MONEY_STEP, on_grid
from equipoise.finance.payment_lag import payments, spans_of, unpaid
from equipoise.finance.payment_terms import read_terms

EDGES = np.array([0.0, 31, 59, 90, 120])


def test_without_days_everything_is_paid_in_its_own_bucket():
    amounts = np.array([[10.0, 20, 30, 40]])
    assert payments(amounts, spans_of(EDGES), np.zeros(4), EDGES).tolist() == amounts.tolist()


def test_thirty_days_split_by_the_days_of_each_month():
    # January is paid from day 30 to 61: 1 day in January, 28 in February, 2 in March.
    paid = payments(np.array([[31.0, 0, 0, 0]]), spans_of(EDGES), np.full(4, 30.0), EDGES)
    assert paid.tolist() == [[1, 28, 2, 0]]


def test_terms_may_change_with_the_month_of_the_invoice():
    paid = payments(np.array([[31.0, 28, 0, 0]]), spans_of(EDGES), np.array([59.0, 0, 0, 0]), EDGES)
    assert paid.tolist() == [[0, 28, 31, 0]]


@given(
    amounts=st.lists(st.floats(-1e6, 1e6), min_size=4, max_size=4),
    days=st.floats(0, 200),
)
def test_nothing_is_paid_twice_or_lost(amounts, days):
    invoiced = on_grid(np.array([amounts]), MONEY_STEP)
    long = np.append(EDGES, 400.0)
    paid = payments(invoiced, spans_of(EDGES), np.full(4, days), long)
    assert paid.sum() == invoiced.sum()
    before = payments(invoiced, spans_of(EDGES), np.full(4, days), EDGES).sum()
    assert unpaid(invoiced, spans_of(EDGES), np.full(4, days), 120.0).sum() == invoiced.sum() - before


@pytest.fixture
def terms_of(inputs_of):
    def read(begins=date(2027, 1, 1), **columns):
        inputs = inputs_of({"terms": {"payable_days": [0] * len(columns["company"]), **columns}})
        return read_terms(inputs.axes, inputs.table("terms"), begins=begins)

    return read


def test_the_terms_of_a_day_are_those_of_the_latest_row_before_it(terms_of):
    terms = terms_of(company=["us", "us"], date=[date(2027, 1, 1), date(2027, 3, 1)], receivable_days=[30, 45])
    on = [date(2026, 5, 1), date(2027, 2, 28), date(2027, 3, 1)]
    assert terms.in_force(0, "receivable_days", on).tolist() == [30, 30, 45]
    assert terms.longest("receivable_days") == 45
    assert terms.findings == () and np.isnan(terms.opening).all()


def test_opening_cash_is_the_latest_balance_by_the_start(terms_of):
    terms = terms_of(
        company=["us"] * 3,
        date=[date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1)],
        receivable_days=[0] * 3,
        opening_cash=[5, 7, 9],
    )
    assert terms.opening.tolist() == [7] and terms.findings == ()


def test_an_old_balance_and_a_company_without_one_are_found(terms_of):
    terms = terms_of(company=["a", "b"], date=[date(2026, 10, 1)] * 2, receivable_days=[0] * 2, opening_cash=[5, None])
    assert [f.code for f in terms.findings] == ["FI123", "FI125", "FI124"]
    assert "2026-10-01" in terms.findings[1].message and "first is b" in terms.findings[2].message
    assert np.isnan(terms.opening).tolist() == [False, True]
