"""`equipoise supply SRC QUESTION`: what binds a plan, why demand is short, and what supply offers instead."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from equipoise.cli.options import Session, existing, question_options, shared_options

if TYPE_CHECKING:
    from equipoise.core.stage import Inputs
    from equipoise.plan import Plan
    from equipoise.supply.model import SupplyModel
    from equipoise.supply.solving import Optimum

    Answer = Callable[[Plan, SupplyModel, Optimum, int], list[dict[str, Any]]]

SHOWN = 10
"""Limits or shortages that are told of, those first that matter most."""
TITLES = {
    "binding": "What binds, and what one more of it is worth",
    "causes": "Why demand is short",
    "offers": "What supply offers",
}


@click.command("supply")
@existing("source", "SRC")
@click.argument("question", type=click.Choice(tuple(TITLES)))
@click.option("--top", default=SHOWN, show_default=True, help="How many limits or shortages, those that matter most.")
@question_options
@shared_options
def command(
    session: Session,
    *,
    source: Path,
    question: str,
    top: int,
    mapping: Path | None,
    knobs: tuple[str, ...],
    adjust: Path | None,
) -> int:
    """Say what binds the supply plan, why demand is short, or what supply can offer.

    `binding` lists hours, people, suppliers, lanes and room that are used up; `causes` follows each shortage back to
    what it comes from; `offers` gives what comes on time, late, never, or for more money. All ask for tier optimum.
    """
    from equipoise.cli.question import open_plan
    from equipoise.supply.reopen import reopened

    plan = open_plan(source, mapping, knobs, adjust)
    model, optimum = reopened(_inputs(plan), plan.sections["supply"])
    rows = _answers()[question](plan, model, optimum, top)
    report = {
        "format": 1,
        "command": "supply",
        "question": question,
        "fingerprint": plan.fingerprint,
        "tier": plan.tier,
        "currency": plan.head.currency,
        question: rows,
    }
    return session.finish(report, lambda: _show(question, rows))


def _inputs(plan: "Plan") -> "Inputs":
    """What stage supply saw."""
    from equipoise.core.stage import Inputs
    from equipoise.stages import STAGES

    (stage,) = (stage for stage in STAGES if stage.name == "supply")
    mine = tuple(a for a in plan.adjustments if a.change.kind in stage.kinds)
    return Inputs(stage, plan.snapshot, plan.axes, plan.policy, mine, plan.sections)


def _answers() -> "dict[str, Answer]":
    return {"binding": _binding, "causes": _causes, "offers": _offers}


def _binding(plan: "Plan", model: "SupplyModel", optimum: "Optimum", top: int) -> list[dict[str, Any]]:
    from equipoise.supply.binding import binding

    calendar, currency = plan.axes.calendar, plan.head.currency
    return [
        {
            "kind": one.kind,
            "where": one.where,
            "bucket": calendar.label(one.bucket),
            "most": one.most,
            "unit": one.unit,
            "worth": one.worth,
            "words": one.words(calendar.label(one.bucket), currency),
        }
        for one in binding(model, optimum)[:top]
    ]


def _causes(plan: "Plan", model: "SupplyModel", optimum: "Optimum", top: int) -> list[dict[str, Any]]:
    from equipoise.supply.causes import Causes

    calendar, causes = plan.axes.calendar, Causes(model, optimum)
    found = []
    for row, bucket, short in _shortest(model, optimum, top):
        chain = causes.of(row, bucket, short)
        item, market = _demand(plan, row)
        when = calendar.label(bucket)
        found.append(
            {
                "item": item,
                "market": market,
                "bucket": when,
                "short": short,
                "marginal_cost": chain.marginal,
                "gap": chain.gap,
                "steps": list(chain.steps),
                "causes": [
                    {"kind": cause.kind, "where": cause.where, "quantity": cause.quantity, "worth": cause.worth}
                    for cause in chain.causes
                ],
                "words": chain.words(f"{item} for {market}", when, plan.head.currency),
            }
        )
    return found


def _offers(plan: "Plan", model: "SupplyModel", optimum: "Optimum", top: int) -> list[dict[str, Any]]:
    from equipoise.supply.counter_offers import counter_offers

    calendar, currency = plan.axes.calendar, plan.head.currency
    found = []
    for row, bucket, short in _shortest(model, optimum, top):
        item, market = _demand(plan, row)
        offers = [
            {
                "sort": offer.sort,
                "quantity": offer.quantity,
                "bucket": calendar.label(offer.bucket),
                "extra_cost": offer.extra_cost,
                "words": offer.words(calendar.label(offer.bucket), currency),
            }
            for offer in counter_offers(model, optimum, row=row, bucket=bucket)
        ]
        when = calendar.label(bucket)
        words = f"{item} for {market} in {when}: " + "; ".join(str(offer["words"]) for offer in offers)
        found.append({"item": item, "market": market, "bucket": when, "short": short, "offers": offers, "words": words})
    return found


def _shortest(model: "SupplyModel", optimum: "Optimum", top: int) -> list[tuple[int, int, float]]:
    """Demand row, bucket and units of the largest shortages, the largest first; of equal ones the earlier row."""
    from equipoise.supply.causes import shortages

    return sorted(shortages(model, optimum), key=lambda one: (-one[2], one[0], one[1]))[:top]


def _demand(plan: "Plan", row: int) -> tuple[str, str]:
    from equipoise.core.measure import Grain

    item, market = plan.axes.keys[Grain.DEMAND].labels(row)
    return item, market


def _show(question: str, rows: list[dict[str, Any]]) -> None:
    from equipoise.cli.screen import print_line

    print_line(TITLES[question], style="bold")
    for row in rows:
        print_line(f"- {row['words']}")
    if not rows:
        print_line("Nothing binds." if question == "binding" else "No demand is short.")
