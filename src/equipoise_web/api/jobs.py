"""Jobs: long computations, their progress and their end."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from ninja.params import functions as params
from pydantic import Field

from equipoise_web.actions.ask_job import ask_job, cancel_job
from equipoise_web.api.adjustments import KEY
from equipoise_web.api.auth import access
from equipoise_web.api.schemas import NOT_SEEN, REFUSALS, JobOut, Strict
from equipoise_web.reads.jobs import read_job, read_jobs
from equipoise_web.reads.scenarios import question_of

router = Router(tags=["jobs"])


class PlanRunIn(Strict):
    """Compute the plan of a scenario as it stands when the run begins."""

    scenario: str = Field(examples=["Nov 2026 plan"])


class AskedOut(Schema):
    """The job that was asked for, or that was asked for before and still waits."""

    id: int
    state: str


@router.get("", response={200: list[JobOut], **NOT_SEEN})
def list_jobs(request: HttpRequest, limit: int = params.Query(50, ge=1, le=200)) -> list[dict[str, Any]]:
    """The newest jobs that you may see."""
    return [vars(row) for row in read_jobs(access(request), limit=limit)]


@router.post("", response={202: AskedOut, **REFUSALS})
def run(request: HttpRequest, sent: PlanRunIn, key: str = KEY) -> Status[Any]:
    """Ask for a plan run; look at the job for its progress."""
    return Status(
        202, ask_job(access(request), "compute_plan", {"scenario": question_of(sent.scenario).scenario}, key=key)
    )


@router.get("/{id}", response={200: JobOut, **NOT_SEEN})
def show_job(request: HttpRequest, id: int) -> dict[str, Any]:
    """One job."""
    return vars(read_job(access(request), id))


@router.post("/{id}/cancel", response={200: AskedOut, **REFUSALS})
def cancel(request: HttpRequest, id: int, key: str = KEY) -> dict[str, Any]:
    """Cancel a waiting job, or ask a running one to stop."""
    return cancel_job(access(request), id, key=key)
