"""Snapshots: sealed data, with what they hold."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from equipoise.report import check_report
from equipoise_web.access import NotAllowed, Right
from equipoise_web.api.answers import JSON, as_json, immutable
from equipoise_web.api.auth import access
from equipoise_web.api.schemas import AFTER_TEXT, LIMIT, NOT_SEEN, Page
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


class SnapshotsOut(Page):
    """A page of snapshots, newest first."""

    snapshots: list[SnapshotOut]


@router.get("", response={200: SnapshotsOut, **NOT_SEEN})
def list_snapshots(request: HttpRequest, after: str = AFTER_TEXT, limit: int = LIMIT) -> dict[str, Any]:
    """Sealed snapshots, newest first."""
    rows = read_snapshots(access(request), after=after, limit=limit)
    return {"snapshots": [vars(row) for row in rows], "next": rows[-1].snapshot if len(rows) == limit else None}


@router.get("/{id}", response={200: dict[str, Any], 304: None, **NOT_SEEN})
def show_snapshot(request: HttpRequest, id: str) -> HttpResponse:
    """Rows by table, quality, and what was found in the data."""
    who = access(request)
    who.require(Right.READ)
    if not sees_all(who):
        raise NotAllowed("a snapshot tells of the whole company; it is for those who may see all of it")
    snapshot = open_snapshot(id)
    return immutable(request, who, id, lambda: as_json(check_report(snapshot, {})), JSON)
