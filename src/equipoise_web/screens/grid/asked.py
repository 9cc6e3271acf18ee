"""What a request to the grid asks about: the scenario or the plan, the view, and the cells it names."""

import json
from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from equipoise.core.errors import EquipoiseError
from equipoise_web.reads.grid_choices import rows_of_levels
from equipoise_web.reads.grid_numbers import Numbers, numbers_now, numbers_of_plan
from equipoise_web.reads.grid_rows import GridRows, narrowed
from equipoise_web.reads.grid_state import rows_now
from equipoise_web.reads.grid_typed import TypedCell
from equipoise_web.reads.grid_view import GridView
from equipoise_web.reads.grid_views import first_view
from equipoise_web.screens.frame.asked import PersonRequest

MOST_BYTES = 2 << 20


class WrongRequest(EquipoiseError):
    """A request that cannot be read."""


@dataclass(frozen=True)
class Asked:
    """Numbers and a view of them."""

    numbers: Numbers
    view: GridView
    rows: GridRows


def read_asked(request: PersonRequest, digest: str = "") -> Asked:
    """The scenario `?scenario=` (the working one unless named) or a plan, in the view that the query says."""
    who = request.access
    numbers = numbers_of_plan(who, digest) if digest else numbers_now(who, request.GET.get("scenario", ""))
    query = request.GET.dict()
    if "measure" in query:  # boxes of a form
        query["measures"] = ",".join(request.GET.getlist("measure"))
    if any(request.GET.getlist("level")):
        query["rows"] = ",".join(rows_of_levels(numbers.plan.axes, request.GET.getlist("level")))
    head = numbers.base.head
    # A link names its rows and measures, and shows the same to everybody, whatever each looks at first.
    is_link = {"rows", "measures"} <= set(query)
    default = GridView() if is_link else first_view(who, has_begun=head.as_of >= head.start)
    view = narrowed(GridView.of_query(query, default), numbers, who)
    return Asked(numbers, view, rows_now(who, view, numbers))


def read_body(request: PersonRequest) -> dict[str, Any]:
    """The JSON object of a request."""
    if len(request.body) > MOST_BYTES:
        raise WrongRequest(_("That is too much at once; paste it in parts."))
    try:
        body = json.loads(request.body or b"{}")
    except ValueError as error:
        raise WrongRequest(_("The request cannot be read: it is not JSON.")) from error
    if not isinstance(body, dict):
        raise WrongRequest(_("The request cannot be read: it is no object."))
    return body


def read_cells(rows: GridRows, given: object) -> list[TypedCell]:
    """Cells sent as [[line, row key, column mark, text], ...]: names, because positions differ between views."""
    lines = {name: number for number, name in enumerate(rows.lines)}
    marks = {column.mark: number for number, column in enumerate(rows.columns.all)}
    if not isinstance(given, list):
        raise WrongRequest(_("cells must be a list"))
    found = []
    for cell in given:
        if not (isinstance(cell, list) and len(cell) == 4 and all(isinstance(part, str) for part in cell)):
            raise WrongRequest(_("a cell is [measure, row, bucket, text]"))
        line, row, mark, text = cell
        if line not in lines or row not in rows.tree.by_key or mark not in marks:
            raise WrongRequest(
                _("there is no cell %(line)s, %(row)s, %(mark)s here") % {"line": line, "row": row, "mark": mark}
            )
        found.append(TypedCell(lines[line], rows.tree.by_key[row], marks[mark], text[:40]))
    return found


def one_cell(request: PersonRequest, rows: GridRows) -> TypedCell:
    """The cell `?line=&row=&at=`; 404 if there is none."""
    try:
        (cell,) = read_cells(
            rows, [[request.GET.get("line", ""), request.GET.get("row", ""), request.GET.get("at", ""), ""]]
        )
    except WrongRequest as error:
        raise Http404(str(error)) from error
    return cell
