"""Published plans as a list, and whether a question has an answer."""

from dataclasses import dataclass
from datetime import date, datetime

from equipoise_web.access import Access, Right
from equipoise_web.records.models import PublishedPlan, SealedSnapshot


@dataclass(frozen=True)
class PlanRow:
    """A published plan."""

    digest: str
    fingerprint: str
    snapshot: str
    engine: str
    company: str
    start: date
    published_at: datetime


@dataclass(frozen=True)
class SnapshotRow:
    """A sealed snapshot."""

    snapshot: str
    label: str
    company: str
    start: date
    as_of: date
    sealed_by: str
    sealed_at: datetime


def read_plans(who: Access, *, fingerprint: str = "", limit: int = 50) -> tuple[PlanRow, ...]:
    """Published plans, newest first."""
    who.require(Right.READ)
    found = PublishedPlan.objects.all()
    if fingerprint:
        found = found.filter(fingerprint=fingerprint)
    columns = ("digest", "fingerprint", "snapshot", "engine", "company", "start", "published_at")
    return tuple(PlanRow(*row) for row in found.values_list(*columns)[:limit])


def read_snapshots(who: Access, *, limit: int = 50) -> tuple[SnapshotRow, ...]:
    """Sealed snapshots, newest first."""
    who.require(Right.READ)
    columns = ("snapshot", "label", "company", "start", "as_of", "sealed_by__username", "sealed_at")
    rows = SealedSnapshot.objects.values_list(*columns)[:limit]
    return tuple(
        SnapshotRow(snapshot, label, company, start, as_of, by or "", at)
        for snapshot, label, company, start, as_of, by, at in rows
    )
