"""Tokens of a person that are good now."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from equipoise_web.access import Right
from equipoise_web.reads.rights import SHORT, Words
from equipoise_web.records.models import ApiToken


@dataclass(frozen=True)
class TokenPart:
    """A token that is neither revoked nor out of date; its secret is known to its program only."""

    id: int
    name: str
    rights: tuple[Words, ...]
    made_at: datetime
    used_at: datetime | None
    expires_at: datetime


def tokens_of(person: int) -> tuple[TokenPart, ...]:
    """Newest first."""
    rows = ApiToken.objects.filter(person=person, revoked_at__isnull=True, expires_at__gt=timezone.now())
    return tuple(
        TokenPart(
            row.pk,
            row.name,
            tuple(SHORT[Right(right)] for right in row.rights),
            row.made_at,
            row.used_at,
            row.expires_at,
        )
        for row in rows
    )
