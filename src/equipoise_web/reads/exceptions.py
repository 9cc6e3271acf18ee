"""Exceptions ranked by money: findings of a plan with an amount at stake, gathered by what they are about."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from equipoise.catalog import FINDING_CODES
from equipoise.core.finding import Finding
from equipoise.pack.headline import money
from equipoise.plan import Plan
from equipoise.report import all_findings
from equipoise_web.access import Access, NotAllowed
from equipoise_web.reads.findings import NODE, SEVERITIES
from equipoise_web.reads.numbers import counted
from equipoise_web.reads.scoped import sees_all

LISTED = 6
MEANINGS = {code.code: code.meaning.rstrip(".") for code in FINDING_CODES}


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


def read_exceptions(who: Access, plan: Plan, names: Mapping[tuple[str, str], str]) -> Exceptions:
    """Exceptions of a plan, the most money first. Raises NotAllowed: they name cells of the whole company."""
    if not sees_all(who):
        raise NotAllowed(
            _("Exceptions name cells of the whole company; they are shown to those who may see all of it.")
        )
    grouped = _by_subject(finding for finding in all_findings(plan) if finding.amount)
    ranked = sorted(grouped.items(), key=lambda pair: (-_sum(pair[1]), pair[0]))
    currency = plan.head.currency
    total, rest = sum(_sum(found) for _key, found in ranked), ranked[LISTED:]
    largest = _sum(ranked[0][1]) if ranked else 0.0
    said = ngettext("%(money)s at stake in one exception", "%(money)s at stake in %(n)s exceptions", len(ranked))
    return Exceptions(
        title=said % {"money": money(currency, total), "n": counted(len(ranked)).lower()}
        if ranked
        else _("No exception has money at stake"),
        subtitle=_("Demand late or not served, stock and data at fault, ranked by money over the horizon"),
        lines=tuple(_line(found, plan, names, largest) for _key, found in ranked[:LISTED]),
        count=len(ranked),
        total=money(currency, total),
        rest=ngettext("%(n)s smaller one, %(money)s", "%(n)s smaller ones, together %(money)s", len(rest))
        % {"n": counted(len(rest)), "money": money(currency, sum(_sum(found) for _key, found in rest))}
        if rest
        else "",
    )


def _by_subject(findings: Iterable[Finding]) -> dict[tuple[str, str], list[Finding]]:
    """Findings of one sort about one item or resource together; others each by their place."""
    grouped: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        nodes = dict(NODE.findall(finding.where))
        subject = next((f"{name} {nodes[name]}" for name in ("item", "resource") if name in nodes), finding.where)
        grouped.setdefault((finding.code, subject), []).append(finding)
    return grouped


def _sum(findings: Iterable[Finding]) -> float:
    return sum(finding.amount or 0.0 for finding in findings)


def _line(findings: list[Finding], plan: Plan, names: Mapping[tuple[str, str], str], largest: float) -> ExceptionLine:
    first = max(findings, key=lambda finding: finding.amount or 0.0)
    nodes = dict(NODE.findall(first.where))
    dimension = next((name for name in ("item", "resource") if name in nodes), "")
    subject = names.get((dimension, nodes[dimension]), nodes[dimension]) if dimension else first.where
    places = len(findings)
    said = _("%(n)s places, the largest: %(message)s") % {"n": counted(places), "message": first.message}
    return ExceptionLine(
        what=subject,
        meaning=MEANINGS.get(first.code, first.code),
        detail=said if places > 1 else first.message,
        amount=money(plan.head.currency, _sum(findings)),
        share_pct=round(100.0 * _sum(findings) / largest, 1) if largest else 0.0,
        severity=first.severity.value,
        severity_label=str(SEVERITIES[first.severity]),
        family=_family(plan, nodes.get("item", "")),
    )


def _family(plan: Plan, item: str) -> str:
    items = plan.axes.items
    if item not in items.position or "family" not in items.levels:
        return ""
    return items.codes("family")[items.position[item]]
