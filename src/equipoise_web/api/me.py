"""Who am I, and what may I do?"""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from equipoise_web.access import Right
from equipoise_web.api.auth import access
from equipoise_web.api.schemas import Refusal

router = Router(tags=["me"])


class RoleOut(Schema):
    """A role on the cells below one node per dimension; blank is all."""

    role: str
    title: str
    item: str
    market: str
    location: str
    resource: str
    measure: str
    is_read_only: bool


class MeOut(Schema):
    """The caller: what may be done now, through this token if one was used."""

    name: str
    through: str
    rights: list[str]
    kinds: list[str]
    roles: list[RoleOut]


@router.get("", response={200: MeOut, 401: Refusal})
def show_me(request: HttpRequest) -> dict[str, Any]:
    """The caller's roles and rights."""
    who = access(request)
    roles = [
        {
            "role": held.role.name,
            "title": held.role.title,
            "item": held.scope.item,
            "market": held.scope.market,
            "location": held.scope.location,
            "resource": held.scope.resource,
            "measure": held.measure,
            "is_read_only": held.is_read_only,
        }
        for held in who.held
    ]
    rights = [right.value for right in Right if who.may(right)]
    return {"name": who.name, "through": who.through, "rights": rights, "kinds": list(who.kinds), "roles": roles}
