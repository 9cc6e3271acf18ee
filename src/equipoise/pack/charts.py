"""The S&OP chart: demand against production, and the inventory that results, one Altair chart for screen, pack and
notebook.

It shows the numbers of the family sheet and nothing else. Colors are the tokens of the look; every series is labeled
where it is, never in a legend; both axes start at 0.
"""

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from equipoise.pack.palette import DARK, LIGHT, Palette
from equipoise.pack.sheet import Column, FamilySheet, RowKind
from equipoise.pack.svg import clean_svg

if TYPE_CHECKING:
    import altair as alt

WIDE, PHONE = 1080, 350
"""Widths the chart is drawn for, pixels: text is never scaled."""
AXIS, LABELS = 46, 74
"""Pixels left for the axis on the left and for the names of the series on the right."""
NARROW = 600
Point = dict[str, float | int | str]


def sop_chart(sheet: FamilySheet, *, width: int = WIDE, dark: bool = False, is_titled: bool = True) -> "alt.VConcatChart":
    """Demand line, production bars and inventory line of a sheet, `width` pixels wide.

    Without a title the finding is only in the description, for pages whose heading says it. `dark` is for exports that
    stand alone; screens take the light chart and let the stylesheet map its colors.
    """
    import altair as alt

    palette = DARK if dark else LIGHT
    is_narrow = width < NARROW
    plot = width - AXIS - LABELS
    flows = _flows(sheet, palette, plot).properties(width=plot, height=170 if is_narrow else 230)
    stock = _stock(sheet, palette, is_narrow=is_narrow).properties(width=plot, height=56 if is_narrow else 72)
    chart = alt.vconcat(flows, stock, spacing=14).properties(description=f"{sheet.title}. {describe(sheet)}")
    if is_titled:
        chart = chart.properties(title=alt.TitleParams(sheet.title, subtitle=f"{sheet.subtitle}; axes start at 0"))
    return _with_look(chart, palette)


def chart_svg(chart: "alt.VConcatChart") -> str:
    """The chart as an SVG for a page under a strict content security policy; drawn offline, without a browser."""
    import vl_convert

    spec = chart.to_dict()
    svg: str = vl_convert.vegalite_to_svg(spec)
    return clean_svg(svg, label=str(spec["description"]))


def describe(sheet: FamilySheet) -> str:
    """The chart in words: what is drawn and where demand and inventory begin and end."""
    parts = [f"{sheet.subtitle}; axes start at 0"]
    ahead = [n for n, column in enumerate(sheet.columns) if column.bucket is not None and not column.is_actual]
    for name, points in (("Demand", _latest(sheet, "sales")), ("Inventory", _latest(sheet, "inventory"))):
        known = [n for n in ahead if n in points]
        if known:
            first, last = known[0], known[-1]
            parts.append(
                f"{name} goes from {points[first]:,.0f} in {sheet.columns[first].label} "
                f"to {points[last]:,.0f} in {sheet.columns[last].label}"
            )
    return ". ".join(parts) + "."


def _latest(sheet: FamilySheet, section: str) -> dict[int, float]:
    """Actual of the closed and plan of the coming columns of a section, by column, where known."""
    plan = sheet.section(section).row(RowKind.PLAN)
    actual = sheet.section(section).row(RowKind.ACTUAL)
    found = {}
    for number, column in enumerate(sheet.columns):
        row = actual if column.is_actual else plan
        value = row.values[number] if row is not None else None
        if column.bucket is not None and value is not None:
            found[number] = value
    return found


def _flows(sheet: FamilySheet, palette: Palette, plot: int) -> "alt.LayerChart":
    import altair as alt

    demand, made = _latest(sheet, "sales"), _latest(sheet, "production")
    closed = [n for n, column in enumerate(sheet.columns) if column.is_actual]
    ahead = [n for n in range(len(sheet.columns) - 1) if n not in closed]
    joined = [*closed[-1:], *ahead]
    top = max([*demand.values(), *made.values(), 1.0])
    x, y = _x(sheet, axis=None), _y(sheet, palette, top)
    layers = [
        _marks(alt, "made", made, closed).mark_bar(color=palette["past"], size=_bar(sheet, plot)).encode(x=x, y=y),
        _marks(alt, "production", made, ahead).mark_bar(color=palette["supply"], size=_bar(sheet, plot)).encode(x=x, y=y),
        _marks(alt, "halo", demand, [*closed, *ahead]).mark_line(color=palette["paper"], strokeWidth=5).encode(x=x, y=y),
        _marks(alt, "demand", demand, joined).mark_line(color=palette["demand"], strokeWidth=2).encode(x=x, y=y),
        _marks(alt, "ordered", demand, closed).mark_line(color=palette["actual"], strokeWidth=2).encode(x=x, y=y),
        *_labels(alt, sheet, palette, demand, made, top),
    ]
    if closed and ahead:
        layers.append(_boundary(alt, sheet, palette, ahead[0]))
    return alt.layer(*layers)


def _stock(sheet: FamilySheet, palette: Palette, *, is_narrow: bool) -> "alt.LayerChart":
    import altair as alt

    stock = _latest(sheet, "inventory")
    closed = [n for n, column in enumerate(sheet.columns) if column.is_actual]
    joined = [*closed[-1:], *(n for n in stock if n not in closed)]
    top = max([*stock.values(), 1.0])
    x, y = _x(sheet, axis=_months(alt, sheet, palette, is_narrow=is_narrow)), _y(sheet, palette, top, ticks=2)
    last = [n for n in stock if n not in closed][-1:]
    return alt.layer(
        _marks(alt, "inventory", stock, joined).mark_line(color=palette["inventory"], strokeWidth=2).encode(x=x, y=y),
        _marks(alt, "counted", stock, closed).mark_line(color=palette["actual"], strokeWidth=2).encode(x=x, y=y),
        *(_label(alt, sheet, "Inventory", n, stock[n], palette["inventory"], y) for n in last),
    )


def _marks(alt: Any, name: str, values: dict[int, float], columns: Iterable[int]) -> "alt.Chart":  # noqa: ANN401
    """A layer over the known values of some columns; its name becomes a class of the drawing."""
    points: list[Point] = [{"x": n, "y": values[n]} for n in columns if n in values]
    chart: alt.Chart = alt.Chart(alt.Data(values=points), name=name)
    return chart


def _labels(
    alt: Any,  # noqa: ANN401 - the module, imported where it is used
    sheet: FamilySheet,
    palette: Palette,
    demand: dict[int, float],
    made: dict[int, float],
    top: float,
) -> list["alt.Chart"]:
    """Names of the series at their ends, and ▲ with the number where demand is not served."""
    y = _y(sheet, palette, top)
    found = []
    last = len(sheet.columns) - 2
    if last in demand:
        found.append(_label(alt, sheet, "Demand", last, demand[last], palette["demand"], y))
    if last in made:
        half = made[last] / 2
        is_close = abs(half - demand.get(last, -top)) < 0.1 * top
        found.append(_label(alt, sheet, "Production", last, half / 2 if is_close else half, palette["supply"], y, bar=True))
    short = sheet.section("sales").row(RowKind.SHORT)
    missed = {} if short is None else {n: v for n, v in enumerate(short.values[:-1]) if v}
    marks: list[Point] = [{"x": n, "y": max(demand.get(n, 0.0), made.get(n, 0.0))} for n in missed]
    if marks:
        chart = alt.Chart(alt.Data(values=marks), name="short").mark_text(
            text="▲", color=palette["bad"], dy=-10, fontSize=11
        )
        found.append(chart.encode(x=_x(sheet, axis=None), y=y))
    return found


def _label(
    alt: Any,  # noqa: ANN401 - the module, imported where it is used
    sheet: FamilySheet,
    text: str,
    column: int,
    value: float,
    color: str,
    y: "alt.Y",
    *,
    bar: bool = False,
) -> "alt.Chart":
    mark = alt.Chart(alt.Data(values=[{"x": column, "y": value}]), name=f"label_{text.lower()}").mark_text(
        text=text, color=color, align="left", dx=24 if bar else 8, fontSize=11, fontWeight=600
    )
    chart: alt.Chart = mark.encode(x=_x(sheet, axis=None), y=y)
    return chart


def _boundary(alt: Any, sheet: FamilySheet, palette: Palette, column: int) -> "alt.Chart":  # noqa: ANN401
    """A hairline where the past ends and the plan begins."""
    rule = alt.Chart(alt.Data(values=[{"x": column}]), name="now").mark_rule(color=palette["axis"])
    chart: alt.Chart = rule.encode(x=_x(sheet, axis=None, band=0.0))
    return chart


def _bar(sheet: FamilySheet, plot: int) -> float:
    return round(0.62 * plot / max(len(sheet.columns) - 1, 1), 1)


def _x(sheet: FamilySheet, *, axis: "alt.Axis | None", band: float = 0.5) -> "alt.X":
    import altair as alt

    columns = list(range(len(sheet.columns) - 1))
    scale = alt.Scale(domain=columns, paddingInner=0, paddingOuter=0, type="band")
    return alt.X("x:O", scale=scale, axis=axis, bandPosition=band)


def _y(sheet: FamilySheet, palette: Palette, top: float, *, ticks: int = 4) -> "alt.Y":
    import altair as alt

    axis = alt.Axis(
        title=None,
        tickCount=ticks,
        format="~s",
        minExtent=AXIS - 6,
        maxExtent=AXIS - 6,
        grid=True,
        gridColor=palette["grid"],
        domain=False,
        ticks=False,
        labelColor=palette["text"],
    )
    return alt.Y("y:Q", scale=alt.Scale(domain=[0, top], nice=True), axis=axis)


def _months(alt: Any, sheet: FamilySheet, palette: Palette, *, is_narrow: bool) -> "alt.Axis":  # noqa: ANN401
    """Labels of the columns; below the first of each quarter its name. Narrow charts label only those."""
    columns = [column for column in sheet.columns if column.bucket is not None]
    heads = quarter_starts(columns)
    words: list[object] = [
        [column.label, column.group] if number in heads else column.label for number, column in enumerate(columns)
    ]
    shown = heads if is_narrow and len(heads) > 2 else list(range(0, len(columns), 4 if is_narrow else 1))
    axis: alt.Axis = alt.Axis(
        title=None,
        values=shown,
        labelAngle=0,
        labelExpr=f"{json.dumps(words, ensure_ascii=False)}[datum.value]",
        labelColor=palette["text"],
        labelLimit=90,
        domainColor=palette["axis"],
        ticks=False,
        labelPadding=6,
        labelOverlap=False,
    )
    return axis


def quarter_starts(columns: Sequence[Column]) -> list[int]:
    """Columns with which a quarter begins, without a first quarter of which so little is shown that names collide.

    >>> quarter_starts([Column(n, "", group) for n, group in enumerate(["Q1", "Q1", "Q2", "Q2", "Q2", "Q3"])])
    [2, 5]
    """
    found = [n for n, column in enumerate(columns) if n == 0 or column.group != columns[n - 1].group]
    return found[1:] if len(found) > 1 and found[1] < 3 else found


def _with_look(chart: "alt.VConcatChart", palette: Palette) -> "alt.VConcatChart":
    import altair as alt

    look: alt.VConcatChart = chart.configure(
        background="transparent",
        font="inherit",
        aria=False,
        padding=0,
        view=alt.ViewConfig(stroke=None),
        axis=alt.AxisConfig(labelFontSize=11),
        title=alt.TitleConfig(
            anchor="start",
            color=palette["ink"],
            fontSize=16,
            fontWeight=600,
            subtitleColor=palette["text"],
            subtitleFontSize=12,
            offset=14,
        ),
    )
    return look
