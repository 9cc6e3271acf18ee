"""Subject: the statistical baseline of many monthly series, beside statsforecast."""

from functools import partial
from typing import Protocol

import numpy as np

from benchmarks.m3 import HORIZON, PERIOD, Series, naive2, read_series, score
from benchmarks.measure import Disagreement, measure
from benchmarks.subject import SMOKE, Comparison, Result, Subject, Table
from equipoise.core.grid import FloatArray
from equipoise.demand.forecast import forecast_series

COUNTS = {SMOKE: 24, "small": 200, "medium": 1428}
MODELS = {
    SMOKE: ("DynamicOptimizedTheta",),
    "small": ("DynamicOptimizedTheta", "Theta", "AutoETS"),
    "medium": ("DynamicOptimizedTheta", "Theta"),
}


class Model(Protocol):
    """A model of statsforecast."""

    def forecast(self, y: FloatArray, h: int) -> dict[str, FloatArray]:
        """Point forecasts under the key `mean`."""
        ...


def ours(series: Series) -> FloatArray:
    """Forecast all series at once."""
    return forecast_series(series.panel, period=PERIOD, horizon=HORIZON).point


def theirs(series: Series, model: Model) -> FloatArray:
    """Forecast one series after the other, by the model's own method: no data frames, no processes."""
    return np.array([model.forecast(y=x, h=HORIZON)["mean"] for x in series.past])


def check_complete(name: str, forecast: FloatArray, series: Series) -> None:
    """Disagreement unless there is a finite number for every month held out."""
    if forecast.shape != series.actual.shape or not np.isfinite(forecast).all():
        raise Disagreement(f"{name} did not forecast all {len(series.past)} series")


def run(size: str, repeat: int) -> Result:
    """Measure our method and the models of this size, and score them on the same series."""
    from statsforecast import models

    series = read_series(COUNTS[size])
    sides = {"Equipoise": partial(ours, series)}
    for name in MODELS[size]:
        sides[name] = partial(theirs, series, getattr(models, name)(season_length=PERIOD))
    found = {name: side() for name, side in sides.items()}
    found["Naive2"] = np.array([naive2(x) for x in series.past])
    for name, forecast in found.items():
        check_complete(name, forecast, series)
    scores = {name: score(series, forecast) for name, forecast in found.items()}
    took = {name: one.whole for name, one in measure({name: [side] for name, side in sides.items()}, repeat).items()}
    count = len(series.past)
    rows = [
        [
            name,
            f"{count / took[name].median:,.0f}" if name in took else "",
            f"{one.smape:.2f}",
            f"{one.mase:.3f}",
            f"{one.owa(scores['Naive2']):.3f}",
        ]
        for name, one in scores.items()
    ]
    return Result(
        size,
        f"{count:,} monthly series of M3, {HORIZON} months ahead",
        [Comparison(f"{count:,} series", took["Equipoise"], f"statsforecast {m}", took[m]) for m in MODELS[size]],
        [Table("Speed and accuracy", ("", "series per CPU second", "sMAPE", "MASE", "OWA (Naive2 = 1)"), rows)],
    )


SUBJECT = Subject(
    "forecast",
    "The statistical baseline",
    """
    `forecast_series` on monthly series of the M3 competition, beside models of statsforecast (compiled C++) on the same
    series: its Theta family, which is the nearest to our method, and on the smaller set AutoETS, its usual choice. Ours
    takes all series as one array and also gives one-step forecasts of the past and their spread; the peer is called
    series by series through `model.forecast`, without data frames, for the points alone. Both sides were run once
    before the timing. Accuracy is that of the timed forecasts, on the 18 months held out, against Naive2.
    """,
    """
    Settings of our method were chosen on the training parts of these very series, so its accuracy here is somewhat
    flattered. The series of M3 are long, clean and seldom intermittent; no retail tail is among them. AutoETS is left
    out of the larger set, for it alone would take minutes. Both sides can spread series over cores; one thread does not
    show that.
    """,
    run,
)
