"""Tokens for programs: one's own. A token cannot make tokens; its person does, signed in."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from equipoise_web.access import Right
from equipoise_web.actions.make_token import MOST_DAYS, make_token, revoke_token
from equipoise_web.api.auth import access, require_of_token
from equipoise_web.api.schemas import KEY, NOT_SEEN, NUMBER, REFUSALS, EndedOut, Strict
from equipoise_web.reads.own_tokens import read_tokens

router = Router(tags=["tokens"])


class TokenOut(Schema):
    """A token, without its secret."""

    id: int
    name: str
    rights: list[str]
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


class TokensOut(Schema):
    """One's own tokens, newest first, the revoked ones too."""

    tokens: list[TokenOut]


class TokenIn(Strict):
    """Some of your own rights, for a while."""

    name: str = Field(max_length=100, examples=["Nightly BI export"])
    rights: list[str] = Field(min_length=1, max_length=20, examples=[["read", "see_pooled"]])
    days: int = Field(90, ge=1, le=MOST_DAYS)


class MadeOut(Schema):
    """The token; `secret` is shown this once."""

    id: int
    name: str
    rights: list[str]
    expires_at: datetime
    secret: str


@router.get("", response={200: TokensOut, **NOT_SEEN})
def list_tokens(request: HttpRequest) -> dict[str, Any]:
    """One's own tokens."""
    return {"tokens": [vars(row) for row in read_tokens(access(request))]}


@router.post("", response={201: MadeOut, **REFUSALS})
def make(request: HttpRequest, sent: TokenIn) -> Status[Any]:
    """Make a token; only its person can, signed in."""
    return Status(201, make_token(access(request), sent.name, sent.rights, days=sent.days))


@router.delete("/{id}", response={200: EndedOut, **REFUSALS})
def revoke(request: HttpRequest, id: int = NUMBER, key: str = KEY) -> dict[str, Any]:
    """Revoke a token; it is not good from now on."""
    who = access(request)
    require_of_token(who, Right.CONNECT)
    return revoke_token(who, id, key=key)
