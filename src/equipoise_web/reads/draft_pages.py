"""Findings and sealing of the open draft, and the snapshots sealed before."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from equipoise.core.finding import Finding, Severity
from equipoise_web.access import Access, Right
from equipoise_web.reads.draft_report import ON_PURPOSE
from equipoise_web.reads.drafts import DraftRow
from equipoise_web.reads.drafts_judged import draft_for, judged
from equipoise_web.reads.findings import FindingGroup, SeverityCount, findings_page
from equipoise_web.reads.gathering import severity_counts
from equipoise_web.reads.numbers import shown
from equipoise_web.records.models import PublishedPlan, SealedSnapshot

PLACES = 12
"""Offending rows that are shown of one finding."""


@dataclass(frozen=True)
class Offence:
    """One place that a finding is about."""

    table: str
    where: str
    says: str


@dataclass(frozen=True)
class DraftFinding:
    """A sort of finding with the rows behind it; `quarantined` names tables whose rows can be mended on screen."""

    group: FindingGroup
    offences: tuple[Offence, ...]
    more: int
    quarantined: tuple[str, ...]


@dataclass(frozen=True)
class DraftFindings:
    """What was found in the draft."""

    draft: DraftRow
    title: str
    severity: str
    total: int
    counts: tuple[SeverityCount, ...]
    findings: tuple[DraftFinding, ...]


def read_draft_findings(who: Access, *, severity: str = "") -> DraftFindings:
    """What was found in the open draft, worst first, with the rows behind it."""
    row = draft_for(who)
    found = judged(row)
    findings = () if found is None else found.snapshot.findings
    page = findings_page(findings, "" if found is None else found.draft.head.currency, severity=severity)
    details = []
    for group in page.groups:
        places = None if found is None else found.quality.faults.get(group.code)
        offences = (
            []
            if places is None
            else [Offence(*cells) for cells in places.select("table", "where", "says").head(PLACES).iter_rows()]
        )
        if found is not None and not offences:
            left_out = [each for each in found.draft.quarantine if each.code == group.code]
            offences = [Offence(each.table, f"{each.file} line {each.line}", each.reason) for each in left_out[:PLACES]]
            more, tables = len(left_out) - len(offences), tuple(dict.fromkeys(each.table for each in left_out))
        else:
            more, tables = (0 if places is None else places.height - len(offences)), ()
        details.append(DraftFinding(group, tuple(offences), more, tables if group.code != ON_PURPOSE else ()))
    return DraftFindings(row, _findings_title(findings), severity, page.total, page.counts, tuple(details))


def _findings_title(findings: tuple[Finding, ...]) -> str:
    wrong = sum(finding.severity.rank <= Severity.ERROR.rank for finding in findings)
    warned = sum(finding.severity is Severity.WARNING for finding in findings)
    if wrong:
        text = ngettext("%(n)s finding would make numbers wrong", "%(n)s findings would make numbers wrong", wrong)
        return text % {"n": wrong}
    if warned:
        return ngettext("%(n)s warning, no error", "%(n)s warnings, no error", warned) % {"n": warned}
    return _("Nothing is wrong with these data")


@dataclass(frozen=True)
class SealPage:
    """What would be sealed."""

    draft: DraftRow
    month: str
    company: str
    as_of: date
    base: str
    """Label of the snapshot that the draft was carried over from; blank for the first month."""
    tables: int
    rows: str
    left_out: int
    on_purpose: int
    corrections: int
    counts: tuple[SeverityCount, ...]
    score: str
    stops: tuple[str, ...]
    """Blockers, in words."""
    may_seal: bool


def read_seal(who: Access) -> SealPage | None:
    """What sealing the open draft would seal; None where nothing was delivered yet."""
    row = draft_for(who)
    found = judged(row)
    if found is None:
        return None
    head, draft = found.draft.head, found.draft
    base = SealedSnapshot.objects.filter(snapshot=row.base).first() if row.base else None
    on_purpose = sum(each.code == ON_PURPOSE for each in draft.quarantine)
    return SealPage(
        row,
        head.calendar.label(0),
        head.name,
        head.as_of,
        "" if base is None else (base.label or str(base)),
        len(draft.tables),
        shown(float(sum(frame.height for frame in draft.tables.values()))),
        len(draft.quarantine) - on_purpose,
        on_purpose,
        len(draft.corrections),
        severity_counts(found.snapshot.findings),
        shown(found.quality.score, decimals=1),
        tuple(f.message for f in found.snapshot.findings if f.severity is Severity.BLOCKER),
        who.may_whole(Right.SEAL),
    )


@dataclass(frozen=True)
class Sealed:
    """A snapshot sealed before."""

    snapshot: str
    label: str
    company: str
    start: date
    as_of: date
    by: str
    at: datetime
    size: str
    plan: str
    """Digest of the newest plan from it; blank if there is none."""


def read_sealed(who: Access, *, limit: int = 100) -> tuple[Sealed, ...]:
    """Snapshots sealed here, newest first."""
    who.require(Right.READ)
    plans: dict[str, str] = {}
    for snapshot, digest in PublishedPlan.objects.order_by("id").values_list("snapshot", "digest"):
        plans[snapshot] = digest
    rows = SealedSnapshot.objects.select_related("sealed_by")[:limit]
    return tuple(
        Sealed(
            row.snapshot,
            row.label or f"{row.company} {row.start:%Y-%m}",
            row.company,
            row.start,
            row.as_of,
            row.sealed_by.get_username() if row.sealed_by else "equipoise",
            row.sealed_at,
            _size(row.bytes),
            plans.get(row.snapshot, ""),
        )
        for row in rows
    )


def _size(bytes: int) -> str:
    """A size in words; 0 means that the snapshot lies inside its plan."""
    if not bytes:
        return _("with its plan")
    return f"{bytes / 1e6:,.1f} MB" if bytes >= 1e5 else f"{bytes / 1e3:,.0f} kB"
