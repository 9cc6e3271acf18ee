"""The page that takes a workbook back, and teaches how the round trip goes."""

import re
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from equipoise_web.access import Right
from equipoise_web.reads.grid_workbook_cells import MOST_BYTES, ReadingBusy, check_size, read_workbook_cells
from equipoise_web.reads.grid_workbook_changes import as_json, changes_of
from equipoise_web.reads.grid_workbook_diff import read_diff
from equipoise_web.reads.grid_workbook_ticket import WorkbookRefused, from_cells
from equipoise_web.screens.frame.asked import PersonRequest
from equipoise_web.workbooks import keep_workbook, kept_workbooks

LONGEST_NAME = 80


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def show_upload(request: PersonRequest) -> HttpResponse:
    """How the round trip goes, and what is kept of it; POST `workbook` reads a file, then on to what differs in it.

    The query is that of the view to download.
    """
    request.access.require(Right.PROPOSE)
    if request.method != "POST":
        return upload_page(request)
    file = request.FILES.get("workbook")
    try:
        id = _keep(request, file)
    except (WorkbookRefused, ReadingBusy) as error:
        name = "" if file is None else plain_name(file.name or "")
        return upload_page(
            request, refusal=str(error), name=name, status=503 if isinstance(error, ReadingBusy) else 422
        )
    return redirect("workbook:diff", id=id)


def upload_page(request: PersonRequest, *, refusal: str = "", name: str = "", status: int = 200) -> HttpResponse:
    """The page, with what was refused and why."""
    kept = [
        {"id": id, "name": contents["name"], "at": datetime.fromisoformat(contents["at"])}
        for id, contents in kept_workbooks(request.access.person)
    ]
    context = {
        "page": "grid",
        "query": request.GET.urlencode(),
        "kept": kept,
        "refusal": refusal,
        "name": name,
        "most_megabytes": MOST_BYTES // 1_000_000,
    }
    return render(request, "workbook/upload.html", context, status=status)


def _keep(request: PersonRequest, file: "UploadedFile[Any] | None") -> str:
    """Read a file and keep what was changed in it; returns the id of that."""
    if file is None or not file.size:
        raise WorkbookRefused(_("No workbook was chosen, or it is empty; choose the file that you downloaded here."))
    check_size(file.size)
    read = read_workbook_cells(file.read())
    ticket = from_cells(read.ticket)
    changes = changes_of(ticket, read)
    read_diff(ticket, changes, request.access)  # refused here rather than on the next page
    contents = {"name": plain_name(file.name or ""), "at": timezone.now().isoformat(), "ticket": read.ticket}
    return keep_workbook(request.access.person, contents | {"changes": as_json(changes)})


def plain_name(name: str) -> str:
    """The bare name of a file, as it is shown."""
    return re.sub(r"[\x00-\x1f\x7f]", "", re.split(r"[/\\]", name)[-1])[:LONGEST_NAME] or _("workbook")
