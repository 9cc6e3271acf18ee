"""Whose risk somebody may see, and of which plan.

A stocking point serves all markets, and the chance that it runs out mixes what all of them may ask for. So it needs the
right to pooled numbers on the item and the location whatever the market; a family needs it on all items and locations
of the family, the company's money on all of the company.
"""

from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _

from equipoise.core.axes import Axes
from equipoise.core.grid import BoolArray
from equipoise.core.measure import Grain
from equipoise.pack.scope import families
from equipoise.plan import Plan
from equipoise_web.access import Access, Held, NotAllowed, Right
from equipoise_web.reads.adjustment_pages import plan_to_show
from equipoise_web.reads.exception_page import NoPlanYet
from equipoise_web.reads.plans import open_plan

CHANCE = "stockout_chance_pct"
TOLD = (CHANCE, "shortage_expected_qty", "demand_consensus_qty", "sales_net_price", "cost_standard_price")
"""Measures that the page is made of: who may read one of them only sees it in the plan, not here."""


@dataclass(frozen=True, eq=False)
class SeenRisk:
    """A plan as the person may see it, the whole of it for what is computed from it, and what of that is shown."""

    plan: Plan
    whole: Plan
    cells: BoolArray
    """[S] stocking points."""
    families: tuple[str, ...]
    sees_company: bool


def see_risk(who: Access, digest: str = "") -> SeenRisk:
    """A published plan, the one in force where none is named, with what the person may see of its risk.

    Raises NotAllowed where there is nothing, PlanNotFound, and NoPlanYet before the first plan.
    """
    who.require(Right.READ)
    if not who.may(Right.READ, measure=CHANCE):
        raise NotAllowed(
            _(
                "Risk is of stock that serves all markets; your role reads demand, prices and inputs. Ask an "
                "administrator for a role that reads pooled numbers."
            )
        )
    plan = plan_to_show(who, digest)
    if plan is None:
        raise NoPlanYet(_("There is no plan yet, so nothing in it can run short; publish a first plan."))
    whole = open_plan(plan.digest)
    axes, held = whole.axes, [each for each in who.held if _tells(each)]
    cells = np.zeros(len(axes.keys[Grain.STOCK]), dtype=np.bool_)
    for each in held:
        cells |= _cells_of(axes, each)
    seen = tuple(family for family in families(whole) if any(_covers(axes, each, family) for each in held))
    if not cells.any() and not seen and not who.sees_all:
        raise NotAllowed(
            _(
                "Risk is of stock that serves all markets and families; your part of the company has no stock of its "
                "own. Ask an administrator for a role on items or at a site."
            )
        )
    return SeenRisk(plan, whole, cells, seen, who.sees_all)


def _tells(held: Held) -> bool:
    """Whether a grant reads all that the page is made of, of whatever market and line."""
    is_whole = not held.scope.market and not held.scope.resource
    return is_whole and all(held.gives(Right.READ, measure=name) for name in TOLD)


def _cells_of(axes: Axes, held: Held) -> BoolArray:
    inside = np.zeros(len(axes.keys[Grain.STOCK]), dtype=np.bool_)
    nodes = {name: node for name in ("item", "location") if (node := getattr(held.scope, name))}
    if all(axes.hierarchy(name).knows(node) for name, node in nodes.items()):
        inside[axes.rows(Grain.STOCK, nodes)] = True
    return inside


def _covers(axes: Axes, held: Held, family: str) -> bool:
    if held.scope.location:
        return False
    if not held.scope.item:
        return True
    if not axes.items.knows(held.scope.item):
        return False
    mine, asked = (axes.items.positions(node).tolist() for node in (held.scope.item, f"family:{family}"))
    return set(asked) <= set(mine)
