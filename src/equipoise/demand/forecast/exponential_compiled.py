"""Twin of `exponential.smooth_damped`: one series after the other, the points of the grid side by side in registers;
where a grid is so small that it fills half of them, two series at once.

The states of a series lie in one array, `lanes` numbers for each: knowing that count and that the rows of one array
cannot overlap, the compiler takes four points at a time (`lanes`). Separate arrays cost three times as much.
"""

from collections.abc import Callable
from functools import cache, lru_cache

import numpy as np

from equipoise.core.compiling import compiled
from equipoise.core.grid import FloatArray, IntArray
from equipoise.demand.forecast.exponential import TREND_RIDGE, Grid, damped_sums, unit_response
from equipoise.demand.forecast.lanes import WIDTH, in_lanes
from equipoise.demand.forecast.likelihood import TEMPER


def smooth_damped(z: FloatArray, length: IntArray, grid: Grid, *, period: int, steps: FloatArray) -> FloatArray:
    """As `exponential.smooth_damped`."""
    points, grid, gains = len(grid.alpha), *_in_lanes(grid)
    r = unit_response(grid, int(length.max(initial=0)), period)
    reach = _reach(grid, points, tuple(steps.tolist()))
    smooth = _smoother(points, len(grid.alpha), period > 1)
    path: FloatArray = smooth(np.ascontiguousarray(z), length, gains, period, reach, r.error_level, r.error_trend,
                              r.moments, r.state_level, r.state_trend)  # fmt: skip
    return path


@cache
def _in_lanes(grid: Grid) -> tuple[Grid, FloatArray]:
    """The grid as often as it fits into the lanes, and what each point gains: φ, α, α β and γ (1 − α)."""
    times = _series_at_once(len(grid.alpha))
    wide = Grid(*(in_lanes(one, times) for one in (grid.alpha, grid.beta, grid.phi, grid.gamma)))
    return wide, np.concatenate([wide.phi, wide.alpha, wide.alpha * wide.beta, wide.gamma * (1.0 - wide.alpha)])


@lru_cache(maxsize=64)
def _reach(grid: Grid, points: int, steps: tuple[float, ...]) -> FloatArray:
    """`damped_sums` [points, K], the steps of each point in one row."""
    return np.ascontiguousarray(damped_sums(grid.phi[:points], np.array(steps)).T)


def _series_at_once(points: int) -> int:
    return 2 if points <= WIDTH // 2 else 1


@cache
def _smoother(points: int, lanes: int, has_season: bool) -> Callable[..., FloatArray]:  # noqa: PLR0915
    """Smoothing for a grid of so many points, which fill so many lanes, compiled for these numbers."""
    sides = _series_at_once(points)
    half = lanes // sides

    @compiled
    def smooth(  # noqa: PLR0912, PLR0915
        z: FloatArray,
        length: IntArray,
        gains: FloatArray,
        period: int,
        reach: FloatArray,
        error_level: FloatArray,
        error_trend: FloatArray,
        moments: FloatArray,
        state_level: FloatArray,
        state_trend: FloatArray,
    ) -> FloatArray:
        n, horizon = len(z), reach.shape[1]
        out = np.empty((n, horizon))
        # level, trend, Σ e², Σ e of a unit of level, Σ e of a unit of trend
        s, season = np.empty(5 * lanes), np.empty(period * lanes)
        share, corrections, path = np.empty(points), np.empty(period), np.empty(horizon)
        for i in range(0, n, sides):
            last, done, place = min(i + sides, n) - 1, 0, 0
            s[:], season[:] = 0.0, 0.0
            for side in range(sides - 1, -1, -1):  # the later series is the shorter one: it ends first
                row, here = min(i + side, last), side * half
                count = length[row]
                for t in range(done, count):
                    first, second, el, eb = z[i, t], z[last, t], error_level[t], error_trend[t]
                    d = season[place : place + lanes]
                    for g in range(lanes):
                        damped = gains[g] * s[lanes + g]
                        base = s[g] + damped
                        e = (first if g < half else second) - base
                        if has_season:
                            e -= d[g]
                            d[g] += gains[3 * lanes + g] * e
                        s[g] = base + gains[lanes + g] * e
                        s[lanes + g] = damped + gains[2 * lanes + g] * e
                        s[2 * lanes + g] += e * e
                        s[3 * lanes + g] += el[g] * e
                        s[4 * lanes + g] += eb[g] * e
                    if has_season:
                        place += lanes
                        if place == period * lanes:
                            place = 0
                done = count
                best = np.inf
                for g in range(points):
                    ee, le, be = s[2 * lanes + here + g], s[3 * lanes + here + g], s[4 * lanes + here + g]
                    ll, lb, bb = moments[0, count, g], moments[1, count, g], moments[2, count, g] + TREND_RIDGE
                    determinant = ll * bb - lb * lb
                    l0 = (lb * be - bb * le) / determinant
                    b0 = (lb * le - ll * be) / determinant
                    share[g] = max(ee + l0 * le + b0 * be, 1e-10 * ee, 1e-24)
                    s[3 * lanes + here + g], s[4 * lanes + here + g] = l0, b0
                for g in range(points):
                    share[g] = np.log(share[g])
                    best = min(best, share[g])
                total = 0.0
                for g in range(points):
                    share[g] = np.exp(-0.5 * TEMPER * count * (share[g] - best))
                    total += share[g]
                end = 0.0
                path[:] = 0.0
                for g in range(points):
                    share[g] /= total
                    l0, b0 = s[3 * lanes + here + g], s[4 * lanes + here + g]
                    end += share[g] * (s[here + g] + l0 * state_level[count, 0, g] + b0 * state_trend[count, 0, g])
                    trend = s[lanes + here + g] + l0 * state_level[count, 1, g] + b0 * state_trend[count, 1, g]
                    trend *= share[g]
                    for k in range(horizon):
                        path[k] += reach[g, k] * trend
                if has_season:
                    for j in range(period):
                        sum_ = 0.0
                        for g in range(points):
                            l0, b0 = s[3 * lanes + here + g], s[4 * lanes + here + g]
                            sum_ += share[g] * (season[j * lanes + here + g] + l0 * state_level[count, 2 + j, g]
                                                + b0 * state_trend[count, 2 + j, g])  # fmt: skip
                        corrections[j] = sum_
                for k in range(horizon):
                    out[row, k] = end + path[k] + (corrections[(count + k) % period] if has_season else 0.0)
        return out

    return smooth
