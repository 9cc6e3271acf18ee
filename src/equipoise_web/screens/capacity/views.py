"""The heat table, the page of a resource, and what stands beside its slider."""

import uuid

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from equipoise_web.access import NotAllowed, Right
from equipoise_web.actions.ask_job import ask_job
from equipoise_web.actions.assign_exception import check_may_mark
from equipoise_web.actions.propose_adjustment import read_proposal
from equipoise_web.reads.capacity_effect import check_slides, lever_of, read_effect, typed_of
from equipoise_web.reads.capacity_effect_parts import MOST, SPANS, STEP, Wanted
from equipoise_web.reads.capacity_exact import exact_lines
from equipoise_web.reads.capacity_option_actions import RULE
from equipoise_web.reads.capacity_page import read_capacity
from equipoise_web.reads.capacity_parts import Asked
from equipoise_web.reads.capacity_resource import Sight, find_resource, read_resource
from equipoise_web.reads.effect import Effect
from equipoise_web.reads.form import read_form
from equipoise_web.reads.jobs import read_job
from equipoise_web.reads.scenarios import working_scenario
from equipoise_web.screens.frame.asked import PersonRequest

KIND = "capacity"


@require_safe
@login_required
def show_heat(request: PersonRequest) -> HttpResponse:
    """`?method=profile|bill|factors|plan&time=bucket|quarter&site=&plan=DIGEST`."""
    given = request.GET
    asked = Asked(
        given.get("method", "profile"), given.get("time", "bucket"), given.get("site", ""), given.get("plan", "")
    )
    found = read_capacity(request.access, asked)
    context = {
        "page": "capacity",
        "plan": found.plan,
        "plan_digest": found.plan.digest,
        "found": found,
        "may_gather": request.access.may_whole(Right.GATHER),
    }
    return render(request, "capacity/heat.html", context)


@require_safe
@login_required
def show_resource(request: PersonRequest, resource: str) -> HttpResponse:
    """`?bucket=&plan=DIGEST&percent=&when=all|over|bucket&over=`: the slider stands where the address says; one-off
    costs of the ladder are spread over so many buckets."""
    given = request.GET
    wanted = Wanted.parse(given.get("percent", ""), given.get("when", "all"))
    found = read_resource(
        request.access,
        resource,
        bucket=given.get("bucket", ""),
        digest=given.get("plan", ""),
        wanted=wanted,
        over=given.get("over", ""),
    )
    context = {
        "page": "capacity",
        "plan": found.plan,
        "plan_digest": found.plan.digest,
        "found": found,
        "effect": found.effect,
        "spans": SPANS,
        "percent": _typed(found.wanted),
        "exact_address": reverse("capacity:exact", args=[resource]),
        "most": MOST,
        "step": STEP,
        "may_gather": request.access.may_whole(Right.GATHER),
        "may_assign": _may_assign(request),
        "key": str(uuid.uuid4()),
        "here": f"{request.get_full_path()}#options-title",
    }
    return render(request, "capacity/resource.html", context)


@require_safe
@login_required
def show_effect(request: PersonRequest, resource: str) -> HttpResponse:
    """The figures beside the slider, as a part of the page; `?bucket=&plan=&percent=&when=`."""
    sight, wanted = _asked(request, resource)
    found = read_effect(request.access, sight.seen, sight.row, sight.bucket, wanted)
    context = {
        "effect": found,
        "wanted": wanted,
        "percent": _typed(wanted),
        "bucket": sight.bucket,
        "digest": request.GET.get("plan", ""),
        "exact_address": reverse("capacity:exact", args=[resource]),
    }
    return render(request, "capacity/effect.html", context)


@require_POST
@login_required
def ask_exact(request: PersonRequest, resource: str) -> HttpResponse:
    """Ask for the exact run of where the slider stands; nothing is proposed by it."""
    request.access.require(Right.PROPOSE, kind=KIND)
    sight, wanted = _asked(request, resource)
    root = working_scenario()
    if root is None or not wanted.percent:
        raise Http404(_("There is nothing to compute exactly: the slider stands at 0."))
    seen = sight.seen
    lever = lever_of(seen, sight.row, sight.bucket, wanted)
    sent = read_form(KIND, seen.plan.axes, {**typed_of(seen, lever), "reason": _("Tried with the slider")})
    read_proposal(request.access, sent.body, seen.plan.axes)
    question = {"scenario": root.name, "body": sent.body, "person": request.access.person}
    job = ask_job(request.access, "preview", question)["id"]
    if request.headers.get("HX-Request") != "true":
        return redirect("adjust:preview", job)
    return _exact(request, sight, job)


@require_safe
@login_required
def show_exact(request: PersonRequest, resource: str, job: int) -> HttpResponse:
    """How far the exact run is, and its figures when it is done, as a part of the page."""
    sight = find_resource(request.access, resource, "", "")
    return _exact(request, sight, job)


def _exact(request: PersonRequest, sight: Sight, job: int) -> HttpResponse:
    row = read_job(request.access, job)
    if row.kind != "preview" or row.question["body"]["kind"] != KIND:
        raise Http404(_("That job is no change of capacity."))
    lines = exact_lines(Effect.from_json(row.answer), sight.seen) if row.state == "done" else ()
    code = sight.seen.plan.axes.resources.leaves[sight.row]
    context = {"job": row, "lines": lines, "code": code}
    return render(request, "capacity/exact.html", context)


def _may_assign(request: PersonRequest) -> bool:
    """Whether the person may give an action to somebody: as with an exception."""
    try:
        check_may_mark(request.access, f"{RULE}:any")
    except NotAllowed:
        return False
    return True


def _typed(wanted: Wanted) -> str:
    return f"{wanted.percent:g}"


def _asked(request: PersonRequest, resource: str) -> tuple[Sight, Wanted]:
    given = request.POST if request.method == "POST" else request.GET
    sight = find_resource(request.access, resource, given.get("bucket", ""), given.get("plan", ""))
    check_slides(sight.seen, sight.row)
    return sight, Wanted.parse(given.get("percent", ""), given.get("when", "all"))
