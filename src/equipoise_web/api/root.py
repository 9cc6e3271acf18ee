"""The API: OpenAPI 3.1 at /api/v1/openapi.json, documentation served from here at /api/v1/docs.

Errors are JSON: {"error": kind, "message": what, where, what to do}, and for a stale edit both values.
"""

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Swagger
from ninja.errors import ValidationError

from equipoise.core.errors import EquipoiseError
from equipoise_web.access import NotAllowed
from equipoise_web.actions.door import StaleEdit
from equipoise_web.api import adjustments, jobs, me, plans, scenarios, snapshots
from equipoise_web.api.auth import Session, Token
from equipoise_web.status import status_of

api = NinjaAPI(
    title="Equipoise",
    version="1",
    description="Sales & Operations Planning: a plan is a snapshot plus adjustments. Numbers are those of the pages.",
    auth=[Token(), Session(csrf=True)],
    docs=Swagger(settings={"persistAuthorization": False}),
    urls_namespace="api",
)


for name, router in (
    ("me", me.router),
    ("snapshots", snapshots.router),
    ("scenarios", scenarios.router),
    ("adjustments", adjustments.router),
    ("plans", plans.router),
    ("jobs", jobs.router),
):
    api.add_router(f"/{name}", router)


@api.exception_handler(EquipoiseError)
def refuse(request: HttpRequest, error: EquipoiseError) -> HttpResponse:
    """What the engine, the door or access refuses."""
    body: dict[str, object] = {"error": type(error).__name__, "message": str(error)}
    if isinstance(error, StaleEdit):
        body |= {"mine": error.mine, "theirs": error.theirs}
    status = status_of(error)
    if isinstance(error, NotAllowed) and not request.access.held:  # type: ignore[attr-defined]
        body["message"] = f"{error}. You have no role here yet."
    return api.create_response(request, body, status=status)


@api.exception_handler(ValidationError)
def refuse_form(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A request that does not have the documented form."""
    details = [{"where": ".".join(str(part) for part in each["loc"]), "message": each["msg"]} for each in error.errors]
    body = {"error": "WrongRequest", "message": "The request has not the documented form.", "details": details}
    return api.create_response(request, body, status=400)
