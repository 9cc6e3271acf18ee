"""`equipoise plan SRC`: the plan of a dataset, on one screen, as JSON, or written to a folder."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from equipoise.cli.options import Session, existing, out_option, question_options, shared_options

if TYPE_CHECKING:
    from equipoise.plan import Plan

ROWS_BY_BUCKET = 13
"""Longer horizons are shown by fiscal quarter."""
COLUMNS = (
    ("demand", "demand_consensus_qty"),
    ("production", "production_qty"),
    ("stock", "inventory_closing_qty"),
    ("service", "service_fill_pct"),
    ("revenue", "revenue_amount"),
    ("margin", "margin_gross_amount"),
)
IN_OTHER_WORDS = {"stock": ("stock value", "inventory_value_amount"), "production": ("hours", "capacity_load_hours")}
TIERS = {
    "optimum": "cheapest plan that fits",
    "heuristic": "fast plan by rules that fits, not the cheapest",
    "infinite": "capacity taken as unlimited",
}


@click.command("plan")
@existing("source", "SRC")
@question_options
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Leave out holds whose last day lies before this one; unless given, every hold counts.",
)
@out_option()
@shared_options
def command(
    session: Session,
    *,
    source: Path,
    mapping: Path | None,
    knobs: tuple[str, ...],
    adjust: Path | None,
    as_of: datetime | None,
    folder: Path | None,
) -> int:
    """Compute the plan of a dataset, snapshot or written plan.

    Adjustments of people come from --adjust, knobs of the policy from --set, such as --set workforce=integer.
    """
    from equipoise.cli.question import open_question, progress_bar
    from equipoise.plan import compute_plan
    from equipoise.report import plan_report
    from equipoise.store_plans import write_plan

    with progress_bar() as progress:
        snapshot, adjustments = open_question(source, mapping, knobs, adjust, as_of=as_of.date() if as_of else None)
        plan = compute_plan(snapshot, adjustments, progress=progress)
    if folder is not None:
        write_plan(plan, folder)
    report = plan_report(plan)
    severities = [finding["severity"] for finding in report["findings"]]
    return session.finish(report, lambda: show_plan(plan, source, folder), severities=severities)


def show_plan(plan: "Plan", source: Path, folder: Path | None) -> None:
    """The plan on one screen, ending with what to ask next of `source` (or of `folder`, if it was written there)."""
    from equipoise.cli.screen import print_findings, print_line
    from equipoise.report import all_findings

    head, calendar = plan.head, plan.axes.calendar
    horizon = f"{calendar.label(0)} to {calendar.label(head.horizon - 1)}"
    tier = f"{plan.tier}: {TIERS.get(plan.tier, plan.tier)}"
    print_line(f"{head.name} · {head.currency} · {horizon} · {tier}", style="bold")
    gap = plan.sections["supply"].facts.get("gap_pct")
    if gap is not None:
        print_line(f"In whole numbers: proved to cost at most {float(gap):.2f} % more than the cheapest plan.")
    _show_buckets(plan)
    _show_costs(plan)
    _show_budget(plan)
    print_findings([finding.as_json() for finding in all_findings(plan)])
    print_line(f"Plan {plan.fingerprint[:12]}, answer {plan.digest[:12]}", style="dim")
    if folder is not None:
        print_line(f"Written to {folder}.")
    print_line(f"Next: equipoise explain {folder or source} {_question_worth_asking(plan)}")


def _question_worth_asking(plan: "Plan") -> str:
    """The bucket that misses most demand; where none does, the one that sells most."""
    import numpy as np

    missed = np.nan_to_num(plan.by_bucket("unmet_qty"))
    measure = "unmet_qty" if missed.any() else "production_qty"
    asked = missed if missed.any() else np.nan_to_num(plan.by_bucket("demand_consensus_qty"))
    return f"{measure} --bucket {plan.axes.calendar.start_of(int(asked.argmax()))}"


def _columns(plan: "Plan") -> tuple[tuple[str, str], ...]:
    """Head and measure of each column; what cannot be added up in units is shown by its value or hours."""
    from math import isnan

    return tuple(
        IN_OTHER_WORDS[head] if head in IN_OTHER_WORDS and isnan(plan.total(name)) else (head, name)
        for head, name in COLUMNS
    )


def _show_buckets(plan: "Plan") -> None:
    from equipoise.cli.screen import percent, print_table, whole

    columns = _columns(plan)
    time = "bucket" if plan.head.horizon <= ROWS_BY_BUCKET else "fiscal_quarter"
    frames = {name: plan.frame(name, by=(time,)) for _, name in columns}
    shown = {name: percent if name.endswith("_pct") else whole for name in frames}
    labels = frames["demand_consensus_qty"][time].to_list()
    cells = [[shown[name](value) for value in frame[name].to_list()] for name, frame in frames.items()]
    rows = [(label, *row) for label, *row in zip(labels, *cells, strict=True)]
    rows.append(("all", *(shown[name](plan.total(name)) for name in frames)))
    heads = (time.replace("_", " "), *(head for head, _ in columns))
    print_table("Plan", heads, rows, has_total=True)


def _show_costs(plan: "Plan") -> None:
    from equipoise.catalog import measure_named
    from equipoise.cli.screen import percent, print_table, whole

    total = plan.total("cost_total_amount")
    parts = [term.measure for term in measure_named("cost_total_amount").terms]
    costs = [(measure_named(name).label, plan.total(name)) for name in parts]
    ranked = sorted((cost for cost in costs if cost[1] != 0), key=lambda cost: -abs(cost[1]))
    rows = [(label, whole(cost), percent(100 * cost / total if total else None)) for label, cost in ranked]
    rows.append(("Total", whole(total), ""))
    print_table("Cost by part", ("part", plan.head.currency, "share"), rows, has_total=True)


def _show_budget(plan: "Plan") -> None:
    from equipoise.cli.screen import percent, print_line, whole

    penalty = plan.total("penalty_total_amount")
    if penalty:
        print_line(f"Priced shortfall beside the cost (not money spent): {whole(penalty)}")
    if plan.snapshot.has("budget"):
        gap, budget = plan.total("budget_gap_amount"), plan.total("budget_revenue_amount")
        share = percent(100 * gap / budget if budget else None)
        print_line(f"Revenue against budget: {whole(gap)} ({share} of {whole(budget)})", style="bold")
