"""A node's forecast: of one series what `forecast_series` says, of several their sum with a fan of its own."""

import numpy as np
import pytest

from equipoise.demand.forecast import forecast_series
from equipoise.demand.forecast.node import forecast_node
from equipoise.demand.forecast.tests.test_forecast import history


def test_one_series_is_told_as_in_a_run_of_all():
    y, family = history(), np.arange(40) % 4
    whole = forecast_series(y, 12, 12, family=family, kernel="numpy")
    for row in (0, 1, 4):
        node = forecast_node(y, 12, 12, np.array([row]), family=family, kernel="numpy")
        assert node.point.tobytes() == whole.point[row].tobytes()
        assert np.array_equal(node.quantiles, whole.quantiles[row])
        assert np.array_equal(node.weights, whole.weights[row]) and node.segments[0] == whole.segment[row]
        np.testing.assert_allclose(node.backtest.mae[0], whole.backtest.mae[row], rtol=1e-12)
        assert node.sigma == pytest.approx(whole.sigma[row], rel=1e-12)


def test_a_pool_of_its_family_gives_the_same_points():
    y, family = history(), np.arange(40) % 4
    whole = forecast_series(y, 12, 18, family=family, kernel="numpy")
    rows = np.flatnonzero(family == 1)
    node = forecast_node(y[rows], 12, 18, np.array([2]), family=family[rows], kernel="numpy")
    assert node.point.tobytes() == whole.point[rows[2]].tobytes()


def test_a_sum_is_the_sum_and_its_fan_knows_what_cancels():
    rng = np.random.default_rng(2)
    noise = 30.0 * rng.standard_normal((1, 72))
    y = np.concatenate([200.0 + noise, 200.0 - noise, 200.0 + noise])
    against, along = (forecast_node(y, 12, 12, np.array(pair), kernel="numpy") for pair in ([0, 1], [0, 2]))
    whole = forecast_series(y, 12, 12, kernel="numpy")
    np.testing.assert_allclose(against.point, whole.point[:2].sum(axis=0), rtol=1e-12)
    width = [float(np.mean(node.quantiles[:, -1] - node.quantiles[:, 0])) for node in (against, along)]
    assert width[0] < 0.6 * width[1]
    assert np.all(np.diff(along.quantiles, axis=1) >= 0)


def test_coverage_is_near_what_the_bands_promise():
    rng = np.random.default_rng(7)
    y = 100.0 * np.exp(0.2 * rng.standard_normal((60, 84)))
    found = [forecast_node(y, 12, 12, np.array([row]), kernel="numpy") for row in range(12)]
    inner, outer = np.mean([node.coverage_pct for node in found], axis=0)
    assert 70 < inner < 90 and 90 < outer <= 100
    assert found[0].scored == sum(min(k, 12) for k in found[0].backtest.held_back)


def test_its_past_is_judged_where_two_years_were_known():
    short, long = history(span=36), history(span=120)
    node = forecast_node(short, 12, 24, np.array([0]), kernel="numpy")
    assert node.backtest.held_back.tolist() == list(range(1, 11))
    assert np.isfinite(node.backtest.error_pct[0, :10]).all() and np.isnan(node.backtest.error_pct[0, 10:]).all()
    whole = forecast_series(long, 12, 24, kernel="numpy")
    assert np.array_equal(
        forecast_node(long, 12, 24, np.array([0]), kernel="numpy").backtest.held_back, whole.backtest.held_back
    )


def test_what_is_too_young_to_be_judged_says_so():
    node = forecast_node(np.array([[5.0, 6.0, 7.0]]), 12, 6, np.array([0]), kernel="numpy")
    assert node.scored == 0 and np.isnan(node.coverage_pct).all() and np.isnan(node.backtest.mae).all()
    assert np.isfinite(node.point).all()
    nothing = forecast_node(np.full((1, 5), np.nan), 12, 3, np.array([0]), kernel="numpy")
    assert not nothing.point.any() and not nothing.weights.any()
