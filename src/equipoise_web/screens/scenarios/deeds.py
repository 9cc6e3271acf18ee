"""What people do to a scenario that is there: run its plan, leave a change out, put it away."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from equipoise_web.access import Right
from equipoise_web.actions.archive_scenario import archive_scenario
from equipoise_web.actions.ask_job import ask_job
from equipoise_web.actions.drop_adjustment import drop_adjustment
from equipoise_web.reads.scenario_page import name_of
from equipoise_web.screens.frame.asked import PersonRequest


@require_POST
@login_required
def run(request: PersonRequest, number: int) -> HttpResponse:
    """Ask for the plan of the scenario as it stands."""
    request.access.require(Right.RUN)
    ask_job(request.access, "compute_plan", {"scenario": name_of(request.access, number)})
    return redirect("scenarios:one", number=number)


@require_POST
@login_required
def drop(request: PersonRequest, number: int) -> HttpResponse:
    """`adjustment`, and `back` to take it in again."""
    is_dropped = "back" not in request.POST
    drop_adjustment(
        request.access,
        name_of(request.access, number),
        request.POST.get("adjustment", ""),
        is_dropped=is_dropped,
        key=request.POST.get("key", ""),
    )
    messages.success(request, _("Left out of this scenario") if is_dropped else _("Taken in again"))
    return redirect("scenarios:one", number=number)


@require_POST
@login_required
def archive(request: PersonRequest, number: int) -> HttpResponse:
    """`because`, and `back` to take it back."""
    is_archived = "back" not in request.POST
    archive_scenario(
        request.access,
        name_of(request.access, number),
        because=request.POST.get("because", ""),
        is_archived=is_archived,
        key=request.POST.get("key", ""),
    )
    messages.success(request, _("Put away") if is_archived else _("Taken back"))
    return redirect("scenarios:one", number=number)
