"""The page of limits that bind: each with what one more of it is worth, the most money first."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from equipoise.core.measure import Grain
from equipoise.core.table import UnknownName
from equipoise.pack.headline import money
from equipoise.plan import Plan
from equipoise_web.access import Access
from equipoise_web.reads.cell_link import family_of
from equipoise_web.reads.constraint_links import relax_link, resource_link, why_link
from equipoise_web.reads.constraint_words import KINDS, Limit, limit_of, price
from equipoise_web.reads.in_words import Words, words_of
from equipoise_web.reads.numbers import counted, plain
from equipoise_web.reads.scoped import visible_rows
from equipoise_web.reads.supply_optimum import OPTIMUM, Solved, plan_at_hand, solved

MOST_LISTED = 40
MOST_FAMILIES = 3
WORTH_NOTHING = 0.005
"""Money below half a cent is shown as nothing."""
IN_ROUND_SUMS = 100.0
"""Money from which on a title leaves cents out."""


@dataclass(frozen=True)
class Filters:
    """What is asked for; blank is all."""

    kind: str = ""
    site: str = ""
    bucket: str = ""


@dataclass(frozen=True)
class ConstraintLine:
    """One limit in one bucket."""

    name: str
    kind: str
    kind_label: str
    site: str
    when: str
    most: str
    worth: str
    step: str
    money: str
    amount: float
    share_pct: float
    """Of the largest."""
    families: str
    why_link: str
    resource_link: str
    relax_link: str


@dataclass(frozen=True)
class ConstraintPage:
    """The list and its choices."""

    plan: Plan
    title: str
    lead: str
    asked: Filters
    lines: tuple[ConstraintLine, ...]
    more: int
    kinds: tuple[tuple[str, str], ...]
    sites: tuple[tuple[str, str], ...]
    buckets: tuple[tuple[str, str], ...]
    no_duals: str
    """Why the plan has no duals, and what to do; blank where it has them."""


def read_constraints(who: Access, asked: Filters) -> ConstraintPage:
    """Limits that bind in the plan in force, as far as the person may see what they are on.

    Raises NotAllowed, NoPlanYet, UnknownName for a choice that there is not.
    """
    plan = plan_at_hand(who)
    found = solved(plan.digest)
    words = words_of(plan.snapshot_id)
    limits = [] if found is None else [each for each in _limits(found, plan.snapshot_id) if _may_see(who, plan, each)]
    chosen = [each for each in limits if _fits(each, asked)]
    kinds = {each.kind: str(KINDS.get(each.kind, each.kind)) for each in limits}
    sites = {each.site: words.name("location", each.site) for each in limits if each.site}
    if asked.site in plan.axes.locations.position:
        sites[asked.site] = words.name("location", asked.site)
    kinds |= {asked.kind: str(KINDS[asked.kind])} if asked.kind in KINDS else {}
    buckets = sorted({each.binding.bucket for each in limits})
    _check(asked, kinds, sites, [str(bucket) for bucket in buckets], is_known=found is not None)
    largest = chosen[0].money if chosen else 0.0
    listed = chosen[:MOST_LISTED]
    return ConstraintPage(
        plan=plan,
        title=_title(plan, limits, chosen) if found is not None else _("This plan does not say what a limit is worth"),
        lead=_lead(),
        asked=asked,
        lines=() if found is None else tuple(_line(who, plan, found, words, each, largest) for each in listed),
        more=len(chosen) - len(listed),
        kinds=tuple(sorted(kinds.items(), key=lambda pair: pair[1])),
        sites=tuple(sorted(sites.items(), key=lambda pair: pair[1])),
        buckets=tuple((str(bucket), plan.axes.calendar.label(bucket)) for bucket in buckets),
        no_duals="" if found is not None else without_duals(plan),
    )


def without_duals(plan: Plan) -> str:
    """Why a plan has no duals, and what to do about it."""
    if plan.tier == OPTIMUM:
        return _(
            "Its model is too large to be solved again while you wait. The explanation of a cell tells what one more "
            "hour, or unit in stock, is worth there."
        )
    return _(
        "Its tier is %(tier)s, and only an optimum has dual values: what one more hour or unit is worth. Set the "
        "policy tier to optimum and compute the plan again."
    ) % {"tier": plan.tier}


@lru_cache(maxsize=4)
def _limits(found: Solved, snapshot: str) -> tuple[Limit, ...]:
    """All that binds, the most money for a usual step first."""
    words = words_of(snapshot)
    limits = [limit_of(found, words, each) for each in found.bindings]
    limits = [each for each in limits if each.money >= WORTH_NOTHING]
    return tuple(sorted(limits, key=lambda each: -each.money))


def _may_see(who: Access, plan: Plan, limit: Limit) -> bool:
    """True if the person may see the resource, or some of the rows that use the limit."""
    if limit.resource:
        seen = visible_rows(plan.axes, Grain.RESOURCE, who, "capacity_shadow_price")
        return bool(seen[plan.axes.resources.position[limit.resource]])
    measure = {Grain.MAKE: "production_qty", Grain.FLOW: "shipment_qty"}.get(limit.grain, "inventory_closing_qty")
    return bool(visible_rows(plan.axes, limit.grain, who, measure)[limit.rows].any())


def _fits(limit: Limit, asked: Filters) -> bool:
    pairs = ((asked.kind, limit.kind), (asked.site, limit.site), (asked.bucket, str(limit.binding.bucket)))
    return all(wanted in ("", found) for wanted, found in pairs)


def _check(asked: Filters, kinds: dict[str, str], sites: dict[str, str], buckets: list[str], *, is_known: bool) -> None:
    pairs = ((asked.kind, {*kinds}), (asked.site, {*sites}), (asked.bucket, {*buckets}))
    for wanted, known in pairs:
        if is_known and wanted and wanted not in known:
            raise UnknownName(_("Nothing that binds is called %(name)s.") % {"name": wanted})


def _title(plan: Plan, limits: list[Limit], chosen: list[Limit]) -> str:
    """What binds most, when, and what one more of it is worth."""
    if not limits:
        return _("Nothing binds: one more hour or unit of anything would save nothing")
    if not chosen:
        return _("Nothing of that sort binds")
    first = chosen[0]
    same = [each for each in chosen if (each.kind, each.name) == (first.kind, first.name)]
    said = ngettext(
        "%(name)s binds in %(n)s bucket; one more of its %(unit)s is worth up to %(worth)s",
        "%(name)s binds in %(n)s buckets; one more of its %(unit)s is worth up to %(worth)s",
        len(same),
    )
    worth = max(each.binding.worth for each in same)
    return said % {
        "name": first.name,
        "n": counted(len(same)).lower(),
        "unit": first.unit,
        "worth": money(plan.head.currency, worth) if worth >= IN_ROUND_SUMS else price(plan.head.currency, worth),
    }


def _lead() -> str:
    return _(
        "All of each limit below is used. Its worth is what the whole plan would cost less with one more, at the "
        "margin; the step is ten percent of the limit, or one shift or worker, and saves at most what is said, less "
        "where another limit binds before."
    )


def _line(who: Access, plan: Plan, found: Solved, words: Words, limit: Limit, largest: float) -> ConstraintLine:
    bucket = limit.binding.bucket
    return ConstraintLine(
        name=limit.name,
        kind=limit.kind,
        kind_label=str(KINDS.get(limit.kind, limit.kind)),
        site=words.name("location", limit.site),
        when=plan.axes.calendar.label(bucket),
        most=f"{plain(limit.binding.most)} {limit.unit}",
        worth=price(plan.head.currency, limit.binding.worth),
        step=limit.step_words,
        money=money(plan.head.currency, limit.money),
        amount=limit.money,
        share_pct=100.0 * limit.money / largest if largest else 0.0,
        families=_families(who, plan, found, limit),
        why_link=why_link(plan, limit),
        resource_link=resource_link(limit.resource, bucket),
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
