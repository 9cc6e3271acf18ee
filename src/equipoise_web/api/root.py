"""The API: OpenAPI 3.1 at /api/v1/openapi.json, documentation served from here at /api/v1/docs.

Errors are JSON: {"error": kind, "message": what, where, what to do}, and for a stale edit both values.
"""

from collections.abc import Callable
from functools import cached_property, wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from ninja import NinjaAPI, Swagger
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema

from equipoise.core.errors import EquipoiseError
from equipoise_web.access import NotAllowed
from equipoise_web.actions.door import StaleEdit
from equipoise_web.api import (
    adjustments,
    audit,
    capacity,
    capacity_options,
    corrections,
    deliveries,
    drafts,
    exceptions,
    jobs,
    me,
    numbers,
    plans,
    risk,
    scenario_work,
    scenarios,
    snapshots,
    tokens,
    webhooks,
)
from equipoise_web.api.auth import Session, Token
from equipoise_web.status import status_of

View = Callable[..., HttpResponse]
MOST_BYTES = 1_000_000
"""Of the body of a request: adjustments and words are small. Files have a limit of their own."""
FILES = "multipart/form-data"


class Api(NinjaAPI):
    """The same for everybody, so its document is written once."""

    @cached_property
    def document(self) -> OpenAPISchema:
        """The OpenAPI document."""
        return super().get_openapi_schema()

    def get_openapi_schema(self, **_named: Any) -> OpenAPISchema:  # noqa: ANN401 - Ninja's signature
        """The document, whoever asks."""
        return self.document


api = Api(
    title="Equipoise",
    version="1",
    description="Sales & Operations Planning: a plan is a snapshot plus adjustments. Numbers are those of the pages.",
    auth=[Token(), Session(csrf=True)],
    docs=Swagger(settings={"persistAuthorization": False, "validatorUrl": None}),
    urls_namespace="api",
)


def refuse_at_the_door(most_of_files: int = 0) -> Callable[[View], View]:
    """Refuse bodies that are too large, and text with a zero character, which no database keeps alike.

    Where files are taken, a body of them may have `most_of_files` bytes, and is not read here: it goes to disk piece by
    piece.
    """

    def at_the_door(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:  # noqa: ANN401 - whatever it takes
            is_files = most_of_files > 0 and request.content_type == FILES
            length = request.META.get("CONTENT_LENGTH") or "0"
            most = most_of_files if is_files else MOST_BYTES
            if length.isdigit() and int(length) > most:
                message = f"the body has {int(length):,} bytes; at most {most:,} are read"
                return _refused(request, "TooLarge", message, 413)
            where = f"{request.path} {request.META.get('QUERY_STRING', '')}"
            asked = f"{where} {request.META.get('HTTP_IDEMPOTENCY_KEY', '')}"
            body = b"" if is_files else request.body
            if "%00" in asked or "\0" in asked or b"\0" in body or b"\\u0000" in body:
                return _refused(request, "WrongRequest", "text must not hold the character zero", 400)
            return view(request, *args, **named)

        return checked

    return at_the_door


for name, router, most_of_files in (
    ("plans", plans.router, 0),
    ("plans", numbers.router, 0),
    ("plans", capacity.router, 0),
    ("plans", capacity_options.router, 0),
    ("plans", risk.router, 0),
    ("me", me.router, 0),
    ("snapshots", snapshots.router, 0),
    ("drafts", drafts.router, 0),
    ("drafts", corrections.router, 0),
    ("drafts", deliveries.router, deliveries.MOST_BODY),
    ("scenarios", scenario_work.router, 0),  # first: a name may hold a slash, so the address of one takes all after it
    ("scenarios", scenarios.router, 0),
    ("exceptions", exceptions.router, 0),
    ("adjustments", adjustments.router, 0),
    ("jobs", jobs.router, 0),
    ("audit", audit.router, 0),
    ("tokens", tokens.router, 0),
    ("webhooks", webhooks.router, 0),
):
    router.add_decorator(refuse_at_the_door(most_of_files), mode="view")
    api.add_router(f"/{name}", router)


@api.exception_handler(EquipoiseError)
def refuse(request: HttpRequest, error: EquipoiseError) -> HttpResponse:
    """What the engine, the door or access refuses."""
    message = str(error)
    if isinstance(error, NotAllowed) and not request.access.held:  # type: ignore[attr-defined]
        message = f"{error}. You have no role here yet."
    both = {"mine": error.mine, "theirs": error.theirs} if isinstance(error, StaleEdit) else {}
    return _refused(request, type(error).__name__, message, status_of(error), **both)


@api.exception_handler(ValidationError)
def refuse_form(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A request that does not have the documented form."""
    details = [{"where": ".".join(str(part) for part in each["loc"]), "message": each["msg"]} for each in error.errors]
    return _refused(request, "WrongRequest", "The request has not the documented form.", 400, details=details)


@api.exception_handler(UnicodeError)
def refuse_text(request: HttpRequest, error: UnicodeError) -> HttpResponse:
    """Half a character, which JSON can write and nothing can keep."""
    return _refused(request, "WrongRequest", f"text must be whole characters: {error.__class__.__name__}", 400)


@api.exception_handler(MultiPartParserError)
@api.exception_handler(UnreadablePostError)
@api.exception_handler(SuspiciousOperation)
def refuse_body(request: HttpRequest, error: Exception) -> HttpResponse:
    """A body of files that is none, that ends too early, or that has too many parts."""
    status = 413 if isinstance(error, RequestDataTooBig) else 400
    return _refused(request, "TooLarge" if status == 413 else "WrongRequest", str(error), status)


@api.exception_handler(HttpError)
def refuse_otherwise(request: HttpRequest, error: HttpError) -> HttpResponse:
    """What the framework refuses: a body that is no JSON, a session without its CSRF token, nobody signed in."""
    if isinstance(error, AuthenticationError):
        message = "Sign in, or send a token that is good: Authorization: Bearer eqp_..."
        answer = _refused(request, "NotSignedIn", message, 401)
        answer["WWW-Authenticate"] = 'Bearer realm="Equipoise"'
        return answer
    kind = "NotAllowed" if error.status_code == 403 else "WrongRequest"
    return _refused(request, kind, str(error), error.status_code)


def _refused(request: HttpRequest, kind: str, message: str, status: int, **more: object) -> HttpResponse:
    return api.create_response(request, {"error": kind, "message": message, **more}, status=status)
