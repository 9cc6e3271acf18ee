"""The family sheet of a plan."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from equipoise.core.table import UnknownName
from equipoise_web.reads.family_chart import read_families
from equipoise_web.reads.plans import plan_for
from equipoise_web.reads.sheet import read_sheet
from equipoise_web.screens.frame.asked import PersonRequest


@require_safe
@login_required
def show_sheet(request: PersonRequest, digest: str) -> HttpResponse:
    """`?family=CODE&unit=qty|amount`; without a family all of them, in money, and `?families=PAGE&scale=shared|own`."""
    plan = plan_for(request.access, digest)
    family = request.GET.get("family") or None
    try:
        sheet = read_sheet(plan, family, unit=request.GET.get("unit") or "qty")
        page, scale = (request.GET.get(name, "") for name in ("families", "scale"))
        panels = None if family else read_families(plan, page=page, scale=scale)
    except UnknownName as error:
        raise Http404(str(error)) from error
    context = {"plan": plan, "plan_digest": digest, "page": "sheet", "sheet": sheet, "panels": panels}
    return render(request, "sheet/sheet.html", context)
