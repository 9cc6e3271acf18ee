"""Scenarios: named sets of adjustments on a parent."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from equipoise_web.access import Right
from equipoise_web.actions.open_scenario import open_scenario
from equipoise_web.api.auth import access
from equipoise_web.api.schemas import AFTER_TEXT, KEY, LIMIT, NOT_SEEN, REFUSALS, Page, Strict
from equipoise_web.reads.plans import published_digest
from equipoise_web.reads.scenarios import question_of
from equipoise_web.scenarios import read_scenarios

router = Router(tags=["scenarios"])


class ScenarioOut(Schema):
    """A scenario; a root has no parent."""

    name: str
    question: str
    parent: str | None
    adds: list[str]
    drops: list[str]
    assumptions: list[str]


class QuestionOut(Schema):
    """What a scenario asks now: snapshot and standing adjustments, their fingerprint, and the answer if any."""

    scenario: str
    snapshot: str
    fingerprint: str
    adjustments: list[str]
    digest: str | None


class ScenarioIn(Strict):
    """A branch names its parent, the root of a cycle its snapshot."""

    name: str = Field(max_length=120, examples=["Second shift in March"])
    question: str = Field("", max_length=500, examples=["Does a second shift cost less than overtime?"])
    parent: str = Field("", max_length=120, examples=["Nov 2026 plan"])
    snapshot: str = Field("", max_length=64)
    assumptions: list[str] = Field(default_factory=list, examples=[["The film supplier delivers from March"]])


class OpenedOut(Schema):
    """The scenario that was opened."""

    name: str
    parent: str
    snapshot: str


class ScenariosOut(Page):
    """A page of scenarios, newest first."""

    scenarios: list[ScenarioOut]


@router.get("", response={200: ScenariosOut, **NOT_SEEN})
def list_scenarios(request: HttpRequest, after: str = AFTER_TEXT, limit: int = LIMIT) -> dict[str, Any]:
    """Every scenario, newest first."""
    access(request).require(Right.READ)
    every = list(read_scenarios().values())
    names = [each.name for each in every]
    begin = names.index(after) + 1 if after in names else 0
    shown = [
        {
            "name": each.name,
            "question": each.question,
            "parent": each.parent,
            "adds": sorted(each.adds),
            "drops": sorted(each.drops),
            "assumptions": list(each.assumptions),
        }
        for each in every[begin : begin + limit]
    ]
    return {"scenarios": shown, "next": names[begin + limit - 1] if begin + limit < len(names) else None}


@router.post("", response={201: OpenedOut, **REFUSALS})
def branch(request: HttpRequest, sent: ScenarioIn, key: str = KEY) -> Status[Any]:
    """Open a scenario."""
    return Status(201, open_scenario(access(request), **sent.model_dump(), key=key))


@router.get("/{path:name}", response={200: QuestionOut, **NOT_SEEN})
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
