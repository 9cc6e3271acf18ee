import numpy as np

from equipoise.demand.accuracy import bias_pct
from equipoise.demand.bias import rsfe, running_mad, tracking_signal


def test_case_d12_heizer():
    forecast = np.array([100.0, 100.0, 100.0, 110.0, 110.0, 110.0])
    actual = np.array([90.0, 95.0, 115.0, 100.0, 125.0, 140.0])
    assert rsfe(actual, forecast).tolist() == [-10.0, -15.0, 0.0, -10.0, 5.0, 35.0]
    assert running_mad(actual, forecast).round(2).tolist() == [10.0, 7.5, 10.0, 10.0, 11.0, 14.17]
    assert tracking_signal(actual, forecast).round(2).tolist() == [-1.0, -2.0, 0.0, -1.0, 0.45, 2.47]


def test_case_d12_second_series():
    signal = tracking_signal(np.array([8.0, 11.0, 12.0, 14.0]), np.full(4, 10.0))
    assert signal.round(2).tolist() == [-1.0, -0.67, 0.6, 2.22]


def test_signs_demand_above_forecast_is_positive_here_and_negative_in_bias_pct():
    actual, forecast = np.array([120.0, 130.0]), np.array([100.0, 100.0])
    assert tracking_signal(actual, forecast)[-1] == 2.0
    assert bias_pct(actual, forecast) == -20.0


def test_a_perfect_forecast_has_signal_zero():
    assert tracking_signal(np.array([5.0, 5.0]), np.array([5.0, 5.0])).tolist() == [0.0, 0.0]


def test_unknown_pairs_change_nothing():
    actual, forecast = np.array([np.nan, 90.0, np.nan, 95.0]), np.array([100.0, 100.0, 100.0, 100.0])
    signal = tracking_signal(actual, forecast)
    assert np.isnan(signal[0])
    assert signal[1:].tolist() == [-1.0, -1.0, -2.0]


def test_many_series_at_once_equal_each_alone():
    rng = np.random.default_rng(7)
    actual, forecast = rng.gamma(3.0, 20.0, (5, 24)), rng.gamma(3.0, 20.0, (5, 24))
    together = tracking_signal(actual, forecast)
    for i in range(5):
        assert together[i].tolist() == tracking_signal(actual[i], forecast[i]).tolist()
