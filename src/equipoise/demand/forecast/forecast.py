"""The one entry to the statistical forecast: points, quantiles, how they were made, and how they fared in the past."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from equipoise.core.grid import FloatArray, IntArray
from equipoise.demand.forecast.backtest import FEWEST_TO_TRAIN, Backtest, farthest_origin, origins, score_origins
from equipoise.demand.forecast.error_shape import is_rare_demand, shape_of_errors
from equipoise.demand.forecast.intervals import Errors, conformal_quantiles, error_of_spans
from equipoise.demand.forecast.kernel import fastest_kernel, kernel_named
from equipoise.demand.forecast.panel import Histories, WrongHistory, read_histories
from equipoise.demand.forecast.pins import Pins
from equipoise.demand.forecast.pool import Pooled
from equipoise.demand.forecast.run_pool import run_pool

LEVELS = (0.025, 0.1, 0.5, 0.9, 0.975)
ORIGINS = 10


@dataclass(frozen=True, eq=False)
class Forecast:
    """Forecasts of N series over a horizon."""

    point: FloatArray
    """[N, horizon] units, never negative, never NaN."""
    levels: FloatArray
    """[L] ascending, each between 0 and 1."""
    quantiles: FloatArray
    """[N, horizon, L] units, never negative, ascending along the levels."""
    weights: FloatArray
    """[N, members] share of each method of `MEMBERS`, averaged over the horizon; zeros where nothing is forecast."""
    backtest: Backtest | None
    """How the same forecast fared at earlier dates; None if it was not asked for."""
    sigma: FloatArray
    """[N] units, standard deviation of the one-step error; NaN with fewer than three observations."""
    span_error: FloatArray
    """[N, horizon] standard deviation of the error of the sum of the next 1, 2, ... buckets, in units of sigma."""
    span_shape: FloatArray
    """[2, levels] quantiles at `SHAPE_LEVELS` of errors of sums in units of their standard deviation: of series of
    steady and of rare demand."""
    observations: IntArray
    """[N] buckets with known demand."""
    segment: IntArray
    """[N] position in `SEGMENTS`."""
    unpinned: FloatArray
    """[N, horizon] units, the point forecast without pins."""
    unreconciled: FloatArray
    """[N, horizon] units, the point forecast with pins, before `revise`."""


def forecast_series(
    series: Sequence[FloatArray] | FloatArray,
    season_length: int,
    horizon: int,
    *,
    levels: Sequence[float] = LEVELS,
    family: IntArray | None = None,
    origin_count: int | None = None,
    farthest: int | None = None,
    workers: int = 1,
    kernel: str | None = None,
    pins: Pins | None = None,
    revise: Callable[["Runs"], "Runs"] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Forecast:
    """Forecast demand over `horizon` buckets with quantiles and a rolling-origin backtest.

    `series` is a list of one-dimensional arrays of any lengths, or an array [N, H]; all end with the last closed
    bucket. NaN = unknown (before the first sale), 0 = sold nothing, below 0 = more came back than went out.
    `season_length` is the number of buckets in a year (12, 4, 52; 1 = no season), `family` [N] optional codes (< 0 =
    none) of product families that share a seasonal profile. `levels=()` leaves out the quantiles. `origin_count` dates
    are judged in the backtest, up to `farthest` buckets back, or as far as the longest history knew two years
    (`farthest_origin`); 0 leaves it out, None means ten with levels and 0 without. `workers` threads share the work;
    `progress(done, all)` is told in series forecast, each origin counting. Neither changes a byte of the answer.
    `kernel` is `numpy` or `numba`, which agree to 1e-9; None takes numba where it is installed. `pins` fix the method
    or season of some series: where a history is too short for its method, the forecast stays as it is found, and the
    method has no weight. `revise` is given the forecast and those of the backtest and may change their points
    (`reconciled.Reconciling`); quantiles and backtest are of what it returns.

    sigma = sqrt(Σ e_t² / (n − 2)) over the n one-step errors of the theta method in the history: two degrees of freedom
    go to level and drift. The smoothing weights and seasonal indices saw the same errors, so it is somewhat too small
    (by a factor of 1.19 on hold-outs of M3); the quantiles are not, for they come from the backtest.

    Raises `WrongHistory` for infinite numbers, wrong shapes, levels outside (0, 1), a season < 1 or a horizon < 0, and
    `NoSuchKernel`.

    >>> forecast = forecast_series([np.array([10.0, 10, 10]), np.array([4.0, 0, 5, 3])], 12, 2, levels=())
    >>> forecast.point.round(2).tolist(), forecast.observations.tolist()
    ([[10.0, 10.0], [3.06, 3.06]], [3, 4])
    """
    if origin_count is None:
        origin_count = ORIGINS if len(levels) else 0
    made = run_origins(
        series, season_length, horizon, levels=levels, family=family, origin_count=origin_count, workers=workers,
        kernel=kernel, pins=pins, farthest=farthest, progress=progress,
    )  # fmt: skip
    unreconciled = made.found.point
    if revise is not None:
        made = revise(made)
    histories, found = made.histories, made.found
    quantiles = made.quantiles() if len(made.levels) else np.zeros((len(histories.y), horizon, 0))
    backtest = None
    if made.past:
        backtest = score_origins(histories, made.held_back, [one.point for one in made.past], season_length)
    span_error = error_of_spans(made.errors)
    shape = shape_of_errors(made.errors.error, made.errors.sigma, is_rare_demand(found.segment))
    return _in_order(histories.order, found, made.levels, quantiles, backtest, span_error, shape, unreconciled)


@dataclass(frozen=True, eq=False)
class Runs:
    """The forecast and the same forecast made at earlier dates, in the order of `histories`."""

    histories: Histories
    held_back: IntArray
    """[K] buckets that were not known at each origin."""
    levels: FloatArray
    found: Pooled
    past: list[Pooled]
    """One for each origin."""

    @cached_property
    def errors(self) -> Errors:
        """Errors of the backtest."""
        return _errors(self.histories, self.held_back, self.past, self.found.point.shape)

    def quantiles(self) -> FloatArray:
        """[N, horizon, L], learned from all origins."""
        return _quantiles(self.errors, self.found, self.levels)

    def past_quantiles(self, origin: int) -> FloatArray:
        """[N, horizon, L] around the forecast of one origin, learned from all others; needs `keeps_quantiles`."""
        error, sigma = self.errors.error.copy(), self.errors.sigma.copy()
        error[origin], sigma[origin] = np.nan, np.nan
        return _quantiles(Errors(error, sigma, self.errors.point), self.past[origin], self.levels)


def run_origins(
    series: Sequence[FloatArray] | FloatArray,
    season_length: int,
    horizon: int,
    *,
    levels: Sequence[float],
    family: IntArray | None = None,
    origin_count: int = ORIGINS,
    workers: int = 1,
    kernel: str | None = None,
    pins: Pins | None = None,
    keeps_quantiles: bool = False,
    farthest: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Runs:
    """The runs behind `forecast_series`, which says what is asked and refused.

    `keeps_quantiles` makes those of rare demand at each origin, too; `farthest` is how many buckets the first origin
    holds back, None for as many as the longest history bears.
    """
    histories = read_histories(series)
    if farthest is None:
        longest = int(histories.length.max(initial=0))
        farthest = farthest_origin(longest, period=season_length, horizon=horizon, count=origin_count)
    asked = _check(histories, season_length, horizon, levels, family)
    members = None if family is None else np.ascontiguousarray(family[histories.order])
    fixed = None if pins is None else pins.rows(histories.order)
    held_back = origins(horizon, origin_count, farthest=farthest)
    done, total = 0, len(histories.y) * (1 + len(held_back))

    def tick(count: int) -> None:
        nonlocal done
        done += count
        if progress is not None:
            progress(done, total)

    chosen = kernel_named(kernel or fastest_kernel())

    def run(past: Histories, wanted: FloatArray) -> Pooled:
        return run_pool(
            chosen, past, period=season_length, horizon=horizon, family=members, levels=wanted, workers=workers,
            tick=tick, pins=fixed,
        )  # fmt: skip

    found = run(histories, asked)
    wanted = asked if keeps_quantiles else np.zeros(0)
    past = [run(histories.without_last(int(k)), wanted) for k in held_back]
    return Runs(histories, held_back, asked, found, past)


def _errors(histories: Histories, held_back: IntArray, past: list[Pooled], shape: tuple[int, ...]) -> Errors:
    """Actual less forecast of each origin, as far as it is known."""
    n, horizon = shape
    span = histories.y.shape[1]
    error = np.full((len(past), n, horizon), np.nan)
    sigma = np.full((len(past), n), np.nan)
    for k, (withheld, one) in enumerate(zip(held_back.tolist(), past, strict=True)):
        if withheld > span:
            continue
        reach = min(withheld, horizon)
        actual = histories.y[:, span - withheld : span - withheld + reach]
        error[k, :, :reach] = actual - one.point[:, :reach]
        sigma[k] = np.where(histories.length - withheld >= FEWEST_TO_TRAIN, one.sigma, np.nan)
    return Errors(error, sigma, [one.point for one in past])


def _quantiles(errors: Errors, found: Pooled, levels: FloatArray) -> FloatArray:
    """Conformal quantiles of steady demand, those of the hurdle for rare demand."""
    is_rare = np.any(np.isfinite(found.hurdle), axis=(1, 2))
    steady = conformal_quantiles(errors, point=found.point, sigma=found.sigma, levels=levels, calibrates=~is_rare)
    answer: FloatArray = np.where(is_rare[:, None, None], np.nan_to_num(found.hurdle), steady)
    return answer


def _check(
    histories: Histories, season: int, horizon: int, levels: Sequence[float], family: IntArray | None
) -> FloatArray:
    """Ascending levels; refuse what cannot be forecast, in words."""
    if season < 1 or horizon < 0:
        raise WrongHistory(f"season_length {season} must be at least 1 and horizon {horizon} at least 0")
    asked = np.unique(np.asarray(levels, dtype=np.float64))
    if asked.size and not (asked[0] > 0.0 and asked[-1] < 1.0):
        raise WrongHistory(f"levels must lie between 0 and 1, got {asked[0]:g} to {asked[-1]:g}")
    if family is not None and family.shape != (len(histories.y),):
        raise WrongHistory(f"family has shape {family.shape}, demand has {len(histories.y)} series")
    return asked


def _in_order(
    order: IntArray,
    found: Pooled,
    levels: FloatArray,
    quantiles: FloatArray,
    backtest: Backtest | None,
    span_error: FloatArray,
    span_shape: FloatArray,
    unreconciled: FloatArray,
) -> Forecast:
    """The answer in the order in which the series came."""
    place = np.argsort(order, kind="stable")
    if backtest is not None:
        backtest = Backtest(backtest.held_back, backtest.error_pct, backtest.bias_pct, backtest.mae[place],
                            backtest.bias[place])  # fmt: skip
    return Forecast(
        found.point[place],
        levels,
        quantiles[place],
        found.weights[place],
        backtest,
        found.sigma[place],
        span_error[place],
        span_shape,
        found.observations[place],
        found.segment[place],
        found.unpinned[place],
        unreconciled[place],
    )
