"""The bar under the head of a page: which scenario it shows, and the same page of the plan of record."""

from django import template
from django.http import HttpRequest
from django.urls import reverse

from equipoise.plan import Plan
from equipoise_web.reads.shown_scenario import ShownScenario, shown_scenario

register = template.Library()


@register.inclusion_tag("frame/shown_scenario.html", takes_context=True)
def scenario_shown(context: template.Context) -> dict[str, object]:
    """The scenario of the page's `plan`, or the one that its `scenario` names."""
    plan: Plan = context["plan"]
    named = context.get("scenario")
    shown = shown_scenario(plan.digest, named if isinstance(named, str) else "")
    return {"shown": shown, "record": "" if shown is None else _same_page(context["request"], shown)}


def _same_page(request: HttpRequest, shown: ShownScenario) -> str:
    """This page with the plan of record; blank where the page is of a plan that has no other yet."""
    query = request.GET.copy()
    for name in ("scenario", "plan"):
        query.pop(name, None)
    match = request.resolver_match
    address = request.path
    if match is not None and "digest" in match.kwargs:
        if not shown.record:
            return ""
        address = reverse(match.view_name, kwargs={**match.kwargs, "digest": shown.record})
    return f"{address}?{query.urlencode()}" if query else address
