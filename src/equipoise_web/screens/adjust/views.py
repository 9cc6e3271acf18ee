"""The list of adjustments, the choice of a kind, its form with a preview, and one adjustment."""

import uuid

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from equipoise.core.adjustment import WrongAdjustment
from equipoise.core.scenario import WrongScenario
from equipoise_web.access import NotAllowed, Right
from equipoise_web.actions.ask_job import ask_job
from equipoise_web.actions.propose_adjustment import propose_adjustment, read_proposal
from equipoise_web.reads.adjustment_pages import VERDICTS, plan_of_work, read_list, read_page, read_standing
from equipoise_web.reads.adjustments import read_adjustment
from equipoise_web.reads.effect import Effect, figures_of
from equipoise_web.reads.form import Typed, form_of, kinds_for, read_form
from equipoise_web.reads.form_fields import typed_from
from equipoise_web.reads.in_words import FUNCTION_TITLES, kind_title, words_of
from equipoise_web.reads.jobs import read_job
from equipoise_web.reads.node_picker import LABELS, search_nodes
from equipoise_web.reads.preview import estimate
from equipoise_web.reads.scenarios import Question, question_of, working_scenario
from equipoise_web.reads.snapshots import axes_of
from equipoise_web.screens.adjust.rulings import ask_plan
from equipoise_web.screens.frame.asked import PersonRequest


@require_safe
@login_required
def show_list(request: PersonRequest) -> HttpResponse:
    """`?verdict=&function=&after=`; without them all adjustments, newest first."""
    asked = {name: request.GET.get(name, "") for name in ("verdict", "function", "after")}
    if (asked["verdict"] and asked["verdict"] not in VERDICTS) or (asked["after"] and not asked["after"].isdecimal()):
        raise Http404(_("There is no such list."))
    found = read_list(
        request.access, verdict=asked["verdict"], function=asked["function"], after=int(asked["after"] or 0)
    )
    context = {"found": found, "asked": asked, "verdicts": VERDICTS, "functions": FUNCTION_TITLES}
    return render(request, "adjust/list.html", _frame(request) | context | {"standing": found.standing})


@require_safe
@login_required
def show_running(request: PersonRequest) -> HttpResponse:
    """How far the run of the working scenario is, as a part of a page."""
    request.access.require(Right.READ)
    return render(request, "adjust/running.html", {"standing": read_standing()})


@require_safe
@login_required
def show_kinds(request: PersonRequest) -> HttpResponse:
    """The kinds that the person may propose; `?scenario=NAME` for one that is not the working scenario."""
    request.access.require(Right.PROPOSE)
    context = {"kinds": kinds_for(request.access), "scenario": request.GET.get("scenario", "")}
    return render(request, "adjust/kinds.html", _frame(request) | context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def propose(request: PersonRequest, kind: str) -> HttpResponse:
    """The form; `?from=ID` fills it as another adjustment was, `?item=&first=...` with a place. POST proposes."""
    if request.method != "POST":
        return _form(request, kind, typed=_filled(request))
    asked = _question(request)
    typed = request.POST.dict()
    sent = read_form(kind, axes_of(asked.snapshot), typed)
    if sent.errors:
        return _form(request, kind, typed=typed, errors=dict(sent.errors), status=422)
    try:
        made = propose_adjustment(
            request.access, sent.body, scenario=asked.scenario, axes=axes_of(asked.snapshot), key=typed.get("key", "")
        )
    except (WrongAdjustment, NotAllowed) as error:
        status = 403 if isinstance(error, NotAllowed) else 422
        return _form(request, kind, typed=typed, errors={"": str(error)}, status=status)
    ask_plan(request.access, asked.scenario, because=f"adjustment:{made['id']}")
    return redirect(reverse("adjust:one", args=[made["id"]]) + "?saved=1")


@require_POST
@login_required
def show_effect(request: PersonRequest, kind: str) -> HttpResponse:
    """The effect of what is typed: the estimate at once; with `exact` a job is asked for that finds the exact one.

    A part of the page where htmx asks, and then silent about what is not typed yet; else the whole form.
    """
    asked, typed = _question(request), request.POST.dict()
    is_exact_asked = "exact" in typed
    is_part = request.headers.get("HX-Request") == "true"
    sent = _read(request, kind, asked, typed)
    context: dict[str, object] = {"kind": kind}
    if not sent.errors:
        effect = estimate(request.access, sent.body, asked.scenario)
        context |= _shown(effect, asked)
        if effect is not None and is_exact_asked:
            question = {"scenario": asked.scenario, "body": sent.body, "person": request.access.person}
            context["job"] = read_job(request.access, ask_job(request.access, "preview", question)["id"])
    elif is_part:
        context["faults"] = list(sent.errors.values()) if is_exact_asked else []
    if is_part:
        return render(request, "adjust/effect.html", context)
    return _form(request, kind, typed=typed, errors=dict(sent.errors), more=context, status=422 if sent.errors else 200)


@require_safe
@login_required
@vary_on_headers("HX-Request")
def show_preview(request: PersonRequest, job: int) -> HttpResponse:
    """How far the exact effect is, and the effect itself when it is there."""
    row = read_job(request.access, job)
    if row.kind != "preview":
        raise Http404(_("That job is no preview."))
    context: dict[str, object] = {"job": row, "is_poll": True, "kind": row.question["body"]["kind"]}
    if row.state == "done":
        context |= _shown(Effect.from_json(row.answer), question_of(str(row.question["scenario"])))
    if request.headers.get("HX-Request") == "true":
        return render(request, "adjust/effect_state.html", context)
    return render(request, "adjust/preview.html", _frame(request) | context)


@require_safe
@login_required
def show_nodes(request: PersonRequest, kind: str, dimension: str) -> HttpResponse:
    """Options of a place whose code or name holds what is typed."""
    request.access.require(Right.PROPOSE, kind=kind)
    if dimension not in LABELS:
        raise Http404(_("There is no such dimension."))
    asked = _question(request)
    words = request.GET.get(dimension, "")[:100]
    found = search_nodes(
        request.access, kind, dimension, axes_of(asked.snapshot), words_of(asked.snapshot).names, words=words
    )
    return render(request, "adjust/nodes.html", {"options": found})


@require_safe
@login_required
def show_one(request: PersonRequest, id: str) -> HttpResponse:
    """One adjustment with its history; `?saved=1` right after it was proposed, with the way back."""
    found = read_page(request.access, id)
    is_saved = request.GET.get("saved") == "1" and found.may_withdraw and len(found.history) == 1
    context = {"one": found, "standing": read_standing(), "is_saved": is_saved}
    return render(request, "adjust/one.html", _frame(request) | context)


def _frame(request: PersonRequest) -> dict[str, object]:
    """What the bar under the head shows: the plan in force."""
    plan = plan_of_work(request.access)
    return {"page": "adjust", "plan": plan, "plan_digest": "" if plan is None else plan.digest}


def _question(request: PersonRequest) -> Question:
    """What the scenario that the request names asks now, else the working one; WrongScenario if there is none."""
    named = request.POST.get("scenario", "") or request.GET.get("scenario", "")
    if named:
        return question_of(named)
    root = working_scenario()
    if root is None:
        raise WrongScenario(_("There is no scenario to propose in yet: publish a first plan"))
    return question_of(root.name)


def _filled(request: PersonRequest) -> dict[str, str]:
    given = {name: value for name, value in request.GET.dict().items() if name not in ("from", "key", "scenario")}
    if request.GET.get("from"):
        return typed_from(read_adjustment(request.access, request.GET["from"]).body) | given
    return given


def _read(request: PersonRequest, kind: str, asked: Question, typed: dict[str, str]) -> Typed:
    """What was typed, as far as an effect needs it: the reason may still be missing; the right may not."""
    axes = axes_of(asked.snapshot)
    sent = read_form(kind, axes, {**typed, "reason": typed.get("reason", "").strip() or "-"})
    if not sent.errors:
        try:
            read_proposal(request.access, sent.body, axes)
        except (WrongAdjustment, NotAllowed) as error:
            return Typed({}, {"": str(error)})
    return sent


def _shown(effect: Effect | None, asked: Question) -> dict[str, object]:
    if effect is None:
        return {}
    figures = figures_of(effect, words_of(asked.snapshot).names)
    return {"figures": figures, "effect": effect}


def _form(
    request: PersonRequest,
    kind: str,
    *,
    typed: dict[str, str],
    errors: dict[str, str] | None = None,
    more: dict[str, object] | None = None,
    status: int = 200,
) -> HttpResponse:
    asked = _question(request)
    names = words_of(asked.snapshot).names
    form = form_of(request.access, kind, axes_of(asked.snapshot), names, typed, errors or {})
    context = {
        "kind": kind,
        "title": kind_title(kind),
        "form": form,
        "scenario": asked.scenario,
        "key": typed.get("key") or str(uuid.uuid4()),
        "wrong": len([name for name in (errors or {}) if name]),
    }
    return render(request, "adjust/new.html", _frame(request) | context | (more or {}), status=status)
