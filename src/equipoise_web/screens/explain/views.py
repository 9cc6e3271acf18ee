"""Why a number of a plan is so."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from equipoise.core.errors import EquipoiseError
from equipoise_web.access import NotAllowed
from equipoise_web.reads.explain import read_why
from equipoise_web.reads.plans import plan_for
from equipoise_web.reads.scoped import nodes_in_scope
from equipoise_web.screens.frame.asked import PersonRequest


@require_safe
@login_required
@vary_on_headers("HX-Request")
def show_why(request: PersonRequest, digest: str) -> HttpResponse:
    """`?measure=&family=&item=&market=&location=&resource=&bucket=&path=`; the side panel where htmx asks."""
    plan = plan_for(request.access, digest)
    is_panel = request.headers.get("HX-Request") == "true"
    context: dict[str, object] = {"plan": plan, "plan_digest": digest, "page": "explain", "is_panel": is_panel}
    above = request.GET.copy()
    above.pop("path", None)
    context |= {"query": above.urlencode(), "family": request.GET.get("family", "")}
    context["address"] = request.build_absolute_uri()
    try:
        context["why"] = read_why(
            plan,
            request.GET.get("measure", ""),
            bucket=request.GET.get("bucket", "0"),
            nodes=nodes_in_scope(plan.axes, request.access, request.GET.dict()),
            is_panel=is_panel,
            path=request.GET.get("path", ""),
        )
    except NotAllowed:
        raise
    except EquipoiseError as error:
        context["refusal"] = str(error)
        # htmx shows only what was answered with 200: the panel must say why it is empty.
        return render(request, _template(is_panel), context, status=200 if is_panel else 404)
    return render(request, _template(is_panel), context)


def _template(is_panel: bool) -> str:
    return "explain/panel.html" if is_panel else "explain/explain.html"
