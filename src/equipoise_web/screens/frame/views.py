"""Whether the application lives."""

from django.http import HttpRequest, HttpResponse

from equipoise_web.reads.plans import newest_digest


def show_health(_request: HttpRequest) -> HttpResponse:
    """Answers while the process lives and the database can be read."""
    newest_digest()
    return HttpResponse("ok", content_type="text/plain")
