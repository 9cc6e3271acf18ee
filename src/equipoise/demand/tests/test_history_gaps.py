"""Buckets without a row: nothing sold by the contract, or nothing known by the policy."""

import numpy as np
import pytest

from equipoise.demand.history_gaps import fill_gaps, find_gaps, regular_sellers
from equipoise.demand.tests.test_cleansing import adjusted, cleansed, history, plan
from equipoise.demand.tests.test_outliers import SEASONAL, noisy

UNKNOWN = {"missing_history": "unknown"}


def without(sales, *places):
    return {name: [v for n, v in enumerate(values) if n not in places] for name, values in sales.items()}


def test_a_gap_lies_between_two_rows():
    stated = np.array([[False, True, False, False, True, False], [False] * 6])
    assert np.argwhere(find_gaps(stated)).tolist() == [[0, 2], [0, 3]]


def test_a_regular_seller_has_a_row_in_four_buckets_of_five():
    stated = np.array([[True] * 4 + [False, True], [True, False, True, False, True, True], [False] * 6])
    assert regular_sellers(stated).tolist() == [True, False, False]


def test_by_the_contract_no_row_is_zero_and_told():
    sales = history({"saw": [100, 90, 110, 100, 100, 120]})
    answer = plan(without(sales, 2))
    assert cleansed(answer) == [100, 90, 0, 100, 100, 120]
    assert [(f.code, f.count) for f in answer.findings("DE16")] == [("DE163", 1)]
    assert plan(sales).findings("DE16") == [], "a whole history has no gap"
    sales["ordered_qty"][2] = 0
    assert plan(sales).findings("DE16") == [], "a row of 0 says that nothing was sold"


def test_rare_sellers_are_not_told_of():
    sales = history({"saw": [5, 1, 2, 7, 3, 3, 4, 9]})
    assert plan(without(sales, 1, 2, 4, 5)).findings("DE16") == []


def test_by_the_policy_no_row_is_unknown_and_filled_with_the_season():
    sales = history({"saw": noisy(SEASONAL).tolist()})
    answer = plan(without(sales, 20, 31), policy=UNKNOWN)
    filled = adjusted(answer, "missing")[0]
    assert np.flatnonzero(filled).tolist() == [20, 31]
    assert filled[[20, 31]] == pytest.approx(SEASONAL[[20, 31]], rel=0.15)
    assert [(f.code, f.count) for f in answer.findings("DE16")] == [("DE164", 2)]
    whole = plan(sales, policy=UNKNOWN)
    assert whole.baseline.digest == plan(sales).baseline.digest


def test_a_stated_zero_is_no_gap():
    sales = history({"saw": [100, 90, 0, 100, 100, 120]})
    assert cleansed(plan(sales, policy=UNKNOWN)) == [100, 90, 0, 100, 100, 120]


def test_rare_demand_is_filled_with_its_zeros_in_mind():
    sold = np.array([[8.0, 0, 0, 6, 0, 0, 0, 9, 0, 0, 7, 0]])
    gap = np.zeros(sold.shape, dtype=np.bool_)
    gap[0, 5] = True
    assert fill_gaps(sold, gap, 12)[0, 5] == 0


def test_scaling_a_series_scales_what_fills_its_gaps():
    y, gap = np.array([noisy(SEASONAL)]), np.zeros((1, 48), dtype=np.bool_)
    gap[0, [7, 20, 21, 40]] = True
    np.testing.assert_allclose(fill_gaps(y, gap, 12) * 8, fill_gaps(y * 8, gap, 12), atol=8 * 2**-20)
