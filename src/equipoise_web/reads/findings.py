"""Findings as a page: worst first, then by money at stake, gathered by sort."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from equipoise.catalog import FINDING_CODES
from equipoise.core.finding import Finding, Severity
from equipoise.pack.headline import money
from equipoise.plan import Plan
from equipoise.report import all_findings
from equipoise_web.reads.numbers import shown

NODE = re.compile(r"\b(item|market|location|resource) ([^\s,/]+)")
"""A node in the place that a finding is about."""
LISTED = 25
"""Findings of one sort that are listed one by one."""
SEVERITIES: dict[Severity, str | Promise] = {
    Severity.BLOCKER: gettext_lazy("Blocker"),
    Severity.ERROR: gettext_lazy("Error"),
    Severity.WARNING: gettext_lazy("Warning"),
    Severity.NOTE: gettext_lazy("Note"),
}
Names = Mapping[tuple[str, str], str]
"""Names of nodes by dimension and code."""


@dataclass(frozen=True)
class FindingRow:
    """One finding: where, what, how often, money at stake as text (blank if unknown) and as percent of the largest."""

    where: str
    named: str
    """Names of the nodes in `where`, blank where none has one."""
    message: str
    count: str
    amount: str
    share_pct: float


@dataclass(frozen=True)
class FindingGroup:
    """All findings of one sort."""

    code: str
    severity: str
    severity_label: str | Promise
    meaning: str
    remedy: str
    amount: str
    rows: tuple[FindingRow, ...]
    more: int
    """How many are not listed."""


@dataclass(frozen=True)
class SeverityCount:
    """How many findings of a severity there are."""

    severity: str
    label: str | Promise
    count: int


@dataclass(frozen=True)
class FindingsPage:
    """All that the page of findings shows."""

    title: str
    lead: str
    severity: str
    """The severity chosen, blank for all."""
    total: int
    counts: tuple[SeverityCount, ...]
    groups: tuple[FindingGroup, ...]


def read_findings(plan: Plan, *, severity: str = "", names: Names | None = None) -> FindingsPage:
    """What was found in the data and in the plan; of one severity if it is given."""
    return findings_page(all_findings(plan), plan.head.currency, severity=severity, names=names)


def findings_page(
    findings: Sequence[Finding], currency: str, *, severity: str = "", names: Names | None = None
) -> FindingsPage:
    """The page of some findings, which are sorted worst first, then by money."""
    counts = tuple(
        SeverityCount(each.value, SEVERITIES[each], sum(f.severity is each for f in findings)) for each in Severity
    )
    chosen = [finding for finding in findings if severity in ("", finding.severity.value)]
    largest = max((finding.amount or 0.0 for finding in chosen), default=0.0)
    groups = [
        _group(list(group), currency, largest, names or {})
        for _code, group in groupby(sorted(chosen, key=lambda f: _rank(f, chosen)), key=lambda f: f.code)
    ]
    return FindingsPage(
        title=_title(findings),
        lead=_lead(findings, currency),
        severity=severity,
        total=len(findings),
        counts=tuple(count for count in counts if count.count),
        groups=tuple(groups),
    )


def _rank(finding: Finding, findings: Sequence[Finding]) -> tuple[int, float, str, float, str]:
    """Sorts by severity, then by the money of the whole sort, then by sort, then by money."""
    of_code = sum(f.amount or 0.0 for f in findings if f.code == finding.code)
    return finding.severity.rank, -of_code, finding.code, -(finding.amount or 0.0), finding.where


def _group(findings: list[Finding], currency: str, largest: float, names: Names) -> FindingGroup:
    first = findings[0]
    meaning = next((code.meaning for code in FINDING_CODES if code.code == first.code), first.code)
    amounts = [finding.amount for finding in findings if finding.amount is not None]
    return FindingGroup(
        code=first.code,
        severity=first.severity.value,
        severity_label=SEVERITIES[first.severity],
        meaning=meaning.rstrip("."),
        remedy=first.remedy,
        amount=money(currency, sum(amounts)) if amounts else "",
        rows=tuple(_row(finding, currency, largest, names) for finding in findings[:LISTED]),
        more=max(len(findings) - LISTED, 0),
    )


def _row(finding: Finding, currency: str, largest: float, names: Names) -> FindingRow:
    return FindingRow(
        where=finding.where,
        named=", ".join(names[node] for node in NODE.findall(finding.where) if node in names),
        message=finding.message,
        count=shown(float(finding.count)),
        amount="" if finding.amount is None else money(currency, finding.amount),
        share_pct=round(100.0 * (finding.amount or 0.0) / largest, 1) if largest > 0 else 0.0,
    )


def _title(findings: Sequence[Finding]) -> str:
    """The fact that matters most: what stops the plan, else what weakens it, else that there is nothing."""
    wrong = sum(finding.severity in (Severity.BLOCKER, Severity.ERROR) for finding in findings)
    watched = sum(finding.severity is Severity.WARNING for finding in findings)
    if wrong:
        text = ngettext("%(n)s finding makes numbers of this plan wrong", "%(n)s findings make numbers wrong", wrong)
        return text % {"n": shown(float(wrong))}
    if watched:
        return ngettext("%(n)s warning, no error", "%(n)s warnings, no error", watched) % {"n": shown(float(watched))}
    return _("Nothing is wrong with this plan")


def _lead(findings: Sequence[Finding], currency: str) -> str:
    stakes = [finding.amount for finding in findings if finding.amount]
    if not findings:
        return _("No check of the data or of the plan found anything.")
    if stakes:
        return _("%(amount)s at stake where money can be told. Worst first, then the most money.") % {
            "amount": money(currency, sum(stakes))
        }
    return _("Worst first. No money is at stake, or it cannot be told.")
