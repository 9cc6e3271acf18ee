"""One limit of the constraint list: the buckets in which it binds as bars over the horizon, and each in words."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from equipoise.core.measure import Grain
from equipoise.pack.headline import money, price
from equipoise.plan import Plan
from equipoise_web.access import Access
from equipoise_web.reads.cell_link import family_of
from equipoise_web.reads.constraint_links import relax_link, resource_link, why_link
from equipoise_web.reads.constraint_words import KINDS, Limit
from equipoise_web.reads.in_words import Words
from equipoise_web.reads.numbers import plain, shown
from equipoise_web.reads.scoped import visible_rows
from equipoise_web.reads.supply_optimum import Solved

MOST_FAMILIES = 3
STRIP_HEIGHT = 24.0
LEAST_BAR = 2.0
"""Height, in pixels, of a bucket in which a limit binds for next to nothing: one still sees that it binds."""


@dataclass(frozen=True)
class Bar:
    """A bucket of the strip in which the limit binds, as a rectangle of it."""

    x: float
    width: float
    y: float
    height: float
    says: str


@dataclass(frozen=True)
class ConstraintLine:
    """One limit in one bucket."""

    when: str
    most: str
    worth: str
    step: str
    money: str
    amount: float
    families: str
    why_link: str
    relax_link: str


@dataclass(frozen=True)
class LimitRow:
    """One limit over the horizon, and its buckets in their order."""

    name: str
    kind: str
    kind_label: str
    site: str
    when: str
    """How many buckets, and in which a step saves most."""
    worth: str
    """The most that one more is worth in a bucket."""
    bars: tuple[Bar, ...]
    best: ConstraintLine
    """The bucket in which a step saves most."""
    lines: tuple[ConstraintLine, ...]
    resource_link: str


def by_limit(limits: Sequence[Limit]) -> list[list[Limit]]:
    """Limits by what they are on, those of the most money first; within one, the most money first.

    `limits`: the most money first.
    """
    found: dict[tuple[str, str, str], list[Limit]] = {}
    for each in limits:
        found.setdefault((each.kind, each.resource or each.name, each.site), []).append(each)
    return list(found.values())


def row_of(who: Access, plan: Plan, found: Solved, words: Words, same: Sequence[Limit]) -> LimitRow:
    """What the page says of one limit; `same`: its buckets, the most money first."""
    best, currency = same[0], plan.head.currency
    lines = {each.binding.bucket: _line(who, plan, found, each) for each in same}
    most = max(each.binding.worth for each in same)
    when = lines[best.binding.bucket].when
    if len(same) > 1:
        said = ngettext(
            "%(n)s bucket; a step saves most in %(when)s", "%(n)s buckets; a step saves most in %(when)s", len(same)
        )
        when = said % {"n": shown(float(len(same))), "when": when}
    return LimitRow(
        name=best.name,
        kind=best.kind,
        kind_label=str(KINDS.get(best.kind, best.kind)),
        site=words.name("location", best.site),
        when=when,
        worth=price(currency, most),
        bars=tuple(_bar(plan, each, most) for each in sorted(same, key=lambda each: each.binding.bucket)),
        best=lines[best.binding.bucket],
        lines=tuple(lines[bucket] for bucket in sorted(lines)),
        resource_link=resource_link(best.resource, best.binding.bucket),
    )


def _bar(plan: Plan, limit: Limit, most: float) -> Bar:
    """Where its bucket stands among those of the horizon, in percent, and how much one more is worth, in pixels."""
    one, bucket = 100.0 / plan.axes.horizon, limit.binding.bucket
    height = max(STRIP_HEIGHT * limit.binding.worth / most, LEAST_BAR)
    says = _("%(when)s: one more is worth %(worth)s") % {
        "when": plan.axes.calendar.label(bucket),
        "worth": price(plan.head.currency, limit.binding.worth),
    }
    return Bar(
        x=round(one * bucket, 3),
        width=round(one * 0.8, 3),
        y=round(STRIP_HEIGHT - height, 2),
        height=round(height, 2),
        says=says,
    )


def _line(who: Access, plan: Plan, found: Solved, limit: Limit) -> ConstraintLine:
    currency = plan.head.currency
    return ConstraintLine(
        when=plan.axes.calendar.label(limit.binding.bucket),
        most=f"{plain(limit.binding.most)} {limit.unit}",
        worth=price(currency, limit.binding.worth),
        step=limit.step_words,
        money=money(currency, limit.money),
        amount=limit.money,
        families=_families(who, plan, found, limit),
        why_link=why_link(plan, limit),
        relax_link=relax_link(who, plan, limit),
    )


def _families(who: Access, plan: Plan, found: Solved, limit: Limit) -> str:
    """The families that use the limit in its bucket, the most first, of what the person may see."""
    axes, columns = plan.axes, found.model.columns
    block = {Grain.MAKE: columns.make, Grain.FLOW: columns.ship}.get(limit.grain)
    values = found.optimum.solution.values
    bucket = limit.binding.bucket
    if block is not None:
        used = block.of(values)[limit.rows, bucket]
    else:
        used = (columns.held.of(values) + columns.excess.of(values))[limit.rows, bucket]
    measure = {Grain.MAKE: "production_qty", Grain.FLOW: "shipment_qty"}.get(limit.grain, "inventory_closing_qty")
    used = np.where(visible_rows(axes, limit.grain, who, measure)[limit.rows], used, 0.0)
    items = axes.keys[limit.grain].column("item")[limit.rows]
    totals: dict[str, float] = {}
    for item, quantity in zip(items.tolist(), used.tolist(), strict=True):
        if quantity > 0:
            code = axes.items.leaves[item]
            name = family_of(plan, code) or code
            totals[name] = totals.get(name, 0.0) + quantity
    names = sorted(totals, key=lambda name: -totals[name])
    rest = len(names) - MOST_FAMILIES
    text = ", ".join(names[:MOST_FAMILIES])
    return text if rest <= 0 else _("%(names)s and %(rest)s more") % {"names": text, "rest": rest}
