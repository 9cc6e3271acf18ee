"""Make a webhook, or end one. Its secret signs what is sent; it is shown once."""

import re
import secrets
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from equipoise.core.errors import EquipoiseError
from equipoise_web.access import Access, Right
from equipoise_web.actions.door import NotFound, door
from equipoise_web.actions.webhook_address import read_address
from equipoise_web.records.models import Webhook

MOST = 20
"""Webhooks of one person that are in force."""
_VERB = re.compile(r"^(\*|[a-z][a-z_]{0,59})$")


class WrongWebhook(EquipoiseError):
    """A webhook without verbs, or one too many."""


def make_webhook(who: Access, address: str, verbs: Sequence[str]) -> dict[str, Any]:
    """Append a webhook of the caller; returns {id, address, verbs, secret}.

    It is told of writes whose verb it names (`*`: all) as far as its person may know of them when they are sent, and
    ends with its person's right to connect. Raises WrongAddress, WrongWebhook and NotAllowed.
    """
    who.require(Right.CONNECT)
    read_address(address)
    asked = sorted(set(verbs))
    wrong = [verb for verb in asked if not _VERB.match(verb)]
    if not asked or wrong:
        raise WrongWebhook(
            f"{', '.join(map(repr, wrong)) or 'no verb'}: name verbs as the audit chain does, like publish_plan, or *"
        )
    secret = secrets.token_hex(32)
    with door(who, "make_webhook", asked={"address": address, "verbs": asked}) as entry:
        if Webhook.objects.filter(made_by=who.person, ended_at__isnull=True).count() >= MOST:
            raise WrongWebhook(f"{who.name} has {MOST} webhooks already; end one of them first")
        made = Webhook.objects.create(address=address, verbs=asked, secret=secret, made_by_id=who.person)
        after = {"address": address, "verbs": asked}
        entry.tell(f"webhook:{made.pk}", after=after, answer=None)
    return {"id": made.pk, **after, "secret": secret}


def end_webhook(who: Access, webhook: int, *, key: str = "") -> dict[str, Any]:
    """End one's own webhook, or as one who manages people anybody's; what waits is not sent. Returns {id}."""
    with door(who, "end_webhook", key=key, asked={"webhook": webhook}) as entry:
        if entry.repeat is None:
            row = Webhook.objects.filter(pk=webhook, ended_at__isnull=True).select_related("made_by").first()
            if row is None or (row.made_by.pk != who.person and not who.may(Right.PEOPLE)):
                raise NotFound(f"there is no webhook {webhook} of yours in force")
            row.ended_at = timezone.now()
            row.save(update_fields=["ended_at"])
            entry.tell(f"webhook:{webhook}", before={"address": row.address}, answer={"id": webhook})
    found: dict[str, Any] = entry.answer
    return found
