"""`equipoise risk SRC`: where a plan may fall short, how likely, what is at risk, and how far revenue may lie off."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from equipoise.cli.options import Session, existing, question_options, shared_options

if TYPE_CHECKING:
    from equipoise.balance.tell import RiskLine, RiskNumbers


@click.command("risk")
@existing("source", "SRC")
@click.option(
    "--by",
    type=click.Choice(("family", "item")),
    default="family",
    show_default=True,
    help="Families, or items at the locations that serve customers from stock.",
)
@click.option("--family", default="", help="Only one family.")
@click.option("--least", type=click.FloatRange(min=0.0), help="List what is at risk from this much money on.")
@question_options
@shared_options
def command(
    session: Session,
    *,
    source: Path,
    by: Literal["family", "item"],
    family: str,
    least: float | None,
    mapping: Path | None,
    knobs: tuple[str, ...],
    adjust: Path | None,
) -> int:
    """Rank what may run short by chance × gap × contribution, in the worst bucket of the year ahead.

    Chances are those of past forecasts' errors around the consensus. Without --least what is below 0.05 % of the
    revenue of a bucket is counted and not listed.
    """
    from equipoise.balance import assess_risk
    from equipoise.balance.tell import tell_risks
    from equipoise.cli.question import open_plan
    from equipoise.pack.scope import families

    plan = open_plan(source, mapping, knobs, adjust)
    if family and family not in families(plan):
        raise click.BadParameter(f"there is no family {family!r} that is sold", param_hint="--family")
    found = tell_risks(plan, assess_risk(plan), by=by, least=least, family=family)
    report: dict[str, Any] = {
        "format": 1,
        "command": "risk",
        "snapshot": plan.snapshot_id,
        "fingerprint": plan.fingerprint,
        **asdict(found),
    }
    return session.finish(report, lambda: _show(found))


def _show(found: "RiskNumbers") -> None:
    from equipoise.cli.screen import percent, print_line, print_table, whole

    heads = ("family", *(("item", "location") if found.by == "item" else ()), "worst in", "chance", "gap", "at risk")

    def cells(line: "RiskLine") -> tuple[str, ...]:
        place = (line.item, line.location) if found.by == "item" else ()
        gap = f"{whole(line.gap_qty)} {line.unit}".strip()
        return (line.family, *place, line.bucket, percent(line.chance_pct), gap, whole(line.amount))

    texts = len(heads) - 3
    print_table(f"At risk, {found.currency}", heads, [cells(line) for line in found.risks], texts=texts)
    if found.below_count:
        print_line(f"{found.below_count} below {whole(found.least_amount)}, together {whole(found.below_amount)}.")
    if found.unpriced:
        print_line(f"{len(found.unpriced)} without a price, a cost or a common unit.")
    if found.unjudged_count:
        print_line(f"Not judged, for the forecast has no known error: {found.unjudged_count} stocking points.")
    if found.is_cut:
        print_line("The company has too many series for fans: ask for --by item.")
    if found.company is not None:
        rows = [
            (
                each.bucket,
                *(whole(v) for v in (each.revenue_amount.p10, each.revenue_amount.p50, each.revenue_amount.p90)),
                whole(each.plan_revenue_amount),
                whole(each.budget_revenue_amount),
            )
            for each in found.company.buckets
        ]
        print_table(f"Revenue, {found.currency}", ("bucket", "P10", "P50", "P90", "plan", "budget"), rows)
        year = found.company.year_revenue_amount
        if year.p50 is None:
            print_line(
                "How far revenue may lie off is not known: no past forecast can be judged, or prices are missing."
            )
            return
        print_line(
            f"The {found.company.year_buckets} buckets ahead together: {whole(year.p10)} to {whole(year.p90)} with a "
            "chance of 80 %, which is less wide than the sum of theirs."
        )
