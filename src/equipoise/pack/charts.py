"""The S&OP chart: demand against production, and the inventory that results; one drawing for screen, pack and notebook.

It shows the numbers of the family sheet and nothing else. Colors are the tokens of the look; every series is named
where it is, never in a legend; both axes start at 0.
"""

import altair as alt
import vl_convert

from equipoise.pack.chart_parts import NARROW, Panel, Plot, month_axis, titled, with_look
from equipoise.pack.chart_table import ChartTable
from equipoise.pack.palette import DARK, LIGHT, Palette
from equipoise.pack.sheet import FamilySheet, RowKind
from equipoise.pack.svg import clean_svg

WIDE, PHONE = 1080, 350
"""Widths a chart is drawn for, pixels: text is never scaled."""


def sop_chart(sheet: FamilySheet, *, width: int = WIDE, dark: bool = False, is_titled: bool = True) -> alt.VConcatChart:
    """Demand line, production bars and inventory line of a sheet, `width` pixels wide; what is unknown has no place.

    Untitled, the finding is only in the description, for pages whose heading says it. `dark` is for exports that stand
    alone; screens take the light chart and let the stylesheet map its colors.
    """
    palette = DARK if dark else LIGHT
    is_narrow = width < NARROW
    is_alone = not latest_view(sheet, "inventory")
    plots = [_flows(sheet, palette, width, is_alone=is_alone).properties(height=170 if is_narrow else 230)]
    if not is_alone:
        plots.append(_stock(sheet, palette, width).properties(height=56 if is_narrow else 72))
    chart = alt.vconcat(*plots, spacing=14).properties(description=f"{sheet.title}. {describe(sheet)}")
    if is_titled:
        chart = titled(chart, sheet.title, f"{sheet.subtitle}; axes start at 0", palette, width)
    return with_look(chart)


def chart_svg(chart: alt.VConcatChart) -> str:
    """The chart as an SVG for a page under a strict content security policy; drawn offline, without a browser."""
    spec = chart.to_dict()
    return clean_svg(vl_convert.vegalite_to_svg(spec), label=str(spec["description"]))


def describe(sheet: FamilySheet) -> str:
    """The chart in words: what is drawn, and where demand and inventory of the plan begin and end."""
    parts = [f"{sheet.subtitle}; axes start at 0"]
    _, ahead = _columns(sheet)
    for name, section in (("Demand", "sales"), ("Inventory", "inventory")):
        values = latest_view(sheet, section)
        known = [column for column in ahead if column in values]
        if known:
            begin, end = known[0], known[-1]
            parts.append(
                f"{name} goes from {values[begin]:,.0f} in {sheet.columns[begin].label} "
                f"to {values[end]:,.0f} in {sheet.columns[end].label}"
            )
    return ". ".join(parts) + "."


def sheet_table(sheet: FamilySheet) -> ChartTable:
    """The sheet as a table: a row for each of its lines, an en dash where nothing is known."""
    rows = tuple(
        (
            f"{section.name.capitalize()}, {row.label.lower()}",
            *("–" if value is None else f"{value:,.0f}".replace("-", "−") for value in row.values),
        )
        for section in sheet.sections
        for row in section.rows
    )
    return ChartTable((sheet.unit_label or "Units", *(column.label for column in sheet.columns)), rows)


def latest_view(sheet: FamilySheet, section: str) -> dict[int, float]:
    """Actual of the closed and plan of the coming columns of a section, by column, where known."""
    plan, actual = (sheet.section(section).row(kind) for kind in (RowKind.PLAN, RowKind.ACTUAL))
    found = {}
    for number, column in enumerate(sheet.columns):
        row = actual if column.is_actual else plan
        value = None if row is None or column.bucket is None else row.values[number]
        if value is not None:
            found[number] = value
    return found


def _columns(sheet: FamilySheet) -> tuple[list[int], list[int]]:
    """Numbers of the closed columns and of the coming ones, without total and landing."""
    closed = [number for number, column in enumerate(sheet.columns) if column.is_actual]
    return closed, list(range(len(closed), sheet.width))


def _flows(sheet: FamilySheet, palette: Palette, width: int, *, is_alone: bool) -> Plot:
    """Demand and production; alone, with the months under them."""
    demand, made = latest_view(sheet, "sales"), latest_view(sheet, "production")
    closed, ahead = _columns(sheet)
    months = month_axis(sheet.columns[: sheet.width], palette, is_narrow=width < NARROW) if is_alone else None
    panel = Panel(sheet, palette, width, max([*demand.values(), *made.values(), 1.0]), ticks=4, months=months)
    layers: list[alt.Chart] = [
        panel.bars("made", made, closed, palette["past"]),
        panel.bars("production", made, ahead, palette["supply"]),
        panel.line("halo", demand, [*closed, *ahead], palette["paper"], width=5.0),
        panel.line("demand", demand, [*closed[-1:], *ahead], palette["demand"]),
        panel.line("ordered", demand, closed, palette["actual"]),
    ]
    if closed and ahead:
        layers.append(panel.boundary(ahead[0]))
    at_price, at_cost = (("at price",), ("at cost",)) if sheet.unit == "amount" else ((), ())
    if demand:
        layers.append(panel.name_at_end(("Demand", *at_price), demand, palette["demand"]))
    if made:
        end = max(made)
        is_close = abs(made[end] / 2 - demand.get(end, -panel.top)) < panel.top / 10
        layers.append(
            panel.name_at_end(("Production", *at_cost), made, palette["supply"], height=0.25 if is_close else 0.5)
        )
    if missed := _missed(sheet, demand, made):
        mark = panel.points("short", missed, missed)
        layers.append(mark.mark_text(text="▲", color=palette["bad"], dy=-12, fontSize=11))
    return alt.layer(*layers, width=panel.plot)


def _missed(sheet: FamilySheet, demand: dict[int, float], made: dict[int, float]) -> dict[int, float]:
    """Columns in which demand is not all served, with the height of what stands there."""
    short = sheet.section("sales").row(RowKind.SHORT)
    if short is None:
        return {}
    return {
        number: max(demand.get(number, 0.0), made.get(number, 0.0))
        for number, value in enumerate(short.values[: sheet.width])
        if value
    }


def _stock(sheet: FamilySheet, palette: Palette, width: int) -> Plot:
    stock = latest_view(sheet, "inventory")
    closed, ahead = _columns(sheet)
    months = month_axis(sheet.columns[: sheet.width], palette, is_narrow=width < NARROW)
    panel = Panel(sheet, palette, width, max([*stock.values(), 1.0]), ticks=2, months=months)
    layers = [
        panel.line("inventory", stock, [*closed[-1:], *ahead], palette["inventory"]),
        panel.line("counted", stock, closed, palette["actual"]),
    ]
    if closed and ahead:
        layers.append(panel.boundary(ahead[0]))
    if stock:
        words = ("Inventory", "at cost") if sheet.unit == "amount" else ("Inventory",)
        layers.append(panel.name_at_end(words, stock, palette["inventory"]))
    return alt.layer(*layers, width=panel.plot)
