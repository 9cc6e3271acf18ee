import numpy as np

from equipoise.demand.forecast.log_theta import DRIFT_LIMIT, forecast_log_theta


def fit(z, horizon):
    return forecast_log_theta(z[None, :], np.ones((1, len(z))), np.array([len(z)]), period=12, horizon=horizon)


def test_half_of_a_steady_trend_is_continued():
    found = fit(0.01 * np.arange(120.0), 13)
    assert 0.0048 < found.drift[0] < 0.005
    np.testing.assert_allclose(np.diff(found.path[0]), found.drift[0])


def test_explosive_growth_is_limited():
    found = fit(np.log(2.0) * np.arange(24.0), 25)
    assert found.path[0, 24] - found.path[0, 0] <= 2 * DRIFT_LIMIT + 1e-9
