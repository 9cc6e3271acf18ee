"""Data readiness: which tables are there, how old and how good they are, and what the plan does without the others."""

from collections import Counter
from collections.abc import Container
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from equipoise.core.dataset import DatasetHead
from equipoise.core.finding import Finding, Severity
from equipoise.core.tables import TABLES, table
from equipoise_web.access import Access, Right
from equipoise_web.reads.deliveries import Delivered, Reading
from equipoise_web.reads.draft_report import STATES, DraftReport, TableFacts, read_draft_report
from equipoise_web.reads.drafts import DraftRow, open_draft_row
from equipoise_web.reads.findings import SEVERITIES, SeverityCount
from equipoise_web.reads.numbers import shown

WORST_FIRST = ("late", "watch", "done", "")
"""Badges in the order of the board: what is to be done first."""


@dataclass(frozen=True)
class TableRow:
    """One table of the draft: how much of it counts, how old it is, who brought it, how good it is."""

    name: str
    meaning: str
    rows: str
    left_out: int
    true_to: date | None
    """Day to which it is true, or the last day of a history."""
    age_days: int
    by: str
    at: datetime | None
    file: str
    score: str
    status: str
    """Class of the badge: late, watch, done or blank."""
    status_label: str
    note: str
    """What the worst finding about it says."""


@dataclass(frozen=True)
class Missing:
    """A table that was not given, and what the plan does without it."""

    name: str
    meaning: str
    default: str


@dataclass(frozen=True)
class Board:
    """All that the draft's home shows."""

    draft: DraftRow
    title: str
    lead: str
    company: str
    month: str
    as_of: date | None
    has_contents: bool
    to_do: tuple[TableRow, ...]
    """Tables that somebody should look at, the worst first."""
    fine: tuple[TableRow, ...]
    """All others that hold rows."""
    missing: tuple[Missing, ...]
    deliveries: tuple[Delivered, ...]
    reading: tuple[Reading, ...]
    left_out: int
    on_purpose: int
    corrections: int
    counts: tuple[SeverityCount, ...]
    score: str


def read_board(who: Access) -> Board | None:
    """The open draft as a board; None if none is open. Raises NotAllowed."""
    who.require_whole(Right.GATHER)
    if open_draft_row() is None:
        return None
    report = read_draft_report(who)
    if report.head is None:
        return _nothing_yet(report)
    rows = [_table_row(each, report.findings) for each in report.tables]
    given = tuple(sorted(rows, key=lambda row: WORST_FIRST.index(row.status)))
    month = report.head.calendar.label(0)
    return Board(
        draft=report.draft,
        title=_title(given, month),
        lead=_lead(report.head, report.score),
        company=report.head.name,
        month=month,
        as_of=report.head.as_of,
        has_contents=True,
        to_do=tuple(row for row in given if row.status in ("late", "watch")),
        fine=tuple(row for row in given if row.status not in ("late", "watch")),
        missing=_missing({each.name for each in report.tables}),
        deliveries=report.deliveries,
        reading=report.reading,
        left_out=report.left_out,
        on_purpose=report.on_purpose,
        corrections=report.corrections,
        counts=severity_counts(report.findings),
        score=shown(report.score, decimals=1),
    )


def _nothing_yet(report: DraftReport) -> Board:
    return Board(
        draft=report.draft,
        title=_("Nothing was delivered to this draft yet"),
        lead=_("The first delivery must hold items, markets and one source of demand: a workbook, or files together."),
        company="",
        month="",
        as_of=None,
        has_contents=False,
        to_do=(),
        fine=(),
        missing=_missing(()),
        deliveries=(),
        reading=report.reading,
        left_out=0,
        on_purpose=0,
        corrections=0,
        counts=(),
        score="",
    )


def severity_counts(findings: tuple[Finding, ...]) -> tuple[SeverityCount, ...]:
    """How many findings of each severity there are, worst first."""
    counted = Counter(finding.severity for finding in findings)
    return tuple(SeverityCount(each.value, SEVERITIES[each], counted[each]) for each in Severity if counted[each])


def _table_row(facts: TableFacts, findings: tuple[Finding, ...]) -> TableRow:
    mine = [finding for finding in findings if finding.where.split(":")[0] == f"table {facts.name}"]
    status, label = _status(facts.name, mine, left_out=facts.left_out, carried=facts.carried)
    return TableRow(
        name=facts.name,
        meaning=table(facts.name).meaning,
        rows=shown(float(facts.rows)),
        left_out=facts.left_out,
        true_to=facts.true_to,
        age_days=facts.age_days,
        by=facts.by,
        at=facts.at,
        file=", ".join(facts.files[:2]),
        score=shown(facts.score, decimals=1),
        status=status,
        status_label=label,
        note=next((finding.message for finding in mine if finding.severity.rank < Severity.NOTE.rank), ""),
    )


def _status(name: str, findings: list[Finding], *, left_out: int, carried: date | None) -> tuple[str, str]:
    """Class and words of a table's badge; shape and words say it as well as color."""
    worst = min((finding.severity.rank for finding in findings), default=9)
    if left_out:
        return "late", ngettext("Mend %(n)s row", "Mend %(n)s rows", left_out) % {"n": shown(float(left_out))}
    if worst <= Severity.ERROR.rank:
        return "late", _("Look into it")
    if carried is not None and name in STATES:
        return "watch", _("Out of date")
    if worst == Severity.WARNING.rank:
        return "watch", _("Warning")
    return ("", _("Carried over")) if carried is not None else ("done", _("Delivered"))


def _missing(given: Container[str]) -> tuple[Missing, ...]:
    """Tables not given that the plan has a stated default for, or could use."""
    return tuple(
        Missing(each.name, each.meaning, each.default or _("Not used.")) for each in TABLES if each.name not in given
    )


def _title(given: tuple[TableRow, ...], month: str) -> str:
    """What stands between the draft and its sealing, the gravest first."""
    left_out = sum(each.left_out for each in given)
    old = sum(each.status_label == _("Out of date") for each in given)
    wrong = sum(each.status == "late" and not each.left_out for each in given)
    if left_out:
        text = ngettext("%(n)s row is left out of %(month)s", "%(n)s rows are left out of %(month)s", left_out)
        return text % {"n": shown(float(left_out)), "month": month}
    if wrong:
        text = ngettext("%(n)s table of %(month)s has errors", "%(n)s tables of %(month)s have errors", wrong)
        return text % {"n": wrong, "month": month}
    if old:
        text = ngettext("%(n)s table of %(month)s is out of date", "%(n)s tables of %(month)s are out of date", old)
        return text % {"n": old, "month": month}
    return _("The data of %(month)s can be sealed") % {"month": month}


def _lead(head: DatasetHead, score: float | None) -> str:
    facts = {
        "company": head.name,
        "as_of": head.as_of.strftime("%d %b %Y"),
        "horizon": head.horizon,
        "score": shown(score, decimals=1),
    }
    text = _("%(company)s, data to the end of %(as_of)s, %(horizon)s buckets planned. Data quality %(score)s of 100.")
    return str(text) % facts
