"""A hold in the side panel: let it go, or let it hold until another day. The answer is the cells that changed."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from equipoise.core.errors import EquipoiseError
from equipoise_web.access import Access, Right
from equipoise_web.actions.edit_cells import edit_cells
from equipoise_web.actions.release_holds import release_holds
from equipoise_web.reads.adjustments import adjustments_by_id
from equipoise_web.reads.grid_holds import HoldLine, held_until, read_hold, until_words
from equipoise_web.reads.grid_typed import TypedCell
from equipoise_web.screens.frame.asked import PersonRequest
from equipoise_web.screens.grid.asked import Asked, WrongRequest, read_asked, read_body, read_cells
from equipoise_web.screens.grid.edits import changed_cells, number_seen, refused


@require_POST
@login_required
def change_hold(request: PersonRequest) -> HttpResponse:
    """`{cells: [[measure, row, bucket, ""]], hold, do, until, because, seen, since, key}`: one hold of a cell's panel.

    `do` is `release`, or `extend` until a day (blank: as long as its cycle), which replaces it in one step that can be
    undone.
    """
    if not request.access.may(Right.RULE):
        request.access.require(Right.PROPOSE)
    try:
        body = read_body(request)
        asked = read_asked(request)
        cells = read_cells(asked.rows, body.get("cells"))
        if len(cells) != 1:
            raise WrongRequest(_("a hold is changed in the panel of one cell"))
        step = write_hold(request.access, asked, cells[0], body)
    except EquipoiseError as error:
        return refused(error)
    return changed_cells(request, asked, str(body.get("since") or ""), step=step)


def write_hold(who: Access, asked: Asked, cell: TypedCell, body: Mapping[str, Any]) -> dict[str, Any]:
    """Let the hold of a cell go, or let it hold until another day, as a body says; the step that was made of it."""
    column = asked.rows.columns.all[cell.column]
    hold = read_hold(asked.rows, cell.node, column, who, id=str(body.get("hold") or ""))
    if body.get("do") == "release":
        return _release(who, hold, body)
    if body.get("do") == "extend":
        return _extend(who, asked, hold, body)
    raise WrongRequest(_("a hold is either released or extended"))


def _release(who: Access, hold: HoldLine, body: Mapping[str, Any]) -> dict[str, Any]:
    because = str(body.get("because") or "")[:500]
    release_holds(who, hold.ids, because=because, key=str(body.get("key") or ""))
    return {"label": _("Hold let go"), "adjustments": []}


def _extend(who: Access, asked: Asked, hold: HoldLine, body: Mapping[str, Any]) -> dict[str, Any]:
    """The same holds with another last day, each in place of the one before; from then on of who extended them."""
    until = str(body.get("until") or "")
    known = adjustments_by_id(who, hold.ids)
    bodies = []
    for id in hold.ids:
        before = known[id].body
        kept = {name: before[name] for name in ("kind", "amount", "scope") if name in before}
        bodies.append(held_until(kept, until) | {"supersedes": [id]})
    return edit_cells(
        who,
        bodies,
        scenario=asked.numbers.scenario,
        axes=asked.numbers.plan.axes,
        label=_("Held %(until)s") % {"until": until_words(until)},
        seen=number_seen(body.get("seen")),
        reason=known[hold.ids[0]].reason,
        reason_code=str(known[hold.ids[0]].body.get("reason_code") or ""),
        key=str(body.get("key") or ""),
    )
