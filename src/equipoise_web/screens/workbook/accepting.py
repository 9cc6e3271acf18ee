"""What differs in a workbook, cell by cell, and what is accepted of it: one step of the grid, with one undo."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from equipoise.core.errors import EquipoiseError
from equipoise_web.access import Right
from equipoise_web.actions.door import StaleEdit
from equipoise_web.actions.edit_cells import MOST_CELLS, ReasonNeeded, edit_cells
from equipoise_web.reads.form import REASONS
from equipoise_web.reads.grid_edit import Proposals, missed, read_typed
from equipoise_web.reads.grid_numbers import numbers_now, working_name
from equipoise_web.reads.grid_state import rows_now
from equipoise_web.reads.grid_workbook_changes import from_json
from equipoise_web.reads.grid_workbook_diff import DiffCell, WorkbookDiff, contradictions, read_diff
from equipoise_web.reads.grid_workbook_ticket import WorkbookRefused, from_cells
from equipoise_web.screens.frame.asked import PersonRequest
from equipoise_web.screens.frame.middleware import done
from equipoise_web.screens.workbook.diff_page import page_of
from equipoise_web.screens.workbook.views import upload_page
from equipoise_web.status import status_of
from equipoise_web.workbooks import change_workbook, open_workbook

MOST_WARNINGS = 3


class WrongChoice(EquipoiseError):
    """Changes that cannot be accepted as they were chosen."""


@dataclass(frozen=True)
class _Upload:
    """A workbook that somebody brought back: what was kept of it, and what differs now."""

    id: str
    contents: dict[str, Any]
    diff: WorkbookDiff

    @property
    def name(self) -> str:
        return str(self.contents["name"])


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def show_diff(request: PersonRequest, id: str) -> HttpResponse:
    """`?state=`: what differs. POST `cell=measure|row|column` ..., `seen`, `key`, `reason`, `reason_code` accepts."""
    who = request.access
    who.require(Right.PROPOSE)
    contents = open_workbook(who.person, id)
    if contents is None:
        gone = _("That upload is not kept any more: it stays for a day. Upload the workbook again.")
        return upload_page(request, refusal=gone, status=404)
    before = contents.get("accepted", {})
    if request.method == "POST" and before and request.POST.get("key") == before["key"]:
        return redirect(str(before["to"]))  # sent twice
    try:
        upload = _Upload(id, contents, _diff(request, contents))
    except WorkbookRefused as error:
        return upload_page(request, refusal=str(error), name=str(contents["name"]), status=422)
    return _accepted(request, upload) if request.method == "POST" else _page(request, upload)


def _accepted(request: PersonRequest, upload: _Upload) -> HttpResponse:
    """On to the grid; or the page again with what stands in the way."""
    chosen = set(request.POST.getlist("cell"))
    try:
        return redirect(_accept(request, upload, chosen))
    except StaleEdit:  # somebody was faster: shown anew, with what they did
        anew = _Upload(upload.id, upload.contents, _diff(request, upload.contents))
        said = _("Somebody changed some of these cells while you looked. Here is what they say now; nothing was saved.")
        return _page(request, anew, refusal=said, status=409)
    except EquipoiseError as error:
        is_reason = isinstance(error, ReasonNeeded)
        return _page(
            request, upload, chosen=chosen, refusal=str(error), needs_reason=is_reason, status=status_of(error)
        )


def _diff(request: PersonRequest, contents: dict[str, Any]) -> WorkbookDiff:
    return read_diff(from_cells(contents["ticket"]), from_json(contents["changes"]), request.access)


def _accept(request: PersonRequest, upload: _Upload, chosen: set[str]) -> str:
    """Write what was chosen as one step of the grid; where to go on."""
    diff, who, key = upload.diff, request.access, request.POST.get("key", "")[:80]
    cells = [cell for cell in diff.cells if cell.name in chosen and cell.may_choose]
    _check(cells)
    made = read_typed(diff.rows, [cell.typed for cell in cells if cell.typed is not None], who)
    if made.rejected:
        raise WrongChoice(made.rejected[0].because)
    seen, scenario = request.POST.get("seen", ""), diff.rows.numbers.scenario
    edit_cells(
        who,
        made.bodies,
        scenario=scenario,
        axes=diff.rows.numbers.plan.axes,
        label=_label(upload, made),
        seen=int(seen) if seen.isdecimal() and len(seen) < 19 else 0,
        reason=_reason(request, upload, made),
        reason_code=request.POST.get("reason_code", "")[:40],
        moved_amount=made.moved_amount,
        reason_above=made.reason_above,
        key=key,
    )
    _tell(request, upload, made)
    to = f"{reverse('grid:show')}?{_query(diff)}"
    change_workbook(who.person, upload.id, upload.contents | {"accepted": {"key": key, "to": to}})
    return to


def _check(cells: list[DiffCell]) -> None:
    if not cells:
        raise WrongChoice(_("No change is chosen; choose at least one."))
    if len(cells) > MOST_CELLS:
        said = {"count": f"{len(cells):,}", "most": f"{MOST_CELLS:,}"}
        raise WrongChoice(_("%(count)s changes are more than one step holds (%(most)s); accept fewer at once.") % said)
    for cell in contradictions(cells):
        said = {"where": f"{cell.path[-1]}, {cell.month}", "because": cell.because}
        raise WrongChoice(_("%(where)s and parts of it are both chosen, and do not agree. %(because)s") % said)


def _label(upload: _Upload, made: Proposals) -> str:
    """What undo says: the change itself where it is one, else how many and whence."""
    count = len(made.bodies)
    return made.label if count == 1 else _("%(n)s cells of %(name)s") % {"n": count, "name": upload.name}


def _reason(request: PersonRequest, upload: _Upload, made: Proposals) -> str:
    """What the person says; where nothing needs to be said, where the numbers came from."""
    words = request.POST.get("reason", "").strip()[:500]
    if words or made.moved_amount > made.reason_above:
        return words
    return _("From workbook %(name)s") % {"name": upload.name}


def _tell(request: PersonRequest, upload: _Upload, made: Proposals) -> None:
    """What was done, and which cells hold another number than was typed."""
    count = len(made.bodies)
    said = ngettext(
        "%(n)s change of %(name)s is in the plan. Undo takes it back.",
        "%(n)s changes of %(name)s are in the plan. One undo takes them all back.",
        count,
    )
    done(request, said % {"n": count, "name": upload.name})
    who, rows = request.access, upload.diff.rows
    later = rows_now(who, rows.view, numbers_now(who, rows.numbers.scenario))
    warnings = [text for target in made.targets if (text := missed(later, target))]
    for text in warnings[:MOST_WARNINGS]:
        done(request, text)
    if len(warnings) > MOST_WARNINGS:
        done(request, _("%(n)s more cells hold other numbers than you typed.") % {"n": len(warnings) - MOST_WARNINGS})


def _query(diff: WorkbookDiff) -> str:
    """The grid in the view that was downloaded."""
    scenario = diff.rows.numbers.scenario
    more = {} if scenario == working_name() else {"scenario": scenario}
    return "&".join(part for part in (diff.rows.view.query, urlencode(more)) if part)


def _page(
    request: PersonRequest,
    upload: _Upload,
    *,
    chosen: set[str] | None = None,
    refusal: str = "",
    needs_reason: bool = False,
    status: int = 200,
) -> HttpResponse:
    """The page of what differs; `chosen` are the cells ticked before, None for those that are safe."""
    shown = page_of(
        upload.diff, upload.name, reader=request.access.name, state=request.GET.get("state", ""), chosen=chosen
    )
    context = {
        "page": "grid",
        "plan": upload.diff.rows.numbers.base,
        "plan_digest": upload.diff.rows.numbers.base.digest,
        "id": upload.id,
        "shown": shown,
        "query": _query(upload.diff),
        "reasons": REASONS,
        "refusal": refusal,
        "needs_reason": needs_reason,
        "reason": request.POST.get("reason", ""),
        "reason_code": request.POST.get("reason_code", ""),
        "key": str(uuid.uuid4()),
        "seen": upload.diff.seen,
    }
    return render(request, "workbook/diff.html", context, status=status)
