"""The list of forecasts, and the forecast of a series or of a sum of series."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from equipoise_web.reads.series import read_series
from equipoise_web.reads.series_list import Asked, read_series_list
from equipoise_web.screens.frame.asked import PersonRequest


@require_safe
@login_required
def show_list(request: PersonRequest) -> HttpResponse:
    """`?family=&words=&shown=worse|touchless|pinned|all&sort=money|error|amount&cls=A|..|Z&kind=smooth|..&who=sales|..`."""
    given = request.GET
    asked = Asked(
        given.get("family", ""),
        given.get("words", "")[:100],
        given.get("shown", "worse"),
        given.get("sort", "money"),
        given.get("cls", ""),
        given.get("kind", ""),
        given.get("who", "consensus"),
    )
    found = read_series_list(request.access, asked)
    context = {"page": "forecast", "plan": found.plan, "plan_digest": found.plan.digest, "found": found}
    return render(request, "forecast/list.html", context)


@require_safe
@login_required
def show_series(request: PersonRequest, digest: str) -> HttpResponse:
    """`?item=&market=`: nodes of any level; without them all that the person may see."""
    found = read_series(request.access, digest, item=request.GET.get("item", ""), market=request.GET.get("market", ""))
    context = {
        "page": "forecast",
        "plan": found.plan,
        "plan_digest": digest,
        "found": found,
        "address": request.build_absolute_uri(),
    }
    return render(request, "forecast/series.html", context)
