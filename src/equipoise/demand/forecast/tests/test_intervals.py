import numpy as np
import pytest

from equipoise.demand.forecast import forecast_series


def covered(actual: np.ndarray, quantiles: np.ndarray, low: int, high: int) -> float:
    return float(np.mean((actual >= quantiles[:, :, low]) & (actual <= quantiles[:, :, high])))


@pytest.mark.parametrize("noise", ["normal", "skewed"])
def test_intervals_cover_what_they_promise(noise):
    rng = np.random.default_rng(5)
    z = rng.standard_normal((600, 78))
    shock = z if noise == "normal" else np.exp(0.8 * z) - np.exp(0.32)
    y = 500.0 + rng.gamma(2.0, 30.0, (600, 1)) * shock
    forecast = forecast_series(y[:, :-6], 12, 6)
    assert 0.76 < covered(y[:, -6:], forecast.quantiles, 1, 3) < 0.84
    assert 0.93 < covered(y[:, -6:], forecast.quantiles, 0, 4) < 0.97


def test_intervals_of_a_random_walk_widen_and_cover_at_every_lag():
    rng = np.random.default_rng(6)
    y = 1000.0 + np.cumsum(10.0 * rng.standard_normal((600, 90)), axis=1)
    forecast = forecast_series(y[:, :-12], 12, 12)
    width = (forecast.quantiles[:, :, 3] - forecast.quantiles[:, :, 1]).mean(axis=0)
    assert width[11] > 2.0 * width[0]
    for lag in range(12):
        assert 0.70 < covered(y[:, -12:][:, lag : lag + 1], forecast.quantiles[:, lag : lag + 1], 1, 3) < 0.90


def test_levels_come_back_ascending_and_alone_series_have_an_interval_too():
    y = 100.0 + 10.0 * np.random.default_rng(7).standard_normal((1, 20))
    forecast = forecast_series(y, 12, 3, levels=(0.9, 0.1))
    assert forecast.levels.tolist() == [0.1, 0.9]
    width = forecast.quantiles[0, :, 1] - forecast.quantiles[0, :, 0]
    assert np.all((width > 12.0) & (width < 80.0))


def test_no_levels_no_backtest():
    forecast = forecast_series(np.full((1, 24), 5.0), 12, 3, levels=())
    assert forecast.backtest is None and forecast.quantiles.shape == (1, 3, 0)
    without = forecast_series(np.full((1, 24), 5.0), 12, 3, origin_count=0)
    assert without.backtest is None and without.quantiles.shape == (1, 3, 5)
