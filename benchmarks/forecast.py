"""Subject: the statistical baseline of many series, beside statsforecast."""

from collections.abc import Sequence
from functools import partial
from typing import Protocol

import numpy as np

from benchmarks.m3 import Series, naive2_of, read_series, score, score_intervals
from benchmarks.measure import Disagreement, Timing, measure
from benchmarks.rare_demand import compare_rare
from benchmarks.subject import SMOKE, Comparison, Result, Subject, Table
from equipoise.core.grid import FloatArray
from equipoise.demand.forecast import Forecast, forecast_series

SIZES = ("small", "medium", "full")
SAMPLE = {SMOKE: 6, "small": 60, "medium": 200, "full": 200}
"""Series on which the peer is timed; in the full size its accuracy is that of all series."""
JUDGED = (("M3", "monthly"), ("M3", "quarterly"))
ONCE = (("M1", "monthly"), ("M1", "quarterly"), ("Tourism", "monthly"), ("Tourism", "quarterly"))
"""Competitions that nothing was tuned on; judged in the full size, without the peer."""
MODELS = ("AutoETS", "DynamicOptimizedTheta", "AutoCES")
PEER = "median of AutoETS, DynamicOptimizedTheta, AutoCES"
HEAD = ("", "series per CPU second", "sMAPE", "MASE", "OWA (Naive2 = 1)", "bias, %", "mean absolute bias, %")


class Model(Protocol):
    """A model of statsforecast."""

    def forecast(self, y: FloatArray, h: int) -> dict[str, FloatArray]:
        """Point forecasts under the key `mean`."""
        ...


def models_of(season: int) -> list[Model]:
    """The three models of the peer."""
    from statsforecast import models

    return [getattr(models, name)(season_length=season) for name in MODELS]


def ours(series: Series) -> FloatArray:
    """Points of all series at once."""
    return forecast_series(series.past, series.season, series.horizon, levels=()).point


def ours_with_intervals(series: Series) -> Forecast:
    """Points, quantiles and the backtest at ten origins."""
    return forecast_series(series.past, series.season, series.horizon)


def theirs(series: Series, models: Sequence[Model]) -> FloatArray:
    """The median of the models, series after series, by their own method: no data frames, no processes."""
    made = [[model.forecast(y=x, h=series.horizon)["mean"] for x in series.past] for model in models]
    return np.median(np.array(made), axis=0)


def per_thousand(took: Timing, count: int) -> Timing:
    """The same for 1,000 series instead of `count`: the two sides do not time the same number of them."""
    return Timing(tuple(1000.0 * seconds / count for seconds in took.seconds))


def check_complete(name: str, forecast: FloatArray, series: Series) -> None:
    """Disagreement unless there is a finite number for every bucket held out."""
    if forecast.shape != series.actual.shape or not np.isfinite(forecast).all():
        raise Disagreement(f"{name} did not forecast all {len(series.past)} series")


def run(size: str, repeat: int) -> Result:
    """Measure our pool and the peer's ensemble, and score them on the same series."""
    comparisons: list[Comparison] = []
    tables: list[Table] = []
    for competition, frequency in JUDGED:
        every = read_series(competition, frequency)
        if size == SMOKE:
            every = every.sample(24)
        compared, found = _judge(every, size, repeat)
        comparisons += compared
        tables += found
    if size == "full":
        tables.append(_judged_once())
    compared_rare, found_rare = compare_rare(size, repeat)
    return Result(
        size,
        f"M3 monthly and quarterly; the peer is timed on {SAMPLE[size]} series of each, and rare demand made up",
        [*comparisons, *compared_rare],
        [*tables, found_rare],
    )


def _judge(every: Series, size: str, repeat: int) -> tuple[list[Comparison], list[Table]]:
    """Time and accuracy of both sides on one set."""
    sample = every.sample(SAMPLE[size])
    models = models_of(every.season)
    whole = {"Equipoise": partial(ours, every), "with quantiles and backtest": partial(ours_with_intervals, every)}
    points, intervals = whole["Equipoise"](), ours_with_intervals(every)  # and both are compiled and warm
    theirs(sample.sample(2), models)
    took = {name: t.whole for name, t in measure({name: [side] for name, side in whole.items()}, repeat).items()}
    beside = {name: t.whole for name, t in measure({PEER: [partial(theirs, sample, models)]}, 1).items()}
    scored = every if size == "full" else sample
    peer = theirs(scored, models)
    mine = points if size == "full" else ours(scored)
    found = {"Equipoise": mine, f"statsforecast {PEER}": peer, "Naive2": naive2_of(scored)}
    for name, forecast in found.items():
        check_complete(name, forecast, scored)
    scores = {name: score(scored, forecast) for name, forecast in found.items()}
    speed = {
        "Equipoise": f"{len(every.past) / took['Equipoise'].median:,.0f}",
        f"statsforecast {PEER}": f"{len(sample.past) / beside[PEER].median:,.1f}",
    }
    rows = [
        [name, speed.get(name, ""), f"{s.smape:.2f}", f"{s.mase:.3f}", f"{s.owa(scores['Naive2']):.4f}",
         f"{s.bias:+.1f}", f"{s.absolute_bias:.1f}"]
        for name, s in scores.items()
    ]  # fmt: skip
    about = f"{every.name}, {len(scored.past):,} series"
    compared = Comparison(
        f"1,000 series of {every.name}",
        per_thousand(took["Equipoise"], len(every.past)),
        f"statsforecast {PEER}",
        per_thousand(beside[PEER], len(sample.past)),
    )
    return [compared], [Table(f"Speed and accuracy on {about}", HEAD, rows), _intervals(every, intervals, took)]


def _intervals(every: Series, forecast: Forecast, took: dict[str, Timing]) -> Table:
    """Coverage of the quantiles on all series of a set."""
    s = score_intervals(every, forecast.quantiles)
    seconds = took["with quantiles and backtest"].median
    return Table(
        f"Quantiles on {every.name}, {len(every.past):,} series, with a backtest at ten origins",
        ("series per CPU second", "within 80 %", "by lag", "within 95 %", "by lag", "MSIS 95 %"),
        [
            [
                f"{len(every.past) / seconds:,.0f}",
                f"{s.covered_80:.3f}",
                f"{s.lags_80[0]:.3f} to {s.lags_80[1]:.3f}",
                f"{s.covered_95:.3f}",
                f"{s.lags_95[0]:.3f} to {s.lags_95[1]:.3f}",
                f"{s.msis:.2f}",
            ]
        ],
    )


def _judged_once() -> Table:
    """Our accuracy on sets that no setting ever saw."""
    rows = []
    for competition, frequency in ONCE:
        series = read_series(competition, frequency)
        forecast = ours_with_intervals(series)
        mine, naive = score(series, forecast.point), score(series, naive2_of(series))
        s = score_intervals(series, forecast.quantiles)
        rows.append([series.name, f"{len(series.past)}", f"{mine.smape:.2f}", f"{mine.mase:.3f}",
                     f"{mine.owa(naive):.4f}", f"{mine.bias:+.1f}", f"{s.covered_80:.3f}", f"{s.covered_95:.3f}",
                     f"{s.msis:.2f}"])  # fmt: skip
    head = ("", "series", "sMAPE", "MASE", "OWA (Naive2 = 1)", "bias, %", "within 80 %", "within 95 %", "MSIS 95 %")
    return Table("Equipoise on competitions that nothing was tuned on", head, rows)


SUBJECT = Subject(
    "forecast",
    "The statistical baseline",
    """
    `forecast_series` on the monthly and quarterly series of the M3 competition, beside the usual ensemble of
    statsforecast (compiled C++), the median of its AutoETS, DynamicOptimizedTheta and AutoCES on the same series. Ours
    takes all series at once with the compiled kernel, points alone; its second figure has quantiles and the backtest
    at ten origins in it, eleven forecasts. The peer is called series by series through `model.forecast`, without data
    frames, for the points alone, and timed once on a fixed sample, for AutoETS takes minutes; in the full size its
    accuracy is that of all series. Both sides were run before the timing, so no compilation is in it. Accuracy is that
    of the buckets held out by the competition. Every setting was chosen on hold-outs inside the training parts of M3
    (the last 18 months or 8 quarters of each training part, and the same again before them); the held-out buckets were
    looked at when it was done. M1 and Tourism served no choice. Rare demand is made up (seeded): 2,000 series of 72
    months, negative-binomial sizes, a chance that drifts; the peer runs the seven methods of its that are for it.
    """,
    """
    The series of M3 are long, clean and seldom rare. Choices on their training parts still flatter the accuracy on
    their held-out parts a little. No set of real rare demand or of real product families is among them. Both sides can
    spread series over cores; one thread does not show that. Small batches lose part of the advantage, for a chunk of
    few series pays for the same calls.
    """,
    run,
    SIZES,
)
