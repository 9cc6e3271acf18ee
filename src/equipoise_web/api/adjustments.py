"""Adjustments: what people propose, and what is said of it."""

import json
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from ninja.params import functions as params
from pydantic import ConfigDict, Field

from equipoise_web.actions.add_comment import add_comment
from equipoise_web.actions.propose_adjustment import propose_adjustment
from equipoise_web.actions.rule_adjustment import rule_adjustment
from equipoise_web.api.auth import access
from equipoise_web.api.schemas import NOT_SEEN, REFUSALS, Page, Strict
from equipoise_web.reads.adjustments import AdjustmentRow, read_adjustment, read_adjustments, read_comments
from equipoise_web.reads.scenarios import question_of
from equipoise_web.reads.snapshots import axes_of

router = Router(tags=["adjustments"])
KEY = params.Header("", alias="Idempotency-Key", description="The same key again answers again and writes nothing.")


class RulingOut(Schema):
    """One verdict on an adjustment."""

    version: int
    verdict: str
    by: str
    at: datetime
    because: str


class AdjustmentOut(Schema):
    """An adjustment: its body as it was sent, who made it, the scenarios it is in and its rulings, oldest first."""

    id: str
    seq: int
    kind: str
    function: str
    author: str
    made_at: datetime
    verdict: str
    version: int
    body: dict[str, Any]
    scenarios: list[str]
    rulings: list[RulingOut]


class AdjustmentsOut(Page):
    """A page of adjustments, newest first."""

    adjustments: list[AdjustmentOut]


class ProposalIn(Schema):
    """An adjustment as `equipoise plan --adjust` reads it: kind, scope, reason, and the fields of its kind."""

    model_config = ConfigDict(extra="allow")
    scenario: str = Field(examples=["Nov 2026 plan"])
    kind: str = Field(examples=["demand_input"])
    reason: str = Field(examples=["Drugstore chain promises a second shelf"])


class ProposedOut(Schema):
    """What was appended."""

    id: str
    seq: int
    scenario: str
    kind: str


class RulingIn(Strict):
    """A verdict; `version` is that of the ruling you looked at."""

    verdict: str = Field(examples=["accepted"])
    because: str = ""
    version: int | None = None


class RuledOut(Schema):
    """The ruling that stands now."""

    adjustment: str
    verdict: str
    version: int


class CommentIn(Strict):
    """Words."""

    text: str


class CommentOut(Schema):
    """A comment."""

    id: int
    text: str
    by: str
    at: datetime


class CommentedOut(Schema):
    """Where it was said."""

    id: int
    about: str


def adjustment_out(row: AdjustmentRow) -> dict[str, Any]:
    """The row as the API shows it."""
    names = ("id", "seq", "kind", "function", "author", "made_at", "verdict", "version")
    shown = {name: getattr(row, name) for name in names}
    rulings = [vars(ruling) for ruling in row.rulings]
    return {**shown, "body": dict(row.body), "scenarios": list(row.scenarios), "rulings": rulings}


@router.get("", response={200: AdjustmentsOut, **NOT_SEEN})
def list_adjustments(
    request: HttpRequest,
    scenario: str = "",
    kind: str = "",
    function: str = "",
    author: str = "",
    after: int = params.Query(0, ge=0, le=2**53),
    limit: int = params.Query(50, ge=1, le=200),
) -> dict[str, Any]:
    """Adjustments newest first."""
    rows = read_adjustments(
        access(request), scenario=scenario, kind=kind, function=function, author=author, after=after, limit=limit
    )
    more = str(rows[-1].seq) if len(rows) == limit else None
    return {"adjustments": [adjustment_out(row) for row in rows], "next": more}


@router.post("", response={201: ProposedOut, **REFUSALS})
def propose(request: HttpRequest, sent: ProposalIn, key: str = KEY) -> Status[Any]:
    """Propose an adjustment in a scenario; it counts at once, until somebody rejects or withdraws it."""
    who = access(request)
    # The fields of a kind are the engine's to check: its messages name them, a schema of all kinds would not.
    body = {name: value for name, value in json.loads(request.body).items() if name != "scenario"}
    axes = axes_of(question_of(sent.scenario).snapshot)
    return Status(201, propose_adjustment(who, body, scenario=sent.scenario, axes=axes, key=key))


@router.get("/{id}", response={200: AdjustmentOut, **NOT_SEEN})
def show_adjustment(request: HttpRequest, id: str) -> dict[str, Any]:
    """One adjustment with its rulings."""
    return adjustment_out(read_adjustment(access(request), id))


@router.post("/{id}/rulings", response={201: RuledOut, **REFUSALS})
def rule(request: HttpRequest, id: str, sent: RulingIn, key: str = KEY) -> Status[Any]:
    """Accept or reject somebody else's, withdraw one's own."""
    who = access(request)
    return Status(201, rule_adjustment(who, id, sent.verdict, because=sent.because, version=sent.version, key=key))


@router.get("/{id}/comments", response={200: list[CommentOut], **NOT_SEEN})
def list_comments(request: HttpRequest, id: str) -> list[dict[str, Any]]:
    """What was said about it, oldest first."""
    who = access(request)
    return [vars(row) for row in read_comments(who, f"adjustment:{read_adjustment(who, id).id}")]


@router.post("/{id}/comments", response={201: CommentedOut, **REFUSALS})
def comment(request: HttpRequest, id: str, sent: CommentIn, key: str = KEY) -> Status[Any]:
    """Say something about it."""
    who = access(request)
    return Status(201, add_comment(who, f"adjustment:{read_adjustment(who, id).id}", sent.text, key=key))
