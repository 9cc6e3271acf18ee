"""Give a person a role on a part of the company, or end that."""

from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from equipoise.core.adjustment import Scope
from equipoise.core.errors import EquipoiseError
from equipoise_web.access import ROLES, Access, NotAllowed, Right
from equipoise_web.actions.door import NotFound, StaleEdit, door
from equipoise_web.actions.last_administrator import check_administrator_left
from equipoise_web.actions.reason import checked_reason
from equipoise_web.records.models import Grant


class WrongRole(EquipoiseError):
    """A role that there is not."""


def give_grant(
    who: Access,
    person: str,
    role: str,
    *,
    scope: Scope | None = None,
    measure: str = "",
    is_read_only: bool = False,
    because: str,
    key: str = "",
) -> dict[str, Any]:
    """Append a grant; returns {id, person, role}. Nobody gives himself one."""
    who.require(Right.PEOPLE)
    if role not in ROLES:
        raise WrongRole(f"there is no role {role!r}; there are {', '.join(ROLES)}")
    if person == who.name:
        raise NotAllowed("nobody gives himself a role; ask another administrator")
    words = checked_reason(because, "takes over the north from 1 December")
    nodes = scope or Scope()
    asked = {"person": person, "role": role, "nodes": nodes.__dict__, "measure": measure, "is_read_only": is_read_only}
    with door(who, "give_grant", key=key, asked=asked) as entry:
        if entry.repeat is None:
            user = User.objects.filter(username=person, is_active=True).first()
            if user is None:
                raise NotFound(f"there is nobody active called {person!r}")
            given = {
                "role": role,
                "item": nodes.item,
                "market": nodes.market,
                "location": nodes.location,
                "resource": nodes.resource,
                "measure": measure,
                "is_read_only": is_read_only,
            }
            if Grant.objects.filter(person=user, ended_at__isnull=True, **given).exists():
                raise StaleEdit(f"{person} holds that role there already", mine=role, theirs=role)
            made = Grant.objects.create(person=user, given_by_id=who.person or None, **given)
            entry.tell(
                f"person:{person}",
                after={"grant": str(made)},
                because=words,
                answer={"id": made.pk, "person": person, "role": role},
            )
    found: dict[str, Any] = entry.answer
    return found


def end_grant(who: Access, grant: int, *, because: str, key: str = "") -> dict[str, Any]:
    """End a grant from now on; returns {id, person, number}.

    Refused are one that has ended, and the last one that lets anybody manage people.
    """
    who.require(Right.PEOPLE)
    words = checked_reason(because, "moved to finance")
    with door(who, "end_grant", key=key, asked={"grant": grant}) as entry:
        if entry.repeat is None:
            row = Grant.objects.filter(pk=grant, ended_at__isnull=True).select_related("person").first()
            if row is None:
                raise NotFound(f"there is no grant {grant} in force")
            row.ended_at = timezone.now()
            row.save(update_fields=["ended_at"])
            person = row.person.get_username()
            if row.role in ROLES and Right.PEOPLE in ROLES[row.role].rights:
                check_administrator_left(person)
            answer = {"id": grant, "person": person, "number": row.person.pk}
            entry.tell(f"person:{person}", before={"grant": str(row)}, because=words, answer=answer)
    found: dict[str, Any] = entry.answer
    return found
