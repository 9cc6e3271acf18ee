"""Weights that average a grid of parameters by their tempered likelihood."""

import numpy as np

from equipoise.core.grid import FloatArray, IntArray
from equipoise.demand.forecast.summation import add_up

TEMPER = 0.7
"""Exponent on the likelihood: the errors of a wrong model are not independent, so it claims too much."""


def average_weights(sse: FloatArray, size: FloatArray, count: FloatArray | IntArray) -> FloatArray:
    """Weights SSE^(−τ n/2) [G, n], summing to 1 over the grid, of errors that square to `sse` [G, n].

    `size` [G, n] is the sum of squares from which `sse` was found by subtraction: what is lost in rounding counts as
    equal. `count` [n] is the number of observations.

    >>> average_weights(np.array([[1.0], [1.0]]), np.array([[1.0], [1.0]]), np.array([20])).tolist()
    [[0.5], [0.5]]
    """
    log_sse = np.log(np.maximum(sse, np.maximum(1e-10 * size, 1e-24)))
    best = log_sse.min(axis=0)
    share = np.exp(-0.5 * TEMPER * count * (log_sse - best))
    weights: FloatArray = share / add_up(share)
    return weights
