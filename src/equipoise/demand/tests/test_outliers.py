"""Outliers: found where nothing explains them and nowhere else, replaced by what stands around them."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.demand.outliers import find_outliers
from equipoise.demand.tests.company import months
from equipoise.demand.tests.test_cleansing import BASELINE, CLEANSED, STEP, adjusted, cleansed, history, plan
from equipoise.demand.tests.test_events import event

YEAR = np.array([60, 70, 90, 100, 110, 120, 130, 140, 120, 100, 80, 80])
SEASONAL = np.tile(YEAR, 4)


def noisy(usual, seed=0, sd=0.08):
    return np.round(usual * np.exp(sd * np.random.default_rng(seed).normal(size=len(usual))))


def found(y, period=12, is_explained=None):
    y = np.atleast_2d(np.asarray(y, dtype=np.float64))
    none = np.zeros(y.shape, dtype=np.bool_)
    return find_outliers(y, period, is_explained=none if is_explained is None else is_explained)


def places(y, period=12):
    return np.argwhere(found(y, period).is_outlier)[:, 1].tolist()


@pytest.mark.parametrize(("at", "factor"), [(20, 3.0), (20, 1 / 3), (29, 4.0), (5, 3.0)])
def test_one_wild_month_is_found_and_becomes_what_its_neighbors_and_the_season_say(at, factor):
    usual = noisy(SEASONAL)
    wild = usual.copy()
    wild[at] *= factor
    assert places(usual) == []
    assert places(wild) == [at]
    assert found(wild).usual[0, at] == pytest.approx(SEASONAL[at], rel=0.15)


def test_two_side_by_side_are_both_found():
    wild = noisy(SEASONAL)
    wild[[20, 21]] *= 4
    assert places(wild) == [20, 21]


def test_what_the_first_pass_sets_aside_no_longer_hides_others():
    """Six of 48 buckets at double or half: the one in October of the fourth year is found once the others are out."""
    wild = noisy(SEASONAL)
    wild[[11, 43]] *= 2
    wild[[22, 26, 35, 42]] /= 2
    assert places(wild) == [11, 22, 26, 35, 42, 43]


def test_a_season_is_no_outlier_even_before_it_can_be_told():
    christmas = np.tile([100.0] * 11 + [400.0], 4)
    assert places(noisy(christmas)) == []
    assert places(noisy(christmas)[:30]) == [], "two Decembers: each says that the other one is a season"
    once = noisy(christmas)[:30]
    once[11] = 100
    assert places(once) == [23], "one December alone is far out"


def test_a_step_is_no_outlier():
    step = noisy(np.repeat([100.0, 250.0], 24))
    assert places(step) == []
    assert places(step[:26]) == [], "nor are the first two buckets of a new level"


def test_a_quiet_series_has_no_outlier_within_half_as_much_again():
    quiet = np.full(48, 100.0)
    quiet[30] = 148
    assert places(quiet) == []
    quiet[30] = 150
    assert places(quiet) == [30]


def test_the_newest_bucket_is_told_and_stays():
    wild = noisy(SEASONAL)
    wild[-1] *= 5
    answer = found(wild)
    assert not answer.is_outlier.any() and answer.is_newest.tolist() == [True]
    assert not found(noisy(SEASONAL)).is_newest.any()
    told = plan(history({"saw": wild.tolist()}))
    assert [f.code for f in told.findings("DE16")] == ["DE161"]
    assert cleansed(told) == wild.tolist()


def test_less_than_two_years_are_not_judged():
    wild = np.full(23, 100.0)
    wild[12] = 900
    assert places(wild) == []
    assert places(np.append(wild, 100.0)) == [12]


def test_pauses_of_rare_demand_stay_and_only_a_size_far_above_all_others_goes():
    sizes = np.random.default_rng(3).integers(8, 30, 72).astype(float)
    rare = np.where(np.random.default_rng(4).random(72) < 0.4, sizes, 0.0)
    rare[0] = 10
    assert places(rare) == []
    at = int(np.flatnonzero(rare)[10])
    rare[at] = 90
    assert places(rare) == [], "five times the usual size is what rare demand does"
    rare[at] = 600
    assert places(rare) == [at]


def test_a_bucket_without_sales_is_no_outlier():
    stopped = noisy(SEASONAL)
    stopped[20] = 0
    assert places(stopped) == []


OCTOBER_25 = (date(2025, 10, 1), date(2025, 10, 31))


def test_what_an_event_explains_is_left_and_what_none_explains_is_posted():
    usual = noisy(SEASONAL)
    wild = usual.copy()
    at = months(-48).index(OCTOBER_25[0])
    wild[at] *= 4
    clean, unknown = plan(history({"saw": usual.tolist()})), plan(history({"saw": wild.tolist()}))
    (code,) = (f for f in unknown.findings("DE16"))
    assert (code.code, code.count) == ("DE160", 1)
    moved = adjusted(unknown, "outlier")[0]
    assert np.flatnonzero(moved).tolist() == [at] and moved[at] < -2 * usual[at]
    assert unknown[CLEANSED][0].tolist() == (wild + moved).tolist(), "as sold and its changes, to the last digit"
    assert np.abs(unknown[BASELINE] / clean[BASELINE] - 1).max() < 0.05
    kept = plan(history({"saw": wild.tolist()}), policy={"outliers": "keep"})
    assert cleansed(kept) == wild.tolist() and not kept.findings("DE16")
    # An event that says too little of how much: what it says is taken out, and the rest stays.
    known = plan(history({"saw": wild.tolist()}), event(days=OCTOBER_25, uplift_pct=50, status="done"))
    assert not adjusted(known, "outlier").any()
    assert known[CLEANSED][0, at] == pytest.approx(wild[at] / 1.5, abs=STEP)
    bare = plan(history({"saw": wild.tolist()}), event(days=OCTOBER_25, uplift_pct=0, status="done"))
    assert cleansed(bare) == wild.tolist(), "an event that does not say how much explains all the same"
    elsewhere = (date(2025, 8, 1), date(2025, 8, 31))
    other = plan(history({"saw": wild.tolist()}), event(days=elsewhere, uplift_pct=1, status="done"))
    assert np.flatnonzero(adjusted(other, "outlier")[0]).tolist() == [at], "an event of another month explains nothing"


def test_nothing_is_judged_where_cleansing_is_off():
    wild = noisy(SEASONAL)
    wild[20] *= 4
    answer = plan(history({"saw": wild.tolist()}), policy={"cleansing": "none"})
    assert cleansed(answer) == wild.tolist() and answer.baseline.postings == ()


def test_poison_after_history_to_changes_nothing():
    wild = noisy(SEASONAL)
    wild[20] *= 4
    sales = history({"saw": wild.tolist()})
    poisoned = {name: [*values, *more] for (name, values), more in zip(
        sales.items(), (["saw"] * 2, ["shop"] * 2, [date(2027, 1, 5), date(2027, 2, 1)], [9e6, 1e6]), strict=True
    )}  # fmt: skip
    clean, poison = plan(sales), plan(poisoned)
    assert clean[CLEANSED].tolist() == poison[CLEANSED].tolist()
    assert clean[BASELINE].tolist() == poison[BASELINE].tolist()


histories = st.lists(st.integers(0, 400), min_size=30, max_size=60)


@settings(deadline=None, max_examples=60)
@given(histories, st.integers(-3, 8))
def test_scaling_a_series_scales_its_cleaned_history(values, power):
    y = np.array([values], dtype=np.float64)
    y[:, 0] = np.maximum(y[:, 0], 1.0)
    one, other = found(y), found(y * 2.0**power)
    assert np.array_equal(one.is_outlier, other.is_outlier) and np.array_equal(one.is_newest, other.is_newest)
    np.testing.assert_array_equal(one.usual * 2.0**power, other.usual)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10**6), st.floats(0.0, 0.05), st.integers(24, 60))
def test_a_clean_series_passes_bit_for_bit(seed, noise, count):
    """Up to 5 % of noise around any season is no outlier: nothing may be moved in its last digit."""
    usual = np.resize(YEAR, count) * np.exp(noise * np.random.default_rng(seed).uniform(-2, 2, count))
    answer = plan(history({"saw": usual.tolist()}))
    sold = answer["history_ordered_qty"]
    assert answer[CLEANSED].tobytes() == sold.tobytes() and answer.baseline.postings == ()


def test_a_row_is_judged_by_itself():
    rows = np.vstack([noisy(SEASONAL, seed) for seed in range(1100)])
    rows[5, 20] *= 4
    rows[1050, 30] /= 4
    everybody = found(rows)
    for row in (5, 6, 1023, 1024, 1050):
        alone = found(rows[row])
        assert np.array_equal(alone.is_outlier[0], everybody.is_outlier[row])
        np.testing.assert_array_equal(alone.usual[0], everybody.usual[row])
    assert np.argwhere(everybody.is_outlier)[:, 0].tolist().count(5) == 1
