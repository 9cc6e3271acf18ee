"""`equipoise options SRC`: what closes each gap of capacity, at what cost and by when, and the ladder of a resource."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from equipoise.cli.options import Session, existing, question_options, shared_options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from equipoise.balance.tell_ladder import LadderNumbers
    from equipoise.balance.tell_options import GapNumbers


@click.command("options")
@existing("source", "SRC")
@click.option("--resource", default="", help="Only one resource: its gaps with every option.")
@click.option("--ladder", is_flag=True, help="The break-even ladder of --resource instead of its gaps.")
@click.option("--over", type=click.IntRange(min=1), help="Buckets over which one-off costs of the ladder are spread.")
@question_options
@shared_options
def command(
    session: Session,
    *,
    source: Path,
    resource: str,
    ladder: bool,
    over: int | None,
    mapping: Path | None,
    knobs: tuple[str, ...],
    adjust: Path | None,
) -> int:
    """Price every gap from the option list (table levers) and from what the plan's own data allow.

    A gap is a resource or supplier that is asked for more than it has. The cheapest mix of options that arrive in time
    is named, with the last day to decide. Gaps are answered together, what loses most with each hour first: hours,
    limits, stock and room that one takes are not there for the next; `alone` is its cost as if it were the only gap.
    Without --over one-off costs are spread over the buckets that need hours.
    """
    from equipoise.balance.gap_options import decide_soon
    from equipoise.balance.ground import read_ground
    from equipoise.balance.ladder import break_even_ladder
    from equipoise.balance.tell_ladder import tell_ladder
    from equipoise.balance.tell_options import tell_gaps
    from equipoise.balance.together import gap_options
    from equipoise.cli.question import open_plan

    if (ladder or over is not None) and not resource:
        raise click.BadParameter("a ladder is of one resource; name it with --resource", param_hint="--ladder")
    plan = open_plan(source, mapping, knobs, adjust)
    leaves = plan.axes.resources.leaves
    if resource and resource not in leaves:
        raise click.BadParameter(f"there is no resource {resource!r}", param_hint="--resource")
    report: dict[str, Any] = {
        "format": 1,
        "command": "options",
        "snapshot": plan.snapshot_id,
        "fingerprint": plan.fingerprint,
        "currency": plan.head.currency,
        "as_of": plan.head.as_of.isoformat(),
        "has_list": plan.snapshot.has("levers"),
    }
    ground = read_ground(plan)
    if ladder or over is not None:
        found = tell_ladder(ground, break_even_ladder(ground, leaves.index(resource), over=over))
        return session.finish({**report, "ladder": asdict(found)}, lambda: _show_ladder(found))
    every = [each for each in gap_options(ground) if resource in ("", each.gap.where)]
    gaps = tell_gaps(every)
    soon = tell_gaps(decide_soon(every))
    report = {
        **report,
        "gaps": [asdict(each) for each in gaps],
        "decide_soon": [{"where": each.where, "bucket": each.bucket, "decide_by": each.decide_by} for each in soon],
    }
    return session.finish(report, lambda: _show(gaps, soon, plan.head.currency, has_list=report["has_list"]))


def _show(gaps: "tuple[GapNumbers, ...]", soon: "tuple[GapNumbers, ...]", currency: str, *, has_list: bool) -> None:
    from equipoise.cli.screen import print_line, print_table, whole

    if not has_list:
        print_line(
            "There is no option list: import table levers (see equipoise template); "
            "options are those of the plan's data."
        )
    if not gaps:
        print_line("Nothing is asked for more than it has.")
        return
    rows = [
        (
            each.where,
            each.bucket,
            each.decide_by or "–",
            ", ".join(f"{o.lever} {o.option}".strip() for o in each.options if o.mix_qty) or "nothing in time",
            whole(each.short_qty),
            whole(each.relieved_qty),
            whole(each.mix_closes_qty),
            whole(each.mix_amount),
            whole(each.alone_mix_amount),
            whole(each.margin_at_stake_amount),
        )
        for each in (*soon, *(each for each in gaps if each.decide_by is None))
    ]
    heads = ("where", "bucket", "decide by", "cheapest mix", "short", "moved away", "closes", "cost", "alone",
             "margin at stake")  # fmt: skip
    print_table(f"Gaps, the nearest decision first, {currency}", heads, rows, texts=4)
    if len({each.where for each in gaps}) > 1:
        return
    for gap in gaps:
        lines = [
            (
                f"{o.lever} {o.option}".strip(),
                o.decide_by if not o.late_days else f"{o.late_days} days too late",
                whole(o.closes_qty),
                whole(o.amount),
                whole(o.hour_price),
                whole(o.left_qty),
            )
            for o in gap.options
        ]
        title = f"{gap.where}, {gap.bucket}: {whole(gap.short_qty)} {gap.unit}s short, {currency}"
        print_table(
            title,
            ("option", "decide by", "closes", "cost", "an hour" if gap.unit == "hour" else "a unit", "left"),
            lines,
            texts=2,
        )
        for line in _told(gap):
            print_line(line)


def _told(gap: "GapNumbers") -> "Iterator[str]":
    """What stops options of a gap, and what gaps before it took and gave back."""
    from equipoise.cli.screen import whole

    for option in gap.options:
        name = f"{option.lever} {option.option}".strip()
        for stop in option.stops:
            what = f"{stop.what} at {stop.location}" if stop.location else stop.what
            yield f"{name} in {stop.bucket}: {whole(stop.kept_qty)} less, {stop.sort.replace('_', ' ')} of {what}"
    for each in gap.given:
        yield f"taken: {whole(each.taken_qty)} of {each.what} in {each.bucket}, for {each.by_where} in {each.by_bucket}"
    if gap.relieved_qty:
        yield f"gone with the items that gaps before move away: {whole(gap.relieved_qty)} {gap.unit}s"


def _show_ladder(found: "LadderNumbers") -> None:
    from equipoise.cli.screen import print_line, print_table, whole

    rows = [
        (
            f"{each.lever} {each.option}".strip(),
            "–" if each.first_bucket is None else each.first_bucket,
            "–" if each.order_by is None else each.order_by,
            str(each.late_days) if each.late_days else "–",
            whole(each.from_hours),
            whole(each.most_hours),
            whole(each.hour_price),
            whole(each.once_amount),
            whole(each.break_even_hours),
        )
        for each in found.rungs
    ]
    heads = ("rung", "first in", "order by", "days late", "from h", "most h", "an hour", "once", "pays after h")
    print_table(f"Break-even ladder of {found.resource}, {found.currency}", heads, rows, texts=4)
    print_line(
        f"Hours a bucket beyond the regular ones; what is paid once is spread over {found.over_buckets} buckets."
    )
