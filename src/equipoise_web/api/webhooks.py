"""Webhooks: addresses that are told of writes, each message signed (see the module `jobs.deliver`)."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from equipoise_web.access import Right
from equipoise_web.actions.make_webhook import end_webhook, make_webhook
from equipoise_web.actions.webhook_address import LONGEST
from equipoise_web.api.auth import access, require_of_token
from equipoise_web.api.schemas import (
    AFTER_NUMBER,
    KEY,
    LIMIT,
    NOT_SEEN,
    NUMBER,
    REFUSALS,
    EndedOut,
    Page,
    Strict,
)
from equipoise_web.reads.webhooks import read_messages, read_webhooks

router = Router(tags=["webhooks"])


class WebhookOut(Schema):
    """A webhook, without its secret; `error` is what the last attempt of an undelivered message met."""

    id: int
    address: str
    verbs: list[str]
    made_at: datetime
    ended_at: datetime | None
    waiting: int
    error: str


class WebhooksOut(Schema):
    """One's own webhooks, newest first, the ended ones too."""

    webhooks: list[WebhookOut]


class WebhookIn(Strict):
    """An address on a public network, and the verbs of the audit chain it is told of."""

    address: str = Field(max_length=LONGEST, examples=["https://hooks.example.com/equipoise"])
    verbs: list[str] = Field(min_length=1, max_length=50, examples=[["publish_plan", "rule_adjustment"]])


class MadeOut(Schema):
    """The webhook; `secret` signs its messages and is shown this once."""

    id: int
    address: str
    verbs: list[str]
    secret: str


class MessageOut(Schema):
    """A message: sent, waiting, or given up after a day."""

    id: int
    verb: str
    object: str
    state: str = Field(description="sent, waiting or given up")
    attempts: int
    made_at: datetime
    next_at: datetime | None
    sent_at: datetime | None
    error: str


class MessagesOut(Page):
    """A page of messages, newest first."""

    messages: list[MessageOut]


@router.get("", response={200: WebhooksOut, **NOT_SEEN})
def list_webhooks(request: HttpRequest) -> dict[str, Any]:
    """One's own webhooks."""
    return {"webhooks": [vars(row) for row in read_webhooks(access(request))]}


@router.post("", response={201: MadeOut, **REFUSALS})
def make_hook(request: HttpRequest, sent: WebhookIn) -> Status[Any]:
    """Make a webhook. It is told of what you may know of, and ends with your right to connect.

    Each message is `{"id", "seq", "at", "actor", "verb", "object", "digest"}` with the header
    `Equipoise-Signature: t=SECONDS,v1=HEX`: HMAC-SHA256 with the secret over `SECONDS.BODY`. Answer 200 to 299.
    """
    return Status(201, make_webhook(access(request), sent.address, sent.verbs))


@router.get("/{id}/messages", response={200: MessagesOut, **NOT_SEEN})
def list_messages(
    request: HttpRequest, id: int = NUMBER, after: int = AFTER_NUMBER, limit: int = LIMIT
) -> dict[str, Any]:
    """What was sent, waits or was given up."""
    rows = read_messages(access(request), id, after=after, limit=limit)
    return {"messages": [vars(row) for row in rows], "next": str(rows[-1].id) if len(rows) == limit else None}


@router.delete("/{id}", response={200: EndedOut, **REFUSALS})
def end_hook(request: HttpRequest, id: int = NUMBER, key: str = KEY) -> dict[str, Any]:
    """End a webhook; what waits is not sent."""
    who = access(request)
    require_of_token(who, Right.CONNECT)
    return end_webhook(who, id, key=key)
