"""Elasticities against formulas by hand, and against chance in series that wander."""

import numpy as np
import pytest

from equipoise.demand.effect_fit import fit_jointly, fit_one_by_one, whiten
from equipoise.demand.effect_trial import Trial, Verdict, judge
from equipoise.demand.family_index import family_indices_of

RNG = np.random.default_rng(11)


def test_an_exact_effect_beside_season_and_trend_is_found_exactly():
    x = RNG.normal(size=(60, 2))
    season = np.tile(RNG.normal(size=12), 5)
    z = season + 0.01 * np.arange(60) + x @ np.array([0.7, -0.3])
    beta, t = fit_jointly(whiten(z, 12), x)
    assert beta == pytest.approx([0.7, -0.3], abs=1e-9)
    assert np.abs(t).min() > 1e4


def test_one_regressor_alone_is_the_same_either_way():
    z, x = RNG.normal(size=48), RNG.normal(size=(48, 1))
    white = whiten(z, 12)
    (joint, t), (single, s) = fit_jointly(white, x), fit_one_by_one(white, x)
    assert single == pytest.approx(joint, rel=1e-9)
    assert s == pytest.approx(t, rel=1e-9)


def test_what_season_and_trend_explain_tells_nothing():
    x = np.stack([np.tile(np.arange(12.0), 5), np.arange(60.0), np.zeros(60)], axis=1)
    for fit in (fit_jointly, fit_one_by_one):
        beta, t = fit(whiten(RNG.normal(size=60), 12), x)
        assert beta.tolist() == t.tolist() == [0, 0, 0]


def test_two_random_walks_are_not_taken_for_each_other():
    """Granger & Newbold (1974): plain regression finds a link (|t| > 2.6) in more than half of such pairs."""
    beyond = 0
    for seed in range(300):
        rng = np.random.default_rng(seed)
        z, x = np.cumsum(rng.normal(size=72)), np.cumsum(rng.normal(size=72))[:, None]
        beyond += abs(fit_jointly(whiten(z, 12), x)[1][0]) > 2.6
    assert beyond <= 0.05 * 300, f"{beyond} of 300"


def test_an_index_is_free_of_size_units_and_order():
    y = np.exp(RNG.normal(4, 0.1, size=(5, 40)))
    y[1, :15] = np.nan
    group = np.array([0, 0, 1, 0, 1])
    indices = family_indices_of(y, group, 12)
    scaled = family_indices_of(y * 2.0 ** np.arange(5)[:, None], group, 12)
    turned = family_indices_of(y[::-1], group[::-1], 12)
    for one, two, three in zip(indices, scaled, turned, strict=True):
        assert np.array_equal(one.z, three.z)
        assert one.z == pytest.approx(two.z, abs=1e-5)
    assert family_indices_of(y, np.full(5, -1), 12) == []


def test_a_gap_of_all_series_begins_the_index_anew_and_rare_sales_make_none():
    y = np.exp(RNG.normal(4, 0.1, size=(2, 60)))
    y[:, 20] = 0.0
    (index,) = family_indices_of(y, np.zeros(2, dtype=np.int64), 12)
    assert len(index.z) == 39
    rare = np.where(np.arange(60) % 2, 5.0, 0.0)[None]
    assert family_indices_of(rare, np.zeros(1, dtype=np.int64), 12) == []


def test_a_known_effect_is_worth_its_place_and_an_invented_one_is_not():
    x = RNG.normal(0, 0.2, size=80)
    z = RNG.normal(0, 0.02, size=77) + x[:77]

    def with_strength(beta):
        return lambda origin: (beta * x[:origin], beta * x[origin : origin + 3])

    true, false = judge([Trial(z, with_strength(1.0)), Trial(z, with_strength(-1.0))], 12)
    assert true.gain > 0.5
    assert true.margin > 3
    assert false.gain < -0.3
    assert judge([Trial(z[:26], with_strength(1.0))], 12) == [Verdict(0.0, 0.0)], "two years have no earlier date"
