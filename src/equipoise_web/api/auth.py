"""Who asks: a person with a session (and its CSRF token), or a program with `Authorization: Bearer eqp_...`."""

from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer, SessionAuth

from equipoise_web.access import Access, access_of_token


class Token(HttpBearer):
    """A program's token."""

    def authenticate(self, request: HttpRequest, token: str) -> Access | None:
        """The token's access, put on the request; None answers 401."""
        found = access_of_token(token)
        if found is not None:
            request.access = found  # type: ignore[attr-defined]
        return found


class Session(SessionAuth):
    """A signed-in person in a browser; `request.access` is set by the middleware."""

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:  # noqa: ANN401 - Ninja's signature
        """The user, None answers 401."""
        return request.user if request.user.is_authenticated and request.user.is_active else None


def access(request: HttpRequest) -> Access:
    """The access of a request that came through one of the two."""
    found: Access = request.access  # type: ignore[attr-defined]
    return found
