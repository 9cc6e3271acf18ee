"""Deactivate somebody, or let somebody in again. Nobody is deleted: what people did stays theirs."""

from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from equipoise_web.access import Access, NotAllowed, Right, access_of
from equipoise_web.actions.door import NotFound, StaleEdit, door
from equipoise_web.actions.last_administrator import check_administrator_left
from equipoise_web.actions.reason import checked_reason
from equipoise_web.records.models import ApiToken, Invitation


def deactivate_person(who: Access, person: str, *, because: str, key: str = "") -> dict[str, Any]:
    """Shut somebody out from now on; returns {person, tokens} with how many tokens were revoked.

    Sessions and open links end, tokens are revoked, and the password is forgotten: who comes back sets a new one.
    """
    who.require(Right.PEOPLE)
    words = checked_reason(because, "left the company on 30 November")
    if person == who.name:
        raise NotAllowed("nobody deactivates himself; ask another administrator")
    with door(who, "deactivate_person", key=key, asked={"person": person, "because": words}) as entry:
        if entry.repeat is None:
            user = _user(person)
            if not user.is_active:
                raise StaleEdit(f"{person} is not active already", mine="deactivated", theirs="deactivated")
            was_administrator = access_of(user).may(Right.PEOPLE)
            user.is_active = False
            user.set_unusable_password()  # a session holds a digest of it, so none outlives this
            user.save(update_fields=["is_active", "password"])
            now = timezone.now()
            tokens = ApiToken.objects.filter(person=user, revoked_at__isnull=True).update(revoked_at=now)
            Invitation.objects.filter(username=person, used_at__isnull=True, expires_at__gt=now).update(expires_at=now)
            if was_administrator:
                check_administrator_left(person)
            entry.tell(
                f"person:{person}",
                before={"is_active": True},
                after={"is_active": False, "tokens_revoked": tokens},
                because=words,
                answer={"person": person, "tokens": tokens},
            )
    found: dict[str, Any] = entry.answer
    return found


def reactivate_person(who: Access, person: str, *, because: str, key: str = "") -> dict[str, Any]:
    """Let somebody in again with the grants that were not ended; returns {person}. A link to set a password is due."""
    who.require(Right.PEOPLE)
    words = checked_reason(because, "back from leave")
    if person == who.name:
        raise NotAllowed("nobody lets himself in; ask another administrator")
    with door(who, "reactivate_person", key=key, asked={"person": person, "because": words}) as entry:
        if entry.repeat is None:
            user = _user(person)
            if user.is_active:
                raise StaleEdit(f"{person} is active already", mine="active", theirs="active")
            user.is_active = True
            user.save(update_fields=["is_active"])
            entry.tell(
                f"person:{person}",
                before={"is_active": False},
                after={"is_active": True},
                because=words,
                answer={"person": person},
            )
    found: dict[str, Any] = entry.answer
    return found


def _user(person: str) -> User:
    user = User.objects.filter(username=person).first()
    if user is None:
        raise NotFound(f"there is nobody called {person!r}")
    return user
