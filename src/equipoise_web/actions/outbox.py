"""The outbox: what a write tells the outside is written with it, and sent later by the worker.

Delivery is at least once: a receiver knows a message again by its `id`. Tried again after 10 s, 30 s, 90 s ... at most
an hour apart, and given up after a day. Who made the webhook must still have the right to connect, and is told only of
what that person may know: everything for those who read the audit chain, what concerns plans, snapshots and scenarios
for everybody who may read, adjustments and jobs for those who see the whole company.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from equipoise.core.adjustment import Scope
from equipoise_web.access import Access, Right, access_of
from equipoise_web.records.models import AuditEntry, OutboxMessage, Webhook
from equipoise_web.records.statements import Prepared

DAY = timedelta(days=1)
"""A message that could not be delivered for so long is given up."""
CLAIM = timedelta(seconds=60)
"""For so long a message belongs to the worker that took it."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=10), timedelta(hours=1)
BATCH = 20
FOR_READERS = ("plan:", "snapshot:", "scenario:")
OF_PEOPLE = ("person:", "people:", "invitation:", "token:", "webhook:")


def post(entry: AuditEntry) -> None:
    """A message to every webhook that asked for the entry's verb; in the transaction of the write it tells of."""
    for webhook, verbs in _listening.rows():
        if entry.verb in verbs or "*" in verbs:
            OutboxMessage.objects.create(
                webhook_id=webhook,
                body={
                    "seq": entry.seq,
                    "at": entry.at.isoformat(),
                    "actor": entry.actor,
                    "verb": entry.verb,
                    "object": entry.object,
                    "digest": entry.digest,
                },
            )


_listening = Prepared(lambda: Webhook.objects.filter(ended_at__isnull=True).values_list("pk", "verbs"))


@dataclass(frozen=True)
class Outgoing:
    """A message in a worker's hands."""

    id: int
    address: str
    secret: str
    body: dict[str, Any]
    attempts: int
    """Attempts before this one."""


def due_messages(now: datetime) -> Q:
    """Messages to be sent now: not sent, their pause over, not older than a day (but each is tried once)."""
    is_alive = Q(made_at__gt=now - DAY) | Q(attempts=0)
    return is_alive & Q(sent_at__isnull=True, next_at__lte=now, webhook__ended_at__isnull=True)


def take_messages() -> list[Outgoing]:
    """The oldest messages that are due; each is given to one taker, for a minute."""
    now = timezone.now()
    taken = []
    accesses: dict[int, Access] = {}
    for row in OutboxMessage.objects.filter(due_messages(now)).select_related("webhook__made_by")[:BATCH]:
        # Whoever changes `next_at` first has the message: two workers never send it at the same time.
        if not OutboxMessage.objects.filter(pk=row.pk, next_at=row.next_at).update(next_at=now + CLAIM):
            continue
        person = row.webhook.made_by
        who = accesses.setdefault(person.pk, access_of(person))
        if may_know(who, str(row.body["object"])):
            taken.append(Outgoing(row.pk, row.webhook.address, row.webhook.secret, row.body, row.attempts))
        else:
            OutboxMessage.objects.filter(pk=row.pk).delete()
    return taken


def may_know(who: Access, subject: str) -> bool:
    """Whether the maker of a webhook may know that something happened to an object, named as `sort:id`."""
    if not who.may(Right.CONNECT):
        return False
    if any(held.gives(Right.AUDIT) and held.scope == Scope() and not held.measure for held in who.held):
        return True
    if subject.startswith(FOR_READERS):
        return who.may(Right.READ)
    return not subject.startswith(OF_PEOPLE) and who.is_everywhere


def tell_sent(message: Outgoing) -> None:
    """It was delivered."""
    OutboxMessage.objects.filter(pk=message.id).update(sent_at=timezone.now(), attempts=message.attempts + 1, error="")


def tell_failed(message: Outgoing, error: str) -> None:
    """It was not; it is tried again after a pause that grows with every attempt."""
    OutboxMessage.objects.filter(pk=message.id).update(
        attempts=message.attempts + 1, next_at=timezone.now() + pause_after(message.attempts + 1), error=error[:300]
    )


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts.

    >>> [int(pause_after(n).total_seconds()) for n in (1, 2, 3, 4, 5, 6, 7, 40)]
    [10, 30, 90, 270, 810, 2430, 3600, 3600]
    """
    return min(FIRST_PAUSE * int(3 ** min(attempts - 1, 10)), LONGEST_PAUSE)
