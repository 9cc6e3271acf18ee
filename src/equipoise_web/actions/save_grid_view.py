"""Name a view of the planning grid, for oneself or for all; or let one go."""

from typing import Any

from django.utils import timezone

from equipoise.core.errors import EquipoiseError
from equipoise_web.access import ROLES, Access, NotAllowed, Right
from equipoise_web.actions.door import NotFound, door
from equipoise_web.records.models import GridViewRecord

LONGEST_NAME, LONGEST_QUERY = 80, 1000


class WrongView(EquipoiseError):
    """A view that cannot be kept: without a name, or for a role that there is not."""


def save_grid_view(
    who: Access, name: str, query: str, *, is_shared: bool = False, role: str = "", key: str = ""
) -> dict[str, Any]:
    """Keep a view under a name; one's own of that name is replaced. Returns {id, name}.

    Sharing needs the right to rule; so does saying what a role looks at first, and on the whole company.
    """
    who.require(Right.READ)
    title = name.strip()
    if not title or len(title) > LONGEST_NAME:
        raise WrongView(f"a view needs a name of 1 to {LONGEST_NAME} characters")
    if len(query) > LONGEST_QUERY:
        raise WrongView("the view names too many things to be kept; leave some measures out")
    if role and role not in ROLES:
        raise WrongView(f"there is no role {role!r}")
    if is_shared or role:
        who.require(Right.RULE)
    if role:
        who.require_whole(Right.RULE)
    asked = {"name": title, "query": query, "is_shared": is_shared, "role": role}
    with door(who, "save_grid_view", key=key, asked=asked) as entry:
        if entry.repeat is None:
            now = timezone.now()
            GridViewRecord.objects.filter(owner=who.person, name=title, ended_at__isnull=True).update(ended_at=now)
            if role:
                GridViewRecord.objects.filter(role=role, ended_at__isnull=True).update(role="")
            made = GridViewRecord.objects.create(
                name=title, query=query, owner_id=who.person, is_shared=is_shared or bool(role), role=role
            )
            entry.tell(f"view:{made.pk}", after=asked, answer={"id": made.pk, "name": title})
    found: dict[str, Any] = entry.answer
    return found


def end_grid_view(who: Access, id: int, *, key: str = "") -> dict[str, Any]:
    """Let one's own view go; returns {id}."""
    who.require(Right.READ)
    with door(who, "end_grid_view", key=key, asked={"id": id}) as entry:
        if entry.repeat is None:
            view = GridViewRecord.objects.filter(pk=id, ended_at__isnull=True).first()
            if view is None:
                raise NotFound(f"there is no view {id}")
            if view.owner_id != who.person:  # type: ignore[attr-defined]
                raise NotAllowed("only who made a view can let it go")
            view.ended_at = timezone.now()
            view.save(update_fields=["ended_at"])
            entry.tell(f"view:{id}", before={"name": view.name}, answer={"id": id})
    found: dict[str, Any] = entry.answer
    return found
