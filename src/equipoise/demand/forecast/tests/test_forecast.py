import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.demand.forecast import (
    MEMBERS,
    SEGMENTS,
    Pins,
    WrongHistory,
    forecast_series,
    panel,
)
from equipoise.demand.forecast.autoregression import highest_order
from equipoise.demand.forecast.exponential import COARSE, grid_for


def history(n: int = 40, span: int = 60, seed: int = 1) -> np.ndarray:
    """Smooth, rare, young and newborn series in turn."""
    rng = np.random.default_rng(seed)
    season = 1.0 + 0.4 * np.sin(2 * np.pi * np.arange(span) / 12)
    y = rng.gamma(2.0, 200.0, (n, 1)) * season * np.exp(rng.uniform(0.05, 0.8, (n, 1)) * rng.standard_normal((n, span)))
    y[1::4] = rng.poisson(0.4 * season, y[1::4].shape)
    y[2::4, : span // 2] = np.nan
    y[3::8, :-3] = np.nan
    return y


def points(y: np.ndarray, period: int, horizon: int, **named: object) -> np.ndarray:
    return forecast_series(y, period, horizon, levels=(), **named).point


@settings(max_examples=60, deadline=None)
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
        forecast = forecast_series(np.array(rows), period, 12)
    assert np.all(np.isfinite(forecast.point)) and np.all(np.isfinite(forecast.quantiles))
    assert forecast.point.min() >= 0.0 and forecast.quantiles.min() >= 0.0
    assert np.all(np.diff(forecast.quantiles, axis=2) >= 0.0)
    ceiling = 20.0 * max(1, period) * np.nan_to_num(np.abs(np.array(rows))).max(axis=1)
    assert np.all(forecast.point <= ceiling[:, None])


@pytest.mark.parametrize("factor", [1e-6, 3.0, 1e7])
def test_forecasts_scale_with_demand(factor):
    y = history()
    first, second = forecast_series(y, 12, 18), forecast_series(factor * y, 12, 18)
    np.testing.assert_allclose(second.point, factor * first.point, rtol=1e-8)
    np.testing.assert_allclose(second.sigma, factor * first.sigma, rtol=1e-9)
    np.testing.assert_allclose(second.quantiles, factor * first.quantiles, rtol=1e-6, atol=1e-9 * factor)
    assert np.array_equal(first.segment, second.segment)


def test_one_series_scaled_alone_scales_alone():
    y = history()
    other = y.copy()
    other[5] *= 1000.0
    first, second = points(y, 12, 18), points(other, 12, 18)
    np.testing.assert_allclose(second[5], 1000.0 * first[5], rtol=1e-9)
    assert np.array_equal(np.delete(second, 5, axis=0), np.delete(first, 5, axis=0))


def test_permuted_series_give_permuted_forecasts_exactly():
    y = history()
    family = np.arange(40) % 6 - 1
    order = np.random.default_rng(2).permutation(40)
    straight = forecast_series(y, 12, 18, family=family)
    permuted = forecast_series(y[order], 12, 18, family=family[order])
    assert np.array_equal(permuted.point, straight.point[order])
    assert np.array_equal(permuted.sigma, straight.sigma[order], equal_nan=True)
    np.testing.assert_allclose(permuted.quantiles, straight.quantiles[order], rtol=1e-9)
    np.testing.assert_allclose(permuted.backtest.mae, straight.backtest.mae[order], rtol=1e-9)


def test_an_item_of_another_family_changes_no_point_forecast():
    y = history()
    family = np.where(np.arange(40) < 20, 0, 1)
    other = y.copy()
    other[20:] = np.random.default_rng(4).gamma(2.0, 50.0, (20, 60))
    assert np.array_equal(points(y, 12, 18, family=family)[:20], points(other, 12, 18, family=family)[:20])
    assert np.array_equal(points(y[:20], 12, 18, family=family[:20]), points(y, 12, 18, family=family)[:20])


def test_a_series_alone_has_the_same_forecast_as_among_others_and_in_any_chunk(monkeypatch):
    y = history()
    together = forecast_series(y, 12, 18, levels=())
    for i in range(len(y)):
        alone = forecast_series([y[i]], 12, 18, levels=())
        assert np.array_equal(alone.point[0], together.point[i])
        assert np.array_equal(alone.sigma, together.sigma[i : i + 1], equal_nan=True)
    monkeypatch.setattr(panel, "CHUNK", 7)
    assert np.array_equal(points(y, 12, 18), together.point)
    threads = forecast_series(y, 12, 18, workers=3)
    monkeypatch.undo()
    single = forecast_series(y, 12, 18)
    for name in ("point", "quantiles", "weights", "sigma", "observations", "segment"):
        assert np.array_equal(getattr(threads, name), getattr(single, name), equal_nan=name == "sigma")


def test_series_of_different_lengths_are_what_they_are_alone():
    y = [row[np.isfinite(row)][k:] for k, row in enumerate(history())]
    together = points(y, 12, 6)
    for one, expected in zip(y, together, strict=True):
        assert np.array_equal(points([one], 12, 6)[0], expected)


def test_unknown_buckets_in_front_change_nothing():
    y = history()
    padded = np.concatenate([np.full((40, 17), np.nan), y], axis=1)
    first, second = forecast_series(padded, 12, 18), forecast_series(y, 12, 18)
    assert np.array_equal(first.point, second.point)
    assert np.array_equal(first.quantiles, second.quantiles)
    assert np.array_equal(first.backtest.mae, second.backtest.mae, equal_nan=True)


def test_constant_demand_is_carried_on_with_its_season():
    year = np.array([8.0, 12.0, 10.0, 10.0])
    forecast = forecast_series(np.tile(year, (1, 6)), 4, 6)
    np.testing.assert_allclose(forecast.point, [[8.0, 12.0, 10.0, 10.0, 8.0, 12.0]], rtol=1e-9)
    assert forecast.sigma[0] < 1e-6
    assert np.ptp(forecast.quantiles, axis=2).max() < 1e-4


def test_segments_say_what_was_known():
    rng = np.random.default_rng(3)
    y = np.full((9, 48), np.nan)
    y[1] = 0.0
    y[2, -2:] = 9.0
    y[3] = np.where(np.arange(48) < 24, 20.0, 0.0)
    rare = (np.arange(48) % 5 == 0).astype(float)
    y[4] = rare * np.where(np.arange(48) % 4 == 0, 60.0, 1.0)
    y[5] = 4.0 * rare
    y[6, 30:] = 7.0
    y[7] = np.exp(1.2 * rng.standard_normal(48))
    y[8] = 100.0 + rng.standard_normal(48)
    forecast = forecast_series(y, 12, 2)
    assert [SEGMENTS[code] for code in forecast.segment] == list(SEGMENTS)
    assert forecast.observations.tolist() == [0, 48, 2, 48, 48, 48, 18, 48, 48]
    assert np.isnan(forecast.sigma).tolist() == [True, False, True, *[False] * 6]
    assert forecast.point[:2].tolist() == [[0.0, 0.0], [0.0, 0.0]]
    np.testing.assert_allclose(forecast.point[2], 9.0)
    assert forecast.point[3].max() < 1.0
    used = [{m for m, w in zip(MEMBERS, row, strict=True) if w > 0} for row in forecast.weights]
    assert used[2] == {"theta"} and used[3] == {"TSB"} and used[4] == {"ADIDA", "IMAPA"}
    np.testing.assert_allclose(forecast.weights.sum(axis=1), [0.0, 0.0, *[1.0] * 7])


def test_an_item_sold_in_one_season_only_is_not_intermittent():
    year = np.array([0.0] * 9 + [30.0, 100.0, 200.0])
    forecast = forecast_series([np.tile(year, 5)], 12, 12, levels=())
    assert SEGMENTS[forecast.segment[0]] in {"smooth", "erratic"}
    np.testing.assert_allclose(forecast.point[0], year, atol=3.0)


def test_one_point_and_returns_are_carried_on_sanely():
    forecast = forecast_series([np.array([5.0]), np.array([-3.0, -4.0, -2.0, -5.0])], 12, 3)
    assert forecast.point.tolist() == [[5.0] * 3, [0.0] * 3]
    assert np.all(np.isfinite(forecast.quantiles))


def test_gaps_in_the_middle_hardly_move_a_steady_forecast():
    y = 100.0 + np.random.default_rng(1).standard_normal(60)
    gap = y.copy()
    gap[30:34] = np.nan
    np.testing.assert_allclose(points([gap], 12, 6), points([y], 12, 6), rtol=0.02)


def test_sigma_needs_three_observations():
    y = np.array([[np.nan, 4.0, 6.0], [4.0, 6.0, 5.0]])
    assert np.isnan(forecast_series(y, 12, 1).sigma).tolist() == [True, False]


def test_sigma_of_white_noise_is_its_standard_deviation():
    y = 1000.0 + 50.0 * np.random.default_rng(9).standard_normal((300, 60))
    assert 48.0 < forecast_series(y, 1, 1, levels=()).sigma.mean() < 53.0


def test_a_steady_trend_is_continued_in_good_part():
    y = 100.0 * np.exp(0.01 * np.arange(120.0))[None, :]
    point = points(y, 12, 13)
    growth = np.log(point[0, 12] / point[0, 0]) / 12
    assert 0.0080 < growth < 0.0085  # of 0.01; Theta alone goes on with half of it


def test_explosive_growth_is_limited():
    y = 2.0 ** np.arange(24.0)[None, :]
    assert points(y, 12, 25).max() < 1.25 * y.max()


def test_weekly_history_of_less_than_two_years_has_no_season_but_takes_its_family_profile():
    weeks = np.arange(156)
    season = 1.0 + 0.5 * np.sin(2 * np.pi * weeks / 52)
    y = np.full((6, 156), np.nan)
    y[:5] = np.array([[100.0], [200.0], [50.0], [70.0], [30.0]]) * season
    y[5, -60:] = 40.0 * season[-60:]
    shared = points(y, 52, 52, family=np.zeros(6, dtype=np.int64))[5:]
    alone = points(y[5:], 52, 52)
    assert np.ptp(alone) < 0.4 * np.ptp(shared)
    np.testing.assert_allclose(shared[0], 40.0 * season[:52], rtol=0.001)


def test_nothing_to_forecast_is_an_empty_answer():
    assert forecast_series(np.zeros((0, 24)), 12, 6).point.shape == (0, 6)
    assert forecast_series([], 12, 6).quantiles.shape == (0, 6, 5)
    assert forecast_series(np.zeros((2, 0)), 12, 6).point.tolist() == [[0.0] * 6] * 2
    assert forecast_series(np.ones((2, 5)), 12, 0).quantiles.shape == (2, 0, 5)


def test_progress_counts_every_series_at_every_origin():
    told = []
    forecast_series(history(), 12, 6, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (440, 440)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


@pytest.mark.parametrize(
    ("y", "period", "horizon", "named"),
    [
        (np.array([[1.0, np.inf]]), 12, 1, {}),
        (np.ones(3), 12, 1, {}),
        ([np.ones((2, 2))], 12, 1, {}),
        (np.ones((1, 3)), 0, 1, {}),
        (np.ones((1, 3)), 12, -1, {}),
        (np.ones((1, 3)), 12, 1, {"levels": (0.0, 0.5)}),
        (np.ones((2, 3)), 12, 1, {"family": np.array([1])}),
    ],
)
def test_what_cannot_be_forecast_is_refused(y, period, horizon, named):
    with pytest.raises(WrongHistory):
        forecast_series(y, period, horizon, **named)


def test_smoothing_goes_on_along_a_straight_line_where_the_other_methods_follow_a_power():
    y = 100.0 + 10.0 * np.arange(48.0)[None]
    bend = {}
    for name in ("exponential smoothing", "theta"):
        pinned = Pins(np.array([MEMBERS.index(name)]), np.zeros(1, dtype=np.int64))
        bend[name] = np.diff(points(y, 12, 12, pins=pinned)[0], n=2)
    assert np.all(bend["exponential smoothing"] < 0.0)  # damped
    assert np.all(bend["theta"] > 0.0)


def test_where_buckets_are_long_the_grids_are_others():
    assert [grid_for(period) is COARSE for period in (1, 2, 4, 5, 6, 12)] == [False, True, True, True, False, False]
    assert [highest_order(period, lag=lag) for period, lag in ((12, 1), (12, 12), (4, 1), (4, 4), (52, 1))] == [
        12, 6, 4, 3, 12,
    ]  # fmt: skip


def test_one_month_of_a_holiday_does_not_bend_the_months_to_come():
    rng = np.random.default_rng(31)
    y = 100.0 * np.exp(0.1 * rng.standard_normal((60, 48)))
    plain = forecast_series(y, 12, 6, levels=()).point
    for place, size, most in ((-3, 0.05, 0.1), (-3, 8.0, 0.2), (-1, 0.05, 0.15)):
        bent = y.copy()
        bent[:, place] *= size
        moved = float(np.median(forecast_series(bent, 12, 6, levels=()).point / plain)) - 1.0
        assert abs(moved) < most, (place, size, moved)  # without neighbors −21 %, +23 % and −47 %


def test_a_new_level_is_believed_when_it_lasts():
    y = 100.0 * np.exp(0.05 * np.random.default_rng(32).standard_normal((40, 60)))
    y[:, -8:] *= 4.0
    point = forecast_series(y, 12, 3, levels=()).point
    assert 320.0 < float(np.median(point)) < 480.0
