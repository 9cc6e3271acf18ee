"""Where a cell of a plan is looked at: one function, so that every list leads to the same place.

The family sheet shows it where the item has a family; else its explanation does.
"""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.urls import reverse

from equipoise.plan import Plan


def cell_link(plan: Plan, nodes: Mapping[str, str], *, measure: str = "", bucket: str = "") -> str:
    """The address of a cell: `nodes` are codes by dimension or level; blank where no page shows it.

    With a measure and a bucket the cell's explanation; with nodes alone the sheet of their family.
    """
    known = {name: code for name, code in nodes.items() if code}
    if measure:
        query = {"measure": measure, **known, **({"bucket": bucket} if bucket else {})}
        return f"{reverse('explain:show', args=[plan.digest])}?{urlencode(query)}"
    family = known.get("family") or family_of(plan, known.get("item", ""))
    return f"{reverse('sheet:show', args=[plan.digest])}?{urlencode({'family': family})}" if family else ""


def family_of(plan: Plan, item: str) -> str:
    """The family of an item; blank where the plan knows none."""
    items = plan.axes.items
    if item not in items.position or "family" not in items.levels:
        return ""
    return items.codes("family")[items.position[item]]
