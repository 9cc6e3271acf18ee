"""Adjustments: what people propose, and what is said of it."""

import json
from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status
from ninja.params import functions as params
from pydantic import ConfigDict, Field

from equipoise.core.adjustment import Verdict
from equipoise_web.access import Right
from equipoise_web.actions.add_comment import add_comment
from equipoise_web.actions.propose_adjustment import propose_adjustment
from equipoise_web.actions.rule_adjustment import rule_adjustment
from equipoise_web.api.auth import access
from equipoise_web.api.comments import CommentedOut, CommentIn, CommentOut
from equipoise_web.api.schemas import AFTER_NUMBER, KEY, LIMIT, MOST_NUMBER, NOT_SEEN, REFUSALS, Page, Strict
from equipoise_web.reads.adjustments import AdjustmentRow, read_adjustment, read_adjustments, read_comments
from equipoise_web.reads.kinds import read_kinds
from equipoise_web.reads.scenarios import question_of
from equipoise_web.reads.snapshots import axes_of

router = Router(tags=["adjustments"])
IF_MATCH = params.Header(
    "",
    alias="If-Match",
    pattern=r'^("?\d{1,15}"?)?$',
    description="Version of the ruling you looked at, as ETag gave it.",
)


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

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "examples": [
                {
                    "scenario": "Nov 2026 plan",
                    "kind": "demand_input",
                    "amount": "+10%",
                    "scope": {"item": "family:Dish care", "first": "2027-01-01", "last": "2027-03-31"},
                    "reason": "Drugstore chain promises a second shelf",
                }
            ]
        },
    )
    scenario: str = Field(max_length=120, examples=["Nov 2026 plan"])
    kind: str = Field(max_length=40, examples=["demand_input"])
    reason: str = Field(max_length=500, examples=["Drugstore chain promises a second shelf"])


class KindOut(Schema):
    """A kind of adjustment and the JSON Schema of its body."""

    kind: str = Field(examples=["demand_override"])
    meaning: str
    stage: str = Field(description="The stage that applies it.")
    on_roll: str = Field(description="What becomes of it when the month rolls: keep, ask or drop.")
    may_propose: bool
    body: dict[str, Any] = Field(description="JSON Schema of what is posted beside `scenario`.")


class KindsOut(Schema):
    """Every kind."""

    kinds: list[KindOut]


class ProposedOut(Schema):
    """What was appended."""

    id: str
    seq: int
    scenario: str
    kind: str


class RulingIn(Strict):
    """A verdict; `version` is that of the ruling you looked at."""

    verdict: Verdict = Field(examples=["accepted"])
    because: str = Field("", max_length=500)
    version: int | None = Field(None, ge=0, le=MOST_NUMBER)


class RuledOut(Schema):
    """The ruling that stands now."""

    adjustment: str
    verdict: str
    version: int


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
    state: Literal["", "proposed", "accepted", "rejected", "withdrawn"] = "",
    after: int = AFTER_NUMBER,
    limit: int = LIMIT,
) -> dict[str, Any]:
    """Adjustments newest first: one's own, and those inside one's scope."""
    rows = read_adjustments(
        access(request),
        scenario=scenario,
        kind=kind,
        function=function,
        author=author,
        verdict=state,
        after=after,
        limit=limit,
    )
    more = str(rows[-1].seq) if len(rows) == limit else None
    return {"adjustments": [adjustment_out(row) for row in rows], "next": more}


@router.post("", response={201: ProposedOut, **REFUSALS})
def propose(request: HttpRequest, sent: ProposalIn, key: str = KEY) -> Status[Any]:
    """Propose an adjustment in a scenario; it counts at once, until somebody rejects or withdraws it.

    `GET /adjustments/kinds` has the fields of each kind.
    """
    who = access(request)
    who.require(Right.PROPOSE)
    # The fields of a kind are the engine's to check: its messages name them, a schema of all kinds would not.
    body = {name: value for name, value in json.loads(request.body).items() if name != "scenario"}
    axes = axes_of(question_of(sent.scenario).snapshot)
    return Status(201, propose_adjustment(who, body, scenario=sent.scenario, axes=axes, key=key))


@router.get("/kinds", response={200: KindsOut, **NOT_SEEN})
def list_kinds(request: HttpRequest) -> dict[str, Any]:
    """Kinds of adjustment with the JSON Schema of their bodies, and whether you may propose them."""
    rows = [vars(row) for row in read_kinds(access(request))]
    return {"kinds": [{**row, "body": row["schema"]} for row in rows]}


@router.get("/{id}", response={200: AdjustmentOut, **NOT_SEEN})
def show_adjustment(request: HttpRequest, response: HttpResponse, id: str) -> dict[str, Any]:
    """One adjustment with its rulings; the header `ETag` is its version, for `If-Match` of the next ruling."""
    row = read_adjustment(access(request), id)
    response["ETag"] = f'"{row.version}"'
    return adjustment_out(row)


@router.post("/{id}/rulings", response={201: RuledOut, **REFUSALS})
def rule(request: HttpRequest, id: str, sent: RulingIn, key: str = KEY, match: str = IF_MATCH) -> Status[Any]:
    """Accept or reject somebody else's, withdraw one's own. 409 with both verdicts if another came since you looked."""
    who = access(request)
    looked_at = int(match.strip('"')) if sent.version is None and match else sent.version
    read_adjustment(who, id)  # nobody rules on what he may not see
    return Status(201, rule_adjustment(who, id, sent.verdict, because=sent.because, version=looked_at, key=key))


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
