"""Which resources somebody may see on the pages of capacity, and of which plan.

A line makes for all markets: its load tells of everybody's demand. So it needs the right to pooled numbers, on the
resource itself, on the place where it stands, or on the whole company.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _

from equipoise.core.adjustment import Scope
from equipoise.core.errors import EquipoiseError
from equipoise.core.grid import IntArray
from equipoise.plan import Plan
from equipoise_web.access import Access, NotAllowed, Right
from equipoise_web.reads.adjustment_pages import plan_to_show
from equipoise_web.reads.plans import open_plan

LOAD = "capacity_load_hours"
TOLD = (LOAD, "capacity_available_hours", "capacity_shadow_price", "make_unit_price", "sales_net_price")
"""Measures that the pages are made of: who may read one of them only sees it in the plan, not here."""


class NoCapacityYet(EquipoiseError):
    """There is no plan whose capacity could be looked at."""


PRICES = ("resource_regular_price", "resource_overtime_price", "cost_holding_price", "flow_unit_price")
"""Measures that options and ladders are priced with beside those: without them no option is told, for each is money."""


@dataclass(frozen=True, eq=False)
class Seen:
    """A plan as the person may see it, the whole of it for what is computed from it, and the resources shown."""

    plan: Plan
    whole: Plan
    rows: IntArray
    site: Mapping[str, str]
    """Location of each resource, blank where unknown."""

    def site_of(self, row: int) -> str:
        """Where a resource stands."""
        return self.site.get(self.plan.axes.resources.leaves[row], "")


def see_capacity(who: Access, digest: str = "") -> Seen:
    """A published plan, the one in force where none is named, with the resources that the person may see.

    Raises NotAllowed where there are none, PlanNotFound, and NoCapacityYet before the first plan.
    """
    who.require(Right.READ)
    if not who.may(Right.READ, measure=LOAD):
        raise NotAllowed(
            _(
                "Load and capacity are of whole lines, which make for all markets; your role reads demand, prices and "
                "inputs. Ask an administrator for a role that reads pooled numbers."
            )
        )
    plan = plan_to_show(who, digest)
    if plan is None:
        raise NoCapacityYet(_("There is no plan yet, so nothing loads a line; publish a first plan."))
    whole = open_plan(plan.digest)
    rows = resources_seen(who, whole)
    if not len(rows) and len(whole.axes.resources):
        raise NotAllowed(
            _(
                "Load and capacity are of whole lines, which make for all markets and families; your part of the "
                "company has no line of its own. Ask an administrator for a role at a site."
            )
        )
    return Seen(plan, whole, rows, sites_of(whole))


def sees_prices(who: Access) -> bool:
    """Whether the person may be told what options cost."""
    return all(who.may(Right.READ, measure=name) for name in PRICES)


def resources_seen(who: Access, plan: Plan) -> IntArray:
    """Rows of resources whose load the person may read."""
    sites, codes = sites_of(plan), plan.axes.resources.leaves
    places = [Scope(location=sites.get(code, ""), resource=code) for code in codes]
    may = [all(who.may(Right.READ, measure=name, scope=at, axes=plan.axes) for name in TOLD) for at in places]
    return np.flatnonzero(np.array(may, dtype=np.bool_))


def sites_of(plan: Plan) -> dict[str, str]:
    """Location of each resource by its code, of those that have one."""
    table = plan.snapshot.table("resources")
    if not plan.snapshot.has("resources"):
        return {}
    return {code: place for code, place in table.select("resource", "location").iter_rows() if place}
