"""Sign-in and the first page."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from equipoise_web.actions.invite_demo_people import DEMO_PASSWORD, DEMO_PEOPLE
from equipoise_web.reads.plans import newest_digest


class SignIn(LoginView):
    """Name and password; on a loopback demo the page says whom one may be."""

    template_name = "frame/sign_in.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401 - Django's signature
        """Add the demo people where they may sign in."""
        context = super().get_context_data(**kwargs)
        if settings.EQUIPOISE_DEMO_USERS:
            context["demo_people"], context["demo_password"] = DEMO_PEOPLE, DEMO_PASSWORD
        return context


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
