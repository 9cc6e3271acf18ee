"""The findings of a plan."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from equipoise.core.finding import Severity
from equipoise_web.access import NotAllowed
from equipoise_web.reads.findings import read_findings
from equipoise_web.reads.in_words import words_of
from equipoise_web.reads.plans import plan_for
from equipoise_web.reads.scoped import sees_all
from equipoise_web.screens.frame.asked import PersonRequest


@require_safe
@login_required
def show_findings(request: PersonRequest, digest: str) -> HttpResponse:
    """`?severity=blocker|error|warning|note`; without one all of them."""
    plan = plan_for(request.access, digest)
    if not sees_all(request.access):
        raise NotAllowed(_("Findings name cells of the whole company; they are shown to those who may see all of it."))
    severity = request.GET.get("severity", "")
    if severity and severity not in {each.value for each in Severity}:
        raise Http404(_("There is no such severity."))
    context = {
        "plan": plan,
        "plan_digest": digest,
        "page": "findings",
        "findings": read_findings(plan, severity=severity, names=words_of(plan.snapshot_id).names),
    }
    return render(request, "findings/findings.html", context)
