"""The small picture of a risk: what demand may ask beyond the plan, and what there is to serve it, bucket by bucket."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _

from equipoise.core.calendar import Calendar
from equipoise.core.grid import BoolArray, FloatArray

WIDTH, HEIGHT = 120.0, 36.0
ROOM = 1.4
"""Cover beyond so many times the widest demand is drawn at the edge: it is plenty, how much does not matter."""


@dataclass(frozen=True)
class Picture:
    """Points of a drawing `WIDTH` × `HEIGHT`, and the drawing in words."""

    band: str
    """Of the area from P10 to P90 of demand beyond the plan."""
    cover: str
    """Of the line of what is there beyond the plan."""
    zero: str
    """The height of the plan."""
    short: tuple[str, ...]
    """Columns in which the line lies below P90: more than one in ten runs short."""
    column: str
    said: str


def picture_of(calendar: Calendar, *, cover: FloatArray, spread: FloatArray) -> Picture | None:
    """The picture of cover [T] beside the spread [T, 2] of demand, both beyond the plan; None if nothing is known."""
    is_known = np.isfinite(cover) & np.isfinite(spread).all(axis=1)
    if len(cover) < 2 or not is_known.any():
        return None
    line, low, high = (np.where(is_known, values, 0.0) for values in (cover, spread[:, 0], spread[:, 1]))
    top = max(float(high.max()), 1e-9) * ROOM
    bottom = min(float(low.min()), max(float(line.min()), -top), 0.0)
    line = np.clip(line, bottom, top)
    across = np.linspace(0.0, WIDTH, len(line))

    def y(values: FloatArray) -> FloatArray:
        found: FloatArray = 1.0 + (HEIGHT - 2.0) * (top - values) / (top - bottom)
        return found

    is_short: BoolArray = is_known & (cover < spread[:, 1])
    width = WIDTH / (len(line) - 1)
    return Picture(
        band=_points([*zip(across, y(high), strict=True), *zip(across[::-1], y(low)[::-1], strict=True)]),
        cover=_points(zip(across, y(line), strict=True)),
        zero=f"{float(y(np.zeros(1))[0]):.1f}",
        short=tuple(f"{max(x - width / 2, 0.0):.1f}" for x in across[is_short].tolist()),
        column=f"{width:.1f}",
        said=_said(calendar, is_short),
    )


def _points(places: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in places)


def _said(calendar: Calendar, is_short: BoolArray) -> str:
    if not is_short.any():
        return _("What is there covers nine of ten outcomes in every bucket")
    said = {"n": int(is_short.sum()), "all": len(is_short), "first": calendar.label(int(is_short.argmax()))}
    return (
        _("What is there covers less than nine of ten outcomes in %(n)s of %(all)s buckets, first in %(first)s") % said
    )
