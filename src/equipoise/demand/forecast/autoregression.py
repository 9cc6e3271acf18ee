"""Autoregression by Burg's method on differences and on seasonal ones, the coefficients of all orders averaged by AICc.

    w_t = a_1 w_(t−1) + ... + a_p w_(t−p) + e_t

with w the first differences of z less their drift, or its seasonal differences less their shrunk mean. Burg's lattice
gives every order up to the highest at the price of one, always stationary. Orders are averaged with weights
exp(−AICc / 2).

Sources: Burg (1975), Maximum Entropy Spectral Analysis; Hurvich & Tsai, Biometrika 76 (1989) 297-307 (AICc);
Burnham & Anderson, Model Selection and Multimodel Inference (2002), for the weights.
"""

import numpy as np

from equipoise.core.grid import FloatArray, IntArray
from equipoise.demand.forecast.summation import add_up

HIGHEST_ORDER = 12
LEAST_ORDER = 3
FEWEST_DIFFERENCES = 6
FEWEST_YEARS = 3
"""Seasonal differences need a history of so many years."""
MEAN_RIDGE = 60.0
"""The mean of the differences is halved for so many of them."""


def highest_order(period: int, *, lag: int) -> int:
    """As many as a year has buckets, for seasonal differences half as many; at least 3, at most `HIGHEST_ORDER`."""
    return max(min(period, HIGHEST_ORDER) // (1 if lag == 1 else 2), LEAST_ORDER)


def fewest_buckets(lag: int) -> int:
    """A shorter history is not forecast."""
    return max(lag + FEWEST_DIFFERENCES, FEWEST_YEARS * lag)


def burg(w: FloatArray, count: IntArray, order: int) -> FloatArray:
    """AICc-averaged coefficients [order, n] of w [H, n], left-aligned, 0 after the first `count` [n]."""
    span, n = w.shape
    inside = np.arange(span)[:, None] < count
    forward, backward = w.copy(), w.copy()
    coefficients = np.zeros((order, n))
    power = add_up(w * w) / np.maximum(count, 1)
    floor = np.maximum(1e-12 * power, 1e-300)
    tried = [np.zeros((order, n))]
    criteria = [_aicc(power, floor, count, 0)]
    for p in range(1, min(order, span - 1) + 1):
        f, b = forward[p:], backward[p - 1 : -1]
        f = np.where(inside[p:], f, 0.0)
        b = np.where(inside[p:], b, 0.0)
        numerator = 2.0 * add_up(f * b)
        divisor = add_up(f * f + b * b)
        k = np.where(divisor > 0, numerator / np.where(divisor > 0, divisor, 1.0), 0.0)
        updated = coefficients.copy()
        updated[p - 1] = k
        updated[: p - 1] -= k * coefficients[: p - 1][::-1]
        coefficients = updated
        forward[p:], backward[p:] = f - k * b, b - k * f
        power = power * (1.0 - k * k)
        tried.append(coefficients)
        criteria.append(_aicc(power, floor, count, p))
    values = np.array(criteria)
    share = np.exp(-0.5 * (values - values.min(axis=0)))
    share /= add_up(share)
    return add_up(np.array([weight * one for weight, one in zip(share, tried, strict=True)]))


def _aicc(power: FloatArray, floor: FloatArray, count: IntArray, order: int) -> FloatArray:
    freedom = np.asarray(count - (order + 2.0), dtype=np.float64)
    penalty = np.where(
        freedom > 0, 2.0 * (order + 1) * (1.0 + (order + 2.0) / np.where(freedom > 0, freedom, 1.0)), 1e30
    )
    found: FloatArray = count.astype(np.float64) * np.log(np.maximum(power, floor)) + penalty
    return found


def _continue(w: FloatArray, count: IntArray, coefficients: FloatArray, horizon: int) -> FloatArray:
    """w [H, n] carried on by its coefficients [order, n] -> [horizon, n]."""
    order, n = coefficients.shape
    places = count - order + np.arange(order)[:, None]
    path = np.zeros((order + horizon, n))
    path[:order] = np.where(places >= 0, np.take_along_axis(w, np.maximum(places, 0), axis=0), 0.0)
    for k in range(order, order + horizon):
        path[k] = add_up(coefficients * path[k - order : k][::-1])
    return path[order:]


def forecast_autoregressive(
    z: FloatArray, length: IntArray, *, lag: int, order: int, horizon: int, drift: FloatArray | None = None
) -> FloatArray:
    """Paths [n, horizon] of z [n, H], left-aligned, of `length` [n], descending, 0 after the end.

    w is the difference over `lag` buckets; `drift` [n] is what a bucket grows by, None the shrunk mean of the
    differences. NaN where fewer than `FEWEST_DIFFERENCES` differences are known.
    """
    result = np.full((len(z), horizon), np.nan)
    enough = int(np.searchsorted(-length, -fewest_buckets(lag), side="right"))
    if enough == 0 or horizon == 0:
        return result
    values, length = np.ascontiguousarray(z[:enough].T), length[:enough]
    count = length - lag
    w = values[lag:] - values[:-lag]
    inside = np.arange(len(w))[:, None] < count
    w = np.where(inside, w, 0.0)
    mean = np.asarray(add_up(w) / (count + MEAN_RIDGE) if drift is None else drift[:enough] * lag, dtype=np.float64)
    w = np.where(inside, w - mean, 0.0)
    ahead = _continue(w, count, burg(w, count, order), horizon) + mean
    last = np.take_along_axis(values, length - lag + np.arange(lag)[:, None], axis=0)
    path = np.concatenate([last, np.zeros((horizon, enough))])
    for k in range(horizon):
        path[lag + k] = path[k] + ahead[k]
    result[:enough] = path[lag:].T
    return result
