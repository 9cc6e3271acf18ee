"""The page of exceptions: filtered, the material ones listed and the rest counted, each with where to look at it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from equipoise.balance.materiality import material
from equipoise.core.errors import EquipoiseError
from equipoise.pack.headline import money
from equipoise.plan import Plan
from equipoise_web.access import Access, NotAllowed, Right
from equipoise_web.reads.adjustment_pages import people_titles, plan_to_show
from equipoise_web.reads.cell_link import cell_link
from equipoise_web.reads.exception_marks import Marks, Owner, read_marks, read_owners
from equipoise_web.reads.exceptions import (
    BUDGET,
    EXCESS,
    RULES,
    Stake,
    detail_words,
    read_stakes,
    share_of,
    subject_words,
    total_of,
)
from equipoise_web.reads.findings import SEVERITIES
from equipoise_web.reads.holds_ending import EndingHold, read_ending
from equipoise_web.reads.in_words import FUNCTION_TITLES, words_of
from equipoise_web.reads.numbers import counted
from equipoise_web.reads.plans import open_plan
from equipoise_web.reads.published import newest_of_questions
from equipoise_web.reads.scoped import sees_all

STATES: dict[str, str | Promise] = {
    "open": gettext_lazy("Open"),
    "mine": gettext_lazy("Mine"),
    "resting": gettext_lazy("Resting"),
    "all": gettext_lazy("All"),
}
MEASURES = {
    "SU101": "unmet_qty",
    "SU102": "unmet_qty",
    EXCESS: "inventory_excess_qty",
    BUDGET: "budget_gap_amount",
}
"""The measure whose largest cell shows what a rule found."""
MOST = 200


class NoPlanYet(EquipoiseError):
    """There is no plan whose exceptions could be listed."""


@dataclass(frozen=True)
class Filters:
    """What is asked for; blank is all. `least` is money, None takes the threshold of the plan."""

    family: str = ""
    function: str = ""
    rule: str = ""
    state: str = "open"
    least: float | None = None


@dataclass(frozen=True)
class ExceptionRow:
    """One exception as the page and the API show it."""

    about: str
    rule: str
    meaning: str
    what: str
    detail: str
    family: str
    function: str
    function_title: str
    amount: float
    amount_text: str
    share_pct: float
    severity: str
    severity_label: str
    since: str
    """The cycle since which every plan in force has said so."""
    owner: str
    owner_title: str
    until: date | None
    """The day of data it rests until, also once that has come."""
    because: str
    is_resting: bool
    link: str
    """Where its cell is looked at."""


@dataclass(frozen=True)
class ExceptionPage:
    """The list, and what it leaves out."""

    plan: Plan
    as_of: date
    title: str
    lead: str
    rows: tuple[ExceptionRow, ...]
    total: str
    below: str
    """What lies below the threshold, counted; blank if nothing does."""
    resting: int
    filters: Filters
    least: float
    families: tuple[str, ...]
    functions: tuple[tuple[str, str], ...]
    rules: tuple[tuple[str, str], ...]
    owners: tuple[Owner, ...]
    may_mark: bool
    ending: tuple[EndingHold, ...]
    """Holds that run out within days, whatever is filtered."""


def plan_in_question(who: Access) -> Plan:
    """The plan in force, else the one published last, as the person sees it. NotAllowed but for who sees all of it."""
    who.require(Right.READ)
    if not sees_all(who):
        raise NotAllowed(
            _("Exceptions name cells of the whole company; they are shown to those who may see all of it.")
        )
    plan = plan_to_show(who)
    if plan is None:
        raise NoPlanYet(_("There is no plan yet, so nothing is at stake in one; publish a first plan."))
    return plan


def read_page(who: Access, asked: Filters) -> ExceptionPage:
    """Exceptions of the plan in force, the most money first."""
    plan = plan_in_question(who)
    marks, as_of = read_marks(), plan.head.as_of
    stakes = read_stakes(plan)
    of_these = [stake for stake in stakes if _fits(stake, asked)]
    resting = [stake for stake in of_these if marks.get(stake.about, Marks()).rests(as_of)]
    chosen = [stake for stake in of_these if _is_in_state(stake, marks, asked.state, who.name, as_of)]
    least = material(plan) if asked.least is None else asked.least
    listed = [stake for stake in chosen if stake.amount >= least]
    below = [stake for stake in chosen if stake.amount < least]
    currency = plan.head.currency
    return ExceptionPage(
        plan=plan,
        as_of=as_of,
        title=_title(listed, currency),
        lead=_("Of the plan in force, data as of %(day)s. An exception goes by itself once the plan no longer says so.")
        % {"day": f"{as_of:%d %b %Y}"},
        rows=_rows(listed[:MOST], plan, marks),
        total=money(currency, total_of(listed)),
        below=_below(below, currency, least),
        resting=len(resting),
        filters=asked,
        least=least,
        families=tuple(sorted({stake.family for stake in stakes if stake.family})),
        functions=_choices(sorted({stake.function for stake in stakes}), FUNCTION_TITLES),
        rules=_choices(sorted({stake.rule for stake in stakes}), RULES),
        owners=read_owners(),
        may_mark=who.may_whole(Right.RULE) or who.may_whole(Right.PROPOSE),
        ending=read_ending(plan),
    )


def _choices(values: list[str], titles: Mapping[str, str | Promise]) -> tuple[tuple[str, str], ...]:
    return tuple((value, str(titles.get(value, value))) for value in values)


def _fits(stake: Stake, asked: Filters) -> bool:
    pairs = ((asked.family, stake.family), (asked.function, stake.function), (asked.rule, stake.rule))
    return all(wanted in ("", found) for wanted, found in pairs)


def _is_in_state(stake: Stake, marks: Mapping[str, Marks], state: str, name: str, as_of: date) -> bool:
    mark = marks.get(stake.about, Marks())
    if state == "all":
        return True
    if state == "resting":
        return mark.rests(as_of)
    return not mark.rests(as_of) and (state != "mine" or mark.owner == name)


def _title(listed: list[Stake], currency: str) -> str:
    if not listed:
        return _("No exception of that sort")
    said = ngettext("%(money)s at stake in one exception", "%(money)s at stake in %(n)s exceptions", len(listed))
    return said % {"money": money(currency, total_of(listed)), "n": counted(len(listed)).lower()}


def _below(below: list[Stake], currency: str, least: float) -> str:
    if not below:
        return ""
    said = ngettext(
        "%(n)s exception below %(least)s is not listed; it amounts to %(money)s",
        "%(n)s exceptions below %(least)s are not listed; together they amount to %(money)s",
        len(below),
    )
    return said % {
        "n": counted(len(below)),
        "least": money(currency, least),
        "money": money(currency, total_of(below)),
    }


def _rows(stakes: list[Stake], plan: Plan, marks: Mapping[str, Marks]) -> tuple[ExceptionRow, ...]:
    names, titles = words_of(plan.snapshot_id).names, people_titles()
    earlier = _earlier_cycles(plan)
    largest = stakes[0].amount if stakes else 0.0
    return tuple(
        _row(stake, plan, marks.get(stake.about, Marks()), names, titles, earlier, largest) for stake in stakes
    )


def _row(
    stake: Stake,
    plan: Plan,
    mark: Marks,
    names: Mapping[tuple[str, str], str],
    titles: Mapping[str, str],
    earlier: list[tuple[str, frozenset[str]]],
    largest: float,
) -> ExceptionRow:
    return ExceptionRow(
        about=stake.about,
        rule=stake.rule,
        meaning=str(RULES.get(stake.rule, stake.rule)),
        what=subject_words(stake, names),
        detail=detail_words(stake),
        family=stake.family,
        function=stake.function,
        function_title=str(FUNCTION_TITLES.get(stake.function, stake.function)),
        amount=round(stake.amount, 2),
        amount_text=money(plan.head.currency, stake.amount),
        share_pct=share_of(stake, largest),
        severity=stake.severity.value,
        severity_label=str(SEVERITIES[stake.severity]),
        since=_since(stake, plan, earlier),
        owner=mark.owner,
        owner_title=titles.get(mark.owner, mark.owner),
        until=mark.until,
        because=mark.because,
        is_resting=mark.rests(plan.head.as_of),
        link=link_of(stake, plan),
    )


def _earlier_cycles(plan: Plan) -> list[tuple[str, frozenset[str]]]:
    """Keys of exceptions of the plans in force of earlier cycles, the newest first, with the name of the cycle."""
    found = []
    for digest in newest_of_questions(before=plan.head.start):
        earlier = open_plan(digest)
        keys = frozenset(stake.about for stake in read_stakes(earlier))
        found.append((earlier.axes.calendar.label(0), keys))
    return found


def _since(stake: Stake, plan: Plan, earlier: list[tuple[str, frozenset[str]]]) -> str:
    since = plan.axes.calendar.label(0)
    for cycle, keys in earlier:
        if stake.about not in keys:
            break
        since = cycle
    return since


def link_of(stake: Stake, plan: Plan) -> str:
    """Where the exception is looked at: its worst cell, else the sheet of its family, else the finding."""
    measure = MEASURES.get(stake.rule, "")
    if measure:
        nodes = {"item": f"family:{stake.family}"} if "family" in stake.nodes else dict(stake.nodes)
        panel = plan.measure(measure)
        rows = plan.axes.rows(panel.grain, nodes)
        by_bucket = np.nan_to_num(panel.values[rows]).sum(axis=0) * (-1.0 if stake.rule == BUDGET else 1.0)
        if by_bucket.size and by_bucket.max() > 0:
            return cell_link(plan, stake.nodes, measure=measure, bucket=str(int(by_bucket.argmax())))
    nodes = {"family": stake.family}
    return cell_link(plan, nodes) or f"{reverse('findings:show', args=[plan.digest])}#{stake.rule}"
