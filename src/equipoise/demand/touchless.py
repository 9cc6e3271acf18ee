"""The touchless zone: where people's changes have made the forecast worse, so the machine keeps it and planners do not.

Forecast value added of a step, in points of WMAPE over the closed buckets t that both forecasts and orders know:

    FVA = 100 (Σ |S_t − A_t| − Σ |P_t − A_t|) / Σ A_t

with orders A, the statistical forecast S and the forecast P that people made of it, both archived the same number of
buckets ahead. Below 0 people made it worse. Source: Gilliland, The Business Forecasting Deal (2010), chapter 4.
"""

import numpy as np

from equipoise.core.grid import FloatArray

FEWEST_COMPARED = 6
"""Closed buckets of which both forecasts must be known to judge people by."""


def value_added_points(actual: FloatArray, statistical: FloatArray, people: FloatArray) -> FloatArray:
    """FVA of each series [N] from orders and forecasts [N, H] in units; NaN is unknown, also as an answer.

    >>> ordered = np.full((1, 6), 100.0)
    >>> value_added_points(ordered, ordered + 10.0, ordered - 30.0).tolist()
    [-20.0]
    >>> value_added_points(ordered[:, :5], ordered[:, :5], ordered[:, :5]).tolist()
    [nan]
    """
    is_known = np.isfinite(actual) & np.isfinite(statistical) & np.isfinite(people)
    error = [np.where(is_known, np.abs(one - actual), 0.0).sum(axis=1) for one in (statistical, people)]
    ordered = np.where(is_known, actual, 0.0).sum(axis=1)
    is_told = (is_known.sum(axis=1) >= FEWEST_COMPARED) & (ordered > 0)
    found: FloatArray = np.where(is_told, 100.0 * (error[0] - error[1]) / np.where(ordered > 0, ordered, 1.0), np.nan)
    return found
