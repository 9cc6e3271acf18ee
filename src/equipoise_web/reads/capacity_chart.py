"""The load of a resource as a drawing: bars in parts by family, the lines of what is there; x in percent, y in pixels,
so that one drawing serves every width without scaling its text."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10

import numpy as np

from equipoise.core.calendar import Calendar
from equipoise.core.grid import FloatArray
from equipoise_web.reads.numbers import shown, signed

HEIGHT, TOP, FOOT = 250, 22, 34
"""Pixels of the drawing, above its highest bar, and below its axis."""
LEFT, RIGHT = 4.0, 99.5
"""Percent of the width at which the plot begins and ends."""
MOST_BARS = 26
MOST_PARTS = 4
"""Families with a part of their own; the rest are one."""
GAP = 0.26
"""Share of a column between its bar and the next."""


@dataclass(frozen=True)
class Bar:
    """A rectangle: percent across, pixels down; `look` is the number of its shade."""

    x: str
    y: str
    width: str
    height: str
    look: str


@dataclass(frozen=True)
class Line:
    """A level line: percent across, pixels down."""

    x1: str
    x2: str
    y: str


@dataclass(frozen=True)
class Label:
    """A text at a place; `is_minor` where a phone has no room for it."""

    x: str
    y: str
    text: str
    is_minor: bool = False


@dataclass(frozen=True)
class LoadChart:
    """Everything that is drawn."""

    height: int
    axis: str
    bars: tuple[Bar, ...]
    over: tuple[Bar, ...]
    """What lies above the rated hours, hatched."""
    rated: tuple[Line, ...]
    beyond: tuple[Line, ...]
    """Rated hours with overtime and extra shift."""
    demonstrated: Line | None
    grid: tuple[tuple[Line, str], ...]
    labels: tuple[Label, ...]
    tops: tuple[Label, ...]
    """Hours over, above their bars."""
    chosen: Bar
    names: tuple[tuple[str, str], ...]
    """Look and name of each part, the lowest first."""


def window_of(calendar: Calendar, bucket: int) -> range:
    """The buckets that are drawn: all of a short horizon, else some around the chosen one."""
    horizon = calendar.horizon
    if horizon <= MOST_BARS:
        return range(horizon)
    first = min(max(bucket - MOST_BARS // 3, 0), horizon - MOST_BARS)
    return range(first, first + MOST_BARS)


def draw_load(
    calendar: Calendar,
    parts: Sequence[tuple[str, FloatArray]],
    *,
    rated: FloatArray,
    beyond: FloatArray,
    demonstrated: float,
    bucket: int,
) -> LoadChart:
    """Bars of `parts` (name, [T] hours), the largest first, against `rated` and `beyond` [T] (inf: no limit)."""
    window = window_of(calendar, bucket)
    shown_parts = [(name, values[window.start : window.stop]) for name, values in parts]
    load = np.sum([values for _, values in shown_parts], axis=0) if shown_parts else np.zeros(len(window))
    limits = [line[window.start : window.stop] for line in (rated, beyond)]
    finite = [float(v) for line in limits for v in line if np.isfinite(v)]
    proved = [] if np.isnan(demonstrated) else [demonstrated]
    top, step = nice(max([float(load.max(initial=0.0)), *finite, *proved, 1.0]))
    scale = _Scale(len(window), top)
    bars, over, tops, labels = list[Bar](), list[Bar](), list[Label](), list[Label]()
    every = max(1, -(-len(window) // 6))
    group = ""
    for n, t in enumerate(window):
        base = 0.0
        for look, (_, values) in enumerate(shown_parts):
            bars.append(scale.bar(n, base, base + float(values[n]), str(look)))
            base += float(values[n])
        limit = float(limits[0][n])
        if base - limit >= 0.5:
            over.append(scale.bar(n, limit, base, "over"))
            tops.append(Label(scale.middle(n), f"{scale.y(base) - 5:.1f}", signed(base - limit), is_minor=True))
        labels.append(Label(scale.middle(n), str(HEIGHT - FOOT + 15), calendar.short_label(t), is_minor=n % every != 0))
        head = calendar.fiscal_label(t)
        if head != group and (n == 0 or n % 3 == 0 or calendar.bucket == "week" or len(window) - n > 2):
            labels.append(Label(scale.left(n), str(HEIGHT - 4), head, is_minor=True))
        group = head
    return LoadChart(
        height=HEIGHT,
        axis=f"{scale.y(0.0):.1f}",
        bars=tuple(each for each in bars if float(each.height) > 0),
        over=tuple(over),
        rated=tuple(scale.level(n, float(v)) for n, v in enumerate(limits[0]) if np.isfinite(v)),
        beyond=tuple(
            scale.level(n, float(b)) for n, (a, b) in enumerate(zip(*limits, strict=True)) if np.isfinite(b) and b > a
        ),
        demonstrated=Line(f"{LEFT}%", f"{RIGHT}%", f"{scale.y(demonstrated):.1f}") if proved else None,
        grid=tuple(
            (Line(f"{LEFT}%", f"{RIGHT}%", f"{scale.y(value):.1f}"), shown(value))
            for value in np.arange(0.0, top + step / 2, step).tolist()
        ),
        labels=tuple(labels),
        tops=tuple(tops),
        chosen=scale.column(bucket - window.start),
        names=tuple((str(look), name) for look, (name, _) in enumerate(shown_parts)),
    )


@dataclass(frozen=True)
class _Scale:
    """Columns across, hours up."""

    count: int
    top: float

    @property
    def band(self) -> float:
        return (RIGHT - LEFT) / self.count

    def left(self, column: int) -> str:
        return f"{LEFT + self.band * (column + GAP / 2):.3f}%"

    def middle(self, column: int) -> str:
        return f"{LEFT + self.band * (column + 0.5):.3f}%"

    def y(self, hours: float) -> float:
        return TOP + (HEIGHT - FOOT - TOP) * (1.0 - hours / self.top)

    def bar(self, column: int, low: float, high: float, look: str) -> Bar:
        height = self.y(low) - self.y(high)
        return Bar(self.left(column), f"{self.y(high):.1f}", f"{self.band * (1 - GAP):.3f}%", f"{height:.1f}", look)

    def column(self, column: int) -> Bar:
        return Bar(f"{LEFT + self.band * column:.3f}%", "0", f"{self.band:.3f}%", str(HEIGHT - FOOT + 20), "chosen")

    def level(self, column: int, hours: float) -> Line:
        begin = LEFT + self.band * column
        return Line(f"{begin:.3f}%", f"{begin + self.band:.3f}%", f"{self.y(hours):.1f}")


def nice(largest: float) -> tuple[float, float]:
    """Top of the axis and its step: at most five round steps.

    >>> nice(312.0), nice(1.0)
    ((400.0, 100.0), (1.0, 0.5))
    """
    rough = largest / 4
    unit = 10.0 ** floor(log10(rough))
    step = next(unit * times for times in (1, 2, 5, 10) if unit * times >= rough * 0.999)
    return float(np.ceil(largest / step - 1e-9) * step), step
