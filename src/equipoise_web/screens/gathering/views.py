"""The board, upload, findings, sealing, and the snapshots sealed before."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from equipoise.core.finding import Severity
from equipoise_web.access import Right
from equipoise_web.actions.deliver_file import deliver_file, keep_files, undo_delivery
from equipoise_web.actions.open_draft import open_draft
from equipoise_web.actions.seal_draft import seal_draft
from equipoise_web.reads.draft_pages import read_draft_findings, read_seal, read_sealed
from equipoise_web.reads.drafts import open_draft_row
from equipoise_web.reads.drafts_judged import draft_for
from equipoise_web.reads.gathering import read_board
from equipoise_web.reads.snapshots import open_snapshot
from equipoise_web.screens.frame.asked import PersonRequest
from equipoise_web.screens.frame.middleware import done

PAGE = {"page": "data"}


@require_safe
@login_required
def show_board(request: PersonRequest) -> HttpResponse:
    """The open draft's readiness; without a draft three ways to begin."""
    board = read_board(request.access)
    sealed = read_sealed(request.access, limit=4)
    if board is None or (not board.has_contents and not board.reading):
        context = {**PAGE, "board": board, "sealed": sealed, "draft": None if board is None else board.draft}
        return render(request, "gathering/begin.html", context)
    return render(request, "gathering/board.html", {**PAGE, "board": board, "draft": board.draft, "tab": "board"})


@require_POST
@login_required
def open_month(request: PersonRequest) -> HttpResponse:
    """Open a draft carried over from snapshot `base`, or, without one, the first month's."""
    request.access.require_whole(Right.GATHER)
    base = request.POST.get("base", "")
    open_draft(request.access, base=open_snapshot(base) if base else None)
    done(request, _("The draft is open."))
    return redirect("gathering:board" if base else "gathering:upload")


@require_safe
@login_required
def show_upload(request: PersonRequest) -> HttpResponse:
    """The form to send files."""
    request.access.require_whole(Right.GATHER)
    return render(request, "gathering/upload.html", {**PAGE, "draft": open_draft_row(), "tab": "upload"})


@require_POST
@login_required
def send_files(request: PersonRequest) -> HttpResponse:
    """Keep the files, open the first month's draft if there is none, and have them read; then on to the job."""
    who = request.access
    kept = keep_files(who, request.FILES.getlist("files"))
    mapping = request.POST.get("mapping_text", "")
    for sent in request.FILES.getlist("mapping")[:1]:
        mapping = sent.read(400_000).decode("utf-8-sig", errors="replace")
    row = open_draft_row()
    draft = int(open_draft(who)["draft"]) if row is None else row.id
    options: dict[str, Any] = {
        "mapping": mapping,
        "is_append": request.POST.get("is_append") == "1",
        "is_preview": request.POST.get("act") == "preview",
    }
    jobs = [deliver_file(who, draft, file, **options)["job"] for file in kept]
    return redirect("gathering:job", job=jobs[0]) if len(jobs) == 1 else redirect("gathering:board")


@require_POST
@login_required
def undo(request: PersonRequest, delivery: int) -> HttpResponse:
    """Take a delivery out of the draft."""
    return redirect("gathering:job", job=undo_delivery(request.access, delivery)["job"])


@require_safe
@login_required
def show_findings(request: PersonRequest) -> HttpResponse:
    """`?severity=`: what was found in the draft, with the rows behind it."""
    request.access.require_whole(Right.GATHER)
    severity = request.GET.get("severity", "")
    if severity and severity not in {each.value for each in Severity}:
        raise Http404(_("There is no such severity."))
    if open_draft_row() is None:
        return redirect("gathering:board")
    found = read_draft_findings(request.access, severity=severity)
    return render(request, "gathering/findings.html", {**PAGE, "found": found, "draft": found.draft, "tab": "findings"})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def show_seal(request: PersonRequest) -> HttpResponse:
    """What would be sealed; a POST asks for it."""
    who = request.access
    if request.method == "POST":
        draft = draft_for(who)
        version = _number(request.POST.get("version", ""))
        job = seal_draft(who, draft.id, version, label=request.POST.get("label", ""))["job"]
        return redirect("gathering:job", job=job)
    who.require_whole(Right.GATHER)
    page = read_seal(who) if open_draft_row() is not None else None
    if page is None:
        return redirect("gathering:board")
    return render(request, "gathering/seal.html", {**PAGE, "seal": page, "draft": page.draft, "tab": "seal"})


@require_safe
@login_required
def show_snapshots(request: PersonRequest) -> HttpResponse:
    """Every snapshot sealed here."""
    context = {**PAGE, "sealed": read_sealed(request.access), "draft": open_draft_row(), "tab": "snapshots"}
    return render(request, "gathering/snapshots.html", context)


def _number(text: str) -> int:
    """A whole number from a form; what is none is no version that ever was."""
    return int(text) if text.isascii() and text.isdigit() else -1
