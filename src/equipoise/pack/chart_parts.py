"""Parts that charts share: layers over the columns of a sheet, axes that start at 0, names at the end of a series."""

import json
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import altair as alt

from equipoise.pack.palette import Palette
from equipoise.pack.sheet import Column, FamilySheet

AXIS, NAMES = 46, 86
"""Pixels left for the axis on the left and for the names of the series on the right."""
Plot = alt.LayerChart | alt.FacetChart
"""What `alt.layer` gives."""
X_PIXEL, Y_PIXEL = alt.X("x:Q", scale=None, axis=None), alt.Y("y:Q", scale=None, axis=None)
"""The fields `x` and `y` as pixels from the upper left, for what is placed and not measured."""
CHARACTER = 6.6
"""Pixels of a character at 12 pixels, rather more than less."""
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
"""The first is drawn with offline, everywhere alike; unknown ones are taken for twice as wide."""
NARROW = 600
"""Below this many pixels there is no room for the name of every bucket."""


@dataclass(frozen=True)
class Panel:
    """One plot over the columns of a sheet: its width in pixels, its colors, and the largest value it must hold."""

    sheet: FamilySheet
    palette: Palette
    width: int
    top: float
    ticks: int
    months: alt.Axis | None = None
    """The axis of the buckets; None where the panel below has it."""

    @property
    def plot(self) -> int:
        """Pixels of the plot itself."""
        return self.width - AXIS - NAMES

    @property
    def band(self) -> float:
        """Pixels of a column."""
        return self.plot / max(self.sheet.width, 1)

    @property
    def x(self) -> alt.X:
        """The buckets, in order, each a band."""
        return self.x_at(0.5)

    def x_at(self, position: float) -> alt.X:
        """The buckets at a share of their band, 0 its left edge."""
        columns = list(range(1, self.sheet.width + 1))  # from 1: the axis would leave the label of a 0 away
        scale = alt.Scale(type="band", domain=columns, paddingInner=0, paddingOuter=0)
        return alt.X("x:O", scale=scale, axis=self.months, bandPosition=position)

    @property
    def y(self) -> alt.Y:
        """Amounts from 0, with a hairline at each tick."""
        return amounts(self.top, self.palette, ticks=self.ticks)

    def points(self, name: str, values: Mapping[int, float], columns: Iterable[int]) -> alt.Chart:
        """A layer over the known values of some columns; its name becomes a class of the drawing."""
        known = [{"x": column + 1, "y": values[column]} for column in columns if column in values]
        layer: alt.Chart = alt.Chart({"values": known}, name=name).encode(x=self.x, y=self.y)
        return layer

    def bars(self, name: str, values: Mapping[int, float], columns: Iterable[int], color: str) -> alt.Chart:
        """Bars, light enough for a line to be read in front of them."""
        layer = self.points(name, values, columns)
        bars: alt.Chart = layer.mark_bar(color=color, size=round(0.62 * self.band, 1), opacity=0.5)
        return bars

    def line(
        self, name: str, values: Mapping[int, float], columns: Iterable[int], color: str, *, width: float = 2.0
    ) -> alt.Chart:
        """A line through the known values."""
        line: alt.Chart = self.points(name, values, columns).mark_line(color=color, strokeWidth=width)
        return line

    def name_at_end(
        self, words: Sequence[str], values: Mapping[int, float], color: str, *, height: float = 1.0
    ) -> alt.Chart:
        """The name of a series, in lines, to the right of its last value, at a share of its height."""
        last = max(values)
        layer = self.points(f"name_{words[0].lower()}", {last: values[last] * height}, [last])
        named: alt.Chart = layer.mark_text(
            text=list(words),
            color=color,
            align="left",
            dx=round(self.band / 2 + 4, 1),
            fontSize=11,
            lineHeight=14,
            fontWeight=600,
        )
        return named

    def boundary(self, column: int) -> alt.Chart:
        """A hairline where the past ends and the plan begins."""
        layer = alt.Chart({"values": [{"x": column + 1}]}, name="now").mark_rule(color=self.palette["axis"])
        placed: alt.Chart = layer.encode(x=self.x_at(0.0))
        return placed


def amounts(top: float, palette: Palette, *, ticks: int, unit: str = "", bottom: float = 0) -> alt.Y:
    """The field `y` from `bottom` to `top`, with a hairline at each tick; `unit` stands after each number but 0."""
    after = f" + '{unit}'" if unit else ""
    axis = alt.Axis(
        title=None,
        tickCount=ticks,
        labelExpr=f"datum.value == 0 ? '0' : format(datum.value, '~s'){after}",
        labelColor=palette["text"],
        minExtent=AXIS - 6,
        maxExtent=AXIS - 6,
        gridColor=palette["grid"],
        domain=False,
        ticks=False,
    )
    return alt.Y("y:Q", scale=alt.Scale(domain=[bottom, top], nice=True, zero=False), axis=axis)


def month_axis(columns: Sequence[Column], palette: Palette, *, is_narrow: bool) -> alt.Axis:
    """Labels of the columns; below the first of each quarter its name. Narrow charts label only those."""
    heads = quarter_starts(columns)
    words: list[object] = [
        [column.label, column.group.split()[0] if is_narrow else column.group] if number in heads else column.label
        for number, column in enumerate(columns)
    ]
    shown = heads if is_narrow and len(heads) > 2 else list(range(0, len(columns), 4 if is_narrow else 1))
    return alt.Axis(
        title=None,
        values=[number + 1 for number in shown],
        labelAngle=0,
        labelExpr=f"{json.dumps(words, ensure_ascii=False)}[datum.value - 1]",
        labelColor=palette["text"],
        labelLimit=90,
        labelOverlap=False,
        labelPadding=6,
        domainColor=palette["axis"],
        ticks=False,
    )


def quarter_starts(columns: Sequence[Column]) -> list[int]:
    """Columns with which a quarter begins, without a first quarter of which so little is shown that names collide.

    >>> quarter_starts([Column(n, "", group) for n, group in enumerate(["Q1", "Q1", "Q2", "Q2", "Q2", "Q3"])])
    [2, 5]
    """
    found = [n for n, column in enumerate(columns) if n == 0 or column.group != columns[n - 1].group]
    return found[1:] if len(found) > 1 and found[1] < 3 else found


def words_at(
    rows: Sequence[Mapping[str, object]],
    name: str,
    color: str,
    *,
    size: int,
    align: Literal["left", "center", "right"] = "left",
    is_strong: bool = False,
) -> alt.Chart:
    """Words placed by pixel: each row has x, y and text."""
    mark = alt.Chart({"values": rows}, name=name).mark_text(
        align=align, color=color, fontSize=size, fontWeight=600 if is_strong else 400
    )
    drawn: alt.Chart = mark.encode(x=X_PIXEL, y=Y_PIXEL, text="text:N")
    return drawn


def shortened(name: str, pixels: float) -> str:
    """A name in the room there is.

    >>> shortened("West packing line", 66)
    'West pack…'
    """
    most = max(int(pixels / CHARACTER), 1)
    return name if len(name) <= most else f"{name[: most - 1].rstrip()}…"


def titled(chart: alt.VConcatChart, title: str, subtitle: str, palette: Palette, width: int) -> alt.VConcatChart:
    """The chart under its finding, in lines that fit its width."""
    words = alt.TitleParams(
        text=textwrap.wrap(title, width // 9),
        subtitle=textwrap.wrap(subtitle, width // 8),
        anchor="start",
        color=palette["ink"],
        fontSize=16,
        fontWeight=600,
        subtitleColor=palette["text"],
        subtitleFontSize=12,
        offset=14,
    )
    return chart.properties(title=words)


FOOT = 4
"""Pixels below the drawing, for letters of the page's font that reach below the line."""


def with_look(chart: alt.VConcatChart) -> alt.VConcatChart:
    """No background, no frame; a font whose widths the drawing knows, which a page's stylesheet replaces by its own."""
    plain: alt.VConcatChart = chart.configure(
        background="transparent",
        font=FONT,
        aria=False,
        padding={"left": 0, "top": 0, "right": 0, "bottom": FOOT},
        view=alt.ViewConfig(stroke=None),
        axis=alt.AxisConfig(labelFontSize=11),
    )
    return plain
