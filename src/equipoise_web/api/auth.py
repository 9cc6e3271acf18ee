"""Who asks: a person with a session (and its CSRF token), or a program with `Authorization: Bearer eqp_...`."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja.security import HttpBearer, SessionAuth

from equipoise_web.access import Access, Right, access_of, access_of_token
from equipoise_web.session_access import access_of_session


class Token(HttpBearer):
    """A program's token."""

    def __call__(self, request: HttpRequest) -> Any | None:  # noqa: ANN401 - Ninja's signature
        """The token's access; without the header nothing is read."""
        return super().__call__(request) if "HTTP_AUTHORIZATION" in request.META else None

    def authenticate(self, request: HttpRequest, token: str) -> Access | None:
        """The token's access, put on the request; None answers 401."""
        found = access_of_token(token)
        if found is not None:
            request.access = found  # type: ignore[attr-defined]
        return found


class Session(SessionAuth):
    """A signed-in person in a browser."""

    param_name = settings.SESSION_COOKIE_NAME

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:  # noqa: ANN401 - Ninja's signature
        """The person's access, put on the request; None answers 401."""
        found = access_of_session(key or "")
        if found is None and request.user.is_authenticated and request.user.is_active:
            found = access_of(request.user)
        if found is not None:
            request.access = found  # type: ignore[attr-defined]
        return found


def require_of_token(who: Access, right: Right) -> None:
    """Raise NotAllowed if a token acts that does not carry the right: what is its person's own is not yet the token's.

    For what a person may do by hand without any right, such as ending what he made himself.
    """
    if who.limit is not None:
        who.require(right)


def access(request: HttpRequest) -> Access:
    """The access of a request that came through one of the two."""
    found: Access = request.access  # type: ignore[attr-defined]
    return found
