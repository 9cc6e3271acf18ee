"""The fan of a forecast: what was sold, what was learned from it, what is forecast and how far it may lie apart.

It is drawn from the story of a forecast, which `equipoise.explain.forecast` tells.
"""

from collections.abc import Mapping, Sized
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from equipoise.core.calendar import Calendar
from equipoise.core.grid import FloatArray
from equipoise.pack.chart_table import ChartTable
from equipoise.pack.forecast_chart import Drawn
from equipoise.pack.headline import plural

YEARS_SHOWN = 3
"""Years of history on the chart."""
LEAST_OTHER = 0.5
"""Units below which the plan's baseline is the forecast."""
LEVEL = 0.5
"""Percent of growth below which demand stays level."""
WORDS = {"delivered": "As sold", "trained": "Sold", "forecast": "Forecast", "plan": "In the plan", "band": "95% fan"}


class Story(Protocol):
    """What the fan needs of the story of a forecast: see `ForecastStory`."""

    @property
    def unit(self) -> str:
        """What is counted."""
        ...

    @property
    def first(self) -> int:
        """The bucket of the first history column."""
        ...

    @property
    def end(self) -> int:
        """The first bucket of the forecast."""
        ...

    @property
    def period(self) -> int:
        """Buckets of a year."""
        ...

    @property
    def delivered(self) -> FloatArray:
        """[H] as sold."""
        ...

    @property
    def trained(self) -> FloatArray:
        """[H] what was learned from; NaN where nothing is known."""
        ...

    @property
    def baseline(self) -> FloatArray:
        """[T] of the plan."""
        ...

    @property
    def changes(self) -> Sized:
        """What parts `delivered` from `trained`."""
        ...

    @property
    def node(self) -> Any:  # noqa: ANN401 - a NodeForecast: point [C], quantiles [C, Q], sigma, weights
        """The forecast."""
        ...

    @property
    def growth_pct(self) -> float | None:
        """The year ahead over the last of history."""
        ...


@dataclass(frozen=True, eq=False)
class Fan:
    """A forecast with its history and its fan, as title, table and what is drawn."""

    title: str
    subtitle: str
    unit: str
    drawn: Drawn

    def table(self) -> ChartTable:
        """Bucket by bucket; blank where there is nothing."""
        drawn = self.drawn
        low, high = drawn.bands[0] if drawn.bands else (np.full(len(drawn.labels), np.nan),) * 2
        columns = (drawn.trained, drawn.forecast, low, high)
        return ChartTable(
            (plural(self.unit).capitalize() or "Bucket", "Sold", "Forecast", "Low", "High"),
            tuple(
                (label, *("" if np.isnan(values[n]) else f"{values[n]:,.0f}" for values in columns))
                for n, label in enumerate(drawn.labels)
            ),
        )


def fan_of(story: Story, calendar: Calendar, *, name: str) -> Fan:
    """The fan of a node that is called `name`."""
    growth = story.growth_pct
    if growth is None:
        title = f"{name} has less than a year of history"
    elif abs(growth) < LEVEL:
        title = f"{name} stays level in the year ahead"
    else:
        pct = f"{abs(growth):.{0 if abs(growth) >= 10 else 1}f}%"
        title = f"{name} {'grows' if growth > 0 else 'falls'} {pct} in the year ahead"
    subtitle = (
        f"{plural(story.unit).capitalize()}, as sold and forecast, with the range of 95 of 100 outcomes. Axis from 0"
    )
    return Fan(title, subtitle, story.unit, draw_story(story, calendar, WORDS))


def first_shown(story: Story) -> int:
    """The first bucket of the chart."""
    return max(story.first, story.end - YEARS_SHOWN * story.period)


def is_other(story: Story) -> bool:
    """True if the plan holds another number than the forecast: imported, launched, ended, succeeded."""
    return bool(np.abs(story.baseline - story.node.point[-len(story.baseline) :]).max(initial=0.0) >= LEAST_OTHER)


def draw_story(story: Story, calendar: Calendar, words: Mapping[str, str]) -> Drawn:
    """Arrays over the columns of the chart; `words` names its lines, blank where there is no such line."""
    first = first_shown(story)
    skipped, past = first - story.first, story.end - first
    count = past + len(story.node.point)
    ahead = np.full(past, np.nan)
    trained = np.concatenate([story.trained[skipped:], np.full(count - past, np.nan)])
    delivered = np.concatenate([story.delivered[skipped:], np.full(count - past, np.nan)])
    has_methods = bool(story.node.weights.any())
    forecast = np.concatenate([ahead, story.node.point if has_methods else np.full(count - past, np.nan)])
    if past and has_methods and np.isfinite(trained[past - 1]):
        forecast[past - 1] = trained[past - 1]  # so that the lines meet
    planned = np.full(count, np.nan)
    if is_other(story):
        planned[count - len(story.baseline) :] = story.baseline
    q = story.node.quantiles
    bands = tuple((np.concatenate([ahead, q[:, low]]), np.concatenate([ahead, q[:, -1 - low]])) for low in (0, 1))
    has_changes = len(story.changes) > 0
    return Drawn(
        [calendar.label(first + n) for n in range(count)],
        past,
        np.maximum(delivered, 0.0) if has_changes else np.full(count, np.nan),
        trained,
        forecast,
        planned,
        bands if np.isfinite(story.node.sigma) else (),
        {**words, "delivered": words["delivered"] if has_changes else ""},
    )
