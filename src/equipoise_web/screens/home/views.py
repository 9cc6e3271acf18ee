"""The first page after signing in, by what a person may do."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from equipoise_web.access import Right
from equipoise_web.actions.note_visit import note_visit
from equipoise_web.actions.verify_chain import verify_if_short
from equipoise_web.reads.administration import read_administration
from equipoise_web.reads.drafts import open_draft_row
from equipoise_web.reads.home import read_home
from equipoise_web.reads.whom_to_ask import administrators, coordinators
from equipoise_web.screens.frame.asked import PersonRequest


@require_safe
@login_required
def show_home(request: PersonRequest) -> HttpResponse:
    """Home as of now: the plan's for who reads plans, the administrator's, or a page that says whom to ask."""
    if not request.access.may(Right.READ):
        if request.access.may(Right.PEOPLE):
            return _administration(request, page="home")
        return render(request, "home/no_role.html", {"page": "home", "administrators": administrators()})
    note_visit(request.access)
    home = read_home(request.access, timezone.localdate())
    if home is None:
        context = {"page": "home", "is_gathering": open_draft_row() is not None, "coordinators": coordinators()}
        return render(request, "frame/empty.html", context)
    return render(
        request, "home/home.html", {"page": "home", "home": home, "plan": home.plan, "plan_digest": home.plan.digest}
    )


@require_safe
@login_required
def show_administration(request: PersonRequest) -> HttpResponse:
    """The administrator's home, for who reads plans beside it."""
    return _administration(request, page="administration")


def _administration(request: PersonRequest, *, page: str) -> HttpResponse:
    request.access.require(Right.PEOPLE)
    verdict = verify_if_short()
    found = read_administration(request.access, is_chain_damaged=bool(verdict and verdict.faults))
    return render(request, "home/administration.html", {"page": page, "found": found, "verdict": verdict})
