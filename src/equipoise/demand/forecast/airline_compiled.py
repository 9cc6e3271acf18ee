"""Twin of `airline.forecast_airline`: two series at once, the points of the grid of each side by side in registers.

The product of the two polynomials is undone one after the other, which says the same in half the steps:

    u_t = w_t + θ u_(t−1),   e_t = u_t + Θ e_(t−m)
"""

from functools import cache

import numpy as np

from equipoise.core.compiling import compiled
from equipoise.core.grid import FloatArray, IntArray
from equipoise.demand.forecast.airline import fewest_buckets, theta_grid
from equipoise.demand.forecast.lanes import WIDTH, in_lanes
from equipoise.demand.forecast.likelihood import TEMPER

SIDES = 2
HALF = WIDTH // SIDES


def forecast_airline(z: FloatArray, length: IntArray, *, period: int, horizon: int) -> FloatArray:
    """As `airline.forecast_airline`."""
    path: FloatArray = _forecast(z, length, *_lanes(period), period, fewest_buckets(period), horizon)
    return path


@cache
def _lanes(period: int) -> tuple[FloatArray, FloatArray, int]:
    """θ and Θ of the grid, once for each side, and the number of points."""
    theta, season = theta_grid(period)
    return in_lanes(theta, SIDES), in_lanes(season, SIDES), len(theta)


@compiled
def _forecast(  # noqa: PLR0912, PLR0915
    z: FloatArray,
    length: IntArray,
    theta: FloatArray,
    seasonal: FloatArray,
    points: int,
    period: int,
    fewest: int,
    horizon: int,
) -> FloatArray:
    n, span = z.shape
    first = period + 1 if period > 1 else 1
    out = np.full((n, horizon), np.nan)
    errors, share = np.zeros((first + span, WIDTH)), np.empty(points)
    s = np.empty(2 * WIDTH)  # u, Σ e²
    path = np.empty(first + horizon)
    for i in range(0, n, SIDES):
        if length[i] < fewest:
            break
        last, done = min(i + SIDES, n) - 1, first
        s[:] = 0.0
        for side in range(SIDES - 1, -1, -1):  # the later series is the shorter one: it ends first
            row, here = min(i + side, last), side * HALF
            count = length[row]
            if count < fewest:
                continue
            for t in range(done, count):
                one, other = z[i, t] - z[i, t - 1], z[last, t] - z[last, t - 1]
                if period > 1:
                    one -= z[i, t - period] - z[i, t - period - 1]
                    other -= z[last, t - period] - z[last, t - period - 1]
                now, year = errors[t], errors[t - period]
                for g in range(WIDTH):
                    u = (one if g < HALF else other) + theta[g] * s[g]
                    e = u + seasonal[g] * year[g]
                    s[g] = u
                    now[g] = e
                    s[WIDTH + g] += e * e
            done = count
            size = 0.0
            for t in range(first, count):
                w = z[row, t] - z[row, t - 1]
                if period > 1:
                    w -= z[row, t - period] - z[row, t - period - 1]
                size += w * w
            best = np.inf
            for g in range(points):
                share[g] = np.log(max(s[WIDTH + here + g], 1e-10 * size, 1e-24))
                best = min(best, share[g])
            total = 0.0
            for g in range(points):
                share[g] = np.exp(-0.5 * TEMPER * (count - first) * (share[g] - best))
                total += share[g]
            for g in range(points):
                share[g] /= total
            for j in range(first):
                path[j] = z[row, count - first + j]
            for k in range(horizon):
                added = 0.0
                if k < first:
                    for g in range(points):
                        at, effect = here + g, 0.0
                        if k == 0:
                            effect -= theta[at] * errors[count - 1, at]
                        if period > 1:
                            if k < period:
                                effect -= seasonal[at] * errors[count + k - period, at]
                            effect += theta[at] * seasonal[at] * errors[count + k - period - 1, at]
                        added += share[g] * effect
                at = first + k
                if period > 1:
                    path[at] = path[at - 1] + path[at - period] - path[at - period - 1] + added
                else:
                    path[at] = path[at - 1] + added
                out[row, k] = path[at]
    return out
