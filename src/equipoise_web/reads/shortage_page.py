"""The page of one shortage: what was asked and what comes, its money, the chain of causes, offers and answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from equipoise.core.adjustment import Scope
from equipoise.core.table import UnknownName
from equipoise.pack.headline import money
from equipoise.plan import Plan
from equipoise.supply.causes import Chain
from equipoise.supply.counter_offers import CounterOffer
from equipoise_web.access import Access, Right
from equipoise_web.reads.cell_link import cell_link
from equipoise_web.reads.constraints import without_duals
from equipoise_web.reads.in_words import words_of
from equipoise_web.reads.numbers import plain
from equipoise_web.reads.shortage_causes import ChainPart, Lever, chain_part, levers_of
from equipoise_web.reads.shortage_list import Shortage
from equipoise_web.reads.shortages import place_of, place_words, seen_shortages
from equipoise_web.reads.supply_offers import STATES, Offer, Place, read_offers, state_of
from equipoise_web.reads.supply_optimum import Solved, offer_more, plan_at_hand, solved

SPEAKS_FOR_SUPPLY, SPEAKS_FOR_DEMAND = "capacity", "demand_override"
"""Kinds of adjustment that tell who offers and who answers, as the actions ask."""


@dataclass(frozen=True)
class OfferChoice:
    """What the plan could offer, and the form filled with it."""

    words: str
    quantity: str
    when: str
    cost: str
    link: str
    """Fills the form; blank where no offer can be made of it."""


@dataclass(frozen=True)
class OnePage:
    """Everything about one shortage; `shortage` is None once it is served."""

    plan: Plan
    place: Place
    title: str
    lead: str
    facts: tuple[tuple[str, str], ...]
    shortage: Shortage | None
    state: str
    state_label: str
    chain: ChainPart | None
    no_chain: str
    choices: tuple[OfferChoice, ...]
    levers: tuple[Lever, ...]
    thread: tuple[Offer, ...]
    buckets: tuple[tuple[str, str], ...]
    """Later buckets, in which something could come."""
    may_offer: bool
    may_answer: bool
    grid_link: str
    why_link: str


def read_shortage(who: Access, *, item: str, market: str, day: str) -> OnePage:
    """The shortage of an item and market in the bucket of a day, or the thread about it once it is served.

    Raises NotAllowed, NoPlanYet, UnknownName where nothing is or was short there, or the person may not see it.
    """
    plan = plan_at_hand(who)
    found = [each for each in seen_shortages(who, plan) if _is(plan, each, item, market, day)]
    shortage = found[0] if found else None
    place = (item, market, _day(day)) if shortage is None else place_of(plan, shortage)
    thread = read_offers(who, plan.axes).get(place, ())
    if shortage is None and not thread:
        raise UnknownName(_("Nothing that you may see is short there."))
    scope = Scope(item, market)
    known = None if shortage is None else solved(plan.digest)
    chain = None if known is None or shortage is None else _chain_of(known, shortage)
    state = state_of(thread)
    return OnePage(
        plan=plan,
        place=place,
        title=_title(plan, place, shortage),
        lead=_lead(plan, shortage),
        facts=() if shortage is None else tuple(_facts(plan, shortage)),
        shortage=shortage,
        state=state,
        state_label=str(STATES[state]),
        chain=None if chain is None else chain_part(plan, chain),
        no_chain="" if chain is not None or shortage is None else without_duals(plan),
        choices=() if shortage is None else tuple(_choices(plan, place, shortage, known)),
        levers=() if chain is None else tuple(levers_of(who, plan, chain)),
        thread=thread,
        buckets=() if shortage is None else _later(plan, shortage),
        may_offer=shortage is not None and who.may(Right.PROPOSE, kind=SPEAKS_FOR_SUPPLY),
        may_answer=who.may(Right.RULE) and who.may(Right.PROPOSE, kind=SPEAKS_FOR_DEMAND, scope=scope, axes=plan.axes),
        grid_link=f"{reverse('grid:plan', args=[plan.digest])}?{urlencode({'rows': 'item,market', 'item': item})}",
        why_link=cell_link(plan, {"item": item, "market": market}, measure="unmet_qty", bucket=_bucket(plan, place)),
    )


def _is(plan: Plan, shortage: Shortage, item: str, market: str, day: str) -> bool:
    place = place_of(plan, shortage)
    return (place[0], place[1], place[2].isoformat()) == (item, market, day)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UnknownName(_("%(text)s is no day; write it as 2027-04-01") % {"text": repr(text)}) from error


def _bucket(plan: Plan, place: Place) -> str:
    return str(plan.axes.calendar.index_of(place[2]))


def _title(plan: Plan, place: Place, shortage: Shortage | None) -> str:
    words = place_words(plan, words_of(plan.snapshot_id), place)
    if shortage is None:
        return _("%(place)s: no longer short") % {"place": words}
    said = {"place": words, "short": plain(shortage.short), "money": money(plan.head.currency, shortage.amount)}
    return _("%(place)s: %(short)s short, %(money)s at stake") % said


def _lead(plan: Plan, shortage: Shortage | None) -> str:
    if shortage is None:
        return _("The plan in force serves this demand as it asks now. What was offered and answered stands below.")
    label = plan.axes.calendar.label
    parts = [_("%(units)s in %(when)s") % {"units": plain(units), "when": label(at)} for at, units in shortage.late]
    if shortage.waiting:
        parts.append(_("%(units)s still waits when the horizon ends") % {"units": plain(shortage.waiting)})
    if shortage.lost:
        parts.append(_("%(units)s are lost") % {"units": plain(shortage.lost)})
    return _("Of %(asked)s asked for, %(given)s come in time; %(rest)s.") % {
        "asked": plain(shortage.asked),
        "given": plain(shortage.on_time),
        "rest": ", ".join(parts),
    }


def _facts(plan: Plan, shortage: Shortage) -> Iterator[tuple[str, str]]:
    currency = plan.head.currency
    yield _("Asked for"), plain(shortage.asked)
    yield _("In time"), plain(shortage.on_time)
    yield _("Late, or waiting at the end"), plain(shortage.late_units)
    yield _("Lost"), plain(shortage.lost)
    yield _("Contribution lost, at net price less standard cost"), money(currency, shortage.contribution)
    yield _("Stated penalties for late and lost units"), money(currency, shortage.penalties)


def _chain_of(known: Solved, shortage: Shortage) -> Chain:
    return known.causes.of(shortage.row, shortage.bucket, shortage.short)


def _choices(plan: Plan, place: Place, shortage: Shortage, known: Solved | None) -> Iterator[OfferChoice]:
    """What is planned, by when it comes; and what more could come by then, at what cost of the whole plan."""
    label, nothing = plan.axes.calendar.label, money(plan.head.currency, 0.0)
    for at, units in shortage.late:
        yield _choice(place, _("As planned"), units, label(at), nothing, arrives=str(at))
    if shortage.waiting + shortage.lost > 0:
        never = shortage.waiting + shortage.lost
        yield _choice(place, _("Not within the horizon"), never, _("not at all"), nothing, arrives="")
    more = None if known is None else offer_more(known, shortage.row, shortage.bucket)
    if more is not None:
        yield _more(plan, more)


def _choice(place: Place, words: str, units: float, when: str, cost: str, *, arrives: str) -> OfferChoice:
    item, market, day = place
    query = {
        "item": item,
        "market": market,
        "day": day.isoformat(),
        "quantity": f"{units:.3f}".rstrip("0").rstrip("."),
        "arrives": arrives or "never",
    }
    return OfferChoice(words, plain(units), when, cost, f"?{urlencode(query)}#offer")


def _more(plan: Plan, more: CounterOffer) -> OfferChoice:
    """It needs no change of demand, but of what is paid for: it is offered by the levers."""
    cost = money(plan.head.currency, more.extra_cost)
    words = _(
        "More by then, whatever gives way: the cost is that of the whole plan, in which others may wait instead, "
        "saved penalties taken off"
    )
    return OfferChoice(words, plain(more.quantity), plan.axes.calendar.label(more.bucket), cost, "")


def _later(plan: Plan, shortage: Shortage) -> tuple[tuple[str, str], ...]:
    label = plan.axes.calendar.label
    return tuple((str(at), label(at)) for at in range(shortage.bucket + 1, plan.axes.horizon))
