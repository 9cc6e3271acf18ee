"""Published plans as a list, and whether a question has an answer."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Subquery

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


def read_plans(
    who: Access, *, fingerprint: str = "", digest: str = "", after: str = "", limit: int = 50
) -> tuple[PlanRow, ...]:
    """Published plans, newest first, published before the one of digest `after` (blank: from the newest)."""
    who.require(Right.READ)
    found = PublishedPlan.objects.all()
    for name, value in (("fingerprint", fingerprint), ("digest", digest)):
        if value:
            found = found.filter(**{name: value})
    if after:
        found = found.filter(pk__lt=Subquery(PublishedPlan.objects.filter(digest=after).values("pk")[:1]))
    columns = ("digest", "fingerprint", "snapshot", "engine", "company", "start", "published_at")
    return tuple(PlanRow(*row) for row in found.values_list(*columns)[:limit])


def read_snapshots(who: Access, *, after: str = "", limit: int = 50) -> tuple[SnapshotRow, ...]:
    """Sealed snapshots, newest first, sealed before snapshot `after` (blank: from the newest)."""
    who.require(Right.READ)
    columns = ("snapshot", "label", "company", "start", "as_of", "sealed_by__username", "sealed_at")
    found = SealedSnapshot.objects.all()
    if after:
        found = found.filter(pk__lt=Subquery(SealedSnapshot.objects.filter(snapshot=after).values("pk")[:1]))
    rows = found.values_list(*columns)[:limit]
    return tuple(
        SnapshotRow(snapshot, label, company, start, as_of, by or "", at)
        for snapshot, label, company, start, as_of, by, at in rows
    )
