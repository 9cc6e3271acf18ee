"""Long computations. Any page shows the progress of one with

    <div hx-get="{% url 'jobs:show' id %}" hx-trigger="load" hx-swap="outerHTML"><a href="...">Progress</a></div>

or with `{% include "jobs/progress.html" with job=job %}`. The fragment asks for itself until the job is over; then the
answer carries the event `job-ended` ({id, state, answer}), for a page to go on: `hx-trigger="job-ended from:body"`.
"""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import trigger_client_event

from equipoise.core.scenario import WrongScenario
from equipoise_web.access import Right
from equipoise_web.actions.ask_job import ask_job, cancel_job
from equipoise_web.actions.door import StaleEdit
from equipoise_web.reads.jobs import read_job
from equipoise_web.reads.jobs_page import JobInWords, in_words, read_jobs_page
from equipoise_web.screens.frame.asked import PersonRequest
from equipoise_web.screens.frame.middleware import done


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def show_jobs(request: PersonRequest) -> HttpResponse:
    """The newest jobs that the person may see; a POST with `scenario` asks for its plan."""
    page = read_jobs_page(request.access)
    if request.method == "POST":
        request.access.require(Right.RUN)
        scenario = request.POST.get("scenario", "")
        if scenario not in page.scenarios:
            raise WrongScenario(_("There is no scenario %(name)s.") % {"name": repr(scenario)})
        asked = ask_job(request.access, "compute_plan", {"scenario": scenario})
        return redirect("jobs:show", id=asked["id"])
    return render(request, "jobs/jobs.html", {"page": "jobs", "jobs": page})


@require_safe
@login_required
def show_job(request: PersonRequest, id: int) -> HttpResponse:
    """One job: a page, or for htmx its progress only, unless it asks for the page to put into `#main`."""
    job = in_words(read_job(request.access, id), request.access)
    if request.headers.get("HX-Request") == "true" and request.headers.get("HX-Target") != "main":
        return _part(request, job)
    return render(request, "jobs/job.html", {"page": "jobs", "job": job})


@require_POST
@login_required
def cancel(request: PersonRequest, id: int) -> HttpResponse:
    """Stop a job: at once where it waits, at its next step where it runs."""
    is_part = request.headers.get("HX-Request") == "true"
    read_job(request.access, id)  # nobody stops what he may not see
    try:
        cancel_job(request.access, id)
    except StaleEdit:
        if not is_part:
            raise
        # It ended while the button was pressed: the fragment below says how.
    if is_part:
        return _part(request, in_words(read_job(request.access, id), request.access))
    done(request, _("Job %(id)s is asked to stop.") % {"id": id})
    return redirect("jobs:show", id=id)


def _part(request: PersonRequest, job: JobInWords) -> HttpResponse:
    answer = render(request, "jobs/progress.html", {"job": job})
    if job.is_over:
        trigger_client_event(answer, "job-ended", {"id": job.id, "state": job.state, "answer": dict(job.answer)})
    return answer
