import numpy as np

from equipoise.demand.forecast import RIVALS, forecast_series


def noise(n: int, span: int, seed: int) -> np.ndarray:
    return 100.0 + 10.0 * np.random.default_rng(seed).standard_normal((n, span))


def test_backtest_is_the_forecast_made_again_with_what_was_known():
    y = noise(6, 72, 1)
    whole = forecast_series(y, 12, 6).backtest
    errors = []
    for withheld in whole.held_back.tolist():
        made = forecast_series(y[:, :-withheld], 12, 6, levels=()).point
        reach = min(withheld, 6)
        errors.append(made[:, :reach] - y[:, 72 - withheld :][:, :reach])
    each = np.concatenate(errors, axis=1)
    np.testing.assert_allclose(whole.mae[:, 0], np.abs(each).mean(axis=1), rtol=1e-12)
    np.testing.assert_allclose(whole.bias[:, 0], each.mean(axis=1), rtol=1e-9)


def test_later_actuals_do_not_train_earlier_origins():
    y = noise(6, 72, 2)
    farthest = int(forecast_series(y, 12, 6).backtest.held_back[-1])
    first = forecast_series(y[:, :-farthest], 12, 6, levels=()).point
    changed = y.copy()
    changed[:, -farthest:] *= 5.0
    again = forecast_series(changed[:, :-farthest], 12, 6, levels=()).point
    assert np.array_equal(first, again)


def test_naive_rivals_are_scored_beside_us():
    year = np.array([50.0, 60, 80, 100, 120, 140, 150, 140, 120, 100, 80, 60])
    backtest = forecast_series([np.tile(year, 6)], 12, 12).backtest
    assert RIVALS == ("forecast", "naive", "seasonal naive")
    assert backtest.mae[0, 2] == 0.0 and backtest.mae[0, 0] < 0.5 < 10.0 < backtest.mae[0, 1]
    assert backtest.value_added[0, 0] > 10.0
    assert backtest.error_pct.shape == (3, 12) and np.all(backtest.value_added_pct[0, :11] > 0)


def test_smoothing_beats_the_naive_forecast_on_noise_at_every_lag():
    backtest = forecast_series(noise(200, 60, 3), 12, 6).backtest
    assert np.all(backtest.value_added_pct > 1.0)
    assert np.all(np.abs(backtest.bias_pct[0]) < 2.0)


def test_a_series_too_young_is_not_scored():
    backtest = forecast_series([np.arange(1.0, 7.0), np.arange(1.0, 61.0)], 12, 3).backtest
    assert np.isnan(backtest.mae[0]).all() and np.isfinite(backtest.mae[1]).all()
