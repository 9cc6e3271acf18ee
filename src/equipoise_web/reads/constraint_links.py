"""Where a limit that binds leads: its explanation, the page of its resource, the adjustment that relaxes it."""

from collections.abc import Iterator
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from equipoise.core.adjustment import Scope
from equipoise.pack.headline import money
from equipoise.plan import Plan
from equipoise_web.access import Access, Right
from equipoise_web.reads.cell_link import cell_link
from equipoise_web.reads.constraint_words import STEP_PCT, Limit
from equipoise_web.reads.numbers import plain

RELAXED_BY = {"hours": "capacity", "overtime": "overtime"}
"""The kind of adjustment that moves a kind of limit."""
MEASURES = {
    "hours": "capacity_shadow_price",
    "overtime": "overtime_hours",
    "shift": "shift_hours",
    "workers": "workforce_count",
    "purchasing": "purchase_qty",
    "subcontracting": "subcontract_qty",
    "fences": "production_qty",
    "lanes": "shipment_qty",
    "most_stock": "inventory_closing_qty",
}
"""The measure whose cell explains a kind of limit."""


def why_link(plan: Plan, limit: Limit) -> str:
    """The explanation of the cell that a limit is on; blank where no cell is."""
    measure = MEASURES.get(limit.kind, "")
    if not measure:
        return ""
    nodes = dict(_nodes(plan, limit))
    return cell_link(plan, nodes, measure=measure, bucket=str(limit.binding.bucket)) if nodes else ""


def _nodes(plan: Plan, limit: Limit) -> Iterator[tuple[str, str]]:
    if limit.resource:
        yield "resource", limit.resource
        return
    if limit.item and plan.axes.items.knows(limit.item):
        yield "item", limit.item
    if limit.site and plan.axes.locations.knows(limit.site):
        yield "location", limit.site


def resource_link(resource: str, bucket: int) -> str:
    """The page of a resource; blank where the limit is of none."""
    return f"{reverse('capacity:show', args=[resource])}?{urlencode({'bucket': bucket})}" if resource else ""


def relax_link(who: Access, plan: Plan, limit: Limit) -> str:
    """The form of the adjustment that moves it by the usual step; blank where none does, or the person may not."""
    kind = RELAXED_BY.get(limit.kind, "")
    if not kind or not who.may(Right.PROPOSE, kind=kind, scope=Scope(resource=limit.resource), axes=plan.axes):
        return ""
    calendar, bucket = plan.axes.calendar, limit.binding.bucket
    query = {
        "resource": limit.resource,
        "first": calendar.start_of(bucket).isoformat(),
        "last": calendar.end_of(bucket).isoformat(),
        "amount": "+1" if limit.is_by_one else f"+{plain(STEP_PCT)}%",
        "reason_code": "capacity",
        "reason": _("It binds in %(when)s; %(step)s would save up to %(money)s")
        % {"when": calendar.label(bucket), "step": limit.step_words, "money": money(plan.head.currency, limit.money)},
    }
    return f"{reverse('adjust:new', args=[kind])}?{urlencode(query)}"
