import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.demand.forecast import (
    METHODS,
    WrongHistory,
    decomposition,
    forecast_log_theta,
    forecast_series,
    log_theta,
)


def history(n: int = 40, span: int = 60, seed: int = 1) -> np.ndarray:
    """Smooth, erratic, intermittent and young series in turn."""
    rng = np.random.default_rng(seed)
    season = 1.0 + 0.4 * np.sin(2 * np.pi * np.arange(span) / 12)
    y = rng.gamma(2.0, 200.0, (n, 1)) * season * np.exp(rng.uniform(0.05, 0.8, (n, 1)) * rng.standard_normal((n, span)))
    y[1::4] = rng.poisson(0.4 * season, y[1::4].shape)
    y[2::4, : span // 2] = np.nan
    y[3::8, :-3] = np.nan
    return y


@given(
    st.lists(
        st.lists(st.one_of(st.just(0.0), st.floats(-1e9, 1e12), st.just(float("nan"))), min_size=30, max_size=30),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from([1, 2, 4, 12, 52]),
)
def test_any_history_gives_finite_forecasts_that_are_not_negative_without_a_warning(rows, period):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        forecast = forecast_series(np.array(rows), period=period, horizon=40)
    assert np.all(np.isfinite(forecast.point))
    assert forecast.point.min() >= 0.0
    ceiling = 20.0 * max(1, period) * np.nan_to_num(np.abs(np.array(rows))).max(axis=1)
    assert np.all(forecast.point <= ceiling[:, None])


@pytest.mark.parametrize("factor", [1e-6, 3.0, 1e7])
def test_forecasts_scale_with_demand(factor):
    y = history()
    first, second = forecast_series(y, period=12, horizon=18), forecast_series(factor * y, period=12, horizon=18)
    np.testing.assert_allclose(second.point, factor * first.point, rtol=1e-9)
    np.testing.assert_allclose(second.sigma, factor * first.sigma, rtol=1e-9)
    assert np.array_equal(first.method, second.method)


def test_permuted_series_give_permuted_forecasts_exactly():
    y = history()
    family = np.arange(40) % 6 - 1
    order = np.random.default_rng(2).permutation(40)
    straight = forecast_series(y, period=12, horizon=18, family=family)
    permuted = forecast_series(y[order], period=12, horizon=18, family=family[order])
    assert np.array_equal(permuted.point, straight.point[order])
    assert np.array_equal(permuted.sigma, straight.sigma[order], equal_nan=True)


def test_a_series_alone_has_the_same_forecast_as_among_others_and_in_any_chunk(monkeypatch):
    y = history()
    together = forecast_series(y, period=12, horizon=18)
    for i in range(len(y)):
        alone = forecast_series(y[i : i + 1], period=12, horizon=18)
        assert np.array_equal(alone.point[0], together.point[i])
        assert np.array_equal(alone.sigma, together.sigma[i : i + 1], equal_nan=True)
    monkeypatch.setattr(log_theta, "CHUNK", 7)
    monkeypatch.setattr(decomposition, "CHUNK", 11)
    assert np.array_equal(forecast_log_theta(y, period=12, horizon=18), together.point)


def test_unknown_buckets_in_front_change_nothing():
    y = history()
    padded = np.concatenate([np.full((40, 17), np.nan), y], axis=1)
    assert np.array_equal(
        forecast_log_theta(padded, period=12, horizon=18), forecast_log_theta(y, period=12, horizon=18)
    )


def test_constant_demand_is_carried_on_with_its_season():
    year = np.array([8.0, 12.0, 10.0, 10.0])
    forecast = forecast_series(np.tile(year, (1, 6)), period=4, horizon=6)
    np.testing.assert_allclose(forecast.point, [[8.0, 12.0, 10.0, 10.0, 8.0, 12.0]], rtol=1e-9)
    assert forecast.sigma[0] < 1e-6


def test_methods_and_observations_say_what_was_known():
    y = np.full((5, 24), np.nan)
    y[1] = 0.0
    y[2, -1] = 9.0
    y[3] = np.arange(24) % 2
    y[4, 4:] = 7.0
    forecast = forecast_series(y, period=12, horizon=2)
    assert [METHODS[code] for code in forecast.method] == list(METHODS)
    assert forecast.observations.tolist() == [0, 24, 1, 24, 20]
    assert np.isnan(forecast.sigma).tolist() == [True, False, True, False, False]
    assert forecast.point[:3].tolist() == [[0.0, 0.0], [0.0, 0.0], [9.0, 9.0]]


def test_sigma_needs_three_observations():
    y = np.array([[np.nan, 4.0, 6.0], [4.0, 6.0, 5.0]])
    assert np.isnan(forecast_series(y, period=12, horizon=1).sigma).tolist() == [True, False]


def test_sigma_of_white_noise_is_its_standard_deviation():
    y = 1000.0 + 50.0 * np.random.default_rng(9).standard_normal((300, 60))
    sigma = forecast_series(y, period=1, horizon=1).sigma
    assert 48.0 < sigma.mean() < 53.0


def test_an_intermittent_item_is_forecast_at_its_mean():
    y = np.random.default_rng(8).poisson(0.5, (300, 48)).astype(np.float64)
    point = forecast_log_theta(y, period=12, horizon=12)
    assert abs(point.mean() - 0.5) < 0.03


def test_half_of_a_steady_trend_is_continued():
    y = 100.0 * np.exp(0.01 * np.arange(120.0))[None, :]
    point = forecast_log_theta(y, period=12, horizon=13)
    growth = np.log(point[0, 12] / point[0, 0]) / 12
    assert 0.0048 < growth < 0.005


def test_explosive_growth_is_limited():
    y = 2.0 ** np.arange(24.0)[None, :]
    point = forecast_log_theta(y, period=12, horizon=25)
    assert point[0, 24] / point[0, 0] <= np.exp(2 * log_theta.DRIFT_LIMIT) + 1e-9


def test_weekly_history_of_less_than_two_years_has_no_season_but_takes_its_family_profile():
    weeks = np.arange(156)
    season = 1.0 + 0.5 * np.sin(2 * np.pi * weeks / 52)
    y = np.full((6, 156), np.nan)
    y[:5] = np.array([[100.0], [200.0], [50.0], [70.0], [30.0]]) * season
    y[5, -60:] = 40.0 * season[-60:]
    alone = forecast_log_theta(y[5:], period=52, horizon=52)
    shared = forecast_log_theta(y, period=52, horizon=52, family=np.zeros(6, dtype=np.int64))[5:]
    assert np.ptp(alone) < 0.3 * np.ptp(shared)
    np.testing.assert_allclose(shared[0], 40.0 * season[:52], rtol=0.05)


def test_nothing_to_forecast_is_an_empty_answer():
    assert forecast_series(np.zeros((0, 24)), period=12, horizon=6).point.shape == (0, 6)
    assert forecast_series(np.zeros((2, 0)), period=12, horizon=6).point.tolist() == [[0.0] * 6] * 2
    assert forecast_series(np.ones((2, 5)), period=12, horizon=0).point.shape == (2, 0)


@pytest.mark.parametrize(
    ("y", "period", "horizon", "family"),
    [
        (np.array([[1.0, np.inf]]), 12, 1, None),
        (np.ones(3), 12, 1, None),
        (np.ones((1, 3)), 0, 1, None),
        (np.ones((1, 3)), 12, -1, None),
        (np.ones((2, 3)), 12, 1, np.array([1])),
    ],
)
def test_what_cannot_be_forecast_is_refused(y, period, horizon, family):
    with pytest.raises(WrongHistory):
        forecast_series(y, period=period, horizon=horizon, family=family)
