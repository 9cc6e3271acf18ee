"""The ladder as a drawing: what more hours a bucket cost on each rung, the cheapest way marked, and where the buckets
of the plan stand; x in percent, y in pixels, so that one drawing serves every width without scaling its text."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from equipoise.balance.gaps import LEAST
from equipoise.balance.ladder import Ladder, Rung
from equipoise.core.calendar import Calendar
from equipoise.pack.headline import money
from equipoise_web.reads.capacity_chart import nice
from equipoise_web.reads.numbers import shown

HEIGHT, TOP, FOOT = 280, 34, 38
LEFT, RIGHT = 10.5, 98.0
"""Percent of the width at which the plot begins and ends."""
APART, APART_ON_PHONES = 6.0, 22.0
"""Percent between two labels of buckets."""
LETTER, LINE = 1.7, 13.0
"""Width of a letter of a name in percent of a phone's width, and height of a name in pixels."""
HEADROOM = 1.2
"""The axis reaches so many times the dearest point of the cheapest way; rungs beyond leave the drawing."""


@dataclass(frozen=True)
class Stroke:
    """A straight line: percent across, pixels down."""

    x1: str
    x2: str
    y1: str
    y2: str


@dataclass(frozen=True)
class Mark:
    """A bucket of the plan at its needed hours; blank text where a label has no room."""

    x: str
    text: str
    is_minor: bool


@dataclass(frozen=True)
class Name:
    """A rung named at its line."""

    x: str
    y: str
    text: str
    is_end: bool
    """True where the text ends at x instead of beginning there."""


@dataclass(frozen=True)
class LadderChart:
    """Everything that is drawn."""

    height: int
    top: str
    axis: str
    left: str
    right: str
    rungs: tuple[Stroke, ...]
    cheapest: tuple[Stroke, ...]
    names: tuple[Name, ...]
    marks: tuple[Mark, ...]
    grid: tuple[tuple[str, str], ...]
    """Height and text of the lines of money."""
    ticks: tuple[tuple[str, str], ...]
    """Place and text of hours, but for the last."""
    last_tick: str
    """It ends at the right edge, so that no digit of it is cut."""
    turns: tuple[tuple[str, str], ...]
    """Points at which the cheapest way changes its rungs."""


def draw_ladder(ladder: Ladder, calendar: Calendar, currency: str, names: Sequence[str]) -> LadderChart | None:
    """The drawing of a ladder, `names` those of its rungs; None where it has no rung."""
    if not ladder.pieces:
        return None
    most = ladder.pieces[-1].ends
    last = ladder.pieces[-1]
    dearest = max(*(p.amount for p in ladder.pieces), last.amount + (last.ends - last.begins) * last.slope, 1.0)
    scale = _Scale(*nice(most), *nice(dearest * HEADROOM))
    cheapest = [
        scale.stroke(p.begins, p.amount, p.ends, p.amount + (p.ends - p.begins) * p.slope) for p in ladder.pieces
    ]
    turns = [p.begins for a, p in zip(ladder.pieces, ladder.pieces[1:], strict=False) if a.used != p.used]
    alone = [_alone(scale, each, ladder.over, name) for each, name in zip(ladder.rungs, names, strict=True)]
    return LadderChart(
        height=HEIGHT,
        top=str(TOP),
        axis=str(HEIGHT - FOOT),
        left=f"{LEFT}%",
        right=f"{RIGHT}%",
        rungs=tuple(stroke for each in alone for stroke in each[0]),
        cheapest=tuple(each for each in cheapest if each is not None),
        names=_apart([each[1] for each in alone if each[1] is not None]),
        marks=_marks(scale, ladder, calendar),
        grid=tuple((scale.y(v), money(currency, v)) for v in scale.steps(scale.money, scale.money_step)),
        ticks=tuple((scale.x(h), shown(h)) for h in scale.steps(scale.hours, scale.hours_step)[:-1]),
        last_tick=shown(scale.hours),
        turns=tuple((scale.x(h), scale.y(_at(ladder, h))) for h in turns),
    )


def _at(ladder: Ladder, hours: float) -> float:
    piece = next(p for p in ladder.pieces if p.begins >= hours)
    return piece.amount


def _alone(scale: "_Scale", rung: Rung, over: int, name: str) -> tuple[tuple[Stroke, ...], Name | None]:
    """A rung by itself, from what it costs unused to its limit, as far as the drawing reaches."""
    begin = rung.once_amount / over
    each = rung.each + rung.once_each / over
    ends = min(rung.most, scale.hours)
    if each > 0:
        ends = min(ends, (scale.money - begin) / each)
    if ends <= 0 or begin > scale.money:
        return (), None
    stroke = scale.stroke(0.0, begin, ends, begin + ends * each)
    is_far = ends > scale.hours * 0.75
    place = ends if is_far else ends + scale.hours * 0.006
    return (stroke,), Name(scale.x(place), f"{float(scale.y(begin + ends * each)) - 6:.1f}", name, is_far)


def _apart(names: Sequence[Name]) -> tuple[Name, ...]:
    """Names moved up, or below the axis' top down, until none lies on another, even on a phone."""
    placed = list[tuple[float, float, float]]()
    found = list[Name]()
    for name in sorted(names, key=lambda each: -float(each.y)):
        x, width = float(name.x[:-1]), LETTER * len(name.text)
        begin = x - width if name.is_end else x
        y = max(float(name.y), TOP + LINE)
        step = -LINE if y > TOP + 3 * LINE else LINE
        while any(abs(y - other) < LINE and begin < last and first < begin + width for other, first, last in placed):
            y += step
        placed.append((y, begin, begin + width))
        found.append(replace(name, y=f"{y:.1f}"))
    return tuple(found)


def _marks(scale: "_Scale", ladder: Ladder, calendar: Calendar) -> tuple[Mark, ...]:
    """Buckets that need hours, those that need most named first, as far as labels do not meet."""
    placed, on_phones, found = list[float](), list[float](), list[Mark]()
    for t in np.argsort(-ladder.needed, kind="stable").tolist():
        if ladder.needed[t] < LEAST:
            break
        x = scale.across(float(ladder.needed[t]))
        has_room = all(abs(x - other) >= APART for other in placed)
        is_minor = any(abs(x - other) < APART_ON_PHONES for other in on_phones)
        if has_room:
            placed.append(x)
            if not is_minor:
                on_phones.append(x)
        found.append(Mark(f"{x:.3f}%", calendar.label(t) if has_room else "", is_minor))
    return tuple(found)


@dataclass(frozen=True)
class _Scale:
    hours: float
    hours_step: float
    money: float
    money_step: float

    def across(self, hours: float) -> float:
        return LEFT + (RIGHT - LEFT) * hours / self.hours

    def x(self, hours: float) -> str:
        return f"{self.across(hours):.3f}%"

    def y(self, amount: float) -> str:
        return f"{TOP + (HEIGHT - FOOT - TOP) * (1.0 - amount / self.money):.1f}"

    def stroke(self, x1: float, y1: float, x2: float, y2: float) -> Stroke:
        return Stroke(self.x(x1), self.x(x2), self.y(y1), self.y(y2))

    @staticmethod
    def steps(most: float, step: float) -> list[float]:
        found: list[float] = np.arange(0.0, most + step / 2, step).tolist()
        return found
