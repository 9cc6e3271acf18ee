"""Shapes of requests and answers that several routers share."""

from datetime import datetime
from typing import Any

from ninja import Schema
from ninja.params import functions as params
from pydantic import ConfigDict, Field

MOST_NUMBER = 2**53
"""The largest whole number that every reader of JSON keeps exactly."""
KEY = params.Header(
    "",
    alias="Idempotency-Key",
    max_length=200,
    description="The same key again answers again and writes nothing.",
)
LIMIT = params.Query(50, ge=1, le=200, description="Entries of a page.")
AFTER_NUMBER = params.Query(0, ge=0, le=MOST_NUMBER, description="`next` of the page before.")
AFTER_TEXT = params.Query("", max_length=200, description="`next` of the page before.")
TIER_MEANING = "How the supply of the plan was found: optimum, heuristic or infinite."
NUMBER = params.Path(..., ge=1, le=MOST_NUMBER)


class Strict(Schema):
    """A request in which a field that is not documented is refused, not ignored."""

    model_config = ConfigDict(extra="forbid")


class Refusal(Schema):
    """Why something was not done."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "error": "NotAllowed",
                    "message": "sally has no right to read revenue_amount; ask an administrator for a role that has it",
                },
                {
                    "error": "StaleEdit",
                    "message": "oliver has accepted it since you looked",
                    "mine": "rejected",
                    "theirs": {"verdict": "accepted", "by": "oliver", "because": ""},
                },
                {
                    "error": "WrongRequest",
                    "message": "The request has not the documented form.",
                    "details": [{"where": "query.limit", "message": "Input should be less than or equal to 200"}],
                },
            ]
        }
    )
    error: str = Field(description="Sort of refusal, such as NotAllowed or StaleEdit.")
    message: str = Field(description="What, where, by how much, what to do.")
    mine: Any = Field(None, description="Of a stale edit: what was wanted.")
    theirs: Any = Field(None, description="Of a stale edit: what stands now.")
    details: list[dict[str, str]] = Field(default_factory=list, description="Fields without the documented form.")


class Page(Schema):
    """Where a list goes on: ask again with `after` set to `next`; null at the end."""

    next: str | None = None


class EndedOut(Schema):
    """What was ended."""

    id: int


class JobOut(Schema):
    """A long computation."""

    id: int
    kind: str = Field(examples=["compute_plan"])
    question: dict[str, Any] = Field(examples=[{"scenario": "Nov 2026 plan"}])
    state: str = Field(description="queued, running, done, failed or cancelled", examples=["running"])
    stage: str = Field(examples=["Supply"])
    progress: float = Field(description="0 to 1", examples=[0.4])
    answer: dict[str, Any]
    error: str
    asked_at: datetime
    ended_at: datetime | None


class JobAskedOut(Schema):
    """The job that does it; `GET /jobs/{id}` says how far it is and what came of it."""

    job: int


REFUSALS: dict[int, type[Refusal]] = {
    400: Refusal,
    401: Refusal,
    403: Refusal,
    404: Refusal,
    409: Refusal,
    413: Refusal,
    422: Refusal,
}
"""What every write may answer beside its success."""
NOT_SEEN: dict[int, type[Refusal]] = {400: Refusal, 401: Refusal, 403: Refusal, 404: Refusal, 422: Refusal}
"""What every read may answer beside its success."""
