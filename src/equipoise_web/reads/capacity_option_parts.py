"""What the options of a gap and the ladder of a resource are called, and the lines that say them."""

from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from equipoise.balance.option import Option
from equipoise.core.calendar import MONTHS
from equipoise.pack.headline import money, price
from equipoise_web.reads.exception_marks import Owner
from equipoise_web.reads.in_words import Words
from equipoise_web.reads.numbers import MINUS, UNKNOWN

LEVERS: dict[str, str | Promise] = {
    "overtime": gettext_lazy("Overtime"),
    "extra_shift": gettext_lazy("Extra shift"),
    "hire": gettext_lazy("Hire"),
    "subcontract": gettext_lazy("Subcontract to %(name)s"),
    "alternate_site": gettext_lazy("Make at %(name)s"),
    "alternate_supplier": gettext_lazy("Buy from %(name)s"),
    "route": gettext_lazy("Other route %(name)s"),
    "prebuild": gettext_lazy("Build ahead"),
    "expedite": gettext_lazy("Expedite"),
    "redeploy_stock": gettext_lazy("Redeploy stock"),
    "schedule_change": gettext_lazy("Change the schedule"),
    "capex": gettext_lazy("Invest"),
    "promotion": gettext_lazy("Move a promotion"),
    "price": gettext_lazy("Price"),
    "ration": gettext_lazy("Ration"),
}
SORTS: dict[str, str | Promise] = {
    "subcontract": gettext_lazy("Subcontract"),
    "alternate_site": gettext_lazy("Other site"),
    "alternate_supplier": gettext_lazy("Other supplier"),
    "route": gettext_lazy("Other route"),
}
"""The same of an option that names nobody."""


@dataclass(frozen=True)
class Action:
    """What somebody has to do, where no adjustment carries an option out."""

    text: str
    until: str
    function: str
    """Whose it is unless somebody else is named."""
    about: str
    """The key under which it is given to a person."""
    owner: str
    """Who has it; blank: nobody yet."""
    proposed: str
    """Name to sign in with of who is offered first."""


@dataclass(frozen=True)
class OptionLine:
    """An option in figures; blank where there is nothing to say."""

    label: str
    detail: str
    stops: str
    """What keeps more of it from being done."""
    closes: str
    alone: str
    """What it would close if this were the only gap; blank where that is the same."""
    cost: str
    per_hour: str
    per_unit: str
    decide_by: str
    arrives: str
    is_late: bool
    left: str
    saves: str
    taken: str
    """What the cheapest mix takes of it; blank: nothing."""
    verdict: str
    pays: bool
    link: str
    link_label: str
    action: Action | None


@dataclass(frozen=True)
class MixLine:
    """The cheapest mix as the last row."""

    label: str
    closes: str
    cost: str
    per_hour: str
    per_unit: str
    decide_by: str
    left: str
    saves: str


@dataclass(frozen=True)
class OptionsPart:
    """The table of what closes a gap."""

    title: str
    subtitle: str
    lines: tuple[OptionLine, ...]
    mix: MixLine | None
    alone: MixLine | None
    """The cheapest mix if this were the only gap; None where that is the same."""
    turn: str
    """When it was answered among all gaps, and what they did to it."""
    owners: tuple[Owner, ...]
    """Who an action can be given to."""
    has_list: bool
    sees_margin: bool
    unit: str
    note: str


@dataclass(frozen=True)
class SoonLine:
    """A gap that must be decided on soon."""

    where: str
    when: str
    link: str
    decide_by: str
    days: str
    options: str
    short: str
    relieved: str
    """Of it gone because the answers to other gaps move its items away; blank: nothing."""
    cost: str
    stake: str
    is_open: bool
    """True where the mix does not close all of it."""


def label_of(option: Option, words: Words, kind: str = "hours") -> str:
    """The option in a word or two, for a gap of a kind."""
    if option.lever == "prebuild" and kind == "limit":
        return _("Buy ahead")
    listed = "" if not option.is_listed else option.name
    if option.lever in SORTS:
        name = option.name
        if option.lever == "alternate_site" and not option.is_listed:
            name = words.name("location", name)
        if option.is_listed or not name:
            return str(SORTS[option.lever])
        return str(LEVERS[option.lever]) % {"name": name}
    label = str(LEVERS.get(option.lever, option.lever))
    return _("%(label)s beyond today's limit") % {"label": label} if listed and option.lever == "overtime" else label


def day(when: date) -> str:
    """`4 Dec 2026`, with no-break spaces."""
    return f"{when.day}\u00a0{MONTHS[when.month - 1]}\u00a0{when.year}"


def amount(currency: str, value: float | None) -> str:
    """Money for all of it, with a true minus; below ten as a price."""
    if value is None:
        return UNKNOWN
    size = abs(value)
    text = price(currency, size) if 0 < size < 10 else money(currency, size)
    return text if value >= 0 else f"{MINUS}{text}"


def price_of(currency: str, value: float | None) -> str:
    """Money for an hour or a unit, with a true minus."""
    if value is None:
        return UNKNOWN
    return price(currency, value) if value >= 0 else f"{MINUS}{price(currency, -value)}"
