"""Case D10 of cases.md, and its identity for any sheet."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.kpi.variance import WrongSheet, days_on_hand, family_sheet


def test_d10():
    sheet = family_sheet(
        500.0,
        forecast=np.array([200.0, 200.0, 220.0]),
        sales=np.array([210.0, 190.0, 250.0]),
        planned=np.array([200.0, 210.0, 220.0]),
        made=np.array([195.0, 210.0, 215.0]),
    )
    assert sheet.sales_variance.tolist() == [10, 0, 30]
    assert sheet.production_variance.tolist() == [-5, -5, -10]
    assert sheet.stock_planned.tolist() == [500, 510, 510]
    assert sheet.stock_actual.tolist() == [485, 505, 470]
    assert sheet.stock_variance[-1] == -40
    assert days_on_hand(470.0, next_demand=220.0, next_days=20.0) == pytest.approx(42.7, abs=0.05)


units = st.lists(st.integers(0, 10**6), min_size=5, max_size=5).map(lambda row: np.array(row, dtype=np.float64))


@given(st.integers(0, 10**6), units, units, units, units)
def test_stock_variance_is_production_less_sales_variance(opening, forecast, sales, planned, made):
    sheet = family_sheet(float(opening), forecast=forecast, sales=sales, planned=planned, made=made)
    assert np.array_equal(sheet.stock_variance, sheet.production_variance - sheet.sales_variance)


def test_rows_of_other_lengths_are_refused_and_no_demand_lasts_for_ever():
    one, two = np.ones(1), np.ones(2)
    with pytest.raises(WrongSheet):
        family_sheet(0.0, forecast=one, sales=two, planned=one, made=one)
    assert np.isnan(days_on_hand(1.0, next_demand=0.0, next_days=20.0))
