"""The tornado: swings around a base, the largest on top, each with its name and its two ends told in money.

A bar that gains lies to the right of the line and has a plus, one that loses to the left with a minus; color repeats
it. Where both sides of a swing fall on one side of the line, they lie under each other. The axis is the base itself.
"""

from typing import Literal

import altair as alt

from equipoise.pack.chart_parts import NARROW, X_PIXEL, Y_PIXEL, Plot, shortened, titled, with_look, words_at
from equipoise.pack.headline import LEAST_TOLD, signed_money
from equipoise.pack.palette import DARK, LIGHT, Palette
from equipoise.pack.tornado import Swing, Tornado

ROW, NAME, BAR, THIN = 42, 15, 15, 8
"""Pixels of a swing, of its name, of its bar, and of each of two bars under each other."""
TOP, ENDS = 18, 62
"""Pixels for the name of the base above the swings, and on either side for what the ends say."""
SIDES: tuple[Literal["left"], Literal["right"]] = ("left", "right")
"""How what the ends say is aligned: beside a gain to the left, beside a loss to the right."""


def tornado_chart(tornado: Tornado, *, width: int, dark: bool = False, is_titled: bool = True) -> alt.VConcatChart:
    """The swings, `width` pixels wide; untitled, the finding is only in the description."""
    palette = DARK if dark else LIGHT
    chart = alt.vconcat(_bars(tornado, palette, width))
    chart = chart.properties(description=f"{tornado.title}. {tornado.subtitle}. {describe(tornado)}")
    if is_titled:
        chart = titled(chart, tornado.title, tornado.subtitle, palette, width)
    return with_look(chart)


def describe(tornado: Tornado) -> str:
    """The swings in words."""
    lower, higher = tornado.sides
    said = [
        f"{swing.name}: {lower.lower()} {signed_money(tornado.currency, swing.down)}, {higher.lower()} "
        f"{signed_money(tornado.currency, swing.up)}"
        for swing in tornado.swings
    ]
    return ("; ".join(said) or "Nothing moves") + "."


def _bars(tornado: Tornado, palette: Palette, width: int) -> Plot:
    """Bars, names, ends and the line of the base; places are pixels, so that names are never scaled."""
    ends = [end for swing in tornado.swings for end in (swing.down, swing.up)]
    low, high = min([*ends, 0.0]), max([*ends, 0.0])
    free = width - (ENDS if low < 0 else 0) - (ENDS if high > 0 else 0)
    per_pixel = (high - low) / free if high > low else 1.0
    zero = (ENDS if low < 0 else 0) - low / per_pixel
    height = TOP + ROW * max(len(tornado.swings), 1)
    rows, texts = [], []
    for number, swing in enumerate(tornado.swings):
        for amount, top, bottom in _places(swing, TOP + ROW * number + NAME + 3):
            is_gain = amount > 0
            end = zero + amount / per_pixel
            color = palette["gain" if is_gain else "loss"]
            rows.append({"x": min(zero, end), "x2": max(zero, end), "y": top, "y2": bottom, "color": color})
            told = {"x": end + (5 if is_gain else -5), "y": (top + bottom) / 2, "side": "left" if is_gain else "right"}
            texts.append({**told, "text": signed_money(tornado.currency, amount)})
    names = [
        {"x": 0, "y": TOP + ROW * number + NAME / 2, "text": shortened(swing.name, width)}
        for number, swing in enumerate(tornado.swings)
    ]
    x, y = X_PIXEL, Y_PIXEL
    size = 11 if width < NARROW else 12
    drawn = alt.Chart({"values": rows}, name="swings").mark_rect()
    layers: list[alt.Chart] = [
        drawn.encode(x=x, x2="x2:Q", y=y, y2="y2:Q", color=alt.Color("color:N", scale=None)),
        *(
            words_at(
                [text for text in texts if text["side"] == side],
                f"ends_{side}",
                palette["ink"],
                size=size,
                align=side,
                is_strong=True,
            )
            for side in SIDES
        ),
        words_at(names, "names", palette["ink"], size=12),
        alt.Chart({"values": _line(tornado, zero)}, name="base")
        .mark_rule(color=palette["axis"])
        .encode(x=x, y=y, y2="y2:Q"),
        words_at(
            [{"x": zero, "y": 7, "text": tornado.base}],
            "base_name",
            palette["text"],
            size=11,
            align=_align(zero / width),
        ),
    ]
    return alt.layer(*layers, width=width, height=height)


def _places(swing: Swing, top: float) -> list[tuple[float, float, float]]:
    """Amount, upper and lower edge of each bar of a swing."""
    sides = [side for side in (swing.down, swing.up) if abs(side) >= LEAST_TOLD]
    if len(sides) == 2 and (sides[0] > 0) == (sides[1] > 0):
        return [(sides[0], top - 1, top - 1 + THIN), (sides[1], top + THIN + 1, top + 2 * THIN + 1)]
    return [(side, top, top + BAR) for side in sides]


def _line(tornado: Tornado, zero: float) -> list[dict[str, float]]:
    """The line of the base, which leaves the names free."""
    tops = [TOP + ROW * number + NAME for number in range(max(len(tornado.swings), 1))]
    return [{"x": zero, "y": top, "y2": top + ROW - NAME - 2} for top in tops]


def _align(share: float) -> Literal["left", "center", "right"]:
    """So that a name at a share of the width stays inside it."""
    return "left" if share < 0.25 else "right" if share > 0.75 else "center"
