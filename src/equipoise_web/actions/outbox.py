"""The outbox: what a write tells the outside is written with it, and sent later by the worker."""

from equipoise_web.records.models import AuditEntry, OutboxMessage, Webhook


def post(entry: AuditEntry) -> None:
    """A message to every webhook that asked for the entry's verb; in the transaction of the write it tells of."""
    for webhook in Webhook.objects.filter(ended_at__isnull=True):
        if entry.verb in webhook.verbs or "*" in webhook.verbs:
            OutboxMessage.objects.create(
                webhook=webhook,
                body={
                    "seq": entry.seq,
                    "at": entry.at.isoformat(),
                    "actor": entry.actor,
                    "verb": entry.verb,
                    "object": entry.object,
                    "digest": entry.digest,
                },
            )
