"""What people do to an adjustment that is there: rule on it, withdraw it, comment on it; and the run that follows."""

from dataclasses import replace

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from equipoise_web.access import SYSTEM, Access, Right
from equipoise_web.actions.add_comment import add_comment
from equipoise_web.actions.ask_job import ask_job
from equipoise_web.actions.rule_adjustment import rule_adjustment
from equipoise_web.reads.adjustments import read_adjustment
from equipoise_web.reads.scenarios import working_scenario
from equipoise_web.screens.frame.asked import PersonRequest

DONE = {
    "accepted": _("Accepted"),
    "rejected": _("Rejected; its author sees why"),
    "withdrawn": _("Withdrawn: it no longer counts"),
    "proposed": _("Proposed again"),
}


def ask_plan(who: Access, scenario: str, *, because: str) -> None:
    """Ask for the plan of a scenario that has changed: by the person who may run plans, else by the application."""
    asker = who if who.may(Right.RUN) else replace(SYSTEM, through=because)
    ask_job(asker, "compute_plan", {"scenario": scenario})


@require_POST
@login_required
def rule(request: PersonRequest, id: str) -> HttpResponse:
    """`verdict`, `because`, and `version`: the ruling that the person looked at, so that a stale one is noticed."""
    row = read_adjustment(request.access, id)
    version = request.POST.get("version", "")
    verdict = request.POST.get("verdict", "")
    rule_adjustment(
        request.access,
        id,
        verdict,
        because=request.POST.get("because", "").strip(),
        version=int(version) if version.isdecimal() else row.version,
        key=request.POST.get("key", ""),
    )
    for scenario in row.scenarios:
        ask_plan(request.access, scenario, because=f"adjustment:{id}")
    messages.success(request, DONE[verdict])
    return redirect("adjust:one", id=id)


@require_POST
@login_required
def comment(request: PersonRequest, id: str) -> HttpResponse:
    """`text`: what is said about it."""
    row = read_adjustment(request.access, id)
    add_comment(request.access, f"adjustment:{row.id}", request.POST.get("text", ""))
    return redirect("adjust:one", id=id)


@require_POST
@login_required
def run_plan(request: PersonRequest) -> HttpResponse:
    """Ask for the plan of the working scenario."""
    root = working_scenario()
    request.access.require(Right.RUN)
    if root is not None:
        ask_plan(request.access, root.name, because="person")
    return redirect("adjust:list")
