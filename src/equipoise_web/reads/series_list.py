"""The list of forecasts: where doing nothing clever would have been closer, by the money that hangs on it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

import numpy as np
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.core.measure import Grain
from equipoise.core.table import UnknownName
from equipoise.demand.forecast import SEGMENTS as KINDS
from equipoise.demand.segmentation import abc_classes, xyz_classes
from equipoise.explain.forecast_list import CONSENSUS, PEOPLE, ForecastList, list_forecasts, sales_ahead
from equipoise.pack.headline import money
from equipoise.pack.scope import families
from equipoise.plan import Plan
from equipoise_web.access import Access, Right
from equipoise_web.reads.adjustment_pages import plan_to_show
from equipoise_web.reads.effect import signed_money
from equipoise_web.reads.error_chart import read_bias
from equipoise_web.reads.figure_chart import FigurePart
from equipoise_web.reads.in_words import FUNCTION_TITLES, Words, words_of
from equipoise_web.reads.numbers import UNKNOWN, counted, shown, signed
from equipoise_web.reads.plans import open_plan
from equipoise_web.reads.scoped import visible_rows
from equipoise_web.reads.series_words import SEGMENTS

MOST_AT_ONCE = 6_000
"""Series that are judged for one page, in about two seconds; of a larger company one family is."""
MOST_LISTED = 200
SHOWN: dict[str, str | Promise] = {
    "worse": gettext_lazy("Last year was closer"),
    "touchless": gettext_lazy("Touchless zone"),
    "pinned": gettext_lazy("Pinned"),
    "all": gettext_lazy("All series"),
}
CLASSES: dict[str, str | Promise] = {
    "A": gettext_lazy("A: most of the sales"),
    "B": gettext_lazy("B: the next part"),
    "C": gettext_lazy("C: the rest"),
    "X": gettext_lazy("X: small errors"),
    "Y": gettext_lazy("Y: middling errors"),
    "Z": gettext_lazy("Z: large errors"),
}
WHO: dict[str, str | Promise] = {
    CONSENSUS: gettext_lazy("All together"),
    **{function: FUNCTION_TITLES[function] for function in PEOPLE if function != CONSENSUS},
}
SORTS: dict[str, str | Promise] = {
    "money": gettext_lazy("Money lost to the simple forecast"),
    "error": gettext_lazy("Forecast error"),
    "amount": gettext_lazy("Sales ahead"),
}


class NoForecastYet(UnknownName):
    """There is no plan whose forecasts could be listed."""


@dataclass(frozen=True)
class Asked:
    """What a reader of the list wants to see."""

    family: str = ""
    words: str = ""
    shown: str = "worse"
    sort: str = "money"
    cls: str = ""
    """A, B or C, X, Y or Z."""
    kind: str = ""
    """Sort of demand, of `SEGMENTS`."""
    who: str = CONSENSUS
    """Whose changes are judged, of `PEOPLE`."""


@dataclass(frozen=True)
class SeriesLine:
    """One series."""

    label: str
    place: str
    link: str
    kind: str
    classes: str
    """`A X`; blank parts where not known."""
    error: str
    added: str
    """Against the seasonal naive forecast, in percent of its error."""
    money: str
    share_pct: float
    """Of the largest sum of money in the list."""
    is_worse: bool
    amount: str
    people: str
    """Points of value added by whom was asked for."""
    is_touchless: bool
    is_pinned: bool


@dataclass(frozen=True)
class SeriesListPage:
    """The list."""

    plan: Plan
    title: str
    lead: str
    asked: Asked
    lines: tuple[SeriesLine, ...]
    more: int
    families: tuple[str, ...]
    touchless: int
    """Series that the changes of whom was asked for made worse."""
    is_cut: bool = False
    """True where only one family was judged."""
    currency: str = ""
    bias: FigurePart | None = None
    """How far forecasts of the past were off, by family; None where none can be compared."""
    options: Mapping[str, Mapping[str, str | Promise]] = field(
        default_factory=lambda: {"shown": SHOWN, "sort": SORTS, "cls": CLASSES, "kind": SEGMENTS, "who": WHO}
    )


def read_series_list(who: Access, asked: Asked) -> SeriesListPage:
    """The forecasts of the plan in force, else of the one published last, as far as the person may see them.

    Raises NotAllowed, NoForecastYet, UnknownName for a family, a choice or an order that there is not.
    """
    plan = _plan(who)
    known = (asked.shown in SHOWN, asked.sort in SORTS, asked.who in WHO)
    if not all(known) or asked.cls not in ("", *CLASSES) or asked.kind not in ("", *SEGMENTS):
        raise UnknownName(_("There is no such list of forecasts."))
    seen = visible_rows(plan.axes, Grain.DEMAND, who, "demand_baseline_qty")
    own = tuple(family for family in families(plan) if _has_rows(plan, seen, family))
    is_cut = len(seen) > MOST_AT_ONCE and not asked.family
    family = (own[0] if own else "") if is_cut else asked.family
    found = list_forecasts(open_plan(plan.digest), family)
    inside = np.flatnonzero(seen[found.rows])
    classes = _classes(plan, found, seen, inside)
    words = words_of(plan.snapshot_id)
    chosen = _ordered(
        found, [n for n in inside.tolist() if _fits(plan, words, found, n, asked, classes[n])], asked.sort
    )
    listed = chosen[:MOST_LISTED]
    largest = max((abs(v) for v in found.value_added_amount[chosen].tolist() if not np.isnan(v)), default=0.0)
    return SeriesListPage(
        plan=plan,
        title=_title(plan, found, inside),
        lead=_(
            "Each forecast was made again at ten earlier dates and compared with what came, beside last year's sales."
        ),
        asked=replace(asked, family=family),
        lines=tuple(_line(plan, words, found, n, classes[n], largest, asked.who) for n in listed),
        more=len(chosen) - len(listed),
        families=own,
        touchless=int(found.worsened_by(asked.who)[inside].sum()),
        is_cut=is_cut,
        currency=plan.head.currency,
        bias=None if len(seen) > MOST_AT_ONCE else read_bias(plan),
    )


def _plan(who: Access) -> Plan:
    who.require(Right.READ)
    plan = plan_to_show(who)
    if plan is None:
        raise NoForecastYet(_("There is no plan yet, so there is no forecast; publish a first plan."))
    return plan


def _has_rows(plan: Plan, seen: BoolArray, family: str) -> bool:
    return bool(seen[plan.axes.rows(Grain.DEMAND, {"item": f"family:{family}"})].any())


def abc_of(plan: Plan, seen: BoolArray) -> dict[int, str]:
    """ABC class by row of grain demand, among the series that the person sees: no other's sales alter it."""
    rows = np.flatnonzero(seen)
    return dict(zip(rows.tolist(), abc_classes(sales_ahead(plan, rows)), strict=True))


def _classes(plan: Plan, found: ForecastList, seen: BoolArray, inside: IntArray) -> dict[int, str]:
    """`A X` by position in the list."""
    abc = abc_of(plan, seen)
    xyz = xyz_classes(found.sigma[inside], found.mean[inside])
    return {n: f"{abc[int(found.rows[n])]} {x}".strip() for n, x in zip(inside.tolist(), xyz, strict=True)}


def _fits(plan: Plan, words: Words, found: ForecastList, n: int, asked: Asked, classes: str) -> bool:
    is_of_class = not asked.cls or asked.cls in classes.split()
    is_of_kind = not asked.kind or KINDS[int(found.segment[n])] == asked.kind
    is_shown = {
        "worse": bool(found.value_added_pct[n] < 0),
        "touchless": bool(found.worsened_by(asked.who)[n]),
        "pinned": bool(found.is_pinned[n]),
    }.get(asked.shown, True)
    if not (is_of_class and is_of_kind and is_shown):
        return False
    if not asked.words:
        return True
    item, market = _labels(plan, found, n)
    text = f"{item} {words.name('item', item)} {market} {words.name('market', market)}".casefold()
    return all(word in text for word in asked.words.casefold().split())


def _ordered(found: ForecastList, chosen: list[int], sort: str) -> list[int]:
    """Worst first; what is unknown last."""
    key: FloatArray = {
        "money": found.value_added_amount,
        "error": -found.error_pct,
        "amount": -found.amount,
    }[sort]
    return sorted(chosen, key=lambda n: (np.isnan(key[n]), 0.0 if np.isnan(key[n]) else float(key[n]), n))


def _labels(plan: Plan, found: ForecastList, n: int) -> tuple[str, str]:
    item, market = plan.axes.keys[Grain.DEMAND].labels(int(found.rows[n]))
    return item, market


def _title(plan: Plan, found: ForecastList, inside: IntArray) -> str:
    """How many forecasts are worth having, and what the others cost."""
    added = found.value_added_pct[inside]
    known, worse = np.isfinite(added), added < 0
    if not known.any():
        return _("No forecast can be judged yet: there is too little history")
    said: dict[str, object] = {"good": counted(int((known & ~worse).sum())), "all": int(known.sum())}
    first = _("%(good)s of %(all)s forecasts beat last year") % said
    lost = -float(np.nansum(np.minimum(found.value_added_amount[inside], 0.0)))
    if lost <= 0:
        return first
    more = {"first": first, "amount": money(plan.head.currency, lost)}
    return _("%(first)s; the others miss by %(amount)s a year more") % more


def _line(plan: Plan, words: Words, found: ForecastList, n: int, classes: str, largest: float, who: str) -> SeriesLine:
    item, market = _labels(plan, found, n)
    worth, people = float(found.value_added_amount[n]), float(found.added_by(who)[n])
    query = urlencode({"item": item, "market": market})
    return SeriesLine(
        label=words.name("item", item),
        place=words.name("market", market),
        link=f"{reverse('forecast:show', args=[plan.digest])}?{query}",
        kind=str(SEGMENTS[KINDS[int(found.segment[n])]]),
        classes=classes,
        error=_known(found.error_pct[n]),
        added=_known(found.value_added_pct[n], is_signed=True),
        money=UNKNOWN if np.isnan(worth) else signed_money(plan.head.currency, worth),
        share_pct=0.0 if np.isnan(worth) or largest == 0 else 100.0 * abs(worth) / largest,
        is_worse=bool(worth < 0),
        amount=UNKNOWN if np.isnan(found.amount[n]) else money(plan.head.currency, float(found.amount[n])),
        people=UNKNOWN if np.isnan(people) else signed(people, decimals=1),
        is_touchless=bool(found.is_touchless[n]),
        is_pinned=bool(found.is_pinned[n]),
    )


def _known(value: float, *, is_signed: bool = False) -> str:
    if np.isnan(value):
        return UNKNOWN
    return f"{signed(float(value), decimals=1) if is_signed else shown(float(value), decimals=1)}%"
