"""The cells of the heat table: load in percent of what is there, with a step of color and a sign that says the same.

>>> [mark_of(pct) for pct in (84.0, 92.0, 108.0, 131.0)]
['', '△', '▲', '▲▲']
>>> [step_of(pct) for pct in (60.0, 84.0, 92.0, 99.0, 108.0, 131.0)]
['l1', 'l2', 'l3', 'l4', 'o1', 'o2']
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from django.utils.translation import gettext as _

from equipoise.core.calendar import Calendar
from equipoise.core.grid import FloatArray, IntArray
from equipoise.supply.capacity.heat import Heat
from equipoise_web.reads.numbers import UNKNOWN, shown, signed

NEAR, FULL, FAR = 85.0, 100.0, 115.0
"""Percent from which a line is nearly full, full, and far over."""
HAIR = 0.05
"""Percent that rounding to the grid may lie above what fits."""
SHORT_VIEW = {"month": 12, "week": 13}
"""Buckets of the short view."""
TIMES = ("bucket", "quarter")


@dataclass(frozen=True)
class Column:
    """Buckets first..end−1 under one head."""

    label: str
    group: str
    """What stands above it where another begins."""
    first: int
    end: int


@dataclass(frozen=True)
class Cell:
    """Load of a resource in a column."""

    text: str
    mark: str
    step: str
    below: str
    """Hours over, hours of overtime, or the bucket of the quarter that is over; blank: nothing to say."""
    said: str
    """The cell in words."""
    bucket: int
    """The bucket it leads to: of a quarter its fullest."""


def columns_of(calendar: Calendar, time: str) -> tuple[Column, ...]:
    """The next buckets one by one (short view), or the whole horizon by fiscal quarters (long view)."""
    horizon = calendar.horizon
    heads = [calendar.fiscal_label(t) for t in range(horizon)]
    if time == "quarter":
        edges = [t for t in range(horizon) if t == 0 or heads[t] != heads[t - 1]] + [horizon]
        return tuple(Column(*_parted(heads[a]), first=a, end=b) for a, b in pairwise(edges))
    count = min(horizon, SHORT_VIEW.get(calendar.bucket, SHORT_VIEW["month"]))
    return tuple(
        Column(calendar.short_label(t), heads[t] if t == 0 or heads[t] != heads[t - 1] else "", t, t + 1)
        for t in range(count)
    )


def _parted(head: str) -> tuple[str, str]:
    """`Q3 FY27` as quarter and year."""
    quarter, _, year = head.partition(" ")
    return quarter, year


def pct_of(load: float, available: float) -> float | None:
    """Percent of what is available; None without a limit, inf where nothing is there for it."""
    if np.isinf(available):
        return None
    if available <= 0:
        return 0.0 if load <= 0 else float("inf")
    return 100.0 * load / available


def mark_of(pct: float | None) -> str:
    """The sign beside the number, for those who see no color."""
    if pct is None or pct <= NEAR:
        return ""
    if pct <= FULL + HAIR:
        return "△"
    return "▲" if pct <= FAR else "▲▲"


def step_of(pct: float | None) -> str:
    """The step of color."""
    if pct is None:
        return "l0"
    limits = ((70.0, "l1"), (NEAR, "l2"), (95.0, "l3"), (FULL + HAIR, "l4"), (FAR, "o1"))
    return next((name for most, name in limits if pct <= most), "o2")


def words_of_pct(pct: float | None) -> str:
    """`118%`; `no limit`, `closed`."""
    if pct is None:
        return _("no limit")
    return _("closed") if np.isinf(pct) else f"{shown(pct)}%"


def said_pct(pct: float | None) -> str:
    """Percent with its sign: `▲ 108%`."""
    return f"{mark_of(pct)} {words_of_pct(pct)}".strip()


def cell_of(
    calendar: Calendar, table: Heat, row: int, column: Column, *, name: str, overtime: FloatArray, is_plan: bool
) -> Cell:
    """One cell; `overtime` [T] clock hours beyond the regular ones that the plan in force works there."""
    span = slice(column.first, column.end)
    load, available = table.load[row, span], table.available[row, span]
    pct = pct_of(float(load.sum()), float(available.sum()))
    pcts = [pct_of(float(a), float(b)) for a, b in zip(load, available, strict=True)]
    fullest = column.first + int(np.argmax([-1.0 if each is None else each for each in pcts]))
    over = float(np.maximum(load - available, 0.0).sum())
    extra = float(overtime[span].sum())
    below, more = "", ""
    worst = pcts[fullest - column.first]
    if is_plan and extra >= 0.5:
        below = _("%(hours)s h OT") % {"hours": signed(extra)}
        more = _("%(hours)s hours of overtime and extra shifts") % {"hours": shown(extra)}
    elif pct is not None and pct > FULL + HAIR and over >= 0.5:
        below = _("%(hours)s h") % {"hours": signed(over)}
        more = _("%(hours)s hours over") % {"hours": shown(over)}
    elif len(pcts) > 1 and worst is not None and worst > FULL + HAIR:
        below = _("%(mark)s in %(when)s") % {"mark": mark_of(worst), "when": calendar.short_label(fullest)}
        more = _("over in %(when)s") % {"when": calendar.label(fullest)}
    head = f"{name}, {calendar.label(column.first)}" if column.end - column.first == 1 else f"{name}, {column.label}"
    said = f"{head}: {words_of_pct(pct)}"
    return Cell(
        text=_text(pct, float(load.sum())),
        mark=mark_of(pct),
        step=step_of(pct),
        below=below,
        said=f"{said}, {more}" if more else said,
        bucket=fullest,
    )


def _text(pct: float | None, load: float) -> str:
    if pct is None:
        return UNKNOWN if load <= 0 else _("no limit")
    if np.isinf(pct):
        return _("closed")
    return UNKNOWN if load <= 0 else shown(pct)


def peak_of(calendar: Calendar, table: Heat, row: int) -> tuple[float | None, str]:
    """The highest percent of a resource over the horizon, and when it is; None without a limit."""
    pcts = [pct_of(float(a), float(b)) for a, b in zip(table.load[row], table.available[row], strict=True)]
    known = [-1.0 if each is None else each for each in pcts]
    at = int(np.argmax(known))
    return (pcts[at], calendar.label(at)) if known[at] >= 0 else (None, "")


def order_of(rows: IntArray, table: Heat) -> list[int]:
    """Resources with the fullest first, those without a limit last."""
    with np.errstate(divide="ignore", invalid="ignore"):
        used = table.utilization_pct
    top = {row: float(np.nan_to_num(used[row], nan=-1.0).max(initial=-1.0)) for row in rows.tolist()}
    return sorted(rows.tolist(), key=lambda row: (-top[row], row))
