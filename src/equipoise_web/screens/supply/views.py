"""What binds, what is short, one shortage, the network, and the way to the planning grid of supply."""

import uuid

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from equipoise_web.reads import constraints, shortages
from equipoise_web.reads.constraints import read_constraints
from equipoise_web.reads.network_map import read_map
from equipoise_web.reads.shortage_page import read_shortage
from equipoise_web.reads.shortages import read_shortages
from equipoise_web.reads.supply_view import VIEWS
from equipoise_web.screens.frame.asked import PersonRequest


@require_safe
@login_required
def show_constraints(request: PersonRequest) -> HttpResponse:
    """`?kind=&site=&bucket=NUMBER`: limits that bind, the most money first."""
    given = request.GET
    asked = constraints.Filters(given.get("kind", ""), given.get("site", ""), given.get("bucket", ""))
    found = read_constraints(request.access, asked)
    context = {"page": "supply", "plan": found.plan, "plan_digest": found.plan.digest, "found": found}
    return render(request, "supply/constraints.html", context)


@require_safe
@login_required
def show_shortages(request: PersonRequest) -> HttpResponse:
    """`?family=&market=&bucket=NUMBER&state=`: demand that is late or lost, the most money first."""
    given = request.GET
    asked = shortages.Filters(
        given.get("family", ""), given.get("bucket", ""), given.get("state", ""), given.get("market", "")
    )
    found = read_shortages(request.access, asked)
    context = {"page": "supply", "plan": found.plan, "plan_digest": found.plan.digest, "found": found}
    return render(request, "supply/shortages.html", context)


@require_safe
@login_required
def show_shortage(request: PersonRequest) -> HttpResponse:
    """`?item=&market=&day=2027-04-01`, and `&quantity=&arrives=` to fill the form of an offer."""
    given = request.GET
    found = read_shortage(
        request.access, item=given.get("item", ""), market=given.get("market", ""), day=given.get("day", "")
    )
    short = found.shortage
    context = {
        "page": "supply",
        "plan": found.plan,
        "plan_digest": found.plan.digest,
        "found": found,
        "typed": {
            "quantity": given.get("quantity", f"{short.short:.1f}" if short else "")[:20],
            "arrives": given.get("arrives", str(short.late[0][0]) if short and short.late else "never")[:20],
        },
        "key": str(uuid.uuid4()),
    }
    return render(request, "supply/shortage.html", context)


@require_safe
@login_required
def show_network(request: PersonRequest) -> HttpResponse:
    """`?first=NUMBER&last=NUMBER&family=`: what moves between suppliers, plants, warehouses and markets."""
    given = request.GET
    found = read_map(
        request.access, first=given.get("first", ""), last=given.get("last", ""), family=given.get("family", "")
    )
    context = {"page": "supply", "plan": found.plan, "plan_digest": found.plan.digest, "found": found}
    return render(request, "supply/network.html", context)


@require_safe
@login_required
def open_grid(request: PersonRequest, name: str) -> HttpResponse:
    """The planning grid in a view of supply; the grid asks who may see it."""
    if name not in VIEWS:
        raise Http404(name)
    return redirect(f"{reverse('grid:show')}?{VIEWS[name].query}")
