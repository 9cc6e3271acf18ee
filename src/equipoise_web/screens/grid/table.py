"""The grid as a plain table and a form: for phones, for screen readers, and without a script."""

import uuid
from dataclasses import dataclass
from math import isnan

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from equipoise.core.errors import EquipoiseError
from equipoise_web.access import Right
from equipoise_web.actions.edit_cells import ReasonNeeded, edit_cells
from equipoise_web.reads.form import REASONS
from equipoise_web.reads.grid_choices import past_choice
from equipoise_web.reads.grid_edit import RejectedCell, TypedCell, read_typed
from equipoise_web.reads.grid_marks import ESTIMATE, HELD, MINE
from equipoise_web.reads.grid_rows import GridRows
from equipoise_web.reads.grid_state import last_seen, steps_of
from equipoise_web.reads.grid_view import CONSENSUS
from equipoise_web.reads.numbers import Scale
from equipoise_web.screens.frame.asked import PersonRequest
from equipoise_web.screens.frame.middleware import done
from equipoise_web.screens.grid.asked import Asked, read_asked

MOST_ROWS = 400
"""Rows of the whole table on one page."""


@dataclass(frozen=True)
class TableCell:
    """A number as text, with its mark."""

    text: str
    state: str
    testid: str
    is_held: bool
    is_mine: bool
    is_closed: bool


@dataclass(frozen=True)
class MonthLine:
    """A bucket of the form: what stands before, the field, what comes of it."""

    mark: str
    label: str
    is_total: bool
    is_closed: bool
    before: TableCell
    now: TableCell
    after: TableCell
    typed: str
    error: str


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def show_table(request: PersonRequest) -> HttpResponse:
    """`?row=&line=` and a view: one row's buckets as a form, all rows as a table. POST `at-MARK=text` changes cells."""
    asked = read_asked(request)
    rows = asked.rows
    node = rows.tree.by_key.get(request.GET.get("row", ""), 1 if len(rows.tree) > 1 else 0)
    edits = [n for n, line in enumerate(rows.header["lines"]) if line["edit"]]
    named = {name: n for n, name in enumerate(rows.lines)}
    line = named.get(request.GET.get("line", ""), edits[0] if edits else 0)
    errors: dict[int, str] = {}
    refusal, needs_reason = "", False
    if request.method == "POST":
        request.access.require(Right.PROPOSE)
        cells = [
            TypedCell(line, node, n, request.POST.get(f"at-{column.mark}", "")[:40])
            for n, column in enumerate(rows.columns.all)
        ]
        try:
            rejected = _write(request, asked, cells)
        except EquipoiseError as error:
            refusal, needs_reason = str(error), isinstance(error, ReasonNeeded)
        else:
            if not rejected:
                return redirect(f"{reverse('grid:table')}?{request.GET.urlencode()}")
            errors = {each.column: each.because for each in rejected}
    context = {
        "page": "grid",
        "plan": asked.numbers.base,
        "plan_digest": asked.numbers.base.digest,
        "asked": asked,
        "query": asked.view.query,
        "past": past_choice(asked.view),
        "rows": [
            (key, f"{'  ' * (int(rows.tree.depth[n]) - 1)}{rows.labels[n]}") for n, key in enumerate(rows.tree.keys)
        ],
        "row": rows.tree.keys[node],
        "row_label": rows.labels[node],
        "lines": [(name, rows.header["lines"][n]["label"]) for n, name in enumerate(rows.lines)],
        "line": rows.lines[line],
        "line_label": rows.header["lines"][line]["label"],
        "after_label": rows.header["lines"][_after(rows)]["label"],
        "may_edit": bool(rows.header["lines"][line]["edit"]),
        "months": _months(rows, node, line, errors, request),
        "table": _table(rows, line),
        "columns": rows.columns.all,
        "is_cut": len(rows.tree) > MOST_ROWS,
        "reasons": REASONS,
        "refusal": refusal,
        "needs_reason": needs_reason,
        "key": str(uuid.uuid4()),
        "seen": last_seen(),
        "steps": steps_of(request.access, asked.numbers.scenario),
    }
    return render(request, "grid/table.html", context, status=422 if refusal or errors else 200)


def _write(request: PersonRequest, asked: Asked, cells: list[TypedCell]) -> tuple[RejectedCell, ...]:
    """Write what can be; the cells that were not taken."""
    made = read_typed(asked.rows, cells, request.access)
    seen = request.POST.get("seen", "")
    if made.bodies:
        edit_cells(
            request.access,
            made.bodies,
            scenario=asked.numbers.scenario,
            axes=asked.numbers.plan.axes,
            label=made.label,
            seen=int(seen) if seen.isdecimal() else 0,
            reason=request.POST.get("reason", "")[:500],
            reason_code=request.POST.get("reason_code", "")[:40],
            moved_amount=made.moved_amount,
            reason_above=made.reason_above,
            key=request.POST.get("key", ""),
        )
        count = len(made.bodies)
        done(request, ngettext("%(n)s cell saved", "%(n)s cells saved", count) % {"n": count})
    elif not made.rejected:
        done(request, _("Nothing to save: no cell was changed"))
    return made.rejected


def _after(rows: GridRows) -> int:
    return rows.lines.index(CONSENSUS) if CONSENSUS in rows.lines else 0


def _months(
    rows: GridRows, node: int, line: int, errors: dict[int, str], request: PersonRequest
) -> tuple[MonthLine, ...]:
    before = rows.lines.index("demand_baseline_qty") if "demand_baseline_qty" in rows.lines else line
    return tuple(
        MonthLine(
            column.mark,
            column.label
            if column.is_total or column.end - column.begin > 1
            else rows.columns.calendar.label(column.begin),
            column.is_total,
            column.is_closed,
            _cell(rows, before, node, n),
            _cell(rows, line, node, n),
            _cell(rows, _after(rows), node, n),
            request.POST.get(f"at-{column.mark}", "") if errors.get(n) or request.method == "POST" else "",
            errors.get(n, ""),
        )
        for n, column in enumerate(rows.columns.all)
    )


def _table(rows: GridRows, line: int) -> list[tuple[str, int, list[TableCell]]]:
    return [
        (rows.labels[node], int(rows.tree.depth[node]), [_cell(rows, line, node, n) for n in range(len(rows.columns))])
        for node in range(min(len(rows.tree), MOST_ROWS))
    ]


def _cell(rows: GridRows, line: int, node: int, column: int) -> TableCell:
    value = float(rows.values[line, node, column])
    marks = int(rows.marks[line, node, column])
    kind = rows.header["lines"][line]["kind"]
    text = "–"
    if not isnan(value):
        scale = Scale.of_money([value]) if kind == "amount" else Scale.of_quantity([value])
        text = scale.show(value) + (f" {scale.prefix}" if scale.prefix else "")
    return TableCell(
        text,
        "estimate" if marks & ESTIMATE else "saved" if not rows.numbers.is_exact else "exact",
        f"cell:{rows.lines[line]}:{rows.tree.keys[node]}:{rows.columns.all[column].mark}",
        bool(marks & HELD),
        bool(marks & MINE),
        rows.columns.all[column].is_closed,
    )
