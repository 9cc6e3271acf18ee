"""Simple exponential smoothing with a given constant: the textbook's one-step forecasts.

F_(t+1) = F_t + α (A_t − F_t)

Source: Heizer, Render & Munson, Operations Management, chapter 4, equation 4-4 (α, F_t, A_t as there); Brown,
Statistical Forecasting for Inventory Control (1959).
"""

import numpy as np

from equipoise.core.errors import EquipoiseError
from equipoise.core.grid import FloatArray


class WrongSmoothingConstant(EquipoiseError):
    """α does not lie between 0 and 1."""


def smooth_exponentially(demand: FloatArray, *, alpha: float, start: float) -> FloatArray:
    """One-step forecasts [H + 1] of demand [H]: `start` for the first bucket, the last one for the bucket to come.

    An unknown demand (NaN) leaves the forecast as it is. Raises `WrongSmoothingConstant` unless 0 ≤ alpha ≤ 1.

    Unloading of grain at a port by quarter, tonnes (Heizer & Render, example 4):

    >>> demand = np.array([180.0, 168.0, 159.0, 175.0, 190.0, 205.0, 180.0, 182.0])
    >>> smooth_exponentially(demand, alpha=0.1, start=175.0).round(2).tolist()
    [175.0, 175.5, 174.75, 173.18, 173.36, 175.02, 178.02, 178.22, 178.6]
    """
    if not 0.0 <= alpha <= 1.0:
        raise WrongSmoothingConstant(f"alpha is {alpha}; it must lie between 0 and 1")
    forecast = np.empty(len(demand) + 1)
    forecast[0] = start
    for t, actual in enumerate(demand):
        error = 0.0 if np.isnan(actual) else actual - forecast[t]
        forecast[t + 1] = forecast[t] + alpha * error
    return forecast
