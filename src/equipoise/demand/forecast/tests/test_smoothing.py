import numpy as np
import pytest

from equipoise.demand.forecast.smoothing import WrongSmoothingConstant, smooth_exponentially

DEMAND = np.array([180.0, 168.0, 159.0, 175.0, 190.0, 205.0, 180.0, 182.0])


def test_case_d11_heizer():
    forecast = smooth_exponentially(DEMAND, alpha=0.1, start=175.0)
    assert forecast.round(2).tolist() == [175.0, 175.5, 174.75, 173.18, 173.36, 175.02, 178.02, 178.22, 178.6]


def test_alpha_one_repeats_the_last_demand_and_alpha_zero_the_start():
    assert smooth_exponentially(DEMAND, alpha=1.0, start=9.0).tolist() == [9.0, *DEMAND.tolist()]
    assert smooth_exponentially(DEMAND, alpha=0.0, start=9.0).tolist() == [9.0] * 9


def test_unknown_demand_leaves_the_forecast():
    assert smooth_exponentially(np.array([np.nan, 20.0]), alpha=0.5, start=10.0).tolist() == [10.0, 10.0, 15.0]


def test_alpha_outside_zero_to_one_is_refused():
    with pytest.raises(WrongSmoothingConstant, match=r"1\.5"):
        smooth_exponentially(DEMAND, alpha=1.5, start=9.0)
