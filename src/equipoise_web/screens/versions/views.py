"""Any two published plans, compared."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from equipoise_web.reads.plan_compare import read_plan_compare
from equipoise_web.screens.frame.asked import PersonRequest


@require_safe
@login_required
def show_compare(request: PersonRequest) -> HttpResponse:
    """`?a=DIGEST&b=DIGEST`: how plan b differs from plan a; without both, the choice."""
    found = read_plan_compare(request.access, request.GET.get("a", ""), request.GET.get("b", ""))
    context = {
        "page": "versions",
        "plan": found.plan,
        "plan_digest": found.plan.digest if found.plan is not None else "",
        "found": found,
        "address": request.build_absolute_uri(),
    }
    return render(request, "versions/compare.html", context)
