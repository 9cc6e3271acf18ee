"""The heat map as a chart: a cell for each node and bucket, its number in it where it fits, the steps below.

Color is never alone: cells over a limit are outlined and marked ▲, signed ones say + or − where nothing else fits, and
the strongest steps are the darkest on a light page.
"""

from typing import Any

import altair as alt

from equipoise.pack.chart_parts import NARROW, X_PIXEL, Y_PIXEL, Plot, shortened, titled, with_look, words_at
from equipoise.pack.heat import HeatMap, Step
from equipoise.pack.palette import DARK, LIGHT, Palette

Row = dict[str, Any]
HEAD, CELL, GAP = 34, 28, 2
"""Pixels for the buckets above, of a row, and between cells."""
LEGEND, SWATCH = 44, 30
"""Pixels of the legend and of each of its steps."""
YEAR = 30
"""Pixels that a year takes."""
DIGIT, SPARE = 6.3, 3
"""Pixels of a figure in a cell, and beside the number."""


def heat_chart(heat: HeatMap, *, width: int, dark: bool = False, is_titled: bool = True) -> alt.VConcatChart:
    """The heat map, `width` pixels wide; untitled, the finding is only in the description."""
    palette = DARK if dark else LIGHT
    chart = alt.vconcat(_Frame(heat, palette, width).plot())
    chart = chart.properties(description=f"{heat.title}. {heat.subtitle}. {describe(heat)}")
    if is_titled:
        chart = titled(chart, heat.title, heat.subtitle, palette, width)
    return with_look(chart)


def describe(heat: HeatMap) -> str:
    """Each row in words, by what is told of the whole of it."""
    said = [f"{name}: {heat.end_head.lower()} {end}" for name, end in zip(heat.rows, heat.ends, strict=True) if end]
    return ("; ".join(said) or "Nothing is known") + "."


class _Frame:
    """Places in pixels, and the layers that lie on them."""

    def __init__(self, heat: HeatMap, palette: Palette, width: int) -> None:
        self.heat, self.palette, self.width = heat, palette, width
        self.is_narrow = width < NARROW
        self.names, self.ends = (92, 44) if self.is_narrow else (150, 96)
        self.cell = (width - self.names - self.ends) / max(len(heat.columns), 1)
        self.foot = HEAD + CELL * len(heat.rows)

    def plot(self) -> Plot:
        """All layers."""
        ink, text = self.palette["ink"], self.palette["text"]
        layers = [
            *self._cells(self._rectangles(), "cells"),
            words_at(self._numbers(), "numbers", ink, size=11, align="center"),
            words_at(self._row_names(), "names", ink, size=12),
            words_at(self._row_ends(), "ends", text, size=11),
            words_at(self._heads(), "heads", text, size=11, align="center"),
            words_at(self._groups(), "groups", text, size=11, is_strong=True),
            *self._cells(self._swatches(), "steps"),
            words_at(self._limits(), "limits", text, size=11, align="center"),
        ]
        return alt.layer(*layers, width=self.width, height=self.foot + LEGEND)

    def _cells(self, rows: list[Row], name: str) -> list[alt.Chart]:
        """Filled rectangles, and the outline of those that are an alarm."""
        filled = alt.Chart({"values": rows}, name=name).mark_rect()
        outlined = alt.Chart({"values": [row for row in rows if row["is_alarm"]]}, name=f"{name}_outlined")
        x2, y2 = alt.X2("x2:Q"), alt.Y2("y2:Q")
        return [
            filled.encode(
                x=X_PIXEL,
                x2=x2,
                y=Y_PIXEL,
                y2=y2,
                color=alt.Color("color:N", scale=None),
                fillOpacity=alt.FillOpacity("strength:Q", scale=None),
            ),
            outlined.mark_rect(filled=False, stroke=self.palette["bad"], strokeWidth=1.5).encode(
                x=X_PIXEL, x2=x2, y=Y_PIXEL, y2=y2
            ),
        ]

    def _x(self, column: float) -> float:
        return self.names + self.cell * column

    def _y(self, row: int) -> float:
        """The middle of a row."""
        return HEAD + CELL * (row + 0.5)

    def _rectangles(self) -> list[Row]:
        half = (CELL - GAP) / 2
        return [
            self._rectangle(
                self.heat.scale.steps[self.heat.scale.step(value)],
                (self._x(column), self._x(column + 1) - GAP),
                (self._y(row) - half, self._y(row) + half),
            )
            for row, values in enumerate(self.heat.values)
            for column, value in enumerate(values)
            if value is not None
        ]

    def _rectangle(self, step: Step, x: tuple[float, float], y: tuple[float, float]) -> Row:
        look = {"color": self.palette[step.color], "strength": step.strength, "is_alarm": step.is_alarm}
        return {"x": x[0], "x2": x[1], "y": y[0], "y2": y[1], **look}

    def _numbers(self) -> list[Row]:
        return [
            {"x": self._x(column + 0.5) - GAP / 2, "y": self._y(row), "text": self._fitting(value)}
            for row, values in enumerate(self.heat.values)
            for column, value in enumerate(values)
        ]

    def _fitting(self, value: float | None) -> str:
        """The number where it fits; else the second sign of what color says."""
        if value is None:
            return "–"
        scale = self.heat.scale
        text = scale.text(value)
        if DIGIT * len(text) + SPARE <= self.cell - GAP:
            return text
        if scale.steps[scale.step(value)].is_alarm:
            return "▲"
        is_middle = scale.step(value) == len(scale.limits) // 2
        return text[0] if scale.is_signed and not is_middle else ""

    def _row_names(self) -> list[Row]:
        return [
            {"x": 0, "y": self._y(row), "text": shortened(name, self.names - 6)}
            for row, name in enumerate(self.heat.rows)
        ]

    def _row_ends(self) -> list[Row]:
        x = self.width - self.ends + 6
        told = [end.partition(" ")[0] if self.is_narrow else end for end in self.heat.ends]
        head = {"x": x, "y": HEAD - 9, "text": self.heat.end_head}
        return [head, *({"x": x, "y": self._y(row), "text": end} for row, end in enumerate(told))]

    def _heads(self) -> list[Row]:
        """Buckets without their year, as many as fit."""
        words = [label.rpartition(" ")[0] or label for label in self.heat.columns]
        widest = max((len(word) for word in words), default=1)
        every = next((n for n in (1, 2, 3, 4, 6, 13) if DIGIT * widest + SPARE <= self.cell * n), len(words) or 1)
        return [
            {"x": self._x(column + 0.5), "y": HEAD - 9, "text": word}
            for column, word in enumerate(words)
            if column % every == 0
        ]

    def _groups(self) -> list[Row]:
        """The year above its first bucket, where there is room before the next."""
        years = [label.rpartition(" ")[2] if " " in label else "" for label in self.heat.columns]
        starts = [n for n, year in enumerate(years) if n == 0 or year != years[n - 1]]
        kept = [
            n for n, after in zip(starts, [*starts[1:], len(years)], strict=False) if (after - n) * self.cell >= YEAR
        ]
        return [{"x": self._x(n), "y": 8, "text": years[n]} for n in kept]

    def _swatches(self) -> list[Row]:
        top = self.foot + 10
        return [
            self._rectangle(step, (self.names + SWATCH * n, self.names + SWATCH * (n + 1) - GAP), (top, top + 12))
            for n, step in enumerate(self.heat.scale.steps)
        ]

    def _limits(self) -> list[Row]:
        """What parts the steps, under the edges between them."""
        scale = self.heat.scale
        words = [f"{'−' if limit < 0 else '+' if scale.is_signed else ''}{abs(limit):g}" for limit in scale.limits]
        y = self.foot + 31
        unit = {"x": self.names + SWATCH * len(scale.steps) + 8, "y": self.foot + 16, "text": "%"}
        return [*({"x": self.names + SWATCH * (n + 1) - 1, "y": y, "text": w} for n, w in enumerate(words)), unit]
