"""The first page."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from equipoise_web.reads.plans import newest_digest


@login_required
def show_home(request: HttpRequest) -> HttpResponse:
    """The latest plan's family sheet; a page that teaches where there is no plan yet."""
    latest = newest_digest()
    if latest is None:
        return render(request, "frame/empty.html")
    return redirect("sheet:show", digest=latest)


def show_health(_request: HttpRequest) -> HttpResponse:
    """Answers while the process lives and the database can be read."""
    newest_digest()
    return HttpResponse("ok", content_type="text/plain")
