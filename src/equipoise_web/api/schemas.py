"""Shapes of requests and answers that several routers share."""

from datetime import datetime
from typing import Any

from ninja import Schema
from pydantic import ConfigDict, Field


class Strict(Schema):
    """A request in which a field that is not documented is refused, not ignored."""

    model_config = ConfigDict(extra="forbid")


class Refusal(Schema):
    """Why something was not done."""

    error: str = Field(description="Sort of refusal, such as NotAllowed or StaleEdit.")
    message: str = Field(description="What, where, by how much, what to do.")
    mine: Any = Field(None, description="Of a stale edit: what was wanted.")
    theirs: Any = Field(None, description="Of a stale edit: what stands now.")
    details: list[dict[str, str]] = Field(default_factory=list, description="Fields without the documented form.")


class Page(Schema):
    """Where a list goes on: ask again with `after` set to `next`; null at the end."""

    next: str | None = None


class JobOut(Schema):
    """A long computation."""

    id: int
    kind: str
    state: str = Field(description="queued, running, done, failed or cancelled")
    stage: str
    progress: float = Field(description="0 to 1")
    answer: dict[str, Any]
    error: str
    asked_at: datetime
    ended_at: datetime | None


REFUSALS: dict[int, type[Refusal]] = {
    400: Refusal,
    401: Refusal,
    403: Refusal,
    404: Refusal,
    409: Refusal,
    422: Refusal,
}
"""What every write may answer beside its success."""
NOT_SEEN: dict[int, type[Refusal]] = {400: Refusal, 401: Refusal, 403: Refusal, 404: Refusal, 422: Refusal}
"""What every read may answer beside its success."""
