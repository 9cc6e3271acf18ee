"""The list of scenarios, one of them, the forms that open new ones, and the comparison."""

import uuid
from collections.abc import Mapping

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from equipoise.core.errors import EquipoiseError
from equipoise_web.access import NotAllowed, Right
from equipoise_web.actions.open_cases import kind_of_cases, open_cases
from equipoise_web.actions.open_scenario import open_scenario
from equipoise_web.reads.adjustment_pages import plan_of_work
from equipoise_web.reads.headlines import LENSES
from equipoise_web.reads.in_words import words_of
from equipoise_web.reads.node_picker import node_picker
from equipoise_web.reads.scenario_compare import read_compare
from equipoise_web.reads.scenario_list import read_list
from equipoise_web.reads.scenario_page import choices, name_of, number_of, read_page
from equipoise_web.reads.scenarios import question_of
from equipoise_web.reads.snapshots import axes_of
from equipoise_web.screens.frame.asked import PersonRequest
from equipoise_web.status import status_of


@require_safe
@login_required
def show_list(request: PersonRequest) -> HttpResponse:
    """`?archived=1` also those that were put away."""
    found = read_list(request.access, with_archived=request.GET.get("archived") == "1")
    return render(request, "scenarios/list.html", frame(request) | {"found": found})


@require_safe
@login_required
def show_one(request: PersonRequest, number: int) -> HttpResponse:
    """`?against=N`: set against another scenario than its parent."""
    against = number_asked(request.GET.get("against", ""))
    context = {"one": read_page(request.access, number, against=against), "key": str(uuid.uuid4())}
    return render(request, "scenarios/one.html", frame(request) | context)


@require_safe
@login_required
def show_running(request: PersonRequest, number: int) -> HttpResponse:
    """How far the plan of a scenario is, as a part of a page."""
    return render(request, "scenarios/running.html", {"one": read_page(request.access, number)})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def open_new(request: PersonRequest) -> HttpResponse:
    """The form of a branch; `?parent=N` chooses what it stands on. POST opens it."""
    request.access.require(Right.BRANCH)
    if request.method != "POST":
        return _form(request, "new", {"parent": request.GET.get("parent", "")})
    typed = request.POST.dict()
    try:
        made = open_scenario(
            request.access,
            typed.get("name", ""),
            question=typed.get("question", "").strip(),
            parent=name_of(request.access, number_asked(typed.get("parent", ""))),
            assumptions=typed.get("assumptions", "").splitlines(),
            key=typed.get("key", ""),
        )
    except EquipoiseError as error:
        return _form(request, "new", typed, error)
    messages.success(request, _("Opened. What you propose in it counts in it alone."))
    return redirect("scenarios:one", number=number_of(made["name"]))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def open_three(request: PersonRequest) -> HttpResponse:
    """The form of an optimistic, a most likely and a pessimistic branch. POST opens all three, or none."""
    request.access.require(Right.BRANCH)
    kind_of_cases(request.access)
    if request.method != "POST":
        return _form(request, "cases", {"parent": request.GET.get("parent", ""), "up_pct": "10", "down_pct": "10"})
    typed = request.POST.dict()
    try:
        parent = name_of(request.access, number_asked(typed.get("parent", "")))
        made = open_cases(
            request.access,
            typed.get("name", ""),
            parent=parent,
            scope={name: typed[name].strip() for name in ("item", "market") if typed.get(name, "").strip()},
            up_pct=_percent(typed.get("up_pct", "")),
            down_pct=_percent(typed.get("down_pct", "")),
            reason=typed.get("question", "").strip(),
            axes=axes_of(question_of(parent).snapshot),
            key=typed.get("key", ""),
        )
    except (EquipoiseError, ValueError) as error:
        return _form(request, "cases", typed, error)
    numbers = [number_of(name) for name in made["scenarios"]]
    messages.success(request, _("Opened all three; their plans are on the way."))
    return redirect(f"{reverse('scenarios:compare')}?{'&'.join(f'with={number}' for number in numbers)}")


@require_safe
@login_required
def show_compare(request: PersonRequest) -> HttpResponse:
    """`?with=N&with=M&lens=sales|operations|supply|finance`: two to four scenarios, the first with each other."""
    numbers = [number_asked(text) for text in request.GET.getlist("with") if text]
    found = read_compare(request.access, numbers, lens=request.GET.get("lens", ""))
    query = "&".join(f"with={number}" for number in numbers)
    context = {"found": found, "lenses": LENSES, "query": query, "address": request.build_absolute_uri()}
    context["slots"] = [*numbers, *[0] * 4][:4]
    return render(request, "scenarios/compare.html", frame(request) | context)


def frame(request: PersonRequest) -> dict[str, object]:
    """What the bar under the head shows: the plan in force."""
    plan = plan_of_work(request.access)
    return {"page": "scenarios", "plan": plan, "plan_digest": "" if plan is None else plan.digest}


def number_asked(text: str) -> int:
    """A number of an address or form, 0 for none; 404 for what is none."""
    if text and not (text.isdecimal() and len(text) < 16):
        raise Http404(_("There is no such scenario."))
    return int(text or 0)


def _percent(text: str) -> float:
    try:
        return float(text.strip().rstrip("%").replace("−", "-"))
    except ValueError as error:
        raise ValueError(_("%(text)r is not a percentage; write it as 10") % {"text": text}) from error


def _form(request: PersonRequest, name: str, typed: Mapping[str, str], error: Exception | None = None) -> HttpResponse:
    if isinstance(error, NotAllowed):
        raise error
    offered = choices(request.access)
    chosen = number_asked(typed.get("parent", "")) or (offered[-1].number if offered else 0)
    context: dict[str, object] = {
        "typed": typed,
        "parents": offered,
        "chosen": chosen,
        "error": str(error) if error is not None else "",
        "key": typed.get("key") or str(uuid.uuid4()),
    }
    if name == "cases" and offered:
        asked = question_of(name_of(request.access, chosen))
        axes, names = axes_of(asked.snapshot), words_of(asked.snapshot).names
        kind = kind_of_cases(request.access)
        context["kind"] = kind
        context["places"] = [
            node_picker(request.access, kind, dimension, axes, names, typed.get(dimension), "")
            for dimension in ("item", "market")
        ]
    status = 200 if error is None else status_of(error) if isinstance(error, EquipoiseError) else 422
    return render(request, f"scenarios/{name}.html", frame(request) | context, status=status)
