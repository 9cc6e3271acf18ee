"""`equipoise forecasts SRC`: every series with its class, sort of demand, error, value added; or the history of one."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from equipoise.cli.options import Session, existing, question_options, shared_options

if TYPE_CHECKING:
    from equipoise.plan import Plan

CLASSES = ("A", "B", "C", "X", "Y", "Z")


@click.command("forecasts")
@existing("source", "SRC")
@click.option("--family", default="", help="Only the items of a family.")
@click.option("--class", "letter", type=click.Choice(CLASSES), help="Only a class: A to C by value, X to Z by error.")
@click.option("--demand", "kind", default="", metavar="SORT", help="Only a sort of demand, such as smooth or lumpy.")
@click.option(
    "--touchless",
    "who",
    default="",
    metavar="WHO",
    help="Only series that changes made worse: those of consensus (all together), sales, marketing, ...",
)
@click.option("--item", default="", help="The history of an item or any node above it, as sold and as learned from.")
@click.option("--market", default="", help="The same of a market, customer, channel or region.")
@question_options
@shared_options
def command(
    session: Session,
    *,
    source: Path,
    family: str,
    letter: str | None,
    kind: str,
    who: str,
    item: str,
    market: str,
    mapping: Path | None,
    knobs: tuple[str, ...],
    adjust: Path | None,
) -> int:
    """List the forecasts of a plan, or tell what was taken out of a history and why.

    Value added is against last year's sales, in percent of their error. That of people is in points of error against
    the statistical forecast, from forecasts archived one bucket ahead: below 0 they made it worse (the touchless zone).
    To take a cleaning back, put a history_hold into the file of `--adjust`.
    """
    from equipoise.cli.question import open_plan

    _check(kind, who)
    plan = open_plan(source, mapping, knobs, adjust)
    report: dict[str, Any] = {"format": 1, "command": "forecasts", "fingerprint": plan.fingerprint}
    if item or market:
        report["history"] = history_of(plan, item, market)
        return session.finish(report, lambda: _show_history(report["history"]))
    rows = [row for row in series_of(plan, family) if _fits(row, letter, kind, who)]
    report["series"] = rows
    return session.finish(report, lambda: _show(rows, who))


def _check(kind: str, who: str) -> None:
    from equipoise.demand.forecast import SEGMENTS
    from equipoise.explain.forecast_list import PEOPLE

    for option, given, known in (("--demand", kind, SEGMENTS), ("--touchless", who, PEOPLE)):
        if given and given not in known:
            raise click.BadParameter(f"{given!r} is none of {', '.join(known)}", param_hint=option)


def series_of(plan: "Plan", family: str = "") -> list[dict[str, Any]]:
    """Every series of a family, or of the company: in units and percent, null where unknown."""
    import numpy as np

    from equipoise.core.measure import Grain
    from equipoise.demand.forecast import SEGMENTS
    from equipoise.demand.segmentation import abc_classes, xyz_classes
    from equipoise.explain.forecast_list import list_forecasts, sales_ahead

    found = list_forecasts(plan, family)
    keys = plan.axes.keys[Grain.DEMAND]
    abc = abc_classes(sales_ahead(plan, np.arange(len(keys))))
    xyz = xyz_classes(found.sigma, found.mean)
    rows = []
    for n, row in enumerate(found.rows.tolist()):
        item, market = keys.labels(row)
        rows.append(
            {
                "item": item,
                "market": market,
                "abc": abc[row],
                "xyz": xyz[n],
                "demand": SEGMENTS[int(found.segment[n])],
                "error_pct": _known(found.error_pct[n]),
                "value_added_pct": _known(found.value_added_pct[n]),
                "people_points": {who: _known(points[n]) for who, points in found.people.items()},
                "is_touchless": bool(found.is_touchless[n]),
                "is_pinned": bool(found.is_pinned[n]),
            }
        )
    return rows


def _fits(row: dict[str, Any], letter: str | None, kind: str, who: str) -> bool:
    if letter and letter not in (row["abc"], row["xyz"]):
        return False
    if who and not (row["people_points"].get(who) or 0.0) < 0:
        return False
    return not kind or row["demand"] == kind


def history_of(plan: "Plan", item: str, market: str) -> dict[str, Any]:
    """History of a node as sold and as learned from, and each change between them."""
    from equipoise.explain.forecast import explain_forecast

    story = explain_forecast(plan, item=item, market=market)
    label = plan.axes.calendar.label
    pairs = zip(story.delivered.tolist(), story.trained.tolist(), strict=True)
    return {
        "item": item,
        "market": market,
        "unit": story.unit,
        "buckets": [
            {"bucket": label(story.first + n), "sold": sold, "learned": _known(learned)}
            for n, (sold, learned) in enumerate(pairs)
        ],
        "changes": [
            {
                "sort": change.sort,
                "code": change.code,
                "buckets": [label(bucket) for bucket in change.buckets],
                "amount": change.amount,
            }
            for change in story.changes
        ],
        "holds": [hold.id for hold in story.holds],
    }


def _known(value: float) -> float | None:
    return None if value != value else float(value)  # noqa: PLR0124  # NaN alone differs from itself


def _show(rows: list[dict[str, Any]], who: str) -> None:
    from equipoise.cli.screen import UNKNOWN, percent, print_line, print_table

    judged = who or "consensus"

    def points(row: dict[str, Any]) -> str:
        value = row["people_points"].get(judged)
        return UNKNOWN if value is None else f"{value:+.1f}"

    cells = [
        (
            row["item"],
            row["market"],
            f"{row['abc']} {row['xyz']}".strip(),
            row["demand"],
            percent(row["error_pct"]),
            percent(row["value_added_pct"]),
            points(row),
        )
        for row in rows
    ]
    heads = ("item", "market", "class", "demand", "error", "against last year", f"{judged}, points")
    print_table("Forecasts", heads, cells, texts=4)
    print_line(f"{len(rows)} series; points below 0: {judged} made the forecast worse.", style="dim")


def _show_history(found: dict[str, Any]) -> None:
    from equipoise.cli.screen import exact, print_line, print_table

    why: dict[str, list[str]] = {}
    for change in found["changes"]:
        for bucket in change["buckets"]:
            why.setdefault(bucket, []).append(f"{change['sort'].replace('_', ' ')} {change['code']}".strip())
    rows = [
        (", ".join(why.get(each["bucket"], ())), each["bucket"], exact(each["sold"]), exact(each["learned"]))
        for each in found["buckets"]
    ]
    print_table(f"History in {found['unit']}", ("why", "bucket", "as sold", "learned from"), rows, texts=2)
    held = ", ".join(found["holds"])
    print_line(f"Held by {held}." if held else "Nobody holds any of it.", style="dim")
