"""The chain of causes of a shortage in words and numbers, and the levers at its ends."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from equipoise.core.adjustment import Scope
from equipoise.pack.headline import price
from equipoise.plan import Plan
from equipoise.supply.causes import Cause, Chain
from equipoise_web.access import Access, Right
from equipoise_web.reads.in_words import Words, words_of

STEPS_SHOWN = 2
"""Steps of the chain that are open; the others are folded."""
CAUSES_SHOWN = 12
KINDS: dict[str, str | Promise] = {
    "paid": gettext_lazy("paid on the way"),
    "hours": gettext_lazy("all hours are used"),
    "limit": gettext_lazy("the limit is reached"),
    "room": gettext_lazy("the room is full"),
    "rule": gettext_lazy("a rule holds it"),
    "missing": gettext_lazy("it cannot come in time"),
}
CODE = re.compile(r"[\w.&-]+")
"""A word of the engine's sentences that may be a code."""


@dataclass(frozen=True)
class CauseLine:
    """What a unit more takes, and what that is worth."""

    what: str
    why: str
    quantity: str
    worth: str
    amount: str


@dataclass(frozen=True)
class ChainPart:
    """The chain of causes."""

    marginal: str
    steps: tuple[str, ...]
    folded: tuple[str, ...]
    """Steps further back."""
    causes: tuple[CauseLine, ...]
    more_causes: int
    sum: str
    gap: str
    """What the way would cost beyond what going without costs; blank for nothing."""


@dataclass(frozen=True)
class Lever:
    """An adjustment that would give more of what is used up."""

    words: str
    link: str


def chain_part(plan: Plan, chain: Chain) -> ChainPart:
    """The chain as its page shows it."""
    currency = plan.head.currency
    total = sum(cause.amount for cause in chain.causes)
    words = words_of(plan.snapshot_id)
    steps = tuple(with_names(words, step) for step in chain.steps)
    return ChainPart(
        marginal=price(currency, chain.marginal),
        steps=steps[:STEPS_SHOWN],
        folded=steps[STEPS_SHOWN:],
        causes=tuple(
            CauseLine(
                with_names(words, cause.where),
                str(KINDS[cause.kind]),
                f"{cause.quantity:,.4g}",
                price(currency, cause.worth),
                price(currency, cause.amount),
            )
            for cause in chain.causes[:CAUSES_SHOWN]
        ),
        more_causes=max(len(chain.causes) - CAUSES_SHOWN, 0),
        sum=price(currency, total),
        gap=price(currency, chain.gap) if chain.gap > 0.005 else "",
    )


def with_names(words: Words, text: str) -> str:
    """A sentence of the engine with the names of what it calls by codes.

    >>> with_names(Words(names={("item", "LA-04"): "Liquid 3 L"}), "LA-04 kept at dc-south since Dec 2026")
    'Liquid 3 L kept at dc-south since Dec 2026'
    """
    dimensions = ("item", "location", "market", "resource")

    def name(match: re.Match[str]) -> str:
        code = match[0]
        return next((words.names[each, code] for each in dimensions if (each, code) in words.names), code)

    return CODE.sub(name, text)


def levers_of(who: Access, plan: Plan, chain: Chain) -> Iterator[Lever]:
    """Capacity and overtime of the hours that the chain ends at, the dearest first."""
    for cause in chain.causes:
        resource = _resource(plan, cause)
        for kind, words in (("overtime", _("More overtime of %(what)s")), ("capacity", _("More capacity of %(what)s"))):
            scope = Scope(resource=resource)
            if resource and who.may(Right.PROPOSE, kind=kind, scope=scope, axes=plan.axes):
                yield Lever(words % {"what": _what(plan, resource, cause)}, _lever(plan, kind, resource, cause))


def _resource(plan: Plan, cause: Cause) -> str:
    """The code of the resource whose hours a cause is about; blank for others."""
    if cause.kind != "hours":
        return ""
    label = plan.axes.calendar.label(cause.bucket)
    return next((r for r in plan.axes.resources.leaves if cause.where == f"standard hour of {r} in {label}"), "")


def _what(plan: Plan, resource: str, cause: Cause) -> str:
    name = words_of(plan.snapshot_id).name("resource", resource)
    return _("%(name)s in %(when)s") % {"name": name, "when": plan.axes.calendar.label(cause.bucket)}


def _lever(plan: Plan, kind: str, resource: str, cause: Cause) -> str:
    calendar = plan.axes.calendar
    query = {
        "resource": resource,
        "first": calendar.start_of(cause.bucket).isoformat(),
        "last": calendar.end_of(cause.bucket).isoformat(),
        "reason_code": "capacity",
    }
    return f"{reverse('adjust:new', args=[kind])}?{urlencode(query)}"
