"""Ask for a long computation, or for it to stop."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from equipoise_web.access import Access, NotAllowed, Right
from equipoise_web.actions.door import NotFound, StaleEdit, door
from equipoise_web.records.models import Job

RIGHT_FOR = {"compute_plan": Right.RUN, "preview": Right.PROPOSE, "seal": Right.SEAL}
"""Right that asking for each kind needs."""
READ_LATE = ("compute_plan", "preview")
"""Kinds that read what they are asked about when they begin."""


def ask_job(who: Access, kind: str, question: Mapping[str, Any], *, key: str = "") -> dict[str, Any]:
    """Queue a job; returns {id, state}. The same question that still waits is not asked twice.

    One that runs has read its scenario already: what came since is not in its answer, so it is asked anew.
    """
    if kind not in RIGHT_FOR:
        raise NotFound(f"there is no job {kind!r}; there are {', '.join(RIGHT_FOR)}")
    who.require(RIGHT_FOR[kind])
    asked = {"kind": kind, "question": dict(question)}
    with door(who, "ask_job", key=key, asked=asked) as entry:
        if entry.repeat is None:
            states = (Job.QUEUED,) if kind in READ_LATE else (Job.QUEUED, Job.RUNNING)
            same = Job.objects.filter(kind=kind, question=dict(question), state__in=states).first()
            job = same or Job.objects.create(kind=kind, question=dict(question), asked_by_id=who.person or None)
            entry.tell(f"job:{job.pk}", after=asked, answer={"id": job.pk, "state": job.state})
    found: dict[str, Any] = entry.answer
    return found


def cancel_job(who: Access, job: int, *, key: str = "") -> dict[str, Any]:
    """Cancel a waiting job, or ask a running one to stop at its next step; returns {id, state}.

    Its own asker may, and whoever may run plans.
    """
    with door(who, "cancel_job", key=key, asked={"job": job}) as entry:
        if entry.repeat is None:
            row = Job.objects.filter(pk=job).first()
            if row is None:
                raise NotFound(f"there is no job {job}")
            if row.asked_by_id != who.person and not who.may(Right.RUN):  # type: ignore[attr-defined]
                raise NotAllowed(f"{who.name} did not ask for job {job} and has no right to run plans")
            if row.state not in (Job.QUEUED, Job.RUNNING):
                raise StaleEdit(f"job {job} is {row.state} already", mine=Job.CANCELLED, theirs=row.state)
            before = row.state
            if row.state == Job.QUEUED:
                row.state = Job.CANCELLED
                row.ended_at = timezone.now()
            row.is_cancel_asked = True
            row.save(update_fields=["state", "is_cancel_asked", "ended_at"])
            answer = {"id": row.pk, "state": row.state}
            entry.tell(f"job:{job}", before={"state": before}, after={"state": row.state}, answer=answer)
    found: dict[str, Any] = entry.answer
    return found
