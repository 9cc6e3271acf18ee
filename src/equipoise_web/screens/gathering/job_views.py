"""Jobs of data gathering: how far they are, and what came of them."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from equipoise_web.actions.ask_job import cancel_job
from equipoise_web.actions.deliver_file import Kept, deliver_file
from equipoise_web.reads.drafts import open_draft_row
from equipoise_web.reads.jobs import JobNotFound, JobRow, read_job
from equipoise_web.reads.numbers import shown
from equipoise_web.screens.frame.asked import PersonRequest
from equipoise_web.screens.frame.middleware import done
from equipoise_web.screens.gathering.results import result_of

KINDS = ("deliver", "seal", "compute_plan")


@require_safe
@login_required
def show_job(request: PersonRequest, job: int) -> HttpResponse:
    """How far a job is; once it is over, what came of it, or the page that it leads to."""
    row = _job(request, job)
    if row.is_over:
        return _ended(request, row)
    return render(
        request, "gathering/job.html", {"page": "data", "draft": open_draft_row(), "job": row, "title": _title(row)}
    )


@require_safe
@login_required
def show_progress(request: PersonRequest, job: int) -> HttpResponse:
    """The part of the page that asks for itself again until the job is over, and then for the whole page."""
    row = _job(request, job)
    response = render(request, "gathering/progress.html", {"job": row})
    if row.is_over:
        response["HX-Redirect"] = reverse("gathering:job", args=[job])
    return response


@require_POST
@login_required
def cancel(request: PersonRequest, job: int) -> HttpResponse:
    """Ask a job to stop."""
    _job(request, job)
    cancel_job(request.access, job)
    done(request, _("It stops at its next step. The draft is as it was."))
    return redirect("gathering:board")


@require_POST
@login_required
def deliver_previewed(request: PersonRequest, job: int) -> HttpResponse:
    """Deliver the file of a preview, or look at it again with another mapping."""
    asked = _job(request, job).question
    if "digest" not in asked:
        raise JobNotFound(f"job {job} read no file")
    again = deliver_file(
        request.access,
        int(asked["draft"]),
        Kept(str(asked["name"]), str(asked["digest"]), int(asked["bytes"])),
        mapping=request.POST.get("mapping_text", ""),
        is_append=request.POST.get("is_append") == "1",
        is_preview=request.POST.get("act") == "preview",
    )
    return redirect("gathering:job", job=again["job"])


def _job(request: PersonRequest, job: int) -> JobRow:
    row = read_job(request.access, job)
    if row.kind not in KINDS:
        raise JobNotFound(f"job {job} is not about data")
    return row


def _ended(request: PersonRequest, row: JobRow) -> HttpResponse:
    if row.kind == "compute_plan" and row.answer:
        return redirect("sheet:show", digest=row.answer["digest"])
    result = result_of(row)
    if result is None:
        done(request, _done_words(row))
        return redirect("gathering:board")
    context = {"page": "data", "draft": open_draft_row(), "job": row, "result": result}
    return render(request, result.template, context)


def _done_words(row: JobRow) -> str:
    """What a delivery did: `Delivered sales.csv: 1,204 rows count, 3 left out.`"""
    if row.question["undo"]:
        return _("%(name)s was taken out.") % {"name": row.question["name"]}
    brought = [facts for facts in row.answer["tables"].values() if facts["rows"] or facts["left_out"]]
    facts = {
        "name": row.question["name"],
        "rows": shown(float(sum(each["rows"] for each in brought))),
        "out": shown(float(sum(each["left_out"] for each in brought))),
    }
    return _("Delivered %(name)s: %(rows)s rows count, %(out)s left out.") % facts


def _title(row: JobRow) -> str:
    if row.kind == "compute_plan":
        return _("The plan is computed")
    if row.kind == "seal":
        return _("The draft is sealed")
    if row.question["undo"]:
        return _("%(name)s is taken out") % {"name": row.question["name"]}
    return _("%(name)s is read") % {"name": row.question["name"]}
