"""Plans: the list, the data dictionary, and a plan by the question it answers or by its digest."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from ninja import Router, Schema, Status
from ninja.params import functions as params
from pydantic import Field

from equipoise.catalog import MEASURES
from equipoise.plan import Plan
from equipoise.report import plan_report
from equipoise_web.access import Access, Right, is_pooled
from equipoise_web.actions.add_comment import add_comment
from equipoise_web.api.answers import JSON, as_json, immutable
from equipoise_web.api.auth import access
from equipoise_web.api.comments import CommentedOut, CommentIn, CommentOut
from equipoise_web.api.schemas import AFTER_TEXT, KEY, LIMIT, NOT_SEEN, REFUSALS, TIER_MEANING, Page
from equipoise_web.reads.adjustments import read_comments
from equipoise_web.reads.jobs import waiting_job
from equipoise_web.reads.plans import PlanNotFound, plan_for, published_digest
from equipoise_web.reads.published import read_plans
from equipoise_web.reads.scenarios import Question, question_of, questions
from equipoise_web.reads.scoped import sees_all

router = Router(tags=["plans"])
DIGEST = "1e4c81561e4c81561e4c81561e4c81561e4c81561e4c81561e4c81561e4c8156"
"""An example."""


class PlanOut(Schema):
    """A published plan: the answer (digest) to a question (fingerprint)."""

    digest: str = Field(examples=[DIGEST])
    fingerprint: str
    snapshot: str
    engine: str = Field(description="Version, source and libraries that computed it.")
    tier: str = Field(description=TIER_MEANING, examples=["optimum"])
    company: str
    start: date
    published_at: datetime


class PlansOut(Page):
    """A page of plans, newest first."""

    plans: list[PlanOut]


class MeasureOut(Schema):
    """A number of the data dictionary."""

    name: str = Field(examples=["demand_consensus_qty"])
    label: str
    unit: str
    grain: str | None
    meaning: str
    is_pooled: bool = Field(description="True if it mixes what lies in a scope with what lies outside.")


class MeasuresOut(Schema):
    """The data dictionary, as far as the caller may read it."""

    measures: list[MeasureOut]


class ProgressOut(Schema):
    """How far the job is."""

    id: int
    state: str
    stage: str
    progress: float = Field(description="0 to 1")


class WaitingOut(Schema):
    """A question that has no answer yet; without a job nobody has asked for one."""

    fingerprint: str
    scenario: str
    job: ProgressOut | None


@router.get("", response={200: PlansOut, **NOT_SEEN})
def list_plans(
    request: HttpRequest,
    fingerprint: str = params.Query("", max_length=64),
    after: str = AFTER_TEXT,
    limit: int = LIMIT,
) -> dict[str, Any]:
    """Published plans, newest first."""
    rows = read_plans(access(request), fingerprint=fingerprint, after=after, limit=limit)
    return {"plans": [vars(row) for row in rows], "next": rows[-1].digest if len(rows) == limit else None}


@router.get("/measures", response={200: MeasuresOut, **NOT_SEEN})
def list_measures(request: HttpRequest) -> dict[str, Any]:
    """The data dictionary, as far as the caller may read it."""
    who = access(request)
    who.require(Right.READ)
    shown = [
        {
            "name": m.name,
            "label": m.label,
            "unit": m.unit.value,
            "grain": m.grain.value if m.grain else None,
            "meaning": m.meaning,
            "is_pooled": is_pooled(m.name),
        }
        for m in MEASURES
        if who.may(Right.READ, measure=m.name)
    ]
    return {"measures": shown}


@router.get("/of/{path:scenario}", response={200: PlanOut, 202: WaitingOut, **NOT_SEEN})
def show_plan_of(request: HttpRequest, scenario: str) -> Status[Any]:
    """The answer to what a scenario asks now: 200, or 202 with the job that works on it (null: nobody asked yet)."""
    who = access(request)
    who.require(Right.READ)
    asked = question_of(scenario)
    digest = published_digest(asked.fingerprint)
    if digest is None:
        return Status(202, _waiting(asked))
    (row,) = read_plans(who, digest=digest)
    return Status(200, vars(row))


@router.get("/{id}", response={200: dict[str, Any], 202: WaitingOut, 303: None, 304: None, **NOT_SEEN})
def show_plan(request: HttpRequest, id: str, scenario: str = params.Query("", max_length=120)) -> Any:  # noqa: ANN401
    """The plan of a digest or a fingerprint: totals, every measure by bucket, findings, within the caller's scope.

    A fingerprint that is asked now and has no answer yet: 202 with the job that works on it. With `scenario` the plan
    is wanted as long as that scenario asks for it; once it has moved on: 303 to the newer one.
    """
    who = access(request)
    who.require(Right.READ)
    digest = id if read_plans(who, digest=id) else published_digest(id)
    if scenario:
        asked = question_of(scenario)
        if id != asked.fingerprint and (digest is None or digest != published_digest(asked.fingerprint)):
            return _see(asked)
    if digest is not None:
        plan = plan_for(who, digest)
        answer = immutable(request, who, digest, lambda: as_json(_report(who, plan)), JSON, tier=plan.tier)
        answer["Content-Location"] = reverse("api:show_plan", kwargs={"id": digest})
        return answer
    waiting = (
        question_of(scenario) if scenario else next((each for each in questions() if each.fingerprint == id), None)
    )
    if waiting is None:
        raise PlanNotFound(f"no plan {id[:12]} was published here, and no scenario asks for it now")
    return Status(202, _waiting(waiting))


@router.get("/{digest}/comments", response={200: list[CommentOut], **NOT_SEEN})
def list_plan_comments(request: HttpRequest, digest: str) -> list[dict[str, Any]]:
    """What was said about the plan, oldest first."""
    who = access(request)
    plan_for(who, digest)
    return [vars(row) for row in read_comments(who, f"plan:{digest}")]


@router.post("/{digest}/comments", response={201: CommentedOut, **REFUSALS})
def comment_plan(request: HttpRequest, digest: str, sent: CommentIn, key: str = KEY) -> Status[Any]:
    """Say something about the plan."""
    who = access(request)
    plan_for(who, digest)
    return Status(201, add_comment(who, f"plan:{digest}", sent.text, key=key))


def _report(who: Access, plan: Plan) -> dict[str, Any]:
    """The report, without findings for whoever sees a part of the company: they name cells of all of it."""
    return plan_report(plan) if sees_all(who) else {**plan_report(plan), "findings": []}


def _see(asked: Question) -> HttpResponse:
    answer = HttpResponse(status=303)
    where = reverse("api:show_plan", kwargs={"id": asked.fingerprint})
    answer["Location"] = f"{where}?{urlencode({'scenario': asked.scenario})}"
    return answer


def _waiting(asked: Question) -> dict[str, Any]:
    job = waiting_job("compute_plan", {"scenario": asked.scenario})
    progress = job and {"id": job.id, "state": job.state, "stage": job.stage, "progress": job.progress}
    return {"fingerprint": asked.fingerprint, "scenario": asked.scenario, "job": progress}
