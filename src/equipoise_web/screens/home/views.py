"""The first page after signing in."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from equipoise_web.access import Right
from equipoise_web.actions.note_visit import note_visit
from equipoise_web.reads.home import read_home
from equipoise_web.screens.frame.asked import PersonRequest


@require_safe
@login_required
def show_home(request: PersonRequest) -> HttpResponse:
    """Home as of now; a page that teaches where there is no plan yet, or no role."""
    if not request.access.may(Right.READ):
        return render(request, "home/no_role.html", {"page": "home"})
    note_visit(request.access)
    home = read_home(request.access, timezone.localdate())
    if home is None:
        return render(request, "frame/empty.html", {"page": "home"})
    return render(
        request, "home/home.html", {"page": "home", "home": home, "plan": home.plan, "plan_digest": home.plan.digest}
    )
