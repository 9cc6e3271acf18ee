"""`equipoise kpis SRC`: the scorecard of a plan, its forecasts by source and lag, and what made a KPI miss."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from equipoise.cli.options import Session, existing, question_options, shared_options

if TYPE_CHECKING:
    from equipoise.kpi.entry import Kpi
    from equipoise.plan import Plan
    from equipoise.scorecard import Score

LAGS = (1, 2, 3)
FORECAST = ("cells", "wape_pct", "accuracy_pct", "bias_pct", "mase_ratio", "tracking_signal", "p", "is_biased")


@click.command("kpis")
@existing("source", "SRC")
@click.option("--by", "level", metavar="LEVEL", default="", help="A row for each node of a level, such as family.")
@click.option("--for", "function", metavar="FUNCTION", default="", help="Only the card of a function, such as sales.")
@click.option("--drill", metavar="KPI", default="", help="The cells that make up the miss of one KPI, worst first.")
@question_options
@shared_options
def command(
    session: Session,
    *,
    source: Path,
    level: str,
    function: str,
    drill: str,
    mapping: Path | None,
    knobs: tuple[str, ...],
    adjust: Path | None,
) -> int:
    """Show every KPI with value, target, status and trend.

    Lagging KPIs are of closed buckets, leading ones of the plan. A KPI that is not known says what data it needs.
    """
    from equipoise.cli.question import open_plan
    from equipoise.kpi.catalogue import KPIS, kpi_named
    from equipoise.scorecard import scorecard

    asked = _card(function) if function else KPIS
    drilled = kpi_named(drill) if drill else None
    plan = open_plan(source, mapping, knobs, adjust)
    scores = scorecard(plan, level=level, kpis=asked)
    report: dict[str, Any] = {
        "format": 1,
        "command": "kpis",
        "snapshot": plan.snapshot_id,
        "fingerprint": plan.fingerprint,
        "tier": plan.tier,
        "by": level,
        "kpis": [score.as_json() for score in scores],
        **forecasts(plan),
    }
    if drilled is not None:
        report["drill"] = {"name": drilled.name, "cells": cells(plan, drilled)}
    return session.finish(report, lambda: _show(plan, scores, report, level))


def _card(function: str) -> "tuple[Kpi, ...]":
    from equipoise.core.adjustment import FUNCTIONS
    from equipoise.kpi.catalogue import card

    found = card(function)
    if not found:
        known = ", ".join(name for name in FUNCTIONS if card(name))
        raise click.BadParameter(f"there is no card of {function!r}; there are cards of {known}", param_hint="--for")
    return found


def forecasts(plan: "Plan") -> dict[str, Any]:
    """Performance of each archived source at lag 1, 2 and 3 where it has any, and the stairstep at lag 1."""
    from equipoise.performance import archived_sources, forecast_performance, stairstep

    rows = []
    for source in archived_sources(plan):
        for lag in LAGS:
            (row,) = forecast_performance(plan, (), lag=lag, source=source).select(FORECAST).rows(named=True)
            if row["cells"]:
                rows.append({"source": source, "lag": lag, **row})
    return {"forecasts": rows, "stairstep": stairstep(plan).to_dicts()}


def cells(plan: "Plan", kpi: "Kpi") -> list[dict[str, Any]]:
    """The ten cells that make up most of a KPI's miss, their blank keys left out."""
    from equipoise.contributors import contributors

    return [
        {key: value for key, value in row.items() if value is not None} for row in contributors(plan, kpi).to_dicts()
    ]


def _show(plan: "Plan", scores: "Sequence[Score]", report: dict[str, Any], level: str) -> None:
    from equipoise.cli.screen import print_line, print_table

    print_line(f"{plan.head.name} · {plan.tier} · ✓ met, ✗ missed, · no target, ? unknown", style="bold")
    heads = ("status", "KPI", *((level,) if level else ()), "owner", "value", "target", "by quarter", "trend")
    rows = [
        (
            f"{score.symbol} {score.status}",
            score.kpi.name,
            *((score.node or "(none)",) if level else ()),
            score.kpi.owner,
            _value(score.kpi, score.value),
            _target(score),
            " → ".join(_value(score.kpi, value) for _, value in score.trend),
            score.turn,
        )
        for score in scores
    ]
    print_table("KPIs", heads, rows, texts=4 if level else 3)
    for sign in dict.fromkeys(f"{score.kpi.name}: {score.kpi.sign}" for score in scores if score.kpi.sign):
        print_line(sign, style="dim")
    lacking = dict.fromkeys((score.kpi.name, score.kpi.needs) for score in scores if score.value is None)
    for name, needs in lacking:
        print_line(f"{name} is not known: it needs {needs}.", style="dim")
    _show_forecasts(report)
    if "drill" in report:
        _show_drill(report["drill"])


def _show_forecasts(report: dict[str, Any]) -> None:
    from equipoise.cli.screen import exact, percent, print_line, print_table

    if not report["forecasts"]:
        print_line("No earlier forecast is archived: accuracy and value added begin with the next cycle.")
        return
    rows = [
        (
            row["source"],
            f"{row['lag']}",
            f"{row['cells']:,}",
            percent(row["wape_pct"]),
            percent(row["bias_pct"]),
            exact(row["mase_ratio"]),
            exact(row["tracking_signal"]),
            exact(row["p"]),
            {True: "one-sided", False: "no", None: ""}[row["is_biased"]],
        )
        for row in report["forecasts"]
    ]
    heads = ("source", "lag", "cells", "WAPE", "bias (F − A)", "MASE", "signal (A − F)", "p of t-test", "biased")
    print_table("Forecasts of closed buckets, whole company", heads, rows)
    steps = [
        (
            row["step"],
            f"{row['cells']:,}",
            percent(row["wape_pct"]),
            *(_points(row[n]) for n in ("value_added_pct", "to_naive_pct")),
        )
        for row in report["stairstep"]
    ]
    print_table(
        "Value added on the cells all steps share", ("step", "cells", "WAPE", "to step before", "to naive"), steps
    )


def _show_drill(drill: dict[str, Any]) -> None:
    from equipoise.cli.screen import exact, percent, print_table

    keys = [key for key in dict.fromkeys(key for cell in drill["cells"] for key in cell)]
    texts = [key for key in keys if key not in ("contribution", "share_pct")]
    rows = [
        (*(cell.get(key, "") for key in texts), exact(cell["contribution"]), percent(cell.get("share_pct")))
        for cell in drill["cells"]
    ]
    print_table(f"What makes up {drill['name']}", (*texts, "part", "of the miss"), rows, texts=len(texts))


def _points(value: float | None) -> str:
    from equipoise.cli.screen import UNKNOWN

    return UNKNOWN if value is None else f"{value:+.1f} points"


def _value(kpi: "Kpi", value: float | None) -> str:
    from equipoise.cli.screen import percent, whole
    from equipoise.core.measure import Unit

    if kpi.unit is Unit.PERCENT:
        return percent(value)
    if kpi.unit is Unit.RATIO and value is not None:
        return f"{value:,.2f}"
    return f"{whole(value)} d" if kpi.unit is Unit.DAYS and value is not None else whole(value)


def _target(score: "Score") -> str:
    from equipoise.kpi.entry import Direction

    if score.target is None:
        return ""
    sign = {Direction.UP: "≥ ", Direction.DOWN: "≤ "}.get(score.kpi.direction, "")
    around = f" ± {score.kpi.tolerance:g}" if score.kpi.tolerance else ""
    return f"{sign}{_value(score.kpi, score.target)}{around}"
