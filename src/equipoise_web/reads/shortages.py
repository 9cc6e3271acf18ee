"""The pages of what is short: the list, the most money first, and one of them with its causes and what is offered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

import numpy as np
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from equipoise.core.measure import Grain
from equipoise.core.table import UnknownName
from equipoise.pack.headline import money
from equipoise.plan import Plan
from equipoise_web.access import Access
from equipoise_web.reads.cell_link import family_of
from equipoise_web.reads.in_words import Words, words_of
from equipoise_web.reads.numbers import Scale, counted
from equipoise_web.reads.plans import open_plan
from equipoise_web.reads.scoped import visible_rows
from equipoise_web.reads.shortage_list import Shortage, list_shortages
from equipoise_web.reads.supply_offers import STATES, Offer, Place, read_offers, state_of
from equipoise_web.reads.supply_optimum import plan_at_hand

MOST_LISTED = 60


@dataclass(frozen=True)
class Filters:
    """What is asked for; blank is all."""

    family: str = ""
    bucket: str = ""
    state: str = ""
    market: str = ""


@dataclass(frozen=True)
class ShortageLine:
    """One shortage of the list."""

    item: str
    market: str
    when: str
    link: str
    asked: str
    on_time: str
    late: str
    lost: str
    short: str
    money: str
    share_pct: float
    """Of the largest."""
    state: str
    state_label: str


@dataclass(frozen=True)
class AnsweredLine:
    """Offers about demand that is no longer short."""

    words: str
    link: str
    offer: Offer


@dataclass(frozen=True)
class ShortagePage:
    """The list and its choices."""

    plan: Plan
    title: str
    asked: Filters
    lines: tuple[ShortageLine, ...]
    more: int
    total: str
    families: tuple[str, ...]
    markets: tuple[tuple[str, str], ...]
    buckets: tuple[tuple[str, str], ...]
    states: Mapping[str, object]
    answered: tuple[AnsweredLine, ...]


def read_shortages(who: Access, asked: Filters) -> ShortagePage:
    """What the plan in force serves late or never, of what the person may see.

    Raises NotAllowed, NoPlanYet, UnknownName for a choice that there is not.
    """
    plan = plan_at_hand(who)
    words, offers = words_of(plan.snapshot_id), read_offers(who, plan.axes)
    mine = seen_shortages(who, plan)
    states = {place_of(plan, each): state_of(offers.get(place_of(plan, each), ())) for each in mine}
    families = tuple(sorted({family for each in mine if (family := _family(plan, each))}))
    markets = sorted({place_of(plan, each)[1] for each in mine} | ({asked.market} - {""}))
    buckets = sorted({each.bucket for each in mine})
    is_known = not asked.market or asked.market in plan.axes.markets.position
    if not is_known or (asked.state and asked.state not in STATES):
        raise UnknownName(_("There is no such list of shortages."))
    chosen = [
        each
        for each in mine
        if asked.family in ("", _family(plan, each))
        and asked.market in ("", place_of(plan, each)[1])
        and asked.bucket in ("", str(each.bucket))
        and asked.state in ("", states[place_of(plan, each)])
    ]
    largest = max((each.amount for each in chosen), default=0.0)
    listed = chosen[:MOST_LISTED]
    scale = Scale.of_quantity(each.asked for each in listed)
    return ShortagePage(
        plan=plan,
        title=_title(plan, chosen),
        asked=asked,
        lines=tuple(_line(plan, words, scale, each, states[place_of(plan, each)], largest) for each in listed),
        more=len(chosen) - len(listed),
        total=money(plan.head.currency, sum(each.amount for each in chosen)),
        families=families,
        markets=tuple((market, words.name("market", market)) for market in markets),
        buckets=tuple((str(bucket), plan.axes.calendar.label(bucket)) for bucket in buckets),
        states=STATES,
        answered=tuple(
            AnsweredLine(place_words(plan, words, place), link_to(place), offer)
            for place in offers
            if place not in states
            for offer in offers[place]
        ),
    )


def seen_shortages(who: Access, plan: Plan) -> list[Shortage]:
    """Shortages of a plan in rows that the person may see."""
    seen = visible_rows(plan.axes, Grain.DEMAND, who, "unmet_qty")
    return [each for each in list_shortages(open_plan(plan.digest)) if seen[each.row]]


def place_of(plan: Plan, shortage: Shortage) -> Place:
    """Item, market and first day of its bucket: what its thread is known by."""
    item, market = plan.axes.keys[Grain.DEMAND].labels(shortage.row)
    return item, market, plan.axes.calendar.start_of(shortage.bucket)


def link_to(place: Place) -> str:
    """The page of one shortage."""
    item, market, day = place
    return f"{reverse('supply:shortage')}?{urlencode({'item': item, 'market': market, 'day': day.isoformat()})}"


def place_words(plan: Plan, words: Words, place: Place) -> str:
    """`Capsules in Grocery North, Apr 2027`."""
    item, market, day = place
    said = {"item": words.name("item", item), "market": words.name("market", market), "when": bucket_label(plan, day)}
    return _("%(item)s in %(market)s, %(when)s") % said


def bucket_label(plan: Plan, day: date) -> str:
    """The label of the bucket of a day."""
    calendar = plan.axes.calendar
    bucket = calendar.index_of(day)
    is_known = -calendar.first <= bucket < len(calendar.starts) - calendar.first
    return calendar.label(bucket) if is_known else day.isoformat()


def _family(plan: Plan, shortage: Shortage) -> str:
    return family_of(plan, plan.axes.keys[Grain.DEMAND].labels(shortage.row)[0])


def _title(plan: Plan, chosen: list[Shortage]) -> str:
    if not chosen:
        return _("All demand is served in time")
    amount = sum(each.amount for each in chosen)
    never = sum(each.lost + each.waiting for each in chosen)
    places = len(np.unique([each.row for each in chosen]))
    said = ngettext(
        "%(money)s at stake: %(n)s item and market goes short",
        "%(money)s at stake: %(n)s items and markets go short",
        places,
    )
    text = said % {"money": money(plan.head.currency, amount), "n": counted(places).lower()}
    return text if never > 0 else _("%(text)s, all of it late, none lost") % {"text": text}


def _line(plan: Plan, words: Words, scale: Scale, shortage: Shortage, state: str, largest: float) -> ShortageLine:
    place = place_of(plan, shortage)
    return ShortageLine(
        item=words.name("item", place[0]),
        market=words.name("market", place[1]),
        when=plan.axes.calendar.label(shortage.bucket),
        link=link_to(place),
        asked=scale.show(shortage.asked),
        on_time=scale.show(shortage.on_time),
        late=scale.show(shortage.late_units),
        lost=scale.show(shortage.lost),
        short=scale.show(shortage.short),
        money=money(plan.head.currency, shortage.amount),
        share_pct=100.0 * shortage.amount / largest if largest else 0.0,
        state=state,
        state_label=str(STATES[state]),
    )
