"""The forecast of one series, or of the sum of several, with all that is known of how it came about.

A sum is forecast as the plan forecasts it: by the forecasts of its series. Its fan is learned from the errors of the
sums, so errors that cancel narrow it and errors that come together widen it; nothing is assumed of how they correlate.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.demand.forecast.backtest import Backtest, farthest_origin, score_origins
from equipoise.demand.forecast.forecast import LEVELS, ORIGINS, Runs, run_origins
from equipoise.demand.forecast.panel import Histories
from equipoise.demand.forecast.pins import Pins
from equipoise.demand.forecast.pool import Pooled

BANDS = ((1, -2), (0, -1))
"""Levels that bound the inner and the outer band of the fan."""


@dataclass(frozen=True, eq=False)
class NodeForecast:
    """The forecast of a node: the sum of the series `rows`."""

    point: FloatArray
    """[horizon] units."""
    levels: FloatArray
    """[L] ascending."""
    quantiles: FloatArray
    """[horizon, L] units."""
    weights: FloatArray
    """[members] share of each method of `MEMBERS`, by forecast units."""
    segments: IntArray
    """[n] segment of each series."""
    backtest: Backtest
    """Of the sum: arrays of one series."""
    scored: int
    """Buckets that were forecast at some origin and are known."""
    coverage_pct: FloatArray
    """[2] share of them inside the inner and the outer band, each learned without its own origin; NaN if none."""
    sigma: float
    """One-step error, units; NaN with fewer than three known buckets."""


def forecast_node(
    series: Sequence[FloatArray] | FloatArray,
    season_length: int,
    horizon: int,
    rows: IntArray,
    *,
    levels: Sequence[float] = LEVELS,
    family: IntArray | None = None,
    pins: Pins | None = None,
    farthest: int | None = None,
    kernel: str | None = None,
    ratio: FloatArray | None = None,
    revise: Callable[[Runs], Runs] | None = None,
) -> NodeForecast:
    """Forecast the sum of the series `rows`; the others are there to learn from. Arguments as in `forecast_series`.

    Its past is judged at dates up to `farthest` buckets back, or at which it knew two years (`farthest_origin`).
    The fan is bounded by the outermost levels and those next to them. `ratio` [N, horizon] multiplies the forecast of
    each series whose history was divided by it (calendar effects); methods, backtest and sigma remain those of the
    history as it was learned from. Raises as `forecast_series`.

    >>> y = np.array([[10.0, 20, 30, 40] * 6, [1.0, 1, 1, 1] * 6])
    >>> forecast_node(y, 4, 4, np.array([0, 1]), kernel="numpy").point.round(1).tolist()
    [11.0, 21.0, 31.0, 41.0]
    """
    if farthest is None:
        length = max((_length(series[row]) for row in rows.tolist()), default=0)
        farthest = farthest_origin(length, period=season_length, horizon=horizon, count=ORIGINS)
    runs = run_origins(
        series,
        season_length,
        horizon,
        levels=levels,
        family=family,
        pins=pins,
        kernel=kernel,
        keeps_quantiles=True,
        farthest=farthest,
    )
    if revise is not None:
        runs = revise(runs)
    place = np.argsort(runs.histories.order, kind="stable")[rows]
    whole = summed(runs, place)
    told, row = (runs, int(place[0])) if len(rows) == 1 else (whole, 0)
    backtest = score_origins(whole.histories, whole.held_back, [one.point for one in whole.past], season_length)
    scored, coverage = _coverage(whole.histories.y[0], told, row)
    point, lift = lifted(whole.found.point[0], runs.found.point[place], None if ratio is None else ratio[rows])
    return NodeForecast(
        point,
        runs.levels,
        told.quantiles()[row] * lift[:, None],
        whole.found.weights[0],
        runs.found.segment[place],
        backtest,
        scored,
        coverage,
        float(whole.found.sigma[0]),
    )


def lifted(total: FloatArray, parts: FloatArray, ratio: FloatArray | None) -> tuple[FloatArray, FloatArray]:
    """The sum [horizon] of forecasts [n, horizon] each times its ratio, and by how much that lifts their `total`."""
    if ratio is None or bool((ratio == 1.0).all()):
        return total, np.ones(len(total))
    lifted = (parts * ratio).sum(axis=0)
    plain = parts.sum(axis=0)
    return lifted, np.where(plain > 0, lifted / np.where(plain > 0, plain, 1.0), 1.0)


def _length(y: FloatArray) -> int:
    """Buckets from the first known one on."""
    known = np.flatnonzero(np.isfinite(y))
    return int(y.shape[0]) - int(known[0]) if known.size else 0


def summed(runs: Runs, place: IntArray, weight: FloatArray | None = None) -> Runs:
    """The runs of the sum of some series, each times its weight, as those of one series; `place` is their position in
    the runs."""
    each = np.ones(len(place)) if weight is None else weight
    y = runs.histories.y[place] * each[:, None]
    is_known: BoolArray = np.any(np.isfinite(y), axis=0)
    total = np.where(is_known, np.nansum(y, axis=0), np.nan)[None]
    length = np.array([len(is_known) - int(is_known.argmax()) if is_known.any() else 0], dtype=np.int64)
    histories = Histories(total, length, np.zeros(1, dtype=np.int64))
    return Runs(
        histories,
        runs.held_back,
        runs.levels,
        _sum_of(runs.found, place, each),
        [_sum_of(one, place, each) for one in runs.past],
    )


def _sum_of(one: Pooled, place: IntArray, weight: FloatArray) -> Pooled:
    """One forecast of the sum; errors of the series are taken as independent until the backtest knows better."""
    parts = one.point[place] * weight[:, None]
    point, sigma = parts.sum(axis=0), one.sigma[place] * weight
    share = parts.sum(axis=1)
    share = share / share.sum() if share.sum() > 0 else np.full(len(place), 1.0 / max(len(place), 1))
    is_known = np.isfinite(sigma)
    spread = np.sqrt(np.sum(np.where(is_known, sigma, 0.0) ** 2)) if is_known.any() else np.nan
    return Pooled(
        point[None],
        np.array([spread]),
        one.observations[place].max(keepdims=True),
        one.segment[place].max(keepdims=True),
        (share[:, None] * one.weights[place]).sum(axis=0)[None],
        np.full((1, *one.hurdle.shape[1:]), np.nan),
        (one.unpinned[place] * weight[:, None]).sum(axis=0)[None],
    )


def _coverage(actual: FloatArray, told: Runs, row: int) -> tuple[int, FloatArray]:
    """How many known buckets were forecast, and what percent lies in each band; each origin is judged by the others."""
    scored, inside = 0, np.zeros(len(BANDS))
    for origin, withheld in enumerate(told.held_back.tolist()):
        if not np.isfinite(told.errors.sigma[origin, row]):
            continue  # too little was known then to say anything
        fan = told.past_quantiles(origin)[row]
        reach = min(withheld, len(fan))
        came = actual[len(actual) - withheld : len(actual) - withheld + reach]
        is_known = np.isfinite(came)
        scored += int(is_known.sum())
        for band, (low, high) in enumerate(BANDS):
            within = (came >= fan[:reach, low] - 1e-9) & (came <= fan[:reach, high] + 1e-9)
            inside[band] += float((within & is_known).sum())
    return scored, 100.0 * inside / scored if scored else np.full(len(BANDS), np.nan)
