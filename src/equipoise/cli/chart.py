"""`equipoise chart SRC NAME`: a chart of a plan as a file, and what it says as a table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from equipoise.cli.options import Session, existing, question_options, shared_options

if TYPE_CHECKING:
    from altair import VConcatChart

    from equipoise.pack.chart_table import ChartTable
    from equipoise.plan import Plan

NAMES = ("sop", "fan", "waterfall", "tornado", "load", "bias", "error", "families")
NARROWEST, WIDEST = 320, 2400


@dataclass(frozen=True)
class Asked:
    """What is asked of a chart; each chart reads what concerns it."""

    family: str | None
    item: str | None
    market: str | None
    against: Path | None
    by: float
    lag: int
    source: str
    page: int


@dataclass(frozen=True)
class Told:
    """A chart: its words, its table, and what draws it at a width, dark or light."""

    title: str
    subtitle: str
    table: "ChartTable"
    draw: "Callable[[int, bool], VConcatChart]"


@click.command("chart")
@existing("source", "SRC")
@click.argument("name", type=click.Choice(NAMES))
@click.option(
    "--out", "file", type=click.Path(dir_okay=False, path_type=Path), help="File to write: .svg, .png, .json."
)
@click.option("--family", help="sop, fan: the family; sop without it: all of them, in money.")
@click.option("--item", help="fan: the item.")
@click.option("--market", help="fan: the market; without it all of them.")
@click.option(
    "--against", type=click.Path(exists=True, path_type=Path), help="waterfall, tornado: the plan to compare with."
)
@click.option(
    "--by", type=click.FloatRange(0, min_open=True), default=10.0, show_default=True, help="tornado: percent."
)
@click.option("--lag", type=click.IntRange(1), default=1, show_default=True, help="bias, error: buckets ahead.")
@click.option("--of", "forecast", default="consensus", show_default=True, help="bias, error: source of the forecast.")
@click.option("--page", type=click.IntRange(1), default=1, show_default=True, help="families: the page.")
@click.option("--width", type=click.IntRange(NARROWEST, WIDEST), default=1080, show_default=True, help="Pixels.")
@click.option("--dark", is_flag=True, help="On a dark ground.")
@question_options
@shared_options
def command(
    session: Session,
    *,
    source: Path,
    name: str,
    file: Path | None,
    family: str | None,
    item: str | None,
    market: str | None,
    against: Path | None,
    by: float,
    lag: int,
    forecast: str,
    page: int,
    width: int,
    dark: bool,
    mapping: Path | None,
    knobs: tuple[str, ...],
    adjust: Path | None,
) -> int:
    """Draw a chart of a plan, the same as on its page.

    sop: demand, production and inventory of a family. fan: history, forecast and its 95% fan of a family or an item.
    waterfall: margin driver by driver from another plan or, without one, from the budget. tornado: what moves margin
    by family against another plan or, without one, how sensitive margin is to each lever, which plans twice for each.
    load: hours over capacity. bias, error: past forecasts by family and bucket. families: each beside last year and
    budget.
    """
    from equipoise.cli.question import open_plan

    plan = open_plan(source, mapping, knobs, adjust)
    told = MAKERS[name](plan, Asked(family, item, market, against, by, lag, forecast, page))
    if file is not None:
        from equipoise.pack.chart_file import write_chart

        write_chart(told.draw(width, dark), file, dark=dark)
    report = {
        "format": 1,
        "command": "chart",
        "name": name,
        "snapshot": plan.snapshot_id,
        "fingerprint": plan.fingerprint,
        "tier": plan.tier,
        "title": told.title,
        "subtitle": told.subtitle,
        "table": {"heads": told.table.heads, "rows": told.table.rows},
    }
    return session.finish(report, lambda: _show(told, file))


def _show(told: Told, file: Path | None) -> None:
    from equipoise.cli.screen import print_line, print_table

    print_line(told.title, style="bold")
    print_table(told.subtitle, told.table.heads, told.table.rows)
    if file is not None:
        print_line(f"Written to {file}")


def _sop(plan: "Plan", asked: Asked) -> Told:
    from equipoise.pack.charts import sheet_table, sop_chart
    from equipoise.pack.family_sheet import family_sheet

    sheet = family_sheet(plan, asked.family)
    return Told(
        sheet.title, sheet.subtitle, sheet_table(sheet), lambda width, dark: sop_chart(sheet, width=width, dark=dark)
    )


def _fan(plan: "Plan", asked: Asked) -> Told:
    from equipoise.explain.forecast import explain_forecast
    from equipoise.pack.fan import fan_of
    from equipoise.pack.forecast_chart import forecast_chart

    node = asked.item or (f"family:{asked.family}" if asked.family else "")
    what = asked.item or asked.family or "All demand"
    story = explain_forecast(plan, item=node, market=asked.market or "")
    found = fan_of(story, plan.axes.calendar, name=f"{what} in {asked.market}" if asked.market else what)
    said, words = f"{found.title}. {found.subtitle}", {"title": found.title, "subtitle": found.subtitle}
    return Told(
        found.title,
        found.subtitle,
        found.table(),
        lambda width, dark: forecast_chart(found.drawn, said=said, width=width, dark=dark, **words),
    )


def _waterfall(plan: "Plan", asked: Asked) -> Told:
    from equipoise.bridges import bridge_from_budget
    from equipoise.cli.question import open_plan
    from equipoise.compare import compare
    from equipoise.pack.bridge_chart import bridge_chart
    from equipoise.pack.waterfall import waterfall_of

    before = None if asked.against is None else open_plan(asked.against)
    bridge = bridge_from_budget(plan) if before is None else compare(before, plan).bridge
    a = "Budget" if asked.against is None else asked.against.name
    found = waterfall_of(bridge, plan.head.currency, a=a, b="Plan")
    words = {"a": found.a, "b": found.b, "title": found.title, "subtitle": found.subtitle}
    return Told(
        found.title,
        found.subtitle,
        found.table(),
        lambda width, dark: bridge_chart(found.steps, currency=found.currency, width=width, dark=dark, **words),
    )


def _tornado(plan: "Plan", asked: Asked) -> Told:
    from equipoise.cli.question import open_plan
    from equipoise.pack.sensitivity import sensitivity
    from equipoise.pack.tornado import margin_tornado
    from equipoise.pack.tornado_chart import tornado_chart

    if asked.against is None:
        found = sensitivity(plan, by=asked.by)
    else:
        found = margin_tornado(open_plan(asked.against), plan, a_name=asked.against.name, b_name="this plan")
    return Told(
        found.title, found.subtitle, found.table(), lambda width, dark: tornado_chart(found, width=width, dark=dark)
    )


def _load(plan: "Plan", _asked: Asked) -> Told:
    from equipoise.pack.heat import load_map, planned_load
    from equipoise.pack.heat_chart import heat_chart

    found = load_map(planned_load(plan), plan)
    return Told(
        found.title, found.subtitle, found.table(), lambda width, dark: heat_chart(found, width=width, dark=dark)
    )


def _bias(plan: "Plan", asked: Asked) -> Told:
    return _past(plan, asked, is_bias=True)


def _error(plan: "Plan", asked: Asked) -> Told:
    return _past(plan, asked, is_bias=False)


def _past(plan: "Plan", asked: Asked, *, is_bias: bool) -> Told:
    from equipoise.pack.heat import error_map
    from equipoise.pack.heat_chart import heat_chart
    from equipoise.performance import forecast_performance

    level = "family" if plan.axes.items.nodes("family") else "item"
    table = forecast_performance(plan, (level, "bucket"), lag=asked.lag, source=asked.source)
    found = error_map(table, measure="bias_pct" if is_bias else "wape_pct", lag=asked.lag, source=asked.source)
    return Told(
        found.title, found.subtitle, found.table(), lambda width, dark: heat_chart(found, width=width, dark=dark)
    )


def _families(plan: "Plan", asked: Asked) -> Told:
    from equipoise.pack.families import family_panels
    from equipoise.pack.family_chart import family_chart

    found = family_panels(plan, page=asked.page)
    return Told(
        found.title, found.subtitle, found.table(), lambda width, dark: family_chart(found, width=width, dark=dark)
    )


MAKERS: "Mapping[str, Callable[[Plan, Asked], Told]]" = {
    "sop": _sop,
    "fan": _fan,
    "waterfall": _waterfall,
    "tornado": _tornado,
    "load": _load,
    "bias": _bias,
    "error": _error,
    "families": _families,
}
assert tuple(MAKERS) == NAMES
