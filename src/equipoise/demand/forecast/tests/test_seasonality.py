import numpy as np

from equipoise.demand.forecast.decomposition import decompose
from equipoise.demand.forecast.seasonality import (
    family_indices,
    seasonal_for,
    seasonal_indices,
    shrink_to_family,
)

YEAR = np.array([0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.4, 1.3, 1.1, 0.9, 0.8, 0.8])


def noisy(years: float, *, n: int, noise: float, seed: int = 3) -> np.ndarray:
    rng = np.random.default_rng(seed)
    span = int(12 * years)
    level = rng.gamma(3.0, 100.0, (n, 1))
    return level * seasonal_for(YEAR[None, :], -span, span) * np.exp(noise * rng.standard_normal((n, span)))


def test_clean_seasonality_is_found_exactly():
    y = 50.0 * seasonal_for(YEAR[None, :], -36, 36)
    np.testing.assert_allclose(seasonal_indices(y, 12), YEAR[None, :], atol=1e-9)


def test_column_zero_is_the_first_bucket_after_the_history_whatever_its_length():
    y = 50.0 * seasonal_for(YEAR[None, :], -41, 41)
    np.testing.assert_allclose(seasonal_indices(y, 12), YEAR[None, :], atol=1e-9)


def test_less_than_two_full_periods_are_flat():
    assert np.all(seasonal_indices(noisy(3, n=4, noise=0.1)[:, -23:], 12) == 1.0)
    y = noisy(3, n=1, noise=0.1)
    y[0, :13] = np.nan
    assert np.all(seasonal_indices(y, 12) == 1.0)
    y = noisy(3, n=1, noise=0.1)
    y[0, :12] = np.nan
    assert not np.all(seasonal_indices(y, 12) == 1.0)


def test_pure_noise_is_shrunk_nearly_to_flat_and_clear_seasons_hardly():
    noise = np.random.default_rng(5).gamma(25.0, 4.0, (400, 48))
    raw = decompose(noise, 12).indices
    assert np.mean((seasonal_indices(noise, 12) - 1.0) ** 2) < 0.2 * np.mean((raw - 1.0) ** 2)
    clear = noisy(4, n=400, noise=0.05)
    raw = decompose(clear, 12).indices
    assert np.mean((seasonal_indices(clear, 12) - 1.0) ** 2) > 0.95 * np.mean((raw - 1.0) ** 2)


def test_shrinkage_moves_smoothly_with_the_data_instead_of_switching():
    rng = np.random.default_rng(11)
    base = 100.0 + 10.0 * rng.standard_normal(60)
    strengths = np.linspace(0.0, 1.0, 501)
    y = base * (1.0 + strengths[:, None] * (seasonal_for(YEAR[None, :], -60, 60) - 1.0))
    step = np.abs(np.diff(seasonal_indices(y, 12), axis=0)).max()
    assert step < 0.02


def test_indices_average_to_one_and_stay_positive():
    indices = seasonal_indices(noisy(5, n=50, noise=0.4), 12)
    np.testing.assert_allclose(indices.mean(axis=1), 1.0, atol=1e-12)
    assert indices.min() >= 0.0


def test_young_series_take_the_profile_of_their_family():
    y = np.full((31, 36), np.nan)
    y[:30] = noisy(3, n=30, noise=0.3)
    y[30, -6:] = 10.0
    family = np.zeros(31, dtype=np.int64)
    profile = family_indices(y, 12, family=family)[30]
    assert np.abs(profile - YEAR).max() < 0.1
    assert np.all(family_indices(y, 12, family=np.array([0] * 30 + [-1]))[30] == 1.0)


def test_family_shrinkage_is_nearer_to_the_truth_than_shrinkage_to_flat():
    rng = np.random.default_rng(17)
    n, span = 400, 36
    family = np.repeat(np.arange(20), 20)
    profile = 1.0 + 0.25 * rng.standard_normal((20, 12))
    own = np.clip(profile[family] + 0.1 * rng.standard_normal((n, 12)), 0.1, None)
    own /= own.mean(axis=1, keepdims=True)
    y = 100.0 * seasonal_for(own, -span, span) * np.exp(0.35 * rng.standard_normal((n, span)))
    flat = np.mean((seasonal_indices(y, 12) - own) ** 2)
    shared = np.mean((family_indices(y, 12, family=family) - own) ** 2)
    assert shared < 0.5 * flat


def test_family_without_spread_is_one_profile_and_with_spread_keeps_its_members_apart():
    year = np.tile([[0.5, 1.5, 1.0, 1.0]], (4, 1))
    other = year[:, ::-1]
    sharp = np.full(8, 1e-4)
    mixed = shrink_to_family(np.concatenate([year, other]), sharp, np.zeros(8, dtype=np.int64))
    assert np.abs(mixed - np.concatenate([year, other])).max() < 0.01
    same = shrink_to_family(year, np.full(4, 0.01), np.zeros(4, dtype=np.int64))
    assert np.all(same == same[0])


def test_order_of_series_and_the_presence_of_other_families_change_nothing():
    y = noisy(3, n=60, noise=0.3)
    family = np.arange(60) % 7 - 1
    order = np.random.default_rng(2).permutation(60)
    indices = family_indices(y, 12, family=family)
    assert np.array_equal(family_indices(y[order], 12, family=family[order]), indices[order])
    part = family == 3
    assert np.array_equal(family_indices(y[part], 12, family=family[part]), indices[part])


def test_zeros_negative_demand_and_dead_series_give_finite_indices():
    y = np.zeros((4, 36))
    y[1, ::12] = 5.0
    y[2, ::5] = -3.0
    y[3] = np.nan
    indices = seasonal_indices(y, 12)
    assert np.all(np.isfinite(indices))
    assert np.all(indices[[0, 3]] == 1.0)
