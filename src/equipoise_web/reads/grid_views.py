"""Named views of the grid: one's own, those that are shared, and what a person looks at first."""

from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from django.db.models import Q

from equipoise.core.table import UnknownName
from equipoise_web.access import Access, Right
from equipoise_web.reads.grid_view import GridView, default_view
from equipoise_web.records.models import GridViewRecord
from equipoise_web.records.statements import Prepared

ORDERS, TO_DATE = "demand_orders_qty", "demand_to_date_qty"


@dataclass(frozen=True)
class NamedView:
    """A view as the list of them shows it."""

    id: int
    name: str
    query: str
    by: str
    is_mine: bool
    is_shared: bool
    role: str


def read_views(who: Access) -> tuple[NamedView, ...]:
    """One's own views and those that are shared, by name."""
    who.require(Right.READ)
    found = GridViewRecord.objects.filter(ended_at__isnull=True).filter(Q(owner=who.person) | Q(is_shared=True))
    return tuple(
        NamedView(
            view.pk,
            view.name,
            view.query,
            view.owner.first_name or view.owner.get_username(),
            view.owner.pk == who.person,
            view.is_shared,
            view.role,
        )
        for view in found.select_related("owner")
    )


_of_roles = Prepared(
    lambda: GridViewRecord.objects.filter(ended_at__isnull=True).exclude(role="").values_list("role", "query")
)
"""The views that are named for roles, by name: one for each role, or a few."""


def first_view(who: Access, *, has_begun: bool = False) -> GridView:
    """What somebody looks at first: the view that was named for a role of theirs, else that of the role itself.

    Once the first month has begun (`has_begun`), what was shipped to date stands in it beside the orders in hand.
    """
    roles = {held.role.name for held in who.held}
    chosen = next((query for role, query in _of_roles.rows() if role in roles), None)
    default = default_view(who)
    if has_begun and ORDERS in default.measures:
        at = default.measures.index(ORDERS) + 1
        default = replace(default, measures=(*default.measures[:at], TO_DATE, *default.measures[at:]))
    if chosen is None:
        return default
    try:
        return GridView.of_query(dict(parse_qsl(chosen)), default)
    except UnknownName:  # it names what this version does not know
        return default
