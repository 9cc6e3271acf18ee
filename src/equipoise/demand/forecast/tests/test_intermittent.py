import numpy as np

from equipoise.demand.forecast import SEGMENTS, forecast_series


def rare(n: int, span: int, *, chance: float, seed: int = 8) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return (rng.random((n, span)) < chance) * (1.0 + rng.poisson(3.0, (n, span)))


def test_rare_demand_is_forecast_at_its_mean_and_with_its_distribution():
    y = rare(600, 78, chance=0.3)
    forecast = forecast_series(y[:, :-6], 12, 6)
    assert abs(forecast.point.mean() / y.mean() - 1.0) < 0.06
    actual = y[:, -6:]
    for place, level in enumerate(forecast.levels.tolist()):
        at_most = float(np.mean(actual <= forecast.quantiles[:, :, place]))
        assert at_most >= level - 0.02
    assert np.mean(actual <= forecast.quantiles[:, :, 3]) < 0.95
    assert np.mean(forecast.quantiles[:, :, 2] == 0.0) > 0.95


def test_sizes_keep_their_lots():
    y = 12.0 * rare(1, 60, chance=0.35)
    forecast = forecast_series(y, 1, 1, levels=np.arange(0.05, 1.0, 0.05))
    assert SEGMENTS[forecast.segment[0]] == "intermittent"
    upper = forecast.quantiles[0, 0]
    assert upper[upper > 0].min() > 6.0


def test_an_item_that_stopped_selling_fades():
    y = np.full((1, 48), 20.0)
    y[0, -10:] = 0.0
    forecast = forecast_series(y, 12, 6)
    assert SEGMENTS[forecast.segment[0]] == "obsolescent"
    assert forecast.point.max() < 8.0


def test_poisson_demand_has_no_bias():
    y = np.random.default_rng(8).poisson(0.5, (300, 48)).astype(np.float64)
    assert abs(forecast_series(y, 12, 12, levels=()).point.mean() - 0.5) < 0.03
