"""Published plans as a list, and whether a question has an answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Subquery

from equipoise_web.access import Access, Right
from equipoise_web.reads.plans import tier_of
from equipoise_web.reads.scenarios import questions, root_names
from equipoise_web.records.models import AuditEntry, PublishedPlan, SealedSnapshot


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
    tier: str
    """How its supply was found."""


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
    rows = [dict(zip(columns, row, strict=True)) for row in found.values_list(*columns)[:limit]]
    return tuple(PlanRow(**row, tier=tier_of(row["digest"])) for row in rows)


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


def last_cycle(*, before: date) -> str:
    """Digest of the plan in force of the cycle before a day; blank where there was none."""
    if not PublishedPlan.objects.filter(start__lt=before).exists():
        return ""
    return next(iter(newest_of_questions(before=before, cycles=1)), "")


def published_for(digests: Iterable[str]) -> dict[str, str]:
    """The scenario that each plan was published for, by digest; those that were adopted from a file have none."""
    about = [f"plan:{digest}" for digest in digests]
    told = AuditEntry.objects.filter(verb__in=("publish_plan", "adopt_plan"), object__in=about)
    return {
        subject.removeprefix("plan:"): name for subject, name in told.values_list("object", "after__scenario") if name
    }


def newest_of_questions(*, before: date, cycles: int = 12) -> tuple[str, ...]:
    """Digests of the plans in force of the cycles that began before a day, the newest cycle first.

    In force is what answers the root of the cycle as it stands; where no engine's answer to that is here, the plan of
    its data that was published last.
    """
    found: dict[date, str] = {}
    asked = {each.snapshot: each.fingerprint for each in questions(root_names())}
    for digest, start, snapshot, fingerprint in PublishedPlan.objects.filter(start__lt=before).values_list(
        "digest", "start", "snapshot", "fingerprint"
    ):
        if start not in found or (asked.get(snapshot) == fingerprint and asked.get(snapshot) is not None):
            found[start] = digest
    return tuple(found[start] for start in sorted(found, reverse=True)[:cycles])
