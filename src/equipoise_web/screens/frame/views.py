"""Whether the application lives, and what a fault of ours looks like."""

import logging
from secrets import token_hex

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from equipoise_web.reads.plans import newest_digest

log = logging.getLogger(__name__)


def show_health(_request: HttpRequest) -> HttpResponse:
    """Answers while the process lives and the database can be read."""
    newest_digest()
    return HttpResponse("ok", content_type="text/plain")


def show_fault(request: HttpRequest) -> HttpResponse:
    """A broken invariant: a page with the number under which the log tells of it. It needs neither session nor data."""
    report = token_hex(4)
    log.error("Report %s: %s %s failed", report, request.method, request.path)
    return HttpResponse(render_to_string("500.html", {"report": report}), status=500)
