import numpy as np
import pytest

from equipoise.demand.forecast import forecast_series, own_scale


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


def span_error(y, horizon=12, **options):
    return forecast_series(y, 12, horizon, levels=(), origin_count=10, **options)


def test_errors_of_a_steady_series_add_up_as_independent_ones_those_of_a_walk_faster():
    rng = np.random.default_rng(8)
    steady = span_error(500.0 + 20.0 * rng.standard_normal((300, 72)))
    walk = span_error(1000.0 + np.cumsum(10.0 * rng.standard_normal((300, 72)), axis=1))
    grows = {name: found.span_error[:, 5].mean() / found.span_error[:, 0].mean() for name, found in
             (("steady", steady), ("walk", walk))}  # fmt: skip
    assert 2.2 < grows["steady"] < 3.4  # √6 = 2.45; the level is estimated, too
    assert grows["walk"] > 5.5  # Σ of a walk: √(1² + 2² + … + 6²) = 9.5 for its last value alone
    assert np.all(np.diff(walk.span_error, axis=1) >= 0)


def test_a_band_of_the_sum_over_a_lead_time_holds_what_it_promises():
    rng = np.random.default_rng(9)
    y = 1000.0 + np.cumsum(6.0 * rng.standard_normal((600, 84)), axis=1) + 25.0 * rng.standard_normal((600, 84))
    found = span_error(y[:, :-12])
    for buckets in (1, 3, 6):
        missed = np.abs((y[:, -12:] - found.point)[:, :buckets].sum(axis=1))
        inside = np.mean(missed < 1.2816 * found.sigma * found.span_error[:, buckets - 1])
        assert 0.74 < inside < 0.88, (buckets, inside)


def test_the_error_of_a_series_is_its_own():
    rng = np.random.default_rng(10)
    y = 300.0 + rng.gamma(2.0, 20.0, (4, 60))
    alone = span_error(y[:2], family=np.array([0, 0]))
    beside = span_error(np.concatenate([y[:2], 9.0 * y[2:] ** 1.5]), family=np.array([0, 0, 1, 1]))
    assert np.array_equal(alone.span_error, beside.span_error[:2])
    assert np.array_equal(alone.sigma, beside.sigma[:2])
    scaled = span_error(64.0 * y[:2], family=np.array([0, 0]))
    np.testing.assert_allclose(scaled.span_error, alone.span_error, rtol=1e-9)


def test_without_a_past_the_error_of_sums_is_that_of_the_prior():
    found = span_error([np.array([3.0, 4.0, 5.0]), np.zeros(40)], horizon=3)
    prior = 1.19 * np.sqrt(np.cumsum(np.arange(1.0, 4.0) ** 0.7))
    assert found.span_error == pytest.approx(np.tile(prior, (2, 1)))


def width(forecast, rows, lag):
    return float((forecast.quantiles[rows, lag, 3] - forecast.quantiles[rows, lag, 1]).mean())


def test_a_band_widens_with_the_lag_as_the_errors_of_its_own_series_do():
    rng = np.random.default_rng(11)
    steady = 500.0 + 20.0 * rng.standard_normal((150, 90))
    walk = 2000.0 + np.cumsum(20.0 * rng.standard_normal((150, 90)), axis=1)
    forecast = forecast_series(np.concatenate([steady, walk]), 12, 12)
    grows = [width(forecast, rows, 11) / width(forecast, rows, 0) for rows in (slice(0, 150), slice(150, 300))]
    assert grows[0] < 1.8 and grows[1] > 2.3  # truly 1.0 and √12; one profile for both would be 2.0


def test_the_high_season_has_the_wider_band():
    rng = np.random.default_rng(12)
    season = np.tile(1.0 + 0.6 * np.sin(2.0 * np.pi * np.arange(12) / 12.0), 7)
    y = 100.0 * season * np.exp(0.15 * rng.standard_normal((200, 84)))
    forecast = forecast_series(y[:, :-12], 12, 12)
    high, low = width(forecast, slice(None), 3), width(forecast, slice(None), 9)
    assert 1.7 < high / low < 2.3  # √(1.6 / 0.4) = 2
    assert 0.76 < covered(y[:, -12:], forecast.quantiles, 1, 3) < 0.84


def test_bands_come_in_the_unit_of_demand_and_do_not_depend_on_the_order_of_series():
    rng = np.random.default_rng(13)
    y = rng.gamma(3.0, 40.0, (40, 72))
    plain, turned = forecast_series(y, 12, 6), forecast_series(64.0 * y[::-1], 12, 6)
    np.testing.assert_allclose(turned.quantiles[::-1], 64.0 * plain.quantiles, rtol=1e-9)


def test_the_own_scale_of_a_series_is_the_same_in_any_chunk(monkeypatch):
    ratio = np.random.default_rng(14).standard_normal((10, 50, 6)) * np.linspace(0.3, 3.0, 50)[:, None]
    ratio[:3, :, 4:] = np.nan
    whole, parts = ratio.copy(), ratio.copy()
    found = own_scale.divide_by_own_scale(whole)
    monkeypatch.setattr(own_scale, "CHUNK", 7)
    assert np.array_equal(own_scale.divide_by_own_scale(parts), found)
    assert np.array_equal(parts, whole, equal_nan=True)
    assert found[-1].min() > 2.0 * found[0].max()
