"""Files to take away: the workbook to fill in, and the rows left out."""

import tempfile
from functools import lru_cache
from pathlib import Path

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from equipoise.template import write_workbook
from equipoise_web.access import Right
from equipoise_web.reads.quarantine import quarantine_csv
from equipoise_web.screens.frame.asked import PersonRequest

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@login_required
def template(request: PersonRequest) -> HttpResponse:
    """The workbook to fill in: a sheet per table, with a company of one item."""
    request.access.require_whole(Right.GATHER)
    return _attached(_workbook(), XLSX, "equipoise-template.xlsx")


@require_safe
@login_required
def left_out(request: PersonRequest) -> HttpResponse:
    """The rows left out of the open draft as CSV, with the mark by which Excel knows UTF-8."""
    text = quarantine_csv(request.access)
    return _attached(text.encode("utf-8-sig"), "text/csv; charset=utf-8", "left-out.csv")


@lru_cache(maxsize=1)
def _workbook() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.xlsx"
        write_workbook(path)
        return path.read_bytes()


def _attached(data: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
