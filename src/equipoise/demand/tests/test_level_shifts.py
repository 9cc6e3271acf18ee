"""Level shifts: a lasting step moves what lies before it; ramps, trends, seasons and wandering are none."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.demand.level_shifts import find_shifts
from equipoise.demand.tests.company import planned
from equipoise.demand.tests.test_cleansing import BASELINE, CLEANSED, adjusted, cleansed, history, of_items, plan
from equipoise.demand.tests.test_outliers import SEASONAL, noisy


def found(y, period=12, may_shift=None):
    y = np.atleast_2d(np.asarray(y, dtype=np.float64))
    nothing = np.zeros(y.shape, dtype=np.bool_)
    return find_shifts(
        y, period, is_out=nothing, may_shift=np.ones(len(y), dtype=np.bool_) if may_shift is None else may_shift
    )


def stepped(at, factor, usual=SEASONAL, **more):
    return np.where(np.arange(len(usual)) < at, 1.0, factor) * noisy(usual, **more)


@pytest.mark.parametrize("factor", [0.5, 2.0, 3.0])
def test_a_step_is_found_where_it_is_and_measured(factor):
    answer = found(stepped(30, factor, sd=0.05))
    assert answer.buckets.tolist() == [30]
    assert answer.factors[0] == pytest.approx(factor, rel=0.12)
    assert (answer.factor[0, :30] == answer.factors[0]).all() and (answer.factor[0, 30:] == 1.0).all()


def test_two_steps_are_found_one_after_the_other():
    usual = np.tile(SEASONAL, 2)
    twice = stepped(70, 0.4, usual, sd=0.05) * np.where(np.arange(96) < 40, 1.0, 3.0)
    assert found(twice).buckets.tolist() == [40, 70]


def test_a_step_needs_half_a_year_behind_it():
    assert found(stepped(43, 2.0)).buckets.size == 0
    assert found(stepped(42, 2.0)).buckets.tolist() == [42]


def test_without_three_years_it_needs_a_whole_year_on_both_sides():
    flat = np.full(30, 100.0)
    assert found(stepped(18, 2.0, flat)).buckets.tolist() == [18]
    assert found(stepped(20, 2.0, flat)).buckets.size == 0
    half_years = np.tile(np.repeat([100.0, 200.0], 6), 3)[:30]
    assert found(noisy(half_years)).buckets.size == 0, "a season of two half-years is no step"


def test_a_lone_wild_bucket_a_small_step_and_a_short_one_are_none():
    wild = noisy(SEASONAL)
    wild[24] *= 5
    assert found(wild).buckets.size == 0
    assert found(stepped(30, 1.2, sd=0.005)).buckets.size == 0, "a fifth more is left to the forecast, however clear"
    assert found(stepped(30, 1.4, sd=0.005)).buckets.tolist() == [30]
    passing = noisy(SEASONAL)
    passing[25:28] *= 2
    assert found(passing).buckets.size == 0


def test_a_ramp_and_a_trend_are_none():
    ramp = np.concatenate([np.full(20, 100.0), np.linspace(100, 300, 12), np.full(16, 300.0)])
    assert found(noisy(ramp, sd=0.03)).buckets.size == 0
    trend = 100 * 1.02 ** np.arange(60)
    assert found(noisy(trend, sd=0.03)).buckets.size == 0


def test_false_alarms_are_rare():
    rng = np.random.default_rng(11)
    noise = np.exp(0.3 * rng.normal(size=(500, 72)))
    assert found(100 * noise).buckets.size <= 2
    wandering = np.exp(np.cumsum(0.1 * rng.normal(size=(500, 72)), axis=1))
    assert len(np.unique(found(100 * wandering).rows)) < 100


def test_rare_demand_and_rows_that_may_not_shift_are_left():
    rare = stepped(30, 3.0)
    rare[::3] = 0
    assert found(rare).buckets.size == 0
    assert found(stepped(30, 3.0), may_shift=np.zeros(1, dtype=np.bool_)).buckets.size == 0


def test_history_before_a_step_is_moved_by_a_posting_of_its_own():
    usual, step = noisy(SEASONAL), np.round(stepped(36, 0.4))
    sales = history({"saw": step.tolist()})
    moved, kept = plan(sales), plan(sales, policy={"level_shifts": "keep"})
    level = plan(history({"saw": (usual * 0.4).tolist()}))
    assert cleansed(kept) == step.tolist()
    change = adjusted(moved, "level_shift")[0]
    assert np.flatnonzero(change).tolist() == list(range(36)) and (change[:36] < 0).all()
    assert moved[CLEANSED][0].tolist() == (step + change).tolist()
    off = [np.abs(answer[BASELINE] / level[BASELINE] - 1).max() for answer in (moved, kept)]
    assert off[0] < 0.06 < 0.12 < off[1], off
    (told,) = moved.findings("DE16")
    assert told.code == "DE162" and "saw in shop in Jan 2026" in told.message


def test_a_succession_is_no_step():
    step = stepped(30, 0.4).tolist()
    sales = history({"saw": step, "axe": step})
    items = {**of_items(["saw", "axe"], "each"), "successor": ["axe", ""]}
    answer = planned(items={"saw": "tools", "axe": "tools"}, tables={"sales_history": sales, "items": items})
    assert not adjusted(answer, "level_shift").any()
    assert adjusted(plan(sales), "level_shift").any(axis=1).tolist() == [True, True]


def test_the_ramp_of_a_launch_is_no_step():
    sales = history({"saw": stepped(30, 3.0).tolist()})
    assert adjusted(plan(sales), "level_shift").any()
    ramp = np.ones((1, 48 + 6))
    ramp[:, :32] = 0.3
    row = {"item": ["saw"], "launch_date": [date(2023, 1, 1)], "like_item": [""], "like_factor_pct": [None]}
    launched = planned(
        items={"saw": "tools"},
        tables={"sales_history": sales, "items": of_items(["saw"], "each"), "launches": row},
        life={"ramp": ramp, "ramp_first": -48, "steady": np.full((1, 6), 300.0)},
    )
    assert not adjusted(launched, "level_shift").any()


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6), st.integers(-3, 8))
def test_scaling_a_series_scales_its_steps(seed, power):
    rng = np.random.default_rng(seed)
    y = np.round(stepped(int(rng.integers(14, 44)), rng.choice([0.4, 2.0]), seed=seed))[None, :] + 1.0
    one, other = found(y), found(y * 2.0**power)
    np.testing.assert_array_equal(one.factor, other.factor)
    assert one.buckets.tolist() == other.buckets.tolist()
