import numpy as np
import pytest

from equipoise.demand.accuracy import (
    bias_pct,
    forecast_accuracy_pct,
    mape_pct,
    mean_absolute_deviation,
    mean_squared_error,
    wmape_pct,
)
from equipoise.demand.forecast import smooth_exponentially

ACTUAL = np.array([100.0, 200.0, 50.0, 150.0])
FORECAST = np.array([110.0, 180.0, 60.0, 150.0])


def test_case_d13_accuracy_line():
    assert mape_pct(ACTUAL, FORECAST) == 10.0
    assert wmape_pct(ACTUAL, FORECAST) == 8.0
    assert bias_pct(ACTUAL, FORECAST) == 0.0
    assert forecast_accuracy_pct(ACTUAL, FORECAST) == 92.0


def test_case_d11_errors_of_exponential_smoothing():
    actual = np.array([180.0, 168.0, 159.0, 175.0, 190.0, 205.0, 180.0, 182.0])
    forecast = smooth_exponentially(actual, alpha=0.1, start=175.0)[:-1]
    assert round(mean_absolute_deviation(actual, forecast), 2) == 10.31
    assert round(mean_squared_error(actual, forecast), 2) == 190.82
    assert round(mape_pct(actual, forecast), 2) == 5.59


def test_bias_is_positive_when_the_forecast_is_too_high():
    assert bias_pct(np.array([100.0, 100.0]), np.array([120.0, 110.0])) == 15.0


def test_accuracy_never_falls_below_zero():
    assert wmape_pct(np.array([10.0]), np.array([40.0])) == 300.0
    assert forecast_accuracy_pct(np.array([10.0]), np.array([40.0])) == 0.0


def test_mape_leaves_out_buckets_without_demand_and_wmape_does_not():
    actual, forecast = np.array([0.0, 100.0]), np.array([50.0, 90.0])
    assert mape_pct(actual, forecast) == 10.0
    assert wmape_pct(actual, forecast) == 60.0


def test_unknown_pairs_are_left_out_of_every_measure():
    actual = np.concatenate([ACTUAL, [np.nan, 70.0]]).reshape(2, 3)
    forecast = np.concatenate([FORECAST, [5.0, np.nan]]).reshape(2, 3)
    for measure in (mean_absolute_deviation, mean_squared_error, mape_pct, wmape_pct, bias_pct, forecast_accuracy_pct):
        assert measure(actual, forecast) == measure(ACTUAL, FORECAST)


@pytest.mark.parametrize("measure", [mape_pct, wmape_pct, bias_pct, forecast_accuracy_pct])
def test_without_demand_percentages_are_undefined(measure):
    assert np.isnan(measure(np.zeros(3), np.ones(3)))
    assert np.isnan(measure(np.full(2, np.nan), np.ones(2)))


def test_without_a_known_pair_mad_and_mse_are_undefined():
    assert np.isnan(mean_absolute_deviation(np.array([np.nan]), np.array([1.0])))
    assert np.isnan(mean_squared_error(np.array([]), np.array([])))
