"""Scenarios: named sets of adjustments on a parent."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from equipoise_web.access import Right
from equipoise_web.actions.open_scenario import open_scenario
from equipoise_web.api.adjustments import KEY
from equipoise_web.api.auth import access
from equipoise_web.api.schemas import NOT_SEEN, REFUSALS, Strict
from equipoise_web.reads.plans import published_digest
from equipoise_web.reads.scenarios import question_of, read_scenarios

router = Router(tags=["scenarios"])


class ScenarioOut(Schema):
    """A scenario; a root has no parent."""

    name: str
    question: str
    parent: str | None
    adds: list[str]
    drops: list[str]


class QuestionOut(Schema):
    """What a scenario asks now: snapshot and standing adjustments, their fingerprint, and the answer if any."""

    scenario: str
    snapshot: str
    fingerprint: str
    adjustments: list[str]
    digest: str | None


class ScenarioIn(Strict):
    """A branch names its parent, the root of a cycle its snapshot."""

    name: str = Field(examples=["Second shift in March"])
    question: str = ""
    parent: str = ""
    snapshot: str = ""


class OpenedOut(Schema):
    """The scenario that was opened."""

    name: str
    parent: str
    snapshot: str


@router.get("", response={200: list[ScenarioOut], **NOT_SEEN})
def list_scenarios(request: HttpRequest) -> list[dict[str, Any]]:
    """Every scenario."""
    access(request).require(Right.READ)
    return [
        {
            "name": each.name,
            "question": each.question,
            "parent": each.parent,
            "adds": sorted(each.adds),
            "drops": sorted(each.drops),
        }
        for each in read_scenarios().values()
    ]


@router.post("", response={201: OpenedOut, **REFUSALS})
def branch(request: HttpRequest, sent: ScenarioIn, key: str = KEY) -> Status[Any]:
    """Open a scenario."""
    return Status(201, open_scenario(access(request), **sent.model_dump(), key=key))


@router.get("/{name}", response={200: QuestionOut, **NOT_SEEN})
def show_question(request: HttpRequest, name: str) -> dict[str, Any]:
    """What the scenario asks now."""
    access(request).require(Right.READ)
    asked = question_of(name)
    return {
        "scenario": name,
        "snapshot": asked.snapshot,
        "fingerprint": asked.fingerprint,
        "adjustments": [adjustment.id for adjustment in asked.adjustments],
        "digest": published_digest(asked.fingerprint),
    }
