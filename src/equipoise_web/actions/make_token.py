"""Make a token for a program, or revoke one. The secret is shown once and never kept."""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone

from equipoise.core.errors import EquipoiseError
from equipoise_web.access import Access, NotAllowed, Right, token_digest
from equipoise_web.actions.door import NotFound, door
from equipoise_web.records.models import ApiToken

MOST_DAYS = 365
PREFIX = "eqp_"
"""So that a secret that was pasted somewhere can be found."""


class WrongToken(EquipoiseError):
    """A token without a name or rights, or one that would live too long."""


def make_token(who: Access, name: str, rights: Sequence[str], *, days: int = 90) -> dict[str, Any]:
    """Append a token of the caller; returns {id, name, rights, expires_at, secret}. A token cannot make another one.

    Its rights are some of those its person has; when the person loses one, so does the token.
    """
    who.require(Right.CONNECT)
    if who.through:
        raise NotAllowed("a token cannot make tokens; sign in to do that")
    if not name.strip() or not rights or not 1 <= days <= MOST_DAYS:
        raise WrongToken(f"a token needs a name, at least one right, and 1 to {MOST_DAYS} days to live")
    unknown = [right for right in rights if right not in set(Right)]
    if unknown:
        raise WrongToken(f"there is no right {', '.join(unknown)}; there are {', '.join(Right)}")
    for right in rights:
        who.require(Right(right))
    secret = PREFIX + secrets.token_urlsafe(32)
    with door(who, "make_token", asked={"name": name, "rights": list(rights)}) as entry:
        made = ApiToken.objects.create(
            person_id=who.person,
            name=name.strip(),
            digest=token_digest(secret),
            rights=sorted(rights),
            expires_at=timezone.now() + timedelta(days=days),
        )
        after = {"name": made.name, "rights": made.rights, "expires_at": made.expires_at}
        entry.tell(f"token:{made.pk}", after=after, answer=None)
    return {"id": made.pk, **after, "secret": secret}


def revoke_token(who: Access, token: int, *, key: str = "") -> dict[str, Any]:
    """Revoke one's own token, or as one who manages people anybody's; returns {id}."""
    with door(who, "revoke_token", key=key, asked={"token": token}) as entry:
        if entry.repeat is None:
            row = ApiToken.objects.filter(pk=token, revoked_at__isnull=True).first()
            if row is None or (row.person.pk != who.person and not who.may(Right.PEOPLE)):
                raise NotFound(f"there is no token {token} of yours that is still good")
            row.revoked_at = timezone.now()
            row.save(update_fields=["revoked_at"])
            entry.tell(f"token:{token}", before={"name": row.name}, answer={"id": token})
    found: dict[str, Any] = entry.answer
    return found
