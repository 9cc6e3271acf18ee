"""Pages that answer numbers to somebody signed in: the access of the session is read in two quick questions."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils.cache import patch_vary_headers

from equipoise_web.screens.frame.asked import PersonRequest
from equipoise_web.session_access import access_of_session

View = Callable[..., HttpResponse]


def signed_in(view: View) -> View:
    """The view for whoever is signed in; anybody else is sent to sign in, as `login_required` does.

    For views that need `request.access` alone: session, person and grants are then read plainly, every time anew
    (`session_access`). What is unusual there is left to Django's own way.
    """
    by_django = login_required(view)

    @wraps(view)
    def answer(request: PersonRequest, *args: Any, **named: Any) -> HttpResponse:  # noqa: ANN401 - the view's own
        found = access_of_session(request.COOKIES.get(settings.SESSION_COOKIE_NAME, ""))
        if found is None:
            return by_django(request, *args, **named)
        request.access = found
        response = view(request, *args, **named)
        patch_vary_headers(response, ("Cookie",))
        return response

    return answer
