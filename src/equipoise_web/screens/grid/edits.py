"""What people write in the grid: cells, holds, undo and redo, comments. One answer each: the cells that changed."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from equipoise.core.errors import EquipoiseError
from equipoise_web.access import Access, Right
from equipoise_web.actions.add_comment import add_comment
from equipoise_web.actions.door import StaleEdit
from equipoise_web.actions.edit_cells import ReasonNeeded, edit_cells
from equipoise_web.actions.redo_step import redo_step
from equipoise_web.actions.undo_step import undo_step
from equipoise_web.reads.adjustments import adjustments_by_id
from equipoise_web.reads.grid_edit import Proposals, RejectedCell, Target, missed, read_typed
from equipoise_web.reads.grid_holds import held_until, until_words
from equipoise_web.reads.grid_numbers import numbers_now
from equipoise_web.reads.grid_state import rows_before, rows_now
from equipoise_web.reads.grid_told import read_news
from equipoise_web.reads.in_words import words_of
from equipoise_web.reads.scenarios import working_scenario
from equipoise_web.screens.frame.asked import PersonRequest
from equipoise_web.screens.frame.signed_in import signed_in
from equipoise_web.screens.grid.asked import Asked, read_asked, read_body, read_cells
from equipoise_web.screens.grid.views import binary, held_words, standing
from equipoise_web.status import status_of


@require_POST
@signed_in
def edit(request: PersonRequest) -> HttpResponse:
    """`{cells: [[measure, row, bucket, text]], is_hold, expires_on, seen, since, reason, reason_code, key}`: one step.

    A hold has its last day: `expires_on`, blank for as long as its cycle, the end of the next month unless named.

    Answers the changed cells, with those that were not taken and why; 409 where others were faster, with who and what;
    422 with `needs_reason` where the step is large.
    """
    who = request.access
    who.require(Right.PROPOSE)
    try:
        body = read_body(request)
        asked = read_asked(request)
        cells = read_cells(asked.rows, body.get("cells"))
        made = read_typed(asked.rows, cells, who, is_hold=body.get("is_hold") is True)
        if body.get("is_hold") is True:
            made = with_last_day(made, body.get("expires_on"))
        step = write_step(who, asked, made, body)
    except StaleEdit as error:
        return refused(error, what=_others_change(request, error))
    except EquipoiseError as error:
        return refused(error)
    rejected = [_named(asked, each) for each in made.rejected]
    return changed_cells(
        request, asked, str(body.get("since") or ""), targets=made.targets, step=step, rejected=rejected
    )


def write_step(who: Access, asked: Asked, made: Proposals, body: Mapping[str, Any]) -> dict[str, Any]:
    """What cells mean, written as one step with what a body says beside them; empty where nothing is to be written."""
    if not made.bodies:
        return {}
    return edit_cells(
        who,
        made.bodies,
        scenario=asked.numbers.scenario,
        axes=asked.numbers.plan.axes,
        label=made.label,
        seen=number_seen(body.get("seen")),
        reason=str(body.get("reason") or "")[:500],
        reason_code=str(body.get("reason_code") or "")[:40],
        moved_amount=made.moved_amount,
        reason_above=made.reason_above,
        key=str(body.get("key") or ""),
    )


def with_last_day(made: Proposals, asked: object) -> Proposals:
    """Holds with their last day, which their step names; orders that firm production have none."""
    if not any(each["kind"] == "demand_hold" for each in made.bodies):
        return made
    bodies = tuple(held_until(each, asked) if each["kind"] == "demand_hold" else each for each in made.bodies)
    last = next(str(each.get("expires_on", "")) for each in bodies if each["kind"] == "demand_hold")
    return replace(made, bodies=bodies, label=f"{made.label[:160]}, {until_words(last)}")


@require_POST
@signed_in
def undo(request: PersonRequest) -> HttpResponse:
    """`{since, key}`: take one's last step back."""
    return _step(request, undo_step)


@require_POST
@signed_in
def redo(request: PersonRequest) -> HttpResponse:
    """`{since, key}`: do the step undone last again."""
    return _step(request, redo_step)


@require_POST
@signed_in
def comment(request: PersonRequest) -> HttpResponse:
    """`{about, text, since}`: say something about a cell; @name tells that person."""
    try:
        body = read_body(request)
        add_comment(request.access, str(body.get("about") or ""), str(body.get("text") or ""))
        asked = read_asked(request)
    except EquipoiseError as error:
        return refused(error)
    return changed_cells(request, asked, str(body.get("since") or ""))


def refused(error: EquipoiseError, *, what: str = "") -> JsonResponse:
    """A refusal for the script of the page: what, and what it needs to go on."""
    said: dict[str, Any] = {"error": str(error)}
    if isinstance(error, ReasonNeeded):
        said |= {"needs_reason": True, "amount": error.amount}
    if isinstance(error, StaleEdit) and isinstance(error.theirs, dict):
        said |= {"theirs": {**error.theirs, "what": what}}
    return JsonResponse(said, status=status_of(error))


def _others_change(request: PersonRequest, error: StaleEdit) -> str:
    """What somebody else has done meanwhile, in words, as far as this person may see it."""
    theirs = error.theirs
    if not isinstance(theirs, dict):
        return ""
    known = adjustments_by_id(request.access, [str(theirs["adjustment"])])
    root = working_scenario()
    words = words_of("" if root is None else root.snapshot)
    return "; ".join(words.of(row.adjustment) for row in known.values())


def _step(request: PersonRequest, action: Any) -> HttpResponse:  # noqa: ANN401 - undo_step or redo_step
    try:
        body = read_body(request)
        asked = read_asked(request)
        step = action(request.access, scenario=asked.numbers.scenario, key=str(body.get("key") or uuid.uuid4()))
    except EquipoiseError as error:
        return refused(error)
    return changed_cells(request, asked, str(body.get("since") or ""), step=step)


def changed_cells(
    request: PersonRequest, asked: Asked, since: str, targets: Sequence[Target] = (), **more: object
) -> HttpResponse:
    """The cells that differ from what the person has, after a write."""
    who = request.access
    numbers = numbers_now(who, asked.numbers.scenario)
    later = Asked(numbers, asked.view, rows_now(who, asked.view, numbers))
    before = rows_before(who, asked.view, numbers.scenario, since)
    # What the plan says of it, such as that every cell below is held; and where a cell holds another number.
    news = read_news(later.rows, asked.numbers if before is None else before.numbers, who).to_json()
    said = [text for target in targets if (text := missed(later.rows, target))]
    told = standing(request, later) | held_words(request, later.rows, before) | news
    return binary(later.rows.changes_to_bytes(before, **told, warnings=said, **more))


def _named(asked: Asked, cell: RejectedCell) -> dict[str, object]:
    rows = asked.rows
    column = rows.columns.all[cell.column]
    where = f"{rows.labels[cell.node]}, {column.label}"
    return asdict(cell) | {"where": where}


def number_seen(given: object) -> int:
    """The number of the last ruling that came with the numbers; EditUnread where it is none."""
    if isinstance(given, int) and not isinstance(given, bool) and 0 <= given < 2**63:
        return given
    raise EditUnread(_("seen must be the number that came with the numbers"))


class EditUnread(EquipoiseError):
    """An edit that does not say what its author had seen."""
