"""The page of limits that bind: each with when it binds and what one more of it is worth, the most money first."""

from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from equipoise.core.measure import Grain
from equipoise.core.table import UnknownName
from equipoise.pack.headline import money, price
from equipoise.plan import Plan
from equipoise_web.access import Access
from equipoise_web.reads.constraint_rows import LimitRow, by_limit, row_of
from equipoise_web.reads.constraint_words import KINDS, Limit, limit_of
from equipoise_web.reads.in_words import words_of
from equipoise_web.reads.numbers import counted
from equipoise_web.reads.scoped import visible_rows
from equipoise_web.reads.supply_optimum import OPTIMUM, Solved, plan_at_hand, solved

MOST_LISTED = 40
"""Limits, each with all its buckets."""
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
class ConstraintPage:
    """The list and its choices."""

    plan: Plan
    title: str
    lead: str
    asked: Filters
    rows: tuple[LimitRow, ...]
    horizon: str
    """First and last bucket of the plan, over whose strip the bars stand."""
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
    rows = by_limit(chosen)
    calendar = plan.axes.calendar
    return ConstraintPage(
        plan=plan,
        title=_title(plan, limits, chosen) if found is not None else _("This plan does not say what a limit is worth"),
        lead=_lead(),
        asked=asked,
        rows=() if found is None else tuple(row_of(who, plan, found, words, each) for each in rows[:MOST_LISTED]),
        horizon=_("%(first)s to %(last)s")
        % {"first": calendar.label(0), "last": calendar.label(plan.axes.horizon - 1)},
        more=max(len(rows) - MOST_LISTED, 0),
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
    same = by_limit(chosen)[0]
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
