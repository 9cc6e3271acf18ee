"""Drafts: the month's data from the first delivery to the seal. One is open at a time."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status
from ninja.params import functions as params
from pydantic import Field

from equipoise.core.finding import Severity
from equipoise.report import count_by_severity
from equipoise_web.access import Right
from equipoise_web.actions.open_draft import open_draft
from equipoise_web.actions.seal_draft import seal_draft
from equipoise_web.api.answers import JSON, as_json, immutable
from equipoise_web.api.auth import access
from equipoise_web.api.schemas import (
    AFTER_NUMBER,
    KEY,
    LIMIT,
    MOST_NUMBER,
    NOT_SEEN,
    NUMBER,
    REFUSALS,
    JobAskedOut,
    Page,
    Strict,
)
from equipoise_web.reads.deliveries import Delivered
from equipoise_web.reads.draft_report import DraftReport, TableFacts, read_draft_report
from equipoise_web.reads.drafts import read_drafts
from equipoise_web.reads.drafts_judged import read_found
from equipoise_web.reads.snapshots import open_snapshot

router = Router(tags=["drafts"])


class DraftOut(Schema):
    """A draft; every change raises its version."""

    id: int
    base: str = Field(description="Snapshot it is carried over from; blank for the first month.")
    version: int
    sealed_as: str = Field(description="Snapshot it became; blank while it is open.")
    opened_by: str
    opened_at: datetime


class DraftsOut(Page):
    """A page of drafts, newest first."""

    drafts: list[DraftOut]


class TableOut(Schema):
    """A table of the draft; `true_to` is null for master data, `score` 0 to 100."""

    name: str = Field(examples=["sales_history"])
    rows: int = Field(description="Rows that count.")
    quarantined: int = Field(description="Rows left out, but for those that people left out on purpose.")
    true_to: date | None = Field(description="Last day of a history; day to whose end a state is true.")
    carried: date | None = Field(description="The as_of of the month in which it was delivered; null: in this one.")
    by: str
    at: datetime | None
    files: list[str]
    score: float | None


class BroughtOut(Schema):
    """What a delivery brought of a table."""

    rows: int
    quarantined: int
    files: list[str]


class DeliveryOut(Schema):
    """A delivery in force."""

    id: int
    name: str
    by: str
    at: datetime
    is_append: bool
    has_mapping: bool
    tables: dict[str, BroughtOut]


class ReadingOut(Schema):
    """A job of the draft that is not over, or came to nothing since the last delivery."""

    job: int
    name: str
    state: str = Field(description="queued, running, refused or failed", examples=["running"])


class DraftReportOut(DraftOut):
    """A draft with what it holds; the head is null and there are no tables where nothing was delivered yet."""

    company: str | None
    currency: str | None
    bucket: str | None
    start: date | None
    horizon: int | None
    as_of: date | None
    quarantined: int
    on_purpose: int = Field(description="Rows that people left out.")
    corrections: int
    score: float | None = Field(description="Data quality, 0 to 100.")
    counts: dict[str, int] = Field(description="Findings by severity.")
    tables: list[TableOut]
    deliveries: list[DeliveryOut] = Field(description="Those in force, newest first.")
    reading: list[ReadingOut]


class FindingOut(Schema):
    """One thing found in the data."""

    code: str = Field(examples=["IN104"])
    severity: str
    where: str
    count: int
    message: str
    remedy: str


class DraftFindingsOut(Page):
    """A page of findings of a version, worst first."""

    version: int
    findings: list[FindingOut]


class DraftIn(Strict):
    """Carried over from snapshot `base`, or, where it is blank, the first month's."""

    base: str = Field("", max_length=64)


class OpenedDraftOut(Schema):
    """The draft that was opened."""

    id: int
    base: str
    version: int


class SealIn(Strict):
    """Seal the draft as you saw it: `version` is that of the draft you looked at."""

    version: int = Field(ge=0, le=MOST_NUMBER)
    label: str = Field("", max_length=200, examples=["December 2026, final"])


@router.get("", response={200: DraftsOut, **NOT_SEEN})
def list_drafts(request: HttpRequest, after: int = AFTER_NUMBER, limit: int = LIMIT) -> dict[str, Any]:
    """Drafts newest first, the sealed ones too. For those who may gather on the whole company, as all of this."""
    rows = read_drafts(access(request), after=after, limit=limit)
    return {"drafts": [vars(row) for row in rows], "next": str(rows[-1].id) if len(rows) == limit else None}


@router.post("", response={201: OpenedDraftOut, **REFUSALS})
def open_month(request: HttpRequest, sent: DraftIn, key: str = KEY) -> Status[Any]:
    """Open a draft. 409 with both bases if one is open that somebody worked on; another one gives way."""
    who = access(request)
    who.require_whole(Right.GATHER)
    opened = open_draft(who, base=open_snapshot(sent.base) if sent.base else None, key=key)
    return Status(201, {"id": opened["draft"], "base": opened["base"], "version": opened["version"]})


@router.get("/open", response={200: DraftReportOut, **NOT_SEEN})
def show_open_draft(request: HttpRequest) -> dict[str, Any]:
    """The draft that is open now; 404 if none is."""
    return _report_out(read_draft_report(access(request)))


@router.get("/{id}", response={200: DraftReportOut, **NOT_SEEN})
def show_draft(request: HttpRequest, id: int = NUMBER) -> dict[str, Any]:
    """A draft: its tables, their quality, what was delivered, and what is being read."""
    return _report_out(read_draft_report(access(request), id))


@router.get("/{id}/findings", response={200: DraftFindingsOut, 304: None, **NOT_SEEN})
def list_draft_findings(
    request: HttpRequest,
    id: int = NUMBER,
    severity: Severity | None = params.Query(None),  # noqa: B008 - Ninja's way to say it
    after: int = AFTER_NUMBER,
    limit: int = LIMIT,
) -> HttpResponse:
    """What was found in the draft, worst first."""
    who = access(request)
    row, findings = read_found(who, id)
    chosen = [each for each in findings if severity in (None, each.severity)]
    page = {
        "version": row.version,
        "findings": [each.as_json() for each in chosen[after : after + limit]],
        "next": str(after + limit) if len(chosen) > after + limit else None,
    }
    return immutable(request, who, f"draft {id} {row.version}", lambda: as_json(page), JSON)


@router.post("/{id}/seal", response={202: JobAskedOut, **REFUSALS})
def seal(request: HttpRequest, sent: SealIn, id: int = NUMBER, key: str = KEY) -> Status[Any]:
    """Ask for the draft to be sealed. 409 if it was changed after you looked at it.

    The job's `answer` names the `snapshot`, its `scenario` and the `job` that computes its plan.
    """
    return Status(202, seal_draft(access(request), id, sent.version, label=sent.label, key=key))


def _report_out(report: DraftReport) -> dict[str, Any]:
    names = ("currency", "bucket", "start", "horizon", "as_of")
    return {
        **vars(report.draft),
        "company": report.head and report.head.name,
        **{name: report.head and getattr(report.head, name) for name in names},
        "quarantined": report.left_out,
        "on_purpose": report.on_purpose,
        "corrections": report.corrections,
        "score": report.score,
        "counts": count_by_severity(report.findings),
        "tables": [_table_out(each) for each in report.tables],
        "deliveries": [_delivery_out(each) for each in report.deliveries],
        "reading": [{"job": each.id, "name": each.name, "state": each.state} for each in report.reading],
    }


def _table_out(facts: TableFacts) -> dict[str, Any]:
    return {**vars(facts), "quarantined": facts.left_out}


def _delivery_out(delivery: Delivered) -> dict[str, Any]:
    tables = {
        name: {"rows": facts["rows"], "quarantined": facts["left_out"], "files": facts["files"]}
        for name, facts in delivery.brought.items()
    }
    return {**vars(delivery), "tables": tables}
