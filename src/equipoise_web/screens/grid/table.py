"""The grid as a plain table and a form: for phones, for screen readers, and without a script."""

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from equipoise.core.errors import EquipoiseError
from equipoise_web.access import Right
from equipoise_web.actions.edit_cells import ReasonNeeded
from equipoise_web.expiry import today, usual_expiry
from equipoise_web.reads.form import REASONS
from equipoise_web.reads.grid_choices import read_choices
from equipoise_web.reads.grid_edit import RejectedCell, read_typed
from equipoise_web.reads.grid_header import BASELINE
from equipoise_web.reads.grid_held import HELD_LINES
from equipoise_web.reads.grid_marks import HELD
from equipoise_web.reads.grid_numbers import numbers_now
from equipoise_web.reads.grid_state import last_seen, rows_now, steps_of
from equipoise_web.reads.grid_told import read_news
from equipoise_web.reads.grid_typed import TypedCell
from equipoise_web.reads.grid_view import PRODUCTION
from equipoise_web.reads.supply_view import page_of, title_of
from equipoise_web.screens.frame.asked import PersonRequest
from equipoise_web.screens.frame.middleware import done
from equipoise_web.screens.grid.asked import Asked, read_asked
from equipoise_web.screens.grid.edits import write_step
from equipoise_web.screens.grid.links import here, links_of
from equipoise_web.screens.grid.table_deeds import do_deed, posted
from equipoise_web.screens.grid.table_lines import MOST_ROWS, all_rows, line_after, month_lines
from equipoise_web.screens.grid.views import cell_context


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def show_table(request: PersonRequest) -> HttpResponse:
    """`?row=&line=&at=` and a view: one row's buckets as a form, one of them from all sides, all rows as a table.

    POST `at-MARK=text` changes cells; `do` is another button (`table_deeds`). `?plan=DIGEST` shows a published plan.
    """
    asked = read_asked(request, request.GET.get("plan", ""))
    place = _place(request, asked)
    errors: dict[int, str] = {}
    refusal, needs_reason = "", False
    if request.method == "POST":
        is_deed = "do" in request.POST
        if not (is_deed and request.access.may(Right.RULE)):  # who may rule lets go what others hold
            request.access.require(Right.PROPOSE)
        try:
            if is_deed:
                done(request, do_deed(request, asked, place if request.GET.get("at") else None))
            else:
                errors = {each.column: each.because for each in _write(request, asked, place)}
        except EquipoiseError as error:
            refusal, needs_reason = str(error), isinstance(error, ReasonNeeded)
        else:
            if not errors:
                part = "#cell" if request.GET.get("at") and is_deed else ""
                return redirect(f"{reverse('grid:table')}?{request.GET.urlencode()}{part}")
    context = _context(request, asked, place, errors)
    context |= {"refusal": refusal, "needs_reason": needs_reason}
    return render(request, "grid/table.html", context, status=422 if refusal or errors else 200)


def _place(request: PersonRequest, asked: Asked) -> TypedCell:
    """The cell `?line=&row=&at=`: what is not named or not there is the first that can be typed in."""
    rows = asked.rows
    node = rows.tree.by_key.get(request.GET.get("row", ""), 1 if len(rows.tree) > 1 else 0)
    edits = [number for number, line in enumerate(rows.header["lines"]) if line["edit"]]
    named = {name: number for number, name in enumerate(rows.lines)}
    line = named.get(request.GET.get("line", ""), edits[0] if edits else 0)
    marks = {column.mark: number for number, column in enumerate(rows.columns.all)}
    return TypedCell(line, node, marks.get(request.GET.get("at", ""), len(rows.columns.closed)), "")


def _write(request: PersonRequest, asked: Asked, place: TypedCell) -> tuple[RejectedCell, ...]:
    """Write what can be; the cells that were not taken."""
    cells = [
        TypedCell(place.line, place.node, number, request.POST.get(f"at-{column.mark}", "")[:40])
        for number, column in enumerate(asked.rows.columns.all)
    ]
    made = read_typed(asked.rows, cells, request.access)
    if write_step(request.access, asked, made, posted(request)):
        count = len(made.bodies)
        done(request, ngettext("%(n)s cell saved", "%(n)s cells saved", count) % {"n": count})
        later = rows_now(request.access, asked.view, numbers_now(request.access, asked.numbers.scenario))
        for told in read_news(later, asked.numbers, request.access).told:
            done(request, f"{told.where}: {told.because}")
    elif not made.rejected:
        done(request, _("Nothing to save: no cell was changed"))
    return made.rejected


def _context(request: PersonRequest, asked: Asked, place: TypedCell, errors: dict[int, str]) -> dict[str, Any]:
    who, rows = request.access, asked.rows
    lines = rows.header["lines"]
    held = rows.marks[place.line, place.node, place.column] & HELD
    is_chosen = bool(request.GET.get("at"))
    may_hold = bool(asked.numbers.scenario) and who.may(
        Right.PROPOSE, kind="production_override" if rows.lines[place.line] == PRODUCTION else "demand_hold"
    )
    context = {
        "page": page_of(asked.view),
        "title": title_of(asked.view),
        "plan": asked.numbers.base,
        "plan_digest": asked.numbers.base.digest,
        "asked": asked,
        "view": asked.view,
        "choices": read_choices(who, asked.numbers, asked.view),
        "here": here(request, without=("at",)),
        "rows": [
            (key, f"{'  ' * (int(rows.tree.depth[n]) - 1)}{rows.labels[n]}") for n, key in enumerate(rows.tree.keys)
        ],
        "row": rows.tree.keys[place.node],
        "row_label": rows.labels[place.node],
        "lines": [(name, lines[n]["label"]) for n, name in enumerate(rows.lines)],
        "line": rows.lines[place.line],
        "line_label": lines[place.line]["label"],
        "before_label": lines[rows.lines.index(BASELINE)]["label"] if BASELINE in rows.lines else "",
        "is_firm": rows.lines[place.line] == PRODUCTION,
        "after_label": lines[line_after(rows)]["label"],
        "may_edit": bool(lines[place.line]["edit"]),
        "months": month_lines(rows, place.node, place.line, who, typed=request.POST.dict(), errors=errors),
        "table": all_rows(rows, place.line),
        "columns": rows.columns.all,
        "is_cut": len(rows.tree) > MOST_ROWS,
        "reasons": REASONS,
        "key": str(uuid.uuid4()),
        "seen": last_seen(),
        "steps": steps_of(who, asked.numbers.scenario),
        "at": rows.columns.all[place.column].mark if is_chosen else "",
    } | links_of(asked, request)
    if is_chosen:
        context |= cell_context(request, asked, place) | {
            "is_plain": True,
            "may_hold_it": may_hold
            and not held
            and rows.lines[place.line] in (*HELD_LINES, PRODUCTION)
            and not rows.columns.all[place.column].is_closed,
            "today": today(),
            "usual": usual_expiry(today()),
        }
    return context
