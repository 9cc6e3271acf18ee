"""The audit chain: who did what to which object, and whether nobody changed it afterwards."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from equipoise_web.actions.verify_chain import verify_chain
from equipoise_web.api.auth import access
from equipoise_web.api.schemas import AFTER_NUMBER, LIMIT, NOT_SEEN, Page
from equipoise_web.reads.chain import check_may_audit, read_chain

router = Router(tags=["audit"])


class EntryOut(Schema):
    """One entry; `digest` covers it and `previous`. What holds numbers you may not see is null."""

    seq: int
    at: datetime
    actor: str
    through: str = Field(description="The token or job that acted for the person; blank for the person's own hand.")
    verb: str = Field(examples=["propose_adjustment"])
    object: str = Field(examples=["adjustment:3f2a"])
    before: Any
    after: Any
    because: str | None
    previous: str
    digest: str


class EntriesOut(Page):
    """A page of entries, newest first."""

    entries: list[EntryOut]


class VerdictOut(Schema):
    """Whether the chain is whole; keep `digest` and compare it next time."""

    entries: int
    digest: str
    faults: list[str]


@router.get("", response={200: EntriesOut, **NOT_SEEN})
def list_entries(
    request: HttpRequest,
    actor: str = "",
    verb: str = "",
    object: str = "",
    after: int = AFTER_NUMBER,
    limit: int = LIMIT,
) -> dict[str, Any]:
    """Entries newest first."""
    rows = read_chain(access(request), actor=actor, verb=verb, subject=object, after=after, limit=limit)
    return {"entries": [vars(row) for row in rows], "next": str(rows[-1].seq) if len(rows) == limit else None}


@router.get("/verdict", response={200: VerdictOut, **NOT_SEEN})
def show_verdict(request: HttpRequest) -> dict[str, Any]:
    """Read the whole chain and say what is wrong with it; no faults: it is whole."""
    check_may_audit(access(request))
    found = verify_chain()
    return {"entries": found.entries, "digest": found.digest, "faults": list(found.faults)}
