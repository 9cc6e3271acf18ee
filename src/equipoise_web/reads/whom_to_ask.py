"""Whom to ask for what one cannot do oneself: names of people by the right they hold."""

from django.contrib.auth.models import User

from equipoise_web.access import ROLES, Right
from equipoise_web.records.models import Grant


def administrators() -> tuple[str, ...]:
    """Who may give a role."""
    return _holders(Right.PEOPLE)


def coordinators() -> tuple[str, ...]:
    """Who may seal a month's data, from which its plan is computed."""
    return _holders(Right.SEAL)


def _holders(right: Right) -> tuple[str, ...]:
    """Active people who hold a right on the whole company, as others see them."""
    roles = [role.name for role in ROLES.values() if right in role.rights]
    whole = {name: "" for name in ("item", "market", "location", "resource", "measure")}
    held = Grant.objects.filter(role__in=roles, ended_at__isnull=True, is_read_only=False, **whole)
    people = User.objects.filter(pk__in=held.values("person"), is_active=True).order_by("first_name", "username")
    return tuple(
        f"{person.first_name} ({person.username})" if person.first_name else person.username for person in people
    )
