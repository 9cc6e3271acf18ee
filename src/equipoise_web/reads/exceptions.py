"""Exceptions of a plan: what has money at stake, gathered by rule and by what it is about, the most money first.

An exception is a rule and a subject, such as demand not served of one item; it is there while the plan says so and goes
by itself when the plan no longer does. Rules are the finding codes, and two figures of the plan that no finding states:
revenue below budget and stock above its maximum, each by family.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from equipoise.catalog import FINDING_CODES
from equipoise.core.finding import Finding, Severity
from equipoise.core.grid import FloatArray
from equipoise.pack.headline import money
from equipoise.plan import Plan
from equipoise.report import all_findings
from equipoise_web.access import Access, NotAllowed
from equipoise_web.reads.cell_link import family_of
from equipoise_web.reads.exception_marks import Marks, read_marks
from equipoise_web.reads.findings import NODE, SEVERITIES
from equipoise_web.reads.numbers import counted
from equipoise_web.reads.scoped import sees_all

LISTED = 6
BUDGET, EXCESS = "budget_gap", "stock_excess"
RULES: dict[str, str | Promise] = {
    **{code.code: code.meaning.rstrip(".") for code in FINDING_CODES},
    BUDGET: gettext_lazy("Revenue below budget"),
    EXCESS: gettext_lazy("Stock above its maximum"),
}
"""What each rule means."""
ROOMS = {
    "DE": "demand",
    "SU": "supply",
    "SO": "supply",
    "IV": "supply",
    "FI": "finance",
    "PR": "finance",
    "PF": "product",
    "KP": "demand",
    "QU": "coordinator",
    "IN": "coordinator",
    "PL": "coordinator",
    BUDGET: "sales",
    EXCESS: "supply",
}
"""The business function that answers for a rule: by its first two letters, or itself."""


@dataclass(frozen=True)
class Stake:
    """Money at stake about one thing."""

    about: str
    """Rule and subject: what marks on it are kept under."""
    rule: str
    subject: str
    """Its node in words of the engine (`item X`, `family X`), or its place in the data."""
    nodes: Mapping[str, str]
    family: str
    """Blank where it is about no item."""
    amount: float
    severity: Severity
    message: str
    places: int

    @property
    def function(self) -> str:
        """The business function that answers for it."""
        return ROOMS.get(self.rule, ROOMS.get(self.rule[:2], "coordinator"))


@dataclass(frozen=True)
class ExceptionLine:
    """What is at stake about one thing: an item, a resource, or a place in the data."""

    what: str
    meaning: str
    detail: str
    amount: str
    share_pct: float
    """Of the largest."""
    severity: str
    severity_label: str
    family: str
    """Family whose sheet shows it; blank where it is about no item."""


@dataclass(frozen=True)
class Exceptions:
    """The list, cut to the largest; the sums are of all."""

    title: str
    subtitle: str
    lines: tuple[ExceptionLine, ...]
    count: int
    total: str
    rest: str
    """How many smaller ones there are and what they amount to; blank if there are none."""


@lru_cache(maxsize=16)
def read_stakes(plan: Plan) -> tuple[Stake, ...]:
    """Every exception of a whole plan, the most money first; for who may see all of it. A plan never changes."""
    grouped: dict[tuple[str, str], list[Finding]] = {}
    for finding in all_findings(plan):
        if finding.amount:
            grouped.setdefault((finding.code, _subject(finding)), []).append(finding)
    found = [_stake(code, subject, findings, plan) for (code, subject), findings in grouped.items()]
    found += [*_figures(plan)]
    return tuple(sorted(found, key=lambda stake: (-stake.amount, stake.about)))


def _subject(finding: Finding) -> str:
    """Findings of one sort about one item or resource belong together; others each to their place."""
    nodes = dict(NODE.findall(finding.where))
    return next((f"{name} {nodes[name]}" for name in ("item", "resource") if name in nodes), finding.where)


def _stake(code: str, subject: str, findings: list[Finding], plan: Plan) -> Stake:
    first = max(findings, key=lambda finding: finding.amount or 0.0)
    nodes = dict(NODE.findall(first.where))
    return Stake(
        about=f"{code}:{subject}"[:400],
        rule=code,
        subject=subject,
        nodes=nodes,
        family=family_of(plan, nodes.get("item", "")),
        amount=sum(finding.amount or 0.0 for finding in findings),
        severity=first.severity,
        message=first.message,
        places=len(findings),
    )


def _figures(plan: Plan) -> Iterator[Stake]:
    """Families below budget over the budgeted horizon, and families whose stock lies above its maximum."""
    if "family" not in plan.axes.items.levels:
        return
    labels = plan.axes.calendar
    for family, gap in _by_family(plan, "budget_gap_amount"):
        amount = -float(np.nansum(gap))
        if amount > 0:
            said = _("The most in %(bucket)s") % {"bucket": labels.label(int(np.nanargmin(np.nan_to_num(gap))))}
            yield _figure(BUDGET, family, amount, said)
    for family, excess in _by_family(plan, "inventory_excess_amount"):
        if np.nanmax(np.nan_to_num(excess), initial=0.0) > 0:
            peak = int(np.nanargmax(np.nan_to_num(excess)))
            amount = float(excess[peak])
            said = _("The most in %(bucket)s") % {"bucket": labels.label(peak)}
            yield _figure(EXCESS, family, amount, said)


def _by_family(plan: Plan, measure: str) -> list[tuple[str, FloatArray]]:
    codes, values = plan.grouped(measure, level="family")
    return list(zip(codes, values, strict=True))


def _figure(rule: str, family: str, amount: float, message: str) -> Stake:
    subject, nodes = f"family {family}", {"family": family}
    return Stake(f"{rule}:{subject}"[:400], rule, subject, nodes, family, amount, Severity.WARNING, message, 1)


def read_exceptions(who: Access, plan: Plan, names: Mapping[tuple[str, str], str]) -> Exceptions:
    """Exceptions of a plan, the most money first, without those that rest. Raises NotAllowed: they name all cells."""
    if not sees_all(who):
        raise NotAllowed(
            _("Exceptions name cells of the whole company; they are shown to those who may see all of it.")
        )
    marks, as_of = read_marks(), plan.head.as_of
    ranked = [each for each in read_stakes(plan) if not marks.get(each.about, Marks()).rests(as_of)]
    currency = plan.head.currency
    rest = ranked[LISTED:]
    largest = ranked[0].amount if ranked else 0.0
    said = ngettext("%(money)s at stake in one exception", "%(money)s at stake in %(n)s exceptions", len(ranked))
    return Exceptions(
        title=said % {"money": money(currency, total_of(ranked)), "n": counted(len(ranked)).lower()}
        if ranked
        else _("No exception has money at stake"),
        subtitle=_("Demand late or not served, stock, budget and data at fault, ranked by money over the horizon"),
        lines=tuple(_line(stake, currency, names, largest) for stake in ranked[:LISTED]),
        count=len(ranked),
        total=money(currency, total_of(ranked)),
        rest=ngettext("%(n)s smaller one, %(money)s", "%(n)s smaller ones, together %(money)s", len(rest))
        % {"n": counted(len(rest)), "money": money(currency, total_of(rest))}
        if rest
        else "",
    )


def total_of(stakes: Iterable[Stake]) -> float:
    """Money at stake in all of them."""
    return sum(stake.amount for stake in stakes)


def subject_words(stake: Stake, names: Mapping[tuple[str, str], str]) -> str:
    """What people call what it is about."""
    dimension = next((name for name in ("item", "resource") if name in stake.nodes), "")
    if dimension:
        return names.get((dimension, stake.nodes[dimension]), stake.nodes[dimension])
    return stake.nodes.get("family", stake.subject)


def detail_words(stake: Stake) -> str:
    """What the plan says about it; of several places the largest."""
    said = _("%(n)s places, the largest: %(message)s") % {"n": counted(stake.places), "message": stake.message}
    return said if stake.places > 1 else stake.message


def share_of(stake: Stake, largest: float) -> float:
    """Its money, percent of the largest."""
    return round(100.0 * stake.amount / largest, 1) if largest else 0.0


def _line(stake: Stake, currency: str, names: Mapping[tuple[str, str], str], largest: float) -> ExceptionLine:
    return ExceptionLine(
        what=subject_words(stake, names),
        meaning=str(RULES.get(stake.rule, stake.rule)),
        detail=detail_words(stake),
        amount=money(currency, stake.amount),
        share_pct=share_of(stake, largest),
        severity=stake.severity.value,
        severity_label=str(SEVERITIES[stake.severity]),
        family=stake.family,
    )
