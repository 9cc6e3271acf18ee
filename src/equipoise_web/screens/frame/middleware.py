"""What every page is given: the person's access; and what becomes of a refusal: a page that says why."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject

from equipoise.core.errors import EquipoiseError
from equipoise_web.access import access_of
from equipoise_web.actions.door import StaleEdit
from equipoise_web.reads.whom_to_ask import administrators
from equipoise_web.status import status_of

FORBIDDEN = 403


class AccessMiddleware:
    """Sets `request.access`, read when it is first asked for, and answers what the engine or the door refuses."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next in line."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Give the request its access."""
        request.access = SimpleLazyObject(lambda: access_of(request.user))  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A refusal as a page, or as a fragment where htmx asks; anything else is our fault and goes on."""
        if not isinstance(error, EquipoiseError):
            return None
        status = status_of(error)
        context: dict[str, object] = {
            "refusal": str(error),
            "status": status,
            "stale": error if isinstance(error, StaleEdit) else None,
        }
        if request.headers.get("HX-Request") == "true":
            return render(request, "frame/refused_part.html", context, status=status)
        if status == FORBIDDEN and request.user.is_authenticated:
            context["administrators"] = administrators()
        return render(request, "frame/refused.html", context, status=status)


def done(request: HttpRequest, text: str) -> None:
    """Tell the person on the next page what was done."""
    messages.success(request, text)
