"""The audit chain: a page, and the same as a file."""

from dataclasses import replace
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from equipoise_web.actions.verify_chain import verify_chain, verify_if_short
from equipoise_web.reads.audit import AuditQuestion, WrongQuestion, audit_csv, read_audit
from equipoise_web.screens.frame.asked import PersonRequest


@require_safe
@login_required
def show_audit(request: PersonRequest) -> HttpResponse:
    """`?person=&verb=&object=&day=&below=`; with `verify` a long chain is verified, too."""
    asked = _asked(request)
    found = read_audit(request.access, asked)
    filters = {name: getattr(asked, name) for name in ("person", "verb", "object", "day") if getattr(asked, name)}
    context = {
        "page": "audit",
        "audit": found,
        "verdict": verify_chain() if "verify" in request.GET else verify_if_short(),
        "filters": urlencode(filters),
    }
    return render(request, "audit/audit.html", context)


@require_safe
@login_required
def export(request: PersonRequest) -> StreamingHttpResponse:
    """The entries that the same filters choose, as CSV."""
    lines = audit_csv(request.access, replace(_asked(request), below=0))
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="audit.csv"'
    answer["Cache-Control"] = "no-store"
    return answer


def _asked(request: HttpRequest) -> AuditQuestion:
    texts = {name: request.GET.get(name, "").strip() for name in ("person", "verb", "object", "day")}
    below = request.GET.get("below", "0")
    if not below.isascii() or not below.isdigit() or len(below) > 18:
        raise WrongQuestion(_("%(text)s is no number of an entry") % {"text": repr(below)})
    return AuditQuestion(**texts, below=int(below))
