"""The fan of a number by bucket beside what is planned: P10 to P90, the middle, plan and budget."""

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt
import numpy as np

from equipoise.core.grid import FloatArray
from equipoise.pack.chart_table import ChartTable
from equipoise.pack.forecast_chart import Drawn, forecast_chart

CLOSE = 0.5
"""Lines above this part of the highest of them would be pressed into the upper half of an axis that starts at 0."""


@dataclass(frozen=True)
class FanFigure:
    """What is drawn, as title, table and lines; all of one length, NaN where nothing is known."""

    title: str
    subtitle: str
    labels: tuple[str, ...]
    heads: tuple[str, str, str, str, str, str]
    """Of the table: bucket, P10, P50, P90, what is planned, what it is compared with."""
    low: tuple[float, ...]
    middle: tuple[float, ...]
    high: tuple[float, ...]
    planned: tuple[float, ...]
    other: tuple[float, ...]
    band: str
    """The name of the fan."""

    def table(self) -> ChartTable:
        """Bucket by bucket; blank where there is nothing."""
        columns = (self.low, self.middle, self.high, self.planned, self.other)
        return ChartTable(
            self.heads,
            tuple(
                (label, *("" if np.isnan(values[n]) else f"{values[n]:,.0f}" for values in columns))
                for n, label in enumerate(self.labels)
            ),
        )


def draw_fan(told: FanFigure, width: int) -> alt.VConcatChart:
    """The fan, `width` pixels wide, without its title."""
    nothing = np.full(len(told.labels), np.nan)
    drawn = Drawn(
        told.labels,
        0,
        nothing,
        _array(told.planned),
        _array(told.middle),
        _array(told.other),
        ((_array(told.low), _array(told.high)),),
        {
            "delivered": "",
            "trained": told.heads[4],
            "forecast": told.heads[2],
            "plan": told.heads[5],
            "band": told.band,
        },
        bottom=fan_start(told.low, told.high, told.planned, told.other),
    )
    return forecast_chart(drawn, said=f"{told.title}. {told.subtitle}", width=width)


def fan_start(*lines: Sequence[float]) -> float:
    """Where the axis of a fan starts: at a round number under all lines if they lie close together, else at 0.

    >>> fan_start([11.9, 13.0], [12.4, 13.6], [float("nan"), 13.8]), fan_start([2.0, 3.0], [4.0, 9.0])
    (11.0, 0.0)
    """
    values = np.concatenate([_array(line) for line in lines])
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    if not CLOSE * high <= low < high:
        return 0.0
    step = 10.0 ** np.floor(np.log10(high - low))
    return float(np.floor(low / step) * step)


def _array(values: Sequence[float]) -> FloatArray:
    return np.array(values, dtype=np.float64)
