"""The bridge as a chart: from the amount of one plan to that of another, a bar for each driver.

Bars lie one under the other, so names and numbers are read as text. The axis starts near the smallest level and says
so; a step has its sign and its side of the line, and its color repeats them.

>>> steps = Steps(100.0, 5.0, 0.0, 0.0, -12.0, 0.0, 0.0, 0.0, 93.0)
>>> [(bar.name, bar.begin, bar.end) for bar in bars_of(steps)]
[('a', 0.0, 100.0), ('price', 100.0, 105.0), ('volume', 105.0, 93.0), ('b', 0.0, 93.0)]
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import altair as alt

from equipoise.finance.bridge import Steps
from equipoise.pack.chart_parts import NARROW, titled, with_look
from equipoise.pack.headline import LEAST_TOLD, money, signed_money
from equipoise.pack.palette import DARK, LIGHT

ROW = 26
"""Pixels of a bar with the space around it."""
DRIVERS: Mapping[str, str] = {
    "price": "Price",
    "cost": "Cost",
    "currency": "Currency",
    "volume": "Volume",
    "mix": "Mix",
    "launched": "Launched",
    "ended": "Ended",
}
"""What each step of a bridge is called."""
HEADROOM = 0.3
"""Of the largest step, left free below the smallest level."""


@dataclass(frozen=True)
class Bar:
    """One bar: a level (a, b) from 0, or a step from one level to the next."""

    name: str
    begin: float
    end: float

    @property
    def is_step(self) -> bool:
        """False for the two levels."""
        return self.name in DRIVERS

    @property
    def amount(self) -> float:
        """What the bar says."""
        return self.end - self.begin


def bars_of(steps: Steps) -> tuple[Bar, ...]:
    """The bars of a bridge from the top down; steps that would be told as 0 are left out."""
    level, found = steps.budget, [Bar("a", 0.0, steps.budget)]
    for name, amount in steps.bars().items():
        if abs(amount) >= LEAST_TOLD:
            found.append(Bar(name, level, level + amount))
        level += amount
    return (*found, Bar("b", 0.0, steps.actual))


def axis_start(bars: Sequence[Bar]) -> float:
    """Where the axis starts: a little under the smallest level, 0 where there is no room or nothing to magnify."""
    levels = [end for bar in bars for end in ((bar.begin, bar.end) if bar.is_step else (bar.end,))]
    steps = [abs(bar.amount) for bar in bars if bar.is_step]
    lowest = min(levels)
    if not steps or lowest <= 0:
        return min(lowest, 0.0)
    return max(lowest - HEADROOM * max(*steps, max(levels) - lowest), 0.0)


def bridge_chart(
    steps: Steps, *, a: str, b: str, currency: str, title: str, width: int, dark: bool = False, subtitle: str = ""
) -> alt.VConcatChart:
    """The bridge from `a` to `b`, `width` pixels wide; `title` is the finding, told in the description.

    With a subtitle the drawing carries both, so that it stands alone.
    """
    palette, bars = DARK if dark else LIGHT, bars_of(steps)
    start = axis_start(bars)
    top = max(max(bar.begin, bar.end) for bar in bars)
    names = {"a": a, "b": b, **DRIVERS}
    rows = [
        {
            "n": number,
            "name": _shortened(names[bar.name], width),
            "low": max(min(bar.begin, bar.end), start),
            "high": max(bar.begin, bar.end),
            "color": _color(bar, palette),
            "text": _text(bar, currency),
        }
        for number, bar in enumerate(bars)
    ]
    labels, numbers = (96 if width < NARROW else 150), 76
    plot = width - labels - numbers
    base, names_of, text_of = (alt.Chart({"values": rows}, name=f"bridge_{layer}") for layer in ("bar", "name", "text"))
    y = alt.Y("n:O", axis=None, scale=alt.Scale(paddingInner=0.42, paddingOuter=0.2))
    scale = alt.Scale(domain=[start, top if top > start else start + 1.0], nice=False, zero=False)
    color = alt.Color("color:N", scale=None)
    x = alt.X("low:Q", scale=scale, axis=None)
    drawn = base.mark_bar().encode(x=x, x2="high:Q", y=y, color=color)
    named = names_of.mark_text(align="left", x=-labels, color=palette["ink"], fontSize=12).encode(y=y, text="name:N")
    told = text_of.mark_text(align="right", x=plot + numbers, color=palette["ink"], fontSize=12, fontWeight=600)
    chart = alt.layer(drawn, named, told.encode(y=y, text="text:N"), width=plot, height=ROW * len(bars))
    said = f"{title}. {describe(steps, a=a, b=b, currency=currency)}"
    whole = alt.vconcat(chart).properties(description=said)
    return with_look(titled(whole, title, subtitle, palette, width) if subtitle else whole)


def describe(steps: Steps, *, a: str, b: str, currency: str) -> str:
    """The bridge in words, with where its axis starts."""
    bars = bars_of(steps)
    moved = "; ".join(f"{DRIVERS[bar.name]} {_text(bar, currency)}" for bar in bars if bar.is_step) or "nothing differs"
    start = axis_start(bars)
    axis = f"the axis starts at {money(currency, start)}"
    return f"From {a}, {money(currency, steps.budget)}: {moved}; to {b}, {money(currency, steps.actual)}; {axis}."


def largest_driver(steps: Steps) -> str | None:
    """The step that moves most; None where nothing differs."""
    moved = {name: abs(amount) for name, amount in steps.bars().items() if abs(amount) >= LEAST_TOLD}
    return max(moved, key=lambda name: moved[name]) if moved else None


def _color(bar: Bar, palette: Mapping[str, str]) -> str:
    if not bar.is_step:
        return palette["past"] if bar.name == "a" else palette["demand"]
    return palette["gain"] if bar.amount > 0 else palette["loss"]


def _text(bar: Bar, currency: str) -> str:
    if not bar.is_step:
        return money(currency, bar.end)
    return signed_money(currency, bar.amount)


def _shortened(name: str, width: int) -> str:
    most = 13 if width < NARROW else 22
    return name if len(name) <= most else f"{name[: most - 1].rstrip()}…"
