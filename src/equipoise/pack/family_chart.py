"""Small multiples: a little chart for each family, all alike, so that the eye compares shapes and heights.

Demand is a full line in its hue, last year a thin grey one, the budget dashed; how far a family is off stands under its
name, with its sign. Every scale starts at 0.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import altair as alt

from equipoise.pack.chart_parts import CHARACTER, NARROW, X_PIXEL, Y_PIXEL, Plot, shortened, titled, with_look, words_at
from equipoise.pack.families import Families, Family, Line, gap_words
from equipoise.pack.headline import money
from equipoise.pack.palette import DARK, LIGHT, Palette

Row = dict[str, Any]
PANEL, GAP = 250, 24
"""Pixels that a family takes at least, and between two of them."""
KEY, NAME, PLOT, FOOT = 26, 34, 80, 32
"""Pixels of the key on top; and of a family: name and gap, plot, buckets with the space below."""
TOP = 54
"""Pixels beside a name for what the upper edge of its panel stands for."""
SAMPLE, BETWEEN = 22, 18
"""Pixels of a line in the key, and after each of its words."""
LINES = (("Last year", "past", 1.25, ()), ("Budget", "budget", 1.25, (4, 3)), ("Demand", "demand", 2.0, ()))
"""Name, color, width and dashes, the one in front last."""


def family_chart(families: Families, *, width: int, dark: bool = False, is_titled: bool = True) -> alt.VConcatChart:
    """The families, `width` pixels wide; untitled, the finding is only in the description."""
    palette = DARK if dark else LIGHT
    chart = alt.vconcat(_Frame(families, palette, width).plot())
    chart = chart.properties(description=f"{families.title}. {families.subtitle}. {describe(families)}")
    if is_titled:
        chart = titled(chart, families.title, families.subtitle, palette, width)
    return with_look(chart)


def describe(families: Families) -> str:
    """Each family in words: its demand, and how far that is from what it is held against."""
    said = []
    for family in families.shown:
        demand = sum(value for value in family.demand if value is not None)
        gap = gap_words(family, families.currency)
        said.append(f"{family.name}: {money(families.currency, demand)}{f', {gap}' if gap else ''}")
    return ("; ".join(said) or "No family is sold") + "."


class _Frame:
    """Places in pixels, and the layers that lie on them."""

    def __init__(self, families: Families, palette: Palette, width: int) -> None:
        self.families, self.palette, self.width = families, palette, width
        self.across = 2 if width < NARROW else max(width // PANEL, 1)
        self.panel = (width - GAP * (self.across - 1)) / self.across
        self.step = self.panel / max(len(families.labels) - 1, 1)
        self.top = max([_highest(family) for family in families.shown], default=1.0)

    def plot(self) -> Plot:
        """All layers."""
        ink, text, rows = self.palette["ink"], self.palette["text"], -(-len(self.families.shown) // self.across)
        layers = [
            self._rules(self._edges(0.0), "tops", self.palette["grid"]),
            self._rules(self._edges(PLOT), "grounds", self.palette["axis"]),
            *(self._line(*look) for look in LINES),
            words_at(self._names(), "names", ink, size=12, is_strong=True),
            words_at(self._gaps(), "gaps", ink, size=11),
            words_at(self._tops(), "top_amounts", text, size=10, align="right"),
            words_at(self._buckets(0, 0.0), "first", text, size=10),
            words_at(self._buckets(-1, self.panel), "last", text, size=10, align="right"),
            *self._key(),
        ]
        return alt.layer(*layers, width=self.width, height=KEY + (NAME + PLOT + FOOT) * max(rows, 1))

    def _corners(self) -> Iterator[tuple[Family, float, float]]:
        """Each family with the left upper corner of its panel."""
        for number, family in enumerate(self.families.shown):
            row, column = divmod(number, self.across)
            yield family, column * (self.panel + GAP), KEY + row * (NAME + PLOT + FOOT)

    def _line(self, name: str, color: str, stroke: float, dashes: Sequence[int]) -> alt.Chart:
        """One sort of line in every panel; what is unknown parts it."""
        rows: list[Row] = []
        for family, x, y in self._corners():
            line = dict(family.lines).get(name, ())
            per_pixel = self._scale(family) / PLOT
            rows += [
                {
                    "x": x + self.step * column,
                    "y": y + NAME + PLOT - value / per_pixel,
                    "part": f"{family.name} {part}",
                    "value": value,
                }
                for column, value, part in _parts(line)
            ]
        mark = alt.Chart({"values": rows}, name=f"line_{name.lower().replace(' ', '_')}").mark_line(
            color=self.palette[color], strokeWidth=stroke, strokeDash=dashes
        )
        drawn: alt.Chart = mark.encode(x=X_PIXEL, y=Y_PIXEL, detail="part:N")
        return drawn

    def _scale(self, family: Family) -> float:
        """Money at the upper edge of a panel."""
        return (self.top if self.families.is_shared else _highest(family)) or 1.0

    def _rules(self, rows: list[Row], name: str, color: str) -> alt.Chart:
        mark = alt.Chart({"values": rows}, name=name).mark_rule(color=color)
        drawn: alt.Chart = mark.encode(x=X_PIXEL, x2="x2:Q", y=Y_PIXEL)
        return drawn

    def _edges(self, below: float) -> list[Row]:
        """A line across each panel, so many pixels below its upper edge."""
        return [{"x": x, "x2": x + self.panel, "y": y + NAME + below} for _, x, y in self._corners()]

    def _names(self) -> list[Row]:
        return [
            {"x": x, "y": y + 7, "text": shortened(family.name, self.panel - TOP)} for family, x, y in self._corners()
        ]

    def _gaps(self) -> list[Row]:
        words = ((gap_words(family, self.families.currency), x, y) for family, x, y in self._corners())
        return [{"x": x, "y": y + 22, "text": shortened(text, self.panel)} for text, x, y in words]

    def _tops(self) -> list[Row]:
        """How much the upper edge of each panel stands for."""
        return [
            {"x": x + self.panel, "y": y + 7, "text": money(self.families.currency, self._scale(family))}
            for family, x, y in self._corners()
        ]

    def _buckets(self, which: int, right: float) -> list[Row]:
        label = self.families.labels[which]
        return [{"x": x + right, "y": y + NAME + PLOT + 10, "text": label} for _, x, y in self._corners()]

    def _key(self) -> Iterator[alt.Chart]:
        """A sample of each sort of line that there is, with its name."""
        x, there = 0.0, {name for family in self.families.shown for name, _ in family.lines}
        for name, color, stroke, dashes in reversed(LINES):
            if name not in there:
                continue
            sample = alt.Chart({"values": [{"x": x, "x2": x + SAMPLE, "y": 7}]}, name=f"key_{color}")
            mark = sample.mark_rule(color=self.palette[color], strokeWidth=stroke, strokeDash=dashes)
            yield mark.encode(x=X_PIXEL, x2="x2:Q", y=Y_PIXEL)
            word = {"x": x + SAMPLE + 6, "y": 7, "text": name}
            yield words_at([word], f"key_{color}_name", self.palette["ink"], size=11)
            x += SAMPLE + 6 + CHARACTER * len(name) + BETWEEN


def _parts(line: Line) -> Iterator[tuple[int, float, int]]:
    """Column, value and number of the part of each known value: a part ends where something is unknown."""
    part = 0
    for column, value in enumerate(line):
        if value is None:
            part += 1
        else:
            yield column, value, part


def _highest(family: Family) -> float:
    return max((value for _, line in family.lines for value in line if value is not None), default=0.0)
