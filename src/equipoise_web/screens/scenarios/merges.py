"""The page of a merge, the merge itself, and the settling of its conflicts."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from equipoise.core.adjustment import WrongAdjustment
from equipoise_web.access import Right
from equipoise_web.actions.merge_scenario import merge_scenario
from equipoise_web.actions.promote_scenario import promote_scenario
from equipoise_web.actions.reason import WrongReason
from equipoise_web.actions.settle_conflict import settle_conflict
from equipoise_web.reads.merge_page import read_merge
from equipoise_web.reads.scenario_page import name_of
from equipoise_web.reads.scenarios import question_of
from equipoise_web.reads.snapshots import axes_of
from equipoise_web.screens.frame.asked import PersonRequest
from equipoise_web.screens.scenarios.views import frame


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def merge(request: PersonRequest, number: int, into: int) -> HttpResponse:
    """What the merge would do; POST does it, as `seen`. Into a root it is a promotion, which needs `because`."""
    source, target = (name_of(request.access, each) for each in (number, into))
    if request.method != "POST":
        return _page(request, source, target)
    request.access.require(Right.BRANCH)
    axes = axes_of(question_of(target).snapshot)
    said = {"because": request.POST.get("because", "").strip(), "seen": request.POST.get("seen", "")}
    key = request.POST.get("key", "")
    try:
        if read_merge(request.access, source, target).is_promotion:
            done = promote_scenario(request.access, source, axes=axes, key=key, **said)
        else:
            done = merge_scenario(request.access, source, into=target, axes=axes, key=key, **said)
    except WrongReason as error:
        return _page(request, source, target, error=str(error), status=422)
    text = _("%(into)s has gained %(n)s changes; its plan is on the way")
    messages.success(request, text % {"into": done["into"], "n": len(done["gained"])})
    return redirect("scenarios:one", number=into)


@require_POST
@login_required
def settle(request: PersonRequest, number: int, into: int) -> HttpResponse:
    """`mine`, `theirs`, `take` (one of their ids), perhaps another `amount`, and `reason`."""
    source, target = (name_of(request.access, each) for each in (number, into))
    request.access.require(Right.RULE)
    given = request.POST
    try:
        settle_conflict(
            request.access,
            source,
            into=target,
            pair=(given.get("mine", ""), given.get("theirs", "")),
            take=given.get("take", ""),
            amount=given.get("amount", "").strip(),
            reason=given.get("reason", "").strip(),
            axes=axes_of(question_of(source).snapshot),
            key=given.get("key", ""),
        )
    except WrongAdjustment as error:
        return _page(request, source, target, error=str(error), status=422)
    messages.success(request, _("Settled: one change says what holds"))
    return redirect("scenarios:merge", number=number, into=into)


def _page(request: PersonRequest, source: str, target: str, *, error: str = "", status: int = 200) -> HttpResponse:
    found = read_merge(request.access, source, target)
    context = {"found": found, "error": error, "key": str(uuid.uuid4())}
    return render(request, "scenarios/merge.html", frame(request) | context, status=status)
