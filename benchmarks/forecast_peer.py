"""The peer of the forecast: the median of three models of statsforecast, series after series."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from benchmarks.m3 import Series
from equipoise.core.grid import FloatArray

MODELS = ("AutoETS", "DynamicOptimizedTheta", "AutoCES")
PEER = "median of AutoETS, DynamicOptimizedTheta, AutoCES"
BANDS = (80, 95)


class Model(Protocol):
    """A model of statsforecast."""

    def forecast(self, y: FloatArray, h: int, *, level: list[int] | None = None) -> dict[str, FloatArray]:
        """Point forecasts under the key `mean`, bounds of each level under `lo-80`, `hi-80` and so on."""
        ...


def models_of(season: int) -> list[Model]:
    """The three models of the peer."""
    from statsforecast import models

    return [getattr(models, name)(season_length=season) for name in MODELS]


def forecast_by_peer(past: Sequence[FloatArray], models: Sequence[Model], horizon: int) -> FloatArray:
    """Points [N, horizon] by the models' own method: no data frames, no processes."""
    made = [[model.forecast(y=x, h=horizon)["mean"] for x in past] for model in models]
    median: FloatArray = np.median(np.array(made), axis=0)
    return median


def quantiles_by_peer(series: Series, models: Sequence[Model]) -> FloatArray:
    """Bounds [N, horizon, 5] as our quantiles at .025, .1, .5, .9 and .975: the median of those of the models."""
    keys = [f"lo-{BANDS[1]}", f"lo-{BANDS[0]}", "mean", f"hi-{BANDS[0]}", f"hi-{BANDS[1]}"]
    made = []
    for model in models:
        told = [model.forecast(y=x, h=series.horizon, level=list(BANDS)) for x in series.past]
        made.append(np.array([[one[key] for key in keys] for one in told]).transpose(0, 2, 1))
    median: FloatArray = np.median(np.array(made), axis=0)
    return median
