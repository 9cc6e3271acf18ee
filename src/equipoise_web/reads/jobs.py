"""Jobs as pages and API show them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Q

from equipoise.core.errors import EquipoiseError
from equipoise_web.access import Access, NotAllowed, Right, access_of
from equipoise_web.records.models import Job
from equipoise_web.records.statements import Prepared

GATHERING = ("deliver", "seal")
"""Kinds whose questions and answers hold rows of the whole company."""


class JobNotFound(EquipoiseError):
    """No job of that number was asked for here."""


@dataclass(frozen=True)
class JobRow:
    """A job: what was asked, how far it is (0 to 1), what came of it."""

    id: int
    kind: str
    question: Mapping[str, Any]
    state: str
    stage: str
    progress: float
    answer: Mapping[str, Any]
    error: str
    asked_by: int | None
    asked_by_name: str
    asked_by_title: str
    """As others see that person; blank where nobody asked."""
    asked_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    attempts: int
    is_cancel_asked: bool

    @property
    def is_over(self) -> bool:
        """True once nothing more will come."""
        return self.state in (Job.DONE, Job.FAILED, Job.CANCELLED)


def read_job(who: Access, id: int) -> JobRow:
    """One job; its asker sees it, and whoever may run plans. A preview is its asker's alone: it shows his cells."""
    job = Job.objects.filter(pk=id).select_related("asked_by").first()
    if job is None:
        raise JobNotFound(f"there is no job {id}")
    row = _row(job)
    if row.kind in GATHERING:
        who.require_whole(Right.GATHER)
    if row.asked_by != who.person and (row.kind == "preview" or not who.may(Right.RUN)):
        raise NotAllowed(f"job {id} was asked for by somebody else")
    if row.kind == "preview" and _is_less(who):
        raise NotAllowed(f"job {id} answers what {who.name} may see; this token carries no right to {Right.SEE_POOLED}")
    return row


def read_jobs(who: Access, *, after: int = 0, limit: int = 50) -> tuple[JobRow, ...]:
    """Jobs that the person may see, newest first, before number `after` (0: from the newest)."""
    mine = Q(asked_by=who.person)
    every = Job.objects.select_related("asked_by")
    jobs = every.filter(mine | ~Q(kind="preview") if who.may(Right.RUN) else mine)
    if after:
        jobs = jobs.filter(pk__lt=after)
    if not who.may_whole(Right.GATHER):
        jobs = jobs.exclude(kind__in=GATHERING)
    if _is_less(who):
        jobs = jobs.exclude(kind="preview")
    return tuple(_row(job) for job in jobs[:limit])


def _is_less(who: Access) -> bool:
    """True for a token that must not see the pooled numbers that its person sees, and that a preview is made of."""
    return any(held.gives(Right.SEE_POOLED) for held in who.held) and not who.may(Right.SEE_POOLED)


def waiting_job(kind: str, question: Mapping[str, Any]) -> JobRow | None:
    """The job that waits or runs for a question, if there is one."""
    alive = Job.objects.filter(kind=kind, question=dict(question), state__in=(Job.QUEUED, Job.RUNNING))
    same = alive.select_related("asked_by").first()
    return None if same is None else _row(same)


@dataclass(frozen=True)
class Waiting:
    """How far a job is that waits or runs."""

    stage: str
    progress: float


def progress_of(kind: str, question: Mapping[str, Any]) -> Waiting | None:
    """How far the job is that waits or runs for a question, if there is one; the newest of several."""
    wanted = dict(question)
    return next(
        (Waiting(stage, done) for asked, stage, done in _alive.filter(kind=kind).rows() if asked == wanted), None
    )


_alive = Prepared(
    lambda: Job.objects.filter(state__in=(Job.QUEUED, Job.RUNNING)).values_list("question", "stage", "progress")
)


def asker_of(who: Access) -> Access:
    """The person who asked for the job that `who` does (through `job:ID`), with the rights that person has now."""
    job = Job.objects.select_related("asked_by").get(pk=int(who.through.removeprefix("job:")))
    if job.asked_by is None:
        return who
    return replace(access_of(job.asked_by), through=who.through)


def _row(job: Job) -> JobRow:
    return JobRow(
        job.pk,
        job.kind,
        job.question,
        job.state,
        job.stage,
        job.progress,
        job.answer,
        job.error,
        job.asked_by_id,  # type: ignore[attr-defined]
        job.asked_by.get_username() if job.asked_by else "",
        (job.asked_by.first_name or job.asked_by.get_username()) if job.asked_by else "",
        job.asked_at,
        job.started_at,
        job.ended_at,
        job.attempts,
        job.is_cancel_asked,
    )
