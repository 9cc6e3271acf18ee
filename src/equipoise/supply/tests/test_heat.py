"""The heat table: three methods on the textbook's schedule, bottlenecks by hand, and what stands behind each cell."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.supply.capacity.heat import (
    Heat,
    bottlenecks,
    family_hours,
    heat,
    hours_behind,
    mix_gap_pct,
    past_shares,
    profile_hours,
    ranked,
)
from equipoise.supply.capacity.rough_cut import WrongCapacity

MPS = np.array(
    [[33.0, 33, 33, 40, 40, 40, 30, 30, 30, 37, 37, 37, 37], [17.0, 17, 17, 13, 13, 13, 25, 25, 25, 27, 27, 27, 27]]
)
# Vollmann's products A and B at work centers 100, 200, 300.
BILL = np.array([[[0.05], [1.30]], [[0.70], [0.55]], [[0.20], [0.0]]])
NO_LIMIT = np.full((3, 13), np.inf)


def test_vollmann_by_overall_factors_and_by_bill():
    """The same hours in all, split in two ways (cases D6 and D7)."""
    factors = heat(MPS, BILL, available=NO_LIMIT, method="factors", share=np.array([0.603, 0.304, 0.093]))
    bill = heat(MPS, BILL, available=NO_LIMIT, method="bill")
    assert factors.load.sum(axis=1).round(2).tolist() == [566.34, 285.52, 87.35]
    assert bill.load.sum(axis=1).round(2).tolist() == [377.75, 470.05, 91.40]
    assert factors.load.sum() == pytest.approx(bill.load.sum()) == pytest.approx(939.20)
    assert factors.overdue.shape == (3, 0)


def test_factors_without_a_past_take_the_parts_of_the_bills():
    found = heat(MPS, BILL, available=NO_LIMIT, method="factors")
    bill = heat(MPS, BILL, available=NO_LIMIT, method="bill")
    np.testing.assert_allclose(found.load.sum(axis=1), bill.load.sum(axis=1))
    assert past_shares(np.zeros((2, 3))).tolist() == [0.5, 0.5]


def test_overload_of_board_and_assembly():
    """Case D8: boards 137 % in month 4, assembly 117 % and 167 % in months 3 and 4."""
    mps = np.array([[450.0, 300.0, 625.0, 890.0]])
    available = np.repeat(np.array([[130.0], [160.0]]), 4, axis=1)
    table = heat(mps, np.array([[[0.2]], [[0.3]]]), available=available)
    assert table.load.tolist() == [[90.0, 60.0, 125.0, 178.0], [135.0, 90.0, 187.5, 267.0]]
    assert table.utilization_pct.round().tolist() == [[69.0, 46.0, 96.0, 137.0], [84.0, 56.0, 117.0, 167.0]]
    first, second = bottlenecks(table)
    # Assembly cannot level 39.5 of its 134.5 hours over; boards have room before.
    assert (first.resource, first.first_bucket, first.over_hours) == (1, 2, 134.5)
    assert first.beyond_levelling_hours == 679.5 - 640.0
    assert (second.resource, second.first_bucket, second.over_hours, second.beyond_levelling_hours) == (0, 3, 48.0, 0.0)
    assert second.is_overloaded and second.worst_bucket == 3


def test_an_overload_that_can_be_built_ahead_ranks_behind_one_that_cannot():
    load = np.array([[0.0, 0.0, 90.0], [60.0, 0.0, 0.0]])
    table = Heat(load, np.zeros((2, 0)), np.full((2, 3), 50.0))
    first, second = bottlenecks(table)
    assert (first.resource, first.over_hours, first.beyond_levelling_hours) == (1, 10.0, 10.0)
    assert (second.resource, second.over_hours, second.beyond_levelling_hours) == (0, 40.0, 0.0)


def test_overdue_load_counts_before_all_other():
    table = Heat(np.array([[40.0, 40.0]]), np.array([[5.0, 10.0]]), np.full((1, 2), 45.0))
    (only,) = bottlenecks(table)
    assert (only.overdue_hours, only.beyond_levelling_hours, only.first_bucket) == (15.0, 10.0, None)


def test_resources_without_limit_or_load_are_no_bottlenecks():
    load = np.array([[10.0, 0.0], [0.0, 0.0], [10.0, 10.0]])
    available = np.array([[np.inf, np.inf], [5.0, 5.0], [0.0, np.inf]])
    table = Heat(load, np.zeros((3, 0)), available)
    (only,) = bottlenecks(table)
    assert (only.resource, only.worst_pct, only.over_hours) == (2, np.inf, 10.0)
    used = table.utilization_pct
    assert np.isnan(used[0]).all() and used[1].tolist() == [0.0, 0.0] and np.isnan(used[2, 1])


@given(seed=st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_products_behind_the_cells_add_up_to_all_hours(seed):
    random = np.random.default_rng(seed)
    resources, products, horizon, uses = random.integers(1, 6, 4)
    use = {
        "product": random.integers(0, products, uses),
        "resource": random.integers(0, resources, uses),
        "hours": random.uniform(0, 2, uses),
        "lag": random.integers(0, 4, uses),
    }
    hours = profile_hours(**use, shape=(int(resources), int(products)))
    mps = random.uniform(0, 50, (products, horizon))
    table = heat(mps, hours, available=np.full((resources, horizon), 40.0))
    whole = np.concatenate([table.overdue, table.load], axis=1)
    first = table.overdue.shape[1]
    for resource in range(resources):
        for bucket in range(-first, horizon):
            behind = hours_behind(mps, hours, resource=resource, bucket=bucket)
            assert behind.sum() == pytest.approx(whole[resource, first + bucket])
    assert whole.sum() == pytest.approx((mps.sum(axis=1)[use["product"]] * use["hours"]).sum())


def test_a_family_in_its_own_mix_loads_like_its_items():
    hours = np.array([[[1.0, 0.5], [3.0, 0.0], [2.0, 0.0]]])
    family, items = np.array([0, 0, 1]), np.array([[30.0], [10.0], [5.0]])
    by_family = family_hours(hours, family=family, mix=items[:, 0])
    assert by_family.tolist() == [[[1.5, 0.375], [2.0, 0.0]]]
    available = np.full((1, 1), 100.0)
    mine = heat(items, hours, available=available)
    theirs = heat(np.array([[40.0], [5.0]]), by_family, available=available)
    assert theirs.load.tolist() == mine.load.tolist() and theirs.overdue.tolist() == mine.overdue.tolist()
    # In a mix that is half and half the same 40 units ask for 20 hours more: far over the 5 % that is let pass.
    even = family_hours(hours, family=family, mix=np.ones(3))
    gap = mix_gap_pct(mine.load, heat(np.array([[40.0], [5.0]]), even, available=available).load)
    assert gap.round(3).tolist() == [[pytest.approx(100 * 20 / 70, abs=1e-3)]]


def test_a_family_nobody_forecasts_takes_its_items_in_equal_parts():
    hours = np.array([[[1.0], [3.0]]])
    assert family_hours(hours, family=np.array([0, 0]), mix=np.zeros(2)).tolist() == [[[2.0]]]


def test_products_behind_a_cell_are_ranked_by_family():
    hours = np.array([[[1.0], [2.0], [3.0]]])
    behind = hours_behind(np.array([[10.0], [10.0], [0.0]]), hours, resource=0, bucket=0)
    assert ranked(behind, np.array([1, 0, 0])) == ((0, 20.0, pytest.approx(200 / 3)), (1, 10.0, pytest.approx(100 / 3)))


def test_arrays_that_do_not_fit_are_refused():
    with pytest.raises(WrongCapacity, match="do not fit 3 resources"):
        heat(MPS, BILL, available=np.zeros((3, 12)))
    with pytest.raises(WrongCapacity, match="must sum to 1"):
        heat(MPS, BILL, available=NO_LIMIT, method="factors", share=np.array([0.5, 0.3, 0.1]))
