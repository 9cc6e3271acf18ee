"""The page of the grid, its numbers, what changed in them, and a cell from all sides."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from equipoise.core.errors import EquipoiseError
from equipoise_web.access import ROLES, Right
from equipoise_web.reads.explain import read_why
from equipoise_web.reads.form import REASONS
from equipoise_web.reads.grid_bytes import MEDIA_TYPE
from equipoise_web.reads.grid_cell import not_explained, read_cell
from equipoise_web.reads.grid_choices import read_choices
from equipoise_web.reads.grid_held import holds_of, read_held
from equipoise_web.reads.grid_rows import GridRows
from equipoise_web.reads.grid_state import rows_before, state_of, steps_of
from equipoise_web.reads.grid_told import read_news
from equipoise_web.reads.grid_typed import TypedCell
from equipoise_web.reads.grid_views import read_views
from equipoise_web.reads.jobs import progress_of
from equipoise_web.reads.plans import published_digest
from equipoise_web.reads.scoped import nodes_in_scope
from equipoise_web.reads.supply_view import page_of, title_of
from equipoise_web.screens.frame.asked import PersonRequest
from equipoise_web.screens.frame.signed_in import signed_in
from equipoise_web.screens.grid.asked import Asked, one_cell, read_asked
from equipoise_web.screens.grid.links import links_of
from equipoise_web.screens.grid.words import words

HOLDS = ("demand_hold", "production_override")
"""Kinds that hold what stands in a cell."""


@require_safe
@login_required
def show_grid(request: PersonRequest) -> HttpResponse:
    """`?rows=&measures=&item=&market=&time=&unit=&scenario=`: the grid of a scenario, where it can be edited."""
    return _page(request, read_asked(request), reverse("grid:numbers"))


@require_safe
@login_required
def show_plan_grid(request: PersonRequest, digest: str) -> HttpResponse:
    """The grid of a published plan, to look at."""
    asked = read_asked(request, digest)
    return _page(request, asked, reverse("grid:plan_numbers", args=[digest]), digest)


@require_safe
@signed_in
def show_numbers(request: PersonRequest) -> HttpResponse:
    """All numbers of a view, in the binary form of `reads.grid_rows`."""
    return _numbers(request, read_asked(request))


@require_safe
@signed_in
def show_plan_numbers(request: PersonRequest, digest: str) -> HttpResponse:
    """Those of a published plan."""
    return _numbers(request, read_asked(request, digest))


@require_safe
@signed_in
def show_changes(request: PersonRequest) -> HttpResponse:
    """`?since=STATE`: the cells that changed since, whoever changed them, how far the plan is, and what it says of what
    the reader typed."""
    asked = read_asked(request)
    before = rows_before(request.access, asked.view, asked.numbers.scenario, request.GET.get("since", ""))
    more = standing(request, asked) | held_words(request, asked.rows, before)
    more |= {} if before is None else read_news(asked.rows, before.numbers, request.access).to_json()
    return binary(asked.rows.changes_to_bytes(before, **more))


@require_safe
@login_required
def show_cell(request: PersonRequest) -> HttpResponse:
    """`?line=&row=&at=`: the side panel of a cell; `?plan=DIGEST`: of a published plan."""
    asked = read_asked(request, request.GET.get("plan", ""))
    return render(request, "grid/cell.html", cell_context(request, asked, one_cell(request, asked.rows)))


def cell_context(request: PersonRequest, asked: Asked, place: TypedCell) -> dict[str, object]:
    """What `grid/cell.html` shows of a cell."""
    cell = read_cell(asked.rows, place, request.access)
    context: dict[str, object] = {
        "cell": cell,
        "asked": asked,
        "not_explained": not_explained(),
        "digest": asked.numbers.base.digest,
        "is_panel": True,  # a line of the explanation leads nowhere from here
        "may_say": bool(asked.numbers.scenario)
        and (request.access.may(Right.PROPOSE) or request.access.may(Right.RULE)),
    }
    return context | (_why(request, asked, cell.why) if cell.why else {})


def _why(request: PersonRequest, asked: Asked, query: dict[str, str]) -> dict[str, object]:
    """The explanation of the cell, where the engine has one for this person."""
    plan = asked.numbers.base
    asked_about = {name: value for name, value in query.items() if name not in ("measure", "bucket")}
    try:
        nodes = nodes_in_scope(plan.axes, request.access, asked_about)
        why = read_why(plan, query["measure"], bucket=query["bucket"], nodes=nodes, is_panel=True)
    except EquipoiseError as error:
        return {"not_explained": str(error)}
    return {"why": why, "why_query": urlencode(query)}


def binary(content: bytes) -> HttpResponse:
    """An answer in the binary form; numbers are never kept by a browser."""
    return HttpResponse(content, content_type=MEDIA_TYPE, headers={"Cache-Control": "no-store"})


def standing(request: PersonRequest, asked: Asked) -> dict[str, object]:
    """What goes with numbers: the state they are of, what was seen, what can be undone, how far the plan is."""
    scenario = asked.numbers.scenario
    job = None if asked.numbers.is_exact else progress_of("compute_plan", {"scenario": scenario})
    # A run that ended since the numbers were read is no job any more: its plan is to be asked for once more.
    has_come = job is None and not asked.numbers.is_exact and published_digest(asked.numbers.fingerprint) is not None
    return {
        "state": state_of(asked.numbers),
        "seen": asked.numbers.pulse.rulings,
        "is_exact": asked.numbers.is_exact,
        "steps": steps_of(request.access, scenario) if scenario else {"undo": "", "redo": ""},
        "progress": {"pct": round(100 * job.progress), "stage": job.stage}
        if job is not None
        else {"pct": 0, "stage": ""},
        "is_waiting": job is not None or has_come,
        "digest": asked.numbers.base.digest,
    }


def held_words(request: PersonRequest, rows: GridRows, before: GridRows | None) -> dict[str, object]:
    """Who holds the held cells and until when; nothing where the reader has it, because the same holds stand."""
    if before is not None and before.values.shape == rows.values.shape and holds_of(before) == holds_of(rows):
        return {}
    return {"held": read_held(rows, request.access).to_json()}


def _numbers(request: PersonRequest, asked: Asked) -> HttpResponse:
    return binary(asked.rows.to_bytes(**standing(request, asked), **held_words(request, asked.rows, None)))


def _page(request: PersonRequest, asked: Asked, numbers: str, digest: str = "") -> HttpResponse:
    query = asked.view.query
    scenario = asked.numbers.scenario
    views = read_views(request.access)
    context = {
        "page": page_of(asked.view),
        "plan": asked.numbers.base,
        "plan_digest": asked.numbers.base.digest,
        "view": asked.view,
        "numbers": numbers,
        "choices": read_choices(request.access, asked.numbers, asked.view),
        "views": views,
        "current_view": next((view for view in views if view.query == query), None),
        "reasons": REASONS,
        "may_edit": bool(scenario) and any(line["edit"] for line in asked.rows.header["lines"]),
        "may_hold": bool(scenario) and any(request.access.may(Right.PROPOSE, kind=each) for each in HOLDS),
        "may_share": request.access.may(Right.RULE),
        "title": title_of(asked.view),
        "roles": tuple(ROLES.values()),
        "words": words(),
        "may_bring_back": bool(scenario) and request.access.may(Right.PROPOSE),
        "digest": digest,
    } | links_of(asked, request, digest)
    return render(request, "grid/grid.html", context)
