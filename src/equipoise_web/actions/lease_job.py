"""Leases: how a worker takes a job, says how far it is, and ends it. Not audited: no person's numbers change here.

A lease runs out unless it is renewed; then the job is taken by another worker under a higher fence, and whoever held it
before can no longer write to it (Kleppmann, Designing Data-Intensive Applications, chapter 8, fencing tokens). A job
that was taken MOST_ATTEMPTS times without an end is given up with a reason.

Leases are read off the wall clock, which may jump. When it jumps ahead, a lease runs out early: another worker takes
the job, and the fence keeps the first from publishing. When it jumps back, a lease seems to last longer than any lease
does; so one that ends later than two leases from now counts as run out, too.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from equipoise.core.errors import EquipoiseError
from equipoise_web.actions.door import turn
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


def take_job(kinds: Iterable[str] | None = None, *, only_new: bool = False) -> Leased | None:
    """The oldest job that waits or whose worker fell silent, or None; exactly one taker gets it.

    With `kinds`, one of those; with `only_new`, one that nobody has taken before.
    """
    now = timezone.now()
    waiting = Job.objects.filter(_free(now)).order_by("id")
    if kinds is not None:
        waiting = waiting.filter(kind__in=tuple(kinds))
    if only_new:
        waiting = waiting.filter(fence=0)
    for pk, fence in waiting.values_list("pk", "fence"):
        with turn(), transaction.atomic():
            mine = Job.objects.filter(_free(now), pk=pk, fence=fence)
            if _give_up(mine, now):
                continue
            attempt = {"attempts": F("attempts") + 1, "fence": fence + 1, "stage": "", "progress": 0.0}
            if mine.update(state=Job.RUNNING, leased_until=now + LEASE, started_at=now, **attempt):
                job = Job.objects.get(pk=pk)
                return Leased(pk, fence + 1, job.kind, job.question, job.asked_by_id)  # type: ignore[attr-defined]
    return None


def _free(now: datetime) -> Q:
    is_over = Q(leased_until__lt=now) | Q(leased_until__gt=now + 2 * LEASE)
    return Q(state=Job.QUEUED) | (Q(state=Job.RUNNING) & is_over)


def _give_up(mine: Any, now: datetime) -> bool:  # noqa: ANN401 - a query set
    """End a job that was to stop when its worker fell silent, and one that silences every worker."""
    error = f"{Job.SILENT} {MOST_ATTEMPTS} times; ask again, or look into the worker's log"
    over = {"ended_at": now, "leased_until": None}
    return bool(
        mine.filter(is_cancel_asked=True).update(state=Job.CANCELLED, **over)
        or mine.filter(attempts__gte=MOST_ATTEMPTS).update(state=Job.FAILED, error=error, **over)
    )


def renew(job: Leased, stage: str, progress: float) -> None:
    """Say how far a job is (0 to 1) and keep its lease. Raises LeaseLost or JobCancelled.

    Within the door of another write it is the fence of that write: the row stays locked until the write is over.
    """
    mine = Job.objects.filter(pk=job.id, fence=job.fence, state=Job.RUNNING)
    with turn():
        renewed = mine.update(stage=stage[:120], progress=progress, leased_until=timezone.now() + LEASE)
    if not renewed:
        raise LeaseLost(f"job {job.id} was taken by another worker")
    if mine.filter(is_cancel_asked=True).exists():
        raise JobCancelled(f"job {job.id} was cancelled")


def give_back(job: Leased) -> bool:
    """Let a job wait again, for a worker with more time; that was no attempt. False if the lease was lost meanwhile."""
    mine = Job.objects.filter(pk=job.id, fence=job.fence, state=Job.RUNNING)
    with turn(), transaction.atomic():
        if mine.filter(is_cancel_asked=True).update(state=Job.CANCELLED, ended_at=timezone.now(), leased_until=None):
            return True
        back = {"attempts": F("attempts") - 1, "stage": "", "progress": 0.0, "started_at": None, "leased_until": None}
        return bool(mine.update(state=Job.QUEUED, **back))


def end_broken(job: Leased) -> bool:
    """End a job that met a fault of ours, which the log has; False if its lease was lost meanwhile."""
    return end_job(job, Job.FAILED, error=f"{Job.FAULT}; report job {job.id} with the worker's log.")


def end_job(job: Leased, state: str, *, answer: Mapping[str, Any] | None = None, error: str = "") -> bool:
    """End a job; False if its lease was lost meanwhile, and nothing was written."""
    mine = Job.objects.filter(pk=job.id, fence=job.fence, state=Job.RUNNING)
    with turn():
        changed = mine.update(
            state=state,
            answer=dict(answer or {}),
            error=error,
            ended_at=timezone.now(),
            leased_until=None,
            **({"progress": 1.0} if state == Job.DONE else {}),
        )
    return bool(changed)
