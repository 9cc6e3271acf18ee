"""The break-even ladder of a resource as its page tells it: the finding, the drawing, the rungs, the buckets."""

from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from equipoise.balance.gaps import LEAST
from equipoise.balance.ground import Ground
from equipoise.balance.ladder import Ladder, Rung, WrongSpan, break_even_ladder
from equipoise_web.reads.capacity_option_parts import amount, day, label_of, price_of
from equipoise_web.reads.in_words import Words, words_of
from equipoise_web.reads.ladder_chart import LadderChart, draw_ladder
from equipoise_web.reads.numbers import UNKNOWN, counted, shown

MOST_OVER = 240
"""Buckets over which one-off costs may be spread: twenty years of months."""


@dataclass(frozen=True)
class RungLine:
    """A rung in figures."""

    label: str
    detail: str
    begins: str
    most: str
    per_hour: str
    once: str
    pays: str
    first: str
    order_by: str
    late: str
    """`▲ 238 days too late`; blank where it is not."""


@dataclass(frozen=True)
class NeedLine:
    """A bucket on the ladder."""

    label: str
    needed: str
    rungs: str
    cost: str


@dataclass(frozen=True)
class LadderPart:
    """The ladder of a resource."""

    title: str
    subtitle: str
    chart: LadderChart | None
    rungs: tuple[RungLine, ...]
    needs: tuple[NeedLine, ...]
    over: int
    most_over: int
    note: str


def read_ladder(ground: Ground, resource: int, over: str) -> LadderPart:
    """The ladder, one-off costs spread over as many buckets as is typed, blank: those that need hours.

    Raises WrongSpan for what is no number of buckets.
    """
    if over and (not over.isdecimal() or not 1 <= int(over) <= MOST_OVER):
        raise WrongSpan(
            _("One-off costs are spread over a whole number of buckets from 1 to %(most)s, not %(over)s.")
            % {"most": MOST_OVER, "over": over[:20]}
        )
    ladder = break_even_ladder(ground, resource, over=int(over) if over else None)
    plan, words = ground.plan, words_of(ground.plan.snapshot_id)
    calendar, currency = plan.axes.calendar, plan.head.currency
    labels = [_name(each, words) for each in ladder.rungs]
    return LadderPart(
        title=_title(ladder, labels, ground),
        subtitle=_subtitle(ladder) if ladder.rungs else "",
        chart=draw_ladder(ladder, calendar, currency, [_short(each, words) for each in ladder.rungs]),
        rungs=tuple(_line(each, ladder, labels, ground) for each in ladder.rungs),
        needs=tuple(
            NeedLine(
                calendar.label(t),
                shown(float(hours), decimals=1),
                ", ".join(labels[n] for n in ladder.on[t]) or _("regular hours"),
                UNKNOWN if np.isnan(ladder.amounts[t]) else amount(currency, float(ladder.amounts[t])),
            )
            for t, hours in enumerate(ladder.needed)
        ),
        over=ladder.over,
        most_over=MOST_OVER,
        note=_note(ladder),
    )  # fmt: skip


def _name(rung: Rung, words: Words) -> str:
    label = label_of(rung.option, words)
    return f"{label} ({rung.option.name})" if rung.option.is_listed else label


def _short(rung: Rung, words: Words) -> str:
    """The name that stands at its line: the code of the list, where it is from there."""
    return rung.option.name if rung.option.is_listed else label_of(rung.option, words)


def _line(rung: Rung, ladder: Ladder, labels: list[str], ground: Ground) -> RungLine:
    plan, currency = ground.plan, ground.plan.head.currency
    once = amount(currency, rung.once_amount) if rung.once_amount else ""
    if rung.once_each:
        once = _("%(money)s for each hour a bucket") % {"money": price_of(currency, rung.once_each)}
    pays = ""
    if rung.break_even_hours is not None and rung.against is not None:
        count = rung.break_even_buckets or 0
        said = {"hours": shown(rung.break_even_hours), "n": shown(count), "name": labels[rung.against]}
        pays = ngettext(
            "after %(hours)s h, %(n)s bucket, against %(name)s",
            "after %(hours)s h, %(n)s buckets, against %(name)s",
            count,
        )
        pays = pays % said
    late = ""
    if rung.late_days:
        late = ngettext("▲ too late by %(n)s day", "▲ too late by %(n)s days", rung.late_days)
        late = late % {"n": shown(rung.late_days)}
        if rung.earliest is not None:
            late += _("; works from %(when)s") % {"when": plan.axes.calendar.label(rung.earliest)}
    return RungLine(
        label=labels[ladder.rungs.index(rung)],
        detail=_("notice %(n)s days") % {"n": shown(rung.option.lead_days)} if rung.option.lead_days else "",
        begins=_("not up to %(hours)s") % {"hours": shown(ladder.pieces[-1].ends)}
        if rung.from_hours is None
        else shown(rung.from_hours),
        most=_("no limit") if np.isinf(rung.most) else shown(rung.most),
        per_hour=price_of(currency, rung.each),
        once=once,
        pays=pays,
        first=UNKNOWN if rung.first_bucket is None else plan.axes.calendar.label(rung.first_bucket),
        order_by=UNKNOWN if rung.order_by is None else day(rung.order_by),
        late=late,
    )


def _title(ladder: Ladder, labels: list[str], ground: Ground) -> str:
    if not ladder.rungs:
        return _("No rung adds hours here")
    used = [n for n, each in enumerate(ladder.rungs) if each.first_bucket is not None]
    if not used:
        return _("No bucket needs more than regular hours")
    calendar = ground.plan.axes.calendar
    dearest = max(used)
    rung = ladder.rungs[dearest]
    assert rung.first_bucket is not None
    said = {
        "name": labels[dearest],
        "hours": shown(rung.from_hours),
        "when": calendar.label(rung.first_bucket),
        "n": shown(rung.late_days),
    }
    if dearest == 0 or rung.from_hours is None:
        return _("%(name)s is the cheapest for all that is needed, first in %(when)s") % said
    if rung.late_days:
        return _("From %(hours)s hours on it would be %(name)s, first in %(when)s: too late by %(n)s days") % said
    return _("From %(hours)s hours on it is %(name)s, first in %(when)s") % said


def _subtitle(ladder: Ladder) -> str:
    many = ngettext(
        "Money a bucket for hours beyond the regular ones; what is paid once is spread over %(n)s bucket; both axes "
        "start at 0",
        "Money a bucket for hours beyond the regular ones; what is paid once is spread over %(n)s buckets; both axes "
        "start at 0",
        ladder.over,
    )
    return many % {"n": ladder.over}


def _note(ladder: Ladder) -> str:
    busy = int((ladder.needed >= LEAST).sum())
    if not busy:
        return ""
    out = int(np.isnan(ladder.amounts).sum())
    said = {"n": counted(busy), "all": len(ladder.needed), "mean": shown(ladder.mean_needed, decimals=1)}
    text = _("%(n)s of %(all)s buckets need hours, %(mean)s on average.") % said
    if out:
        text += " " + ngettext(
            "In %(out)s bucket all rungs together do not reach.",
            "In %(out)s buckets all rungs together do not reach.",
            out,
        ) % {"out": out}
    return text
