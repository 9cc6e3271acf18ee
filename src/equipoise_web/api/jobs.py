"""Jobs: long computations, their progress and their end."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from equipoise_web.access import Right
from equipoise_web.actions.ask_job import RIGHT_FOR, ask_job, cancel_job
from equipoise_web.api.auth import access, require_of_token
from equipoise_web.api.schemas import AFTER_NUMBER, KEY, LIMIT, NOT_SEEN, NUMBER, REFUSALS, JobOut, Page, Strict
from equipoise_web.reads.jobs import read_job, read_jobs
from equipoise_web.reads.scenarios import question_of

router = Router(tags=["jobs"])


class PlanRunIn(Strict):
    """Compute the plan of a scenario as it stands when the run begins."""

    scenario: str = Field(max_length=120, examples=["Nov 2026 plan"])


class AskedOut(Schema):
    """The job that was asked for, or that was asked for before and still waits."""

    id: int
    state: str


class JobsOut(Page):
    """A page of jobs, newest first."""

    jobs: list[JobOut]


@router.get("", response={200: JobsOut, **NOT_SEEN})
def list_jobs(request: HttpRequest, after: int = AFTER_NUMBER, limit: int = LIMIT) -> dict[str, Any]:
    """Jobs that you asked for; all of them if you may run plans."""
    rows = read_jobs(access(request), after=after, limit=limit)
    return {"jobs": [vars(row) for row in rows], "next": str(rows[-1].id) if len(rows) == limit else None}


@router.post("", response={202: AskedOut, **REFUSALS})
def run(request: HttpRequest, sent: PlanRunIn, key: str = KEY) -> Status[Any]:
    """Ask for a plan run; look at the job for its progress."""
    who = access(request)
    who.require(Right.RUN)
    return Status(202, ask_job(who, "compute_plan", {"scenario": question_of(sent.scenario).scenario}, key=key))


@router.get("/{id}", response={200: JobOut, **NOT_SEEN})
def show_job(request: HttpRequest, id: int = NUMBER) -> dict[str, Any]:
    """One job."""
    return vars(read_job(access(request), id))


@router.post("/{id}/cancel", response={200: AskedOut, **REFUSALS})
def cancel(request: HttpRequest, id: int = NUMBER, key: str = KEY) -> dict[str, Any]:
    """Cancel a waiting job, or ask a running one to stop."""
    who = access(request)
    kind = read_job(who, id).kind  # nobody stops what he may not see
    require_of_token(who, RIGHT_FOR.get(kind, Right.GATHER))
    return cancel_job(who, id, key=key)
