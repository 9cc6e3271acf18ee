"""Snapshots: sealed data, with what they hold."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from ninja.params import functions as params

from equipoise.report import check_report, json_text
from equipoise_web.access import NotAllowed, Right
from equipoise_web.api.auth import access
from equipoise_web.api.schemas import NOT_SEEN
from equipoise_web.reads.published import read_snapshots
from equipoise_web.reads.scoped import sees_all
from equipoise_web.reads.snapshots import open_snapshot

router = Router(tags=["snapshots"])


class SnapshotOut(Schema):
    """A sealed snapshot."""

    snapshot: str
    label: str
    company: str
    start: date
    as_of: date
    sealed_by: str
    sealed_at: datetime


@router.get("", response={200: list[SnapshotOut], **NOT_SEEN})
def list_snapshots(request: HttpRequest, limit: int = params.Query(50, ge=1, le=200)) -> list[dict[str, Any]]:
    """Sealed snapshots, newest first."""
    return [vars(row) for row in read_snapshots(access(request), limit=limit)]


@router.get("/{id}", response={200: dict[str, Any], **NOT_SEEN})
def show_snapshot(request: HttpRequest, id: str) -> HttpResponse:
    """Rows by table, quality, and what was found in the data."""
    who = access(request)
    who.require(Right.READ)
    if not sees_all(who):
        raise NotAllowed("a snapshot tells of the whole company; it is for those who may see all of it")
    return HttpResponse(json_text(check_report(open_snapshot(id), {})), content_type="application/json")
