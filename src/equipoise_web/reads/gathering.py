"""Data readiness: which tables are there, how old and how good they are, and what the plan does without the others."""

from collections import Counter
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from equipoise.core.finding import Finding, Severity
from equipoise.core.table import ColumnType, Inheritance
from equipoise.core.tables import TABLES
from equipoise.intake import Draft
from equipoise_web.access import Access, Right
from equipoise_web.reads.deliveries import Delivered, Reading, brought_by, read_deliveries, read_reading
from equipoise_web.reads.drafts import DraftRow, open_draft_row
from equipoise_web.reads.drafts_judged import Judged, judged
from equipoise_web.reads.findings import SEVERITIES, SeverityCount
from equipoise_web.reads.numbers import shown

STATES = ("inventory", "open_orders", "receipts")
"""Tables that say how things stand on a day: carried over they are out of date."""
ON_PURPOSE = "IN308"
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
    row = open_draft_row()
    if row is None:
        return None
    found = judged(row)
    by_table = brought_by(row.id)
    if found is None:
        return _nothing_yet(row)
    held = {name for name, frame in found.draft.tables.items() if frame.height}
    held |= {row.table for row in found.draft.quarantine}
    rows = [
        _table_row(declared.name, declared.meaning, found, by_table.get(declared.name, {}))
        for declared in TABLES
        if declared.name in held
    ]
    given = tuple(sorted(rows, key=lambda row: WORST_FIRST.index(row.status)))
    left_out = sum(each.left_out for each in given)
    calendar = found.draft.head.calendar
    return Board(
        draft=row,
        title=_title(given, calendar.label(0)),
        lead=_lead(found),
        company=found.draft.head.name,
        month=calendar.label(0),
        as_of=found.draft.head.as_of,
        has_contents=True,
        to_do=tuple(row for row in given if row.status in ("late", "watch")),
        fine=tuple(row for row in given if row.status not in ("late", "watch")),
        missing=_missing(held),
        deliveries=read_deliveries(row.id),
        reading=read_reading(row.id),
        left_out=left_out,
        on_purpose=sum(each.code == ON_PURPOSE for each in found.draft.quarantine),
        corrections=len(found.draft.corrections),
        counts=severity_counts(found.snapshot.findings),
        score=shown(found.quality.score, decimals=1),
    )


def _nothing_yet(row: DraftRow) -> Board:
    return Board(
        draft=row,
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
        reading=read_reading(row.id),
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


def _table_row(name: str, meaning: str, found: Judged, by: Mapping[str, Any]) -> TableRow:
    draft = found.draft
    left_out = sum(row.table == name and row.code != ON_PURPOSE for row in draft.quarantine)
    mine = [finding for finding in found.snapshot.findings if finding.where.split(":")[0] == f"table {name}"]
    carried = draft.given.carried.get(name)
    true_to = _true_to(name, draft)
    age = (draft.head.as_of - true_to).days if true_to is not None else 0
    status, label = _status(name, mine, left_out=left_out, carried=carried)
    score = found.quality.scores.get(name)
    stack = draft.given.deliveries.get(name, ())
    return TableRow(
        name=name,
        meaning=meaning,
        rows=shown(float(draft.tables[name].height)),
        left_out=left_out,
        true_to=true_to,
        age_days=max(age, 0),
        by=str(by.get("by", "")),
        at=by.get("at"),
        file=", ".join(stack[-1].files[:2]) if stack else "",
        score=shown(score, decimals=1) if score is not None else "–",
        status=status,
        status_label=label,
        note=next((finding.message for finding in mine if finding.severity.rank < Severity.NOTE.rank), ""),
    )


def _true_to(name: str, draft: Draft) -> date | None:
    """The last day of a history, the day to which a state is true, else None: master data have no day."""
    declared = next(each for each in TABLES if each.name == name)
    frame = draft.tables[name]
    is_dated = "date" in declared.names and declared.column("date").type is ColumnType.DATE
    if declared.inheritance is Inheritance.HISTORY and is_dated:
        last = frame["date"].max()
        if not isinstance(last, date):
            return None
        calendar = draft.head.calendar
        days = {day for day in frame["date"].unique().to_list() if calendar.start_of(calendar.index_of(day)) != day}
        # Rows that all stand on the first day of a bucket are totals of whole buckets.
        return last if days else calendar.end_of(calendar.index_of(last))
    return draft.given.carried.get(name, draft.head.as_of) if name in STATES else None


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


def _lead(found: Judged) -> str:
    head = found.draft.head
    facts = {
        "company": head.name,
        "as_of": head.as_of.strftime("%d %b %Y"),
        "horizon": head.horizon,
        "score": shown(found.quality.score, decimals=1),
    }
    text = _("%(company)s, data to the end of %(as_of)s, %(horizon)s buckets planned. Data quality %(score)s of 100.")
    return str(text) % facts
