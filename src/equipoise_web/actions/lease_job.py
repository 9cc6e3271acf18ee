"""Leases: how a worker takes a job, says how far it is, and ends it. Not audited: no person's numbers change here.

A lease runs out unless it is renewed; then the job is taken by another worker under a higher fence, and whoever held it
before can no longer write to it (Kleppmann, Designing Data-Intensive Applications, chapter 8, fencing tokens). A job
that was taken MOST_ATTEMPTS times without an end is given up with a reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from equipoise.core.errors import EquipoiseError
from equipoise_web.records.models import Job

LEASE = timedelta(seconds=30)
MOST_ATTEMPTS = 3


class LeaseLost(EquipoiseError):
    """Another worker has the job now; what this one found is not wanted any more."""


class JobCancelled(EquipoiseError):
    """Somebody asked the job to stop."""


@dataclass(frozen=True)
class Leased:
    """A job in a worker's hands."""

    id: int
    fence: int
    kind: str
    question: Mapping[str, Any]
    asked_by: int | None


def take_job() -> Leased | None:
    """The oldest job that waits or whose worker fell silent, or None; exactly one taker gets it."""
    now = timezone.now()
    free = Q(state=Job.QUEUED) | Q(state=Job.RUNNING, leased_until__lt=now)
    for pk, fence in Job.objects.filter(free).order_by("id").values_list("pk", "fence"):
        with transaction.atomic():
            taken = Job.objects.filter(free, pk=pk, fence=fence, attempts__lt=MOST_ATTEMPTS).update(
                state=Job.RUNNING, fence=fence + 1, leased_until=now + LEASE, started_at=now
            )
            if taken:
                job = Job.objects.get(pk=pk)
                job.attempts += 1
                job.save(update_fields=["attempts"])
                return Leased(pk, fence + 1, job.kind, job.question, job.asked_by_id)  # type: ignore[attr-defined]
            Job.objects.filter(free, pk=pk, fence=fence, attempts__gte=MOST_ATTEMPTS).update(
                state=Job.FAILED,
                ended_at=now,
                error=f"its worker stopped {MOST_ATTEMPTS} times; ask again, or look into the worker's log",
            )
    return None


def renew(job: Leased, stage: str, progress: float) -> None:
    """Say how far a job is (0 to 1) and keep its lease. Raises LeaseLost or JobCancelled."""
    mine = Job.objects.filter(pk=job.id, fence=job.fence, state=Job.RUNNING)
    if not mine.update(stage=stage[:120], progress=progress, leased_until=timezone.now() + LEASE):
        raise LeaseLost(f"job {job.id} was taken by another worker")
    if mine.filter(is_cancel_asked=True).exists():
        raise JobCancelled(f"job {job.id} was cancelled")


def end_job(job: Leased, state: str, *, answer: Mapping[str, Any] | None = None, error: str = "") -> bool:
    """End a job; False if its lease was lost meanwhile, and nothing was written."""
    changed = Job.objects.filter(pk=job.id, fence=job.fence, state=Job.RUNNING).update(
        state=state,
        answer=dict(answer or {}),
        error=error,
        ended_at=timezone.now(),
        leased_until=None,
        **({"progress": 1.0} if state == Job.DONE else {}),
    )
    return bool(changed)
