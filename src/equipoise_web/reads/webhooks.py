"""Webhooks of a person and what became of their messages; a secret is never among them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from equipoise.core.errors import EquipoiseError
from equipoise_web.access import Access, Right
from equipoise_web.records.models import OutboxMessage, Webhook

GIVEN_UP = timedelta(days=1)


class WebhookNotFound(EquipoiseError):
    """No webhook of that number is the person's own."""


@dataclass(frozen=True)
class WebhookRow:
    """A webhook; `waiting` messages are not delivered yet, `error` is what the last attempt met."""

    id: int
    address: str
    verbs: list[str]
    made_at: datetime
    ended_at: datetime | None
    waiting: int
    error: str


@dataclass(frozen=True)
class MessageRow:
    """A message: sent, waiting for its next attempt, or given up after a day."""

    id: int
    verb: str
    object: str
    state: str
    attempts: int
    made_at: datetime
    next_at: datetime | None
    sent_at: datetime | None
    error: str


def read_webhooks(who: Access) -> tuple[WebhookRow, ...]:
    """One's own, newest first, the ended ones too."""
    who.require(Right.CONNECT)
    return tuple(_row(row) for row in Webhook.objects.filter(made_by=who.person).order_by("-pk"))


def read_messages(who: Access, webhook: int, *, after: int = 0, limit: int = 50) -> tuple[MessageRow, ...]:
    """Messages of one's own webhook, newest first, before number `after` (0: from the newest)."""
    who.require(Right.CONNECT)
    if not Webhook.objects.filter(pk=webhook, made_by=who.person).exists():
        raise WebhookNotFound(f"there is no webhook {webhook} of yours")
    rows = OutboxMessage.objects.filter(webhook=webhook).order_by("-pk")
    return tuple(_message(row) for row in (rows.filter(pk__lt=after) if after else rows)[:limit])


def _row(row: Webhook) -> WebhookRow:
    open_ones = OutboxMessage.objects.filter(webhook=row, sent_at__isnull=True)
    failed = open_ones.exclude(error="").order_by("-pk").first()
    return WebhookRow(
        row.pk,
        row.address,
        row.verbs,
        row.made_at,
        row.ended_at,
        sum(_state(message) == "waiting" for message in open_ones),
        "" if failed is None else failed.error,
    )


def _message(row: OutboxMessage) -> MessageRow:
    state = _state(row)
    return MessageRow(
        row.pk,
        str(row.body["verb"]),
        str(row.body["object"]),
        state,
        row.attempts,
        row.made_at,
        row.next_at if state == "waiting" else None,
        row.sent_at,
        row.error,
    )


def _state(row: OutboxMessage) -> str:
    if row.sent_at is not None:
        return "sent"
    is_over = row.webhook.ended_at is not None or (row.attempts and row.made_at < timezone.now() - GIVEN_UP)
    return "given up" if is_over else "waiting"
