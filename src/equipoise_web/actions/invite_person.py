"""Invite somebody, let somebody set a new password, or take such a link back. The link is shown once and not kept."""

import secrets
import unicodedata
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone

from equipoise.core.adjustment import Scope
from equipoise.core.errors import EquipoiseError
from equipoise_web.access import ROLES, SYSTEM, Access, Held, NotAllowed, Right, token_digest
from equipoise_web.actions.door import Entry, NotFound, StaleEdit, door
from equipoise_web.actions.give_grant import WrongRole
from equipoise_web.records.models import Invitation

DAYS = 7
"""How long a link is good."""
LONGEST = 150
RESERVED = frozenset({SYSTEM.name, "imported"})
"""Names under which the application itself acts."""


class WrongPerson(EquipoiseError):
    """A name that nobody can have, or that somebody has."""


def invite_person(
    who: Access, username: str, grants: Sequence[Held], *, name: str = "", email: str = ""
) -> dict[str, Any]:
    """Append an invitation; returns {id, username, expires_at, secret}. An older one of the same name ends.

    Who takes it sets a password and then holds the grants; one without grants makes a stranger.
    """
    _check_by_hand(who)
    username, name, email = unicodedata.normalize("NFKC", username.strip()), name.strip(), email.strip()
    _check_name(username, name, email)
    for held in grants:
        if held.role.name not in ROLES:
            raise WrongRole(f"there is no role {held.role.name!r}; there are {', '.join(ROLES)}")
    given = [_as_json(held) for held in grants]
    with door(who, "invite_person", asked={"username": username, "grants": given}) as entry:
        return _make(who, entry, username, name=name, email=email, grants=given)


def renew_password(who: Access, username: str) -> dict[str, Any]:
    """A link by which somebody who is here sets a new password; returns {id, username, expires_at, secret}."""
    _check_by_hand(who)
    if username == who.name:
        raise NotAllowed("one's own password is changed on the page of one's account")
    with door(who, "renew_password", asked={"username": username}) as entry:
        user = User.objects.filter(username=username, is_active=True).first()
        if user is None:
            raise NotFound(f"there is nobody active called {username!r}")
        return _make(who, entry, username, name=user.first_name, email=user.email, grants=[], is_renewal=True)


def end_invitation(who: Access, invitation: int, *, key: str = "") -> dict[str, Any]:
    """Take a link back before it is used; returns {id}."""
    who.require(Right.PEOPLE)
    with door(who, "end_invitation", key=key, asked={"invitation": invitation}) as entry:
        if entry.repeat is None:
            now = timezone.now()
            row = Invitation.objects.filter(pk=invitation, used_at__isnull=True, expires_at__gt=now).first()
            if row is None:
                raise NotFound(f"there is no invitation {invitation} that is still open")
            row.expires_at = now
            row.save(update_fields=["expires_at"])
            entry.tell(f"person:{row.username}", before={"invitation": row.pk}, answer={"id": row.pk})
    found: dict[str, Any] = entry.answer
    return found


def _make(
    who: Access,
    entry: Entry,
    username: str,
    *,
    name: str,
    email: str,
    grants: list[dict[str, Any]],
    is_renewal: bool = False,
) -> dict[str, Any]:
    now = timezone.now()
    Invitation.objects.filter(username=username, used_at__isnull=True, expires_at__gt=now).update(expires_at=now)
    secret = secrets.token_urlsafe(32)
    made = Invitation.objects.create(
        digest=token_digest(secret),
        username=username,
        name=name,
        email=email,
        grants=grants,
        is_renewal=is_renewal,
        made_by_id=who.person or None,
        expires_at=now + timedelta(days=DAYS),
    )
    after = {"invitation": made.pk, "name": name, "grants": grants, "expires_at": made.expires_at}
    entry.tell(f"person:{username}", after=after, answer={"id": made.pk})
    return {"id": made.pk, "username": username, "expires_at": made.expires_at, "secret": secret}


def _check_by_hand(who: Access) -> None:
    who.require(Right.PEOPLE)
    if who.through.startswith("token:"):
        raise NotAllowed("a token cannot make links for people; sign in to do that")


def _check_name(username: str, name: str, email: str) -> None:
    try:
        UnicodeUsernameValidator()(username)
    except ValidationError:
        raise WrongPerson(
            "the name to sign in with is made of letters, digits and @ . + - _ and has no spaces, such as sales.north"
        ) from None
    if max(len(username), len(name)) > LONGEST:
        raise WrongPerson(f"names have at most {LONGEST} characters")
    if email:
        try:
            validate_email(email)
        except ValidationError:
            raise WrongPerson(
                f"{email!r} is no e-mail address; leave it out, or write it as in ann@example.com"
            ) from None
    if username.lower() in RESERVED:
        raise WrongPerson(f"{username} is a name under which Equipoise itself acts; choose another")
    known = User.objects.filter(username__iexact=username).first()
    if known is not None:
        state = "is here already" if known.is_active else "was here and is not active; let them in again on their page"
        raise StaleEdit(f"{known.get_username()} {state}", mine=username, theirs=known.get_username())


def _as_json(held: Held) -> dict[str, Any]:
    scope = {name: value for name, value in held.scope.__dict__.items() if value}
    return {"role": held.role.name, "scope": scope, "measure": held.measure, "is_read_only": held.is_read_only}


def grant_from_json(value: dict[str, Any]) -> Held:
    """A grant as an invitation keeps it."""
    return Held(ROLES[value["role"]], Scope(**value["scope"]), value["measure"], value["is_read_only"])
