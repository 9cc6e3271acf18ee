"""The page of risk."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from equipoise_web.reads.risk_page import read_risk
from equipoise_web.reads.risk_parts import Asked
from equipoise_web.screens.frame.asked import PersonRequest


@require_safe
@login_required
def show_risk(request: PersonRequest) -> HttpResponse:
    """`?family=&least=MONEY&plan=DIGEST`; without `least` the material ones."""
    given = request.GET
    asked = Asked.parse(given.get("family", ""), given.get("least", ""), given.get("plan", ""))
    found = read_risk(request.access, asked)
    context = {"page": "risk", "plan": found.plan, "plan_digest": found.plan.digest, "found": found}
    return render(request, "risk/risk.html", context)
