"""A view of the grid to take away as a workbook."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from equipoise_web.reads.grid_state import last_seen
from equipoise_web.reads.grid_workbook import MEDIA_TYPE, write_workbook
from equipoise_web.screens.frame.asked import PersonRequest
from equipoise_web.screens.grid.asked import read_asked


@require_safe
@login_required
def download(request: PersonRequest) -> HttpResponse:
    """The view of `?rows=&measures=...&scenario=`, as the grid takes it: to edit, as far as its person may."""
    return _workbook(request)


@require_safe
@login_required
def download_plan(request: PersonRequest, digest: str) -> HttpResponse:
    """The same of a published plan, to look at."""
    return _workbook(request, digest)


def _workbook(request: PersonRequest, digest: str = "") -> HttpResponse:
    seen, at = last_seen(), timezone.now()  # before the numbers, so that nothing said meanwhile is missed
    asked = read_asked(request, digest)
    head = asked.numbers.base.head
    made = write_workbook(asked.rows, request.access, seen=seen, at=at, company=head.name)
    name = f"{slugify(asked.numbers.scenario) or f'plan-{digest[:8]}'}-{at:%Y-%m-%d-%H%M}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(made, content_type=MEDIA_TYPE, headers=headers)
