"""Pins: one method is exactly that method, a season is exactly that season, and nobody else's forecast moves."""

import numpy as np
import pytest

from equipoise.demand.forecast import MEMBERS, SEASONS, SEGMENTS, Pins, forecast_series
from equipoise.demand.forecast.tests.test_forecast import history


def pins(count: int, row: int, *, method: str = "", season: str = "auto") -> Pins:
    fixed = Pins(np.full(count, -1, dtype=np.int64), np.zeros(count, dtype=np.int64))
    fixed.method[row] = MEMBERS.index(method) if method else -1
    fixed.season[row] = SEASONS.index(season)
    return fixed


def seasonal(years: int = 4, *, grows: float = 0.0) -> np.ndarray:
    year = np.array([60, 70, 90, 100, 110, 120, 130, 140, 120, 100, 80, 80], dtype=float)
    return np.tile(year, years) * (1.0 + grows * np.arange(12 * years))


def test_pinned_seasonal_naive_is_last_year_again():
    y = history()
    found = forecast_series(y, 12, 18, kernel="numpy", pins=pins(len(y), 0, method="seasonal naive"))
    assert np.array_equal(found.point[0], np.concatenate([y[0, -12:], y[0, -12:-6]]))
    assert dict(zip(MEMBERS, found.weights[0], strict=True))["seasonal naive"] == 1.0
    assert found.sigma[0] == pytest.approx(np.sqrt(np.mean((y[0, 12:] - y[0, :-12]) ** 2)))
    plain = forecast_series(y, 12, 18, kernel="numpy")
    assert np.array_equal(found.unpinned, plain.point)
    assert np.array_equal(np.delete(found.point, 0, axis=0), np.delete(plain.point, 0, axis=0))
    # ... and its past was forecast in the same way: it cannot be better than the seasonal naive rival.
    assert found.backtest.mae[0, 0] == found.backtest.mae[0, 2]


def test_pinned_naive_carries_the_last_value_on():
    y = seasonal()[None]
    found = forecast_series(y, 12, 3, levels=(), pins=pins(1, 0, method="naive"), kernel="numpy")
    assert found.point.tolist() == [[80.0, 80.0, 80.0]]


@pytest.mark.parametrize("method", [m for m in MEMBERS if "naive" not in m])
def test_a_pinned_member_is_that_member_alone(method):
    y = np.stack([seasonal(5, grows=0.01), seasonal(5) * np.random.default_rng(3).uniform(0.8, 1.2, 60)])
    found = forecast_series(y, 12, 6, levels=(0.1, 0.9), pins=pins(2, 1, method=method), kernel="numpy")
    assert found.weights[1].tolist() == [float(member == method) for member in MEMBERS]
    assert (found.point[1] > 0).all() and not np.array_equal(found.point[1], found.unpinned[1])
    assert np.array_equal(found.point[0], found.unpinned[0])


def test_seasons_are_none_ones_own_or_the_familys():
    rng = np.random.default_rng(5)
    y = np.stack([seasonal() * rng.uniform(0.9, 1.1, 48), seasonal() * rng.uniform(0.9, 1.1, 48), np.full(48, 50.0)])
    y[2] *= rng.uniform(0.7, 1.3, 48)
    family = np.zeros(3, dtype=np.int64)

    def point(season: str, method: str = "") -> np.ndarray:
        fixed = pins(3, 2, season=season, method=method)
        found = forecast_series(y, 12, 12, levels=(), family=family, pins=fixed, kernel="numpy")
        return found.point[2] / found.point[2].mean()

    swing = {season: float(np.ptp(point(season))) for season in ("flat", "own", "family")}
    assert swing["flat"] < 0.25 < swing["family"] and swing["own"] < swing["family"]
    year = seasonal(1) / seasonal(1).mean()
    shared = point("family", "TSB")  # a level, times the season
    assert np.corrcoef(shared, year)[0, 1] > 0.99 and np.ptp(shared) > 0.5
    alone = forecast_series(y[2:], 12, 12, levels=(), kernel="numpy").point[0]
    np.testing.assert_allclose(point("own"), alone / alone.mean(), rtol=1e-12)


def test_a_method_for_which_the_history_is_too_short_leaves_the_forecast():
    y = seasonal()[:14][None]
    found = forecast_series(y, 12, 3, levels=(), pins=pins(1, 0, method="seasonal autoregression"), kernel="numpy")
    assert np.array_equal(found.point, found.unpinned) and found.weights[0, 5] == 0.0


def test_what_never_sold_stays_at_nothing():
    y = np.stack([np.full(24, np.nan), np.zeros(24)])
    for method in MEMBERS:
        found = forecast_series(y, 12, 3, pins=pins(2, 1, method=method), kernel="numpy")
        assert [SEGMENTS[code] for code in found.segment] == ["no history", "no demand"]
        assert not found.point.any()


def test_without_pins_not_a_byte_differs():
    y = history()
    nothing = Pins(np.full(len(y), -1, dtype=np.int64), np.zeros(len(y), dtype=np.int64))
    first, second = (forecast_series(y, 12, 18, kernel="numpy", pins=fixed) for fixed in (None, nothing))
    for name in ("point", "quantiles", "weights", "sigma", "unpinned"):
        assert getattr(first, name).tobytes() == getattr(second, name).tobytes()
    assert first.unpinned.tobytes() == first.point.tobytes()
