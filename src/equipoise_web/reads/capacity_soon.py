"""Gaps to be decided on soon: those whose cheapest mix has the nearest last day."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from equipoise.balance.gap_options import GapOptions, decide_soon
from equipoise.balance.gaps import LEAST
from equipoise_web.access import Access
from equipoise_web.reads.capacity_ground import gaps_of
from equipoise_web.reads.capacity_option_parts import SoonLine, amount, day, label_of
from equipoise_web.reads.capacity_option_words import limit_name
from equipoise_web.reads.capacity_scope import Seen
from equipoise_web.reads.in_words import Words, words_of
from equipoise_web.reads.numbers import counted, shown
from equipoise_web.reads.resource_link import resource_link

MOST = 8


def read_soon(who: Access, seen: Seen, *, site: str = "", digest: str = "") -> tuple[SoonLine, ...]:
    """The nearest decisions, at most MOST of them, one a resource or supplier: its later gaps stand on its page."""
    words, met, lines = words_of(seen.plan.snapshot_id), set[str](), list[SoonLine]()
    for each in decide_soon(gaps_of(who, seen)):
        gap = each.gap
        if gap.where in met or (site and (gap.resource < 0 or seen.site_of(gap.resource) != site)):
            continue
        met.add(gap.where)
        lines.append(_line(seen, each, words, digest))
    return tuple(lines[:MOST])


def soon_title(lines: tuple[SoonLine, ...]) -> str:
    """What the list says."""
    if not lines:
        return _("Nothing has to be decided for capacity")
    said = {"n": counted(len(lines)), "where": lines[0].where, "day": lines[0].decide_by}
    many = ngettext(
        "%(n)s place needs a decision; %(where)s by %(day)s",
        "%(n)s places need a decision; first %(where)s by %(day)s",
        len(lines),
    )
    return many % said


def _line(seen: Seen, each: GapOptions, words: Words, digest: str) -> SoonLine:
    gap, plan, due = each.gap, seen.plan, each.decide_by
    assert due is not None
    unit = _("h") if gap.kind == "hours" else _("units")
    left = (due - plan.head.as_of).days
    names = dict.fromkeys(label_of(each.answers[part.number].option, words, gap.kind) for part in each.mix)
    return SoonLine(
        where=words.name("resource", gap.where) if gap.resource >= 0 else limit_name(gap.ground, gap.limit, words),
        when=plan.axes.calendar.label(gap.bucket),
        link=resource_link(gap.where, bucket=gap.bucket, digest=digest) if gap.resource >= 0 else "",
        decide_by=day(due),
        days=ngettext("in %(n)s day", "in %(n)s days", left) % {"n": shown(left)},
        options=", ".join(names),
        short=f"{shown(gap.short)}\u00a0{unit}",
        relieved=f"{shown(each.relieved)}\u00a0{unit}" if each.relieved >= LEAST else "",
        cost=amount(plan.head.currency, each.amount),
        stake=amount(plan.head.currency, gap.at_stake),
        is_open=not each.is_closed,
    )
