"""Damped-trend exponential smoothing with additive seasonal corrections, averaged over a grid instead of optimized.

For one series of deseasonalized demand z_t in mean sizes, level l, trend b, corrections d to the seasonal indices:

    e_t = z_t − (l + φ b + d_(t−m)),   l ← l + φ b + α e_t,   b ← φ b + α β e_t,   d_t = d_(t−m) + γ (1 − α) e_t
    ẑ_k = l + (φ + ... + φ^k) b + d_(H+k−m)

- Initial states: e_t is linear in l_0 and b_0, so one pass over the data with l_0 = b_0 = 0 and one pass over a unit of
  each, which does not depend on the data, give the l_0 and b_0 of least squares exactly. b_0 carries a ridge.
- Parameters: never chosen. The states are averaged over the grid with weights SSE^(−τ n/2), the likelihood tempered
  by τ = `TEMPER` because the errors of a wrong model are not independent.
- d starts at 0: the seasonal indices taken out beforehand, shrunk to flat or to the family, are the initial states.
- Demand itself is smoothed, not its logarithm as in the other methods: its trend is a straight line where theirs is a
  power, and the mean of the pool lies between the two.

Sources: Gardner & McKenzie, Management Science 31 (1985) 1237-1246; Hyndman, Koehler, Ord & Snyder, Forecasting with
Exponential Smoothing (2008), ETS(A,Ad,A); the profiled initial states follow their section 13.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np

from equipoise.core.grid import FloatArray, IntArray
from equipoise.demand.forecast.likelihood import average_weights
from equipoise.demand.forecast.summation import add_up, still_running

SPAN_STEP = 64
TREND_RIDGE = 3.0
"""Penalty on the squared initial trend, in squared errors."""


@dataclass(frozen=True, eq=False)
class Grid:
    """Points (α, β, φ, γ) of the grid, each [G]."""

    alpha: FloatArray
    beta: FloatArray
    phi: FloatArray
    gamma: FloatArray

    @staticmethod
    def of(*, alpha: tuple[float, ...], beta: tuple[float, ...], phi: tuple[float, ...],
           gamma: tuple[float, ...] = (0.0,)) -> "Grid":  # fmt: skip
        """Every combination of the values."""
        points = np.array(list(product(alpha, beta, phi, gamma)))
        return Grid(*(np.ascontiguousarray(column) for column in points.T))


SEASONAL = Grid.of(alpha=(0.05, 0.2, 0.4, 0.7), beta=(0.05, 0.2), phi=(0.85, 0.97), gamma=(0.05,))
"""What is tried where there is a season."""
PLAIN = Grid.of(alpha=(0.05, 0.2, 0.4, 0.7), beta=(0.05, 0.2), phi=(0.85, 0.97))
"""What is tried where there is none."""


COARSE = Grid.of(alpha=(0.1, 0.3, 0.6, 0.9), beta=(0.05, 0.4), phi=(0.85, 0.97), gamma=(0.1,))
"""What is tried where a bucket is long: from one quarter to the next more changes than from month to month."""
FEW_SEASONS = 6
"""Buckets are long where a year has fewer of them than this."""


def is_coarse(period: int) -> bool:
    """Whether a year is known to have few, long buckets."""
    return 1 < period < FEW_SEASONS


def grid_for(period: int) -> Grid:
    """What is tried with so many seasons."""
    if is_coarse(period):
        return COARSE
    return SEASONAL if period > 1 else PLAIN


@dataclass(frozen=True, eq=False)
class UnitResponse:
    """What a unit of l_0 and one of b_0 do to the errors and final states; the same for every series of one length."""

    error_level: FloatArray
    """[H, G] error at each bucket of a series of zeros that starts with l_0 = 1."""
    error_trend: FloatArray
    """[H, G], with b_0 = 1."""
    moments: FloatArray
    """[3, H + 1, G] sums of their squares and product over the first buckets: ll, lb, bb."""
    state_level: FloatArray
    """[H + 1, 2 + m, G] l, b and d after so many buckets."""
    state_trend: FloatArray


def unit_response(grid: Grid, span: int, period: int) -> UnitResponse:
    """Run the recursion on zeros, once from a unit of level and once from a unit of trend, over at least `span`."""
    return _unit_response(grid, -(-span // SPAN_STEP) * SPAN_STEP, period)


@lru_cache(maxsize=32)
def _unit_response(grid: Grid, span: int, period: int) -> UnitResponse:
    size = len(grid.alpha)
    errors, states = [], []
    for level, trend in ((1.0, 0.0), (0.0, 1.0)):
        state = np.zeros((2 + period, size))
        state[0], state[1] = level, trend
        history, error = np.zeros((span + 1, 2 + period, size)), np.zeros((span, size))
        history[0] = state
        for t in range(span):
            damped = grid.phi * state[1]
            place = 2 + t % period
            e = -(state[0] + damped + state[place])
            state[0] += damped + grid.alpha * e
            state[1] = damped + grid.alpha * grid.beta * e
            state[place] += grid.gamma * (1.0 - grid.alpha) * e
            history[t + 1], error[t] = state, e
        states.append(history)
        errors.append(error)
    level_error, trend_error = errors
    moments = np.zeros((3, span + 1, size))
    moments[0, 1:] = np.add.accumulate(level_error * level_error, axis=0)
    moments[1, 1:] = np.add.accumulate(level_error * trend_error, axis=0)
    moments[2, 1:] = np.add.accumulate(trend_error * trend_error, axis=0)
    return UnitResponse(level_error, trend_error, moments, states[0], states[1])


def damped_sums(phi: FloatArray, steps: FloatArray) -> FloatArray:
    """φ + ... + φ^k for whole k, linear between them: [K, G] for steps [K] ≥ 0."""
    whole = np.floor(steps)[:, None]
    part = steps[:, None] - whole
    done: FloatArray = phi * (1.0 - phi**whole) / (1.0 - phi) + part * phi ** (whole + 1.0)
    return done


def smooth_damped(z: FloatArray, length: IntArray, grid: Grid, *, period: int, steps: FloatArray) -> FloatArray:
    """Paths [n, K] at `steps` [K] buckets after the end of z [n, H], left-aligned, of `length` [n] ≥ 1, descending.

    With a `period` above 1 the steps must be 1, 2, ..., K.
    """
    span, n, size = z.shape[1], z.shape[0], len(grid.alpha)
    response = unit_response(grid, span, period)
    alpha, phi = grid.alpha[:, None], grid.phi[:, None]
    trend_gain = alpha * grid.beta[:, None]
    season_gain = grid.gamma[:, None] * (1.0 - alpha)
    level, trend, season = np.zeros((size, n)), np.zeros((size, n)), np.zeros((period, size, n))
    ee, le, be = np.zeros((size, n)), np.zeros((size, n)), np.zeros((size, n))
    values = np.ascontiguousarray(z.T)
    for t, count in enumerate(still_running(length, span)):
        run = np.s_[:, :count]
        d = season[t % period][run]
        damped = phi * trend[run]
        level[run] += damped
        e = values[t, :count] - level[run]
        e -= d
        level[run] += alpha * e
        trend[run] = damped + trend_gain * e
        if period > 1:
            d += season_gain * e
        ee[run] += e * e
        le[run] += response.error_level[t][:, None] * e
        be[run] += response.error_trend[t][:, None] * e

    ll, lb, bb = (np.ascontiguousarray(part[length].T) for part in response.moments)
    bb = bb + TREND_RIDGE
    determinant = ll * bb - lb * lb
    l0 = (lb * be - bb * le) / determinant
    b0 = (lb * le - ll * be) / determinant
    share = average_weights(ee + l0 * le + b0 * be, ee, length)
    from_level, from_trend = (s[length].transpose(1, 2, 0) for s in (response.state_level, response.state_trend))
    end_level = add_up(share * (level + l0 * from_level[0] + b0 * from_trend[0]))
    end_trend = share * (trend + l0 * from_level[1] + b0 * from_trend[1])
    reach = damped_sums(grid.phi, steps)
    path = end_level + add_up(np.ascontiguousarray((reach[:, :, None] * end_trend).transpose(1, 0, 2)))
    if period > 1:
        ends = season + l0 * from_level[2:] + b0 * from_trend[2:]
        corrections = add_up(np.ascontiguousarray((share * ends).transpose(1, 0, 2)))
        place = (length + np.arange(len(steps))[:, None]) % period
        path = path + np.take_along_axis(corrections, place, axis=0)
    return np.ascontiguousarray(path.T)
