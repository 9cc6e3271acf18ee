"""The airline model (0,1,1)(0,1,1)m, its two moving-average constants averaged over a grid.

    w_t = z_t − z_(t−1) − z_(t−m) + z_(t−m−1) = (1 − θ B)(1 − Θ B^m) e_t

Errors before the first w are 0 (conditional sum of squares). For each (θ, Θ) the errors follow by recursion; what they
say of the buckets to come is linear in them and averaged with weights SSE^(−τ n/2).
Source: Box & Jenkins, Time Series Analysis (1970), series G.
"""

import numpy as np

from equipoise.core.grid import FloatArray, IntArray
from equipoise.demand.forecast.exponential import is_coarse
from equipoise.demand.forecast.likelihood import average_weights
from equipoise.demand.forecast.summation import add_up, still_running

THETAS = (0.1, 0.4, 0.7, 0.9)
SEASONAL_THETAS = (0.8, 0.95)
COARSE_SEASONAL_THETAS = (0.6, 0.9)
"""Where a year has few, long buckets."""
FEWEST_ERRORS = 4
FEWEST_YEARS = 3
"""A shorter history has too few seasonal differences."""


def theta_grid(period: int) -> tuple[FloatArray, FloatArray]:
    """θ and Θ [G] of the grid."""
    seasonal = COARSE_SEASONAL_THETAS if is_coarse(period) else SEASONAL_THETAS if period > 1 else (0.0,)
    return np.repeat(THETAS, len(seasonal)), np.tile(seasonal, len(THETAS))


def fewest_buckets(period: int) -> int:
    """A shorter history is not forecast."""
    return max(period + 1 + FEWEST_ERRORS, FEWEST_YEARS * period) if period > 1 else 1 + FEWEST_ERRORS


def forecast_airline(z: FloatArray, length: IntArray, *, period: int, horizon: int) -> FloatArray:
    """Paths [n, horizon] of z [n, H], left-aligned, of `length` [n], descending; NaN for less than three years.

    Without a season (period 1) it is the model (0,1,1).
    """
    first = period + 1 if period > 1 else 1
    result = np.full((len(z), horizon), np.nan)
    enough = int(np.searchsorted(-length, -fewest_buckets(period), side="right"))
    if enough == 0 or horizon == 0:
        return result
    z, length = z[:enough], length[:enough]
    theta, season = (one[:, None] for one in theta_grid(period))
    n, span, size = enough, z.shape[1], len(theta)
    w = np.diff(z, axis=1)
    if period > 1:
        w = w[:, period:] - w[:, :-period]
    w = np.ascontiguousarray(w.T)
    # Errors lie in a ring of m + 1 buckets, the one of bucket t at t mod (m + 1).
    ring = period + 1
    errors, sse = np.zeros((ring, size, n)), np.zeros((size, n))
    size_sum = np.zeros((size, n))
    for t, count in enumerate(still_running(length, span)[first:], start=first):
        run = np.s_[:, :count]
        e = w[t - first, :count] + theta * errors[(t - 1) % ring][run]
        if period > 1:
            e += season * (errors[(t - period) % ring][run] - theta * errors[t % ring][run])
        errors[t % ring][run] = e
        sse[run] += e * e
        size_sum[run] += w[t - first, :count] ** 2
    share = average_weights(sse, size_sum, length - first)

    # What known errors add to the differenced buckets to come; a later error is 0.
    def known(bucket: int) -> FloatArray:
        """Error of the `bucket`-th bucket after the end, 0 or less: the same ring place for every length is rolled."""
        place = (length + bucket - 1) % ring
        found: FloatArray = np.take_along_axis(errors, place[None, None, :].repeat(size, axis=1), axis=0)[0]
        return found

    added = np.zeros((horizon, n))
    for k in range(1, min(horizon, period + 1) + 1):
        effect = np.zeros((size, n))
        if k == 1:
            effect -= theta * known(0)
        if period > 1:
            if k <= period:
                effect -= season * known(k - period)
            effect += theta * season * known(k - period - 1)
        added[k - 1] = add_up(share * effect)
    back = first + horizon
    last = np.zeros((back, n))
    columns = length[:, None] - first + np.arange(first)
    last[:first] = np.take_along_axis(z, columns, axis=1).T
    for k in range(horizon):
        at = first + k
        if period > 1:
            last[at] = last[at - 1] + last[at - period] - last[at - period - 1] + added[k]
        else:
            last[at] = last[at - 1] + added[k]
    result[:enough] = last[first:].T
    return result
