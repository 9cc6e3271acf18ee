"""A chart of the pack on a page: its finding, the drawing for two widths, and the same as a table."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol, TypeVar

import altair as alt
from django.utils.safestring import SafeString, mark_safe

from equipoise.pack.chart_table import ChartTable
from equipoise.pack.charts import PHONE, chart_svg


class Told(Hashable, Protocol):
    """What every chart of the pack is drawn from; equal ones are drawn alike."""

    @property
    def title(self) -> str:
        """The finding."""
        ...

    @property
    def subtitle(self) -> str:
        """What the numbers are."""
        ...

    def table(self) -> ChartTable:
        """The same as a table."""
        ...


T = TypeVar("T", bound=Told)
Draw = Callable[[T, int], alt.VConcatChart]
"""Draws it that many pixels wide, without its title, which the page says."""


@dataclass(frozen=True)
class FigurePart:
    """A figure of a page."""

    title: str
    subtitle: str
    table: ChartTable
    wide: SafeString
    phone: SafeString


def figure(told: T, draw: Draw[T], *, width: int, prefix: str = "") -> FigurePart:
    """The figure, at most `width` pixels wide; `prefix` stands before the finding where a page has several of one sort.

    `draw` is a function of a module, so that equal drawings are made once. `chart_svg` has escaped all words and left
    nothing that runs.
    """
    wide, phone = (mark_safe(_drawn(told, draw, pixels)) for pixels in (width, PHONE))
    return FigurePart(f"{prefix}{told.title}", told.subtitle, told.table(), wide, phone)


@lru_cache(maxsize=64)
def _drawn(told: Hashable, draw: Callable[..., alt.VConcatChart], width: int) -> str:
    """What is drawn follows from what is told alone."""
    return chart_svg(draw(told, width))
