"""The forecast of a series as a chart: history as it was sold and as it was learned from, the forecast and its fan.

And how its error grew with the lag, beside that of the naive forecasts. Series are named where they are; axes start
at 0 unless a drawing says otherwise.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Literal

import altair as alt

from equipoise.core.grid import FloatArray
from equipoise.pack.chart_parts import AXIS, NARROW, amounts, titled, with_look
from equipoise.pack.palette import DARK, LIGHT, Palette

NAMES = 92
"""Pixels left for the names on the right."""
BAND = "#cfe6f1"
"""The soft tint of demand, which the stylesheet knows by this value."""
GAP = 15
"""Pixels between two names at the end of lines."""


@dataclass(frozen=True, eq=False)
class Drawn:
    """What is drawn: arrays over `labels`, [C], NaN where there is nothing."""

    labels: Sequence[str]
    now: int
    """The first column that is forecast."""
    delivered: FloatArray
    trained: FloatArray
    forecast: FloatArray
    plan: FloatArray
    """The baseline of the plan where it is another than the forecast."""
    bands: tuple[tuple[FloatArray, FloatArray], ...]
    """Lower and upper bounds, the outer band first."""
    words: Mapping[str, str]
    """Names of delivered, trained, forecast, plan and of the outer band."""
    bottom: float = 0
    """Where the axis starts."""


def forecast_chart(
    drawn: Drawn, *, said: str, width: int, dark: bool = False, title: str = "", subtitle: str = ""
) -> alt.VConcatChart:
    """History, forecast and fan, `width` pixels wide; `said` is the drawing in words.

    With a title the drawing carries it and the subtitle, so that it stands alone.
    """
    palette, is_narrow = DARK if dark else LIGHT, width < NARROW
    plot, height = width - AXIS - NAMES, 210 if is_narrow else 280
    top = max([_largest(v) for v in (drawn.delivered, drawn.trained, drawn.forecast, drawn.plan)] + [1e-9])
    top = max([top] + [_largest(high) for _, high in drawn.bands])
    frame = _Frame(palette, drawn.labels, top, 3 if is_narrow else 8, bottom=drawn.bottom)
    layers: list[alt.Chart] = []
    for number, (low, high) in enumerate(drawn.bands):
        layers.append(frame.band(f"band_{number}", low, high, opacity=0.55 if number == 0 else 1.0))
    layers.append(frame.boundary(drawn.now))
    lines = (
        ("delivered", drawn.delivered, palette["past"], 1.25, ()),
        ("trained", drawn.trained, palette["actual"], 1.75, ()),
        ("plan", drawn.plan, palette["demand"], 1.5, (4, 3)),
        ("forecast", drawn.forecast, palette["demand"], 2.25, ()),
    )
    for name, values, color, stroke, dash in lines:
        layers.append(frame.line(name, values, color, width=stroke, dash=dash))
    ends = {}
    for name, values, color, _, _ in lines[2:]:
        if _last(values) is not None:
            ends[drawn.words[name]] = (values, color)
    if drawn.bands:
        ends[drawn.words["band"]] = (drawn.bands[0][1], palette["text"])
    layers += frame.names(ends, height)
    layers += frame.name_inside(drawn.words["trained"], drawn.trained, palette["actual"], at_peak=False)
    layers += frame.name_inside(drawn.words["delivered"], drawn.delivered, palette["text"], at_peak=True)
    chart = alt.vconcat(alt.layer(*layers, width=plot, height=height)).properties(description=said)
    return with_look(titled(chart, title, subtitle, palette, width) if title else chart)


def lag_chart(errors: Mapping[str, FloatArray], *, said: str, width: int, dark: bool = False) -> alt.VConcatChart:
    """Error in percent by lag, [lags] each: the forecast first, then its rivals, which are drawn thin."""
    palette, is_narrow = DARK if dark else LIGHT, width < NARROW
    lags = max((len(values) for values in errors.values()), default=1)
    top = max([_largest(values) for values in errors.values()] + [1e-9])
    frame = _Frame(palette, [str(lag + 1) for lag in range(lags)], top, 6 if is_narrow else 12, unit="%")
    looks = ((palette["demand"], 2.25, ()), (palette["past"], 1.25, (4, 3)), (palette["past"], 1.5, ()))
    layers: list[alt.Chart] = []
    ends = {}
    for (name, values), (color, stroke, dash) in reversed(list(zip(errors.items(), looks, strict=False))):
        layers.append(frame.line(f"lag_{len(layers)}", values, color, width=stroke, dash=dash, is_dotted=True))
        if _last(values) is not None:
            ends[name] = (values, color if color == palette["demand"] else palette["text"])
    height = 150
    layers += frame.names(dict(reversed(list(ends.items()))), height)
    chart = alt.layer(*layers, width=width - AXIS - NAMES, height=height)
    return with_look(alt.vconcat(chart).properties(description=said))


@dataclass(frozen=True, eq=False)
class _Frame:
    """Axes that the layers share."""

    palette: Palette
    labels: Sequence[str]
    top: float
    most_labels: int
    unit: str = ""
    bottom: float = 0

    @property
    def x(self) -> alt.X:
        """Columns, evenly spread."""
        count = len(self.labels)
        step = max(1, -(-count // self.most_labels))
        step = next((nice for nice in (1, 2, 3, 4, 6, 12, 13, 24, 26, 52) if nice >= step), step)
        axis = alt.Axis(
            title=None,
            values=list(range(count - 1, -1, -step))[::-1] if step == 1 else list(range(0, count, step)),
            labelExpr=f"{_json(self.labels)}[datum.value]",
            labelColor=self.palette["text"],
            labelAngle=0,
            labelOverlap=False,
            labelFlush=False,
            domainColor=self.palette["axis"],
            tickColor=self.palette["axis"],
            tickSize=4,
            grid=False,
        )
        return alt.X("x:Q", scale=alt.Scale(domain=[-0.4, max(count - 0.6, 0.6)], nice=False, zero=False), axis=axis)

    @property
    def y(self) -> alt.Y:
        """Amounts from the bottom."""
        return amounts(self.top, self.palette, ticks=4, unit=self.unit, bottom=self.bottom)

    def line(
        self,
        name: str,
        values: FloatArray,
        color: str,
        *,
        width: float,
        dash: Sequence[int] = (),
        is_dotted: bool = False,
    ) -> alt.Chart:
        """A line that breaks where a value is missing."""
        rows = [{"x": n, "y": None if isnan(v) else v} for n, v in enumerate(values.tolist())]
        point = alt.OverlayMarkDef(filled=True, color=color, size=14) if is_dotted else False
        dashes = list(dash) if dash else alt.Undefined
        mark = alt.Chart({"values": rows}, name=name).mark_line(
            color=color, strokeWidth=width, point=point, strokeDash=dashes
        )
        drawn: alt.Chart = mark.encode(x=self.x, y=self.y)
        return drawn

    def band(self, name: str, low: FloatArray, high: FloatArray, *, opacity: float) -> alt.Chart:
        """The space between two lines."""
        rows = [
            {"x": n, "y": a, "high": b}
            for n, (a, b) in enumerate(zip(low.tolist(), high.tolist(), strict=True))
            if not (isnan(a) or isnan(b))
        ]
        mark = alt.Chart({"values": rows}, name=name).mark_area(color=BAND, opacity=opacity)
        drawn: alt.Chart = mark.encode(x=self.x, y=self.y, y2="high:Q")
        return drawn

    def boundary(self, column: int) -> alt.Chart:
        """A hairline where the past ends."""
        mark = alt.Chart({"values": [{"x": column - 0.5}]}, name="now").mark_rule(color=self.palette["axis"])
        drawn: alt.Chart = mark.encode(x=self.x)
        return drawn

    def names(self, ends: Mapping[str, tuple[FloatArray, str]], height: int) -> list[alt.Chart]:
        """Names at the end of lines, moved apart where they would touch."""
        places = [(name, _last(values), color) for name, (values, color) in ends.items()]
        known = sorted(((n, v, c) for n, v, c in places if v is not None), key=lambda place: -place[1][1])
        layers, above = list[alt.Chart](), -1e9
        for name, (_, value), color in known:
            wanted = height * (1.0 - (value - self.bottom) / (self.top - self.bottom))
            placed = max(wanted, above + GAP)
            above = placed
            last = len(self.labels) - 1
            row = [{"x": last, "y": max(value, self.bottom)}]
            mark = alt.Chart({"values": row}, name=f"name_{len(layers)}").mark_text(
                text=name, color=color, align="left", dx=7, dy=placed - wanted, fontSize=11, fontWeight=600
            )
            layers.append(mark.encode(x=self.x, y=self.y))
        return layers

    def name_inside(self, name: str, values: FloatArray, color: str, *, at_peak: bool) -> list[alt.Chart]:
        """A name on a line of the past, above its highest point or below its lowest."""
        known = [(n, v) for n, v in enumerate(values.tolist()) if not isnan(v)]
        if not known or not name:
            return []
        n, v = (max if at_peak else min)(known, key=lambda place: place[1])
        place = n / max(len(self.labels) - 1, 1)
        align: Literal["left", "center", "right"] = "left" if place < 0.2 else "right" if place > 0.8 else "center"
        mark = alt.Chart({"values": [{"x": n, "y": v}]}, name=f"inside_{'high' if at_peak else 'low'}").mark_text(
            text=name, color=color, align=align, dy=-9 if at_peak else 15, fontSize=11, fontWeight=600
        )
        return [mark.encode(x=self.x, y=self.y)]


def _json(labels: Sequence[str]) -> str:
    return json.dumps(list(labels), ensure_ascii=False)


def _largest(values: FloatArray) -> float:
    return max((v for v in values.tolist() if not isnan(v)), default=0.0)


def _last(values: FloatArray) -> tuple[int, float] | None:
    """The last known column and its value."""
    return next(((n, v) for n, v in reversed(list(enumerate(values.tolist()))) if not isnan(v)), None)
