"""Take an invitation: set a password, hold the grants it names. A link works once, and only while its maker could
still make it."""

from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone

from equipoise.core.errors import EquipoiseError
from equipoise_web.access import Access, Right, access_of, token_digest
from equipoise_web.actions.door import NotFound, StaleEdit, door
from equipoise_web.actions.invite_person import grant_from_json
from equipoise_web.records.models import Grant, Invitation


class WrongPassword(EquipoiseError):
    """A password that is too easy to guess; the message says what to do about it."""


def accept_invitation(secret: str, password: str) -> dict[str, Any]:
    """Set the password of whom the link invites; returns {person}. NotFound if it is used, expired or was never made.

    Nobody is signed in here: the secret is what lets them do it, and the audit chain names them through it.
    """
    row = open_invitation(secret)
    if row is None:
        raise NotFound("this link was used, has expired or was taken back; ask for a new one")
    try:
        validate_password(password, User(username=row.username, first_name=row.name, email=row.email))
    except ValidationError as error:
        raise WrongPassword(" ".join(error.messages)) from None
    hashed = make_password(password)  # slow on purpose, and nobody should have to queue behind it
    who = Access(0, row.username, through=f"invitation:{row.pk}")
    with door(who, "accept_invitation") as entry:
        row = open_invitation(secret)  # whoever stood before us at the door may have used it
        if row is None:
            raise StaleEdit("this link was used a moment ago", mine=who.name, theirs=who.name)
        user = _user(row)
        user.password = hashed
        user.save()
        for held in map(grant_from_json, row.grants):
            Grant.objects.create(
                person=user,
                role=held.role.name,
                item=held.scope.item,
                market=held.scope.market,
                location=held.scope.location,
                resource=held.scope.resource,
                measure=held.measure,
                is_read_only=held.is_read_only,
                given_by=row.made_by,
            )
        row.used_at = timezone.now()
        row.save(update_fields=["used_at"])
        entry.tell(
            f"person:{user.username}",
            after={"invitation": row.pk, "grants": row.grants, "is_renewal": row.is_renewal},
            answer={"person": user.username},
        )
    found: dict[str, Any] = entry.answer
    return found


def open_invitation(secret: str) -> Invitation | None:
    """The invitation behind a link, if the link is still good; its maker must still manage people."""
    now = timezone.now()
    row = Invitation.objects.filter(digest=token_digest(secret), used_at__isnull=True, expires_at__gt=now).first()
    if row is None or (row.made_by is not None and not access_of(row.made_by).may(Right.PEOPLE)):
        return None
    return row


def _user(row: Invitation) -> User:
    """Somebody new, or, where a password is renewed, who is here and active."""
    known = User.objects.filter(username__iexact=row.username).first()
    if row.is_renewal:
        if known is None or not known.is_active:
            raise NotFound(f"{row.username} is not active here; ask an administrator")
        return known
    if known is not None:
        raise StaleEdit(f"{known.get_username()} came here meanwhile", mine=row.username, theirs=known.get_username())
    return User(username=row.username, first_name=row.name, email=row.email)
