"""What the buttons of the plain table do beside saving numbers: hold, hold longer, let go, undo, redo, say something.

Each is written by what the grid itself calls, from the fields of a form.
"""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from equipoise_web.actions.add_comment import add_comment
from equipoise_web.actions.redo_step import redo_step
from equipoise_web.actions.undo_step import undo_step
from equipoise_web.reads.grid_cell import read_cell
from equipoise_web.reads.grid_edit import read_typed
from equipoise_web.reads.grid_typed import CannotType, TypedCell
from equipoise_web.screens.frame.asked import PersonRequest
from equipoise_web.screens.grid.asked import Asked, WrongRequest
from equipoise_web.screens.grid.edits import with_last_day, write_step
from equipoise_web.screens.grid.holds import write_hold


def do_deed(request: PersonRequest, asked: Asked, cell: TypedCell | None) -> str:
    """Do what the button `do` says, with the cell that is looked at; the words that tell it.

    The page has asked whether the person proposes or rules at all; whether this may be done is for what writes it.

    EquipoiseError where it cannot be done; nothing is written then.
    """
    deed, needs_cell = DEEDS.get(request.POST.get("do", ""), (None, False))
    if deed is None or (needs_cell and cell is None):
        raise WrongRequest(_("Choose a month first, then say what is to be done with it."))
    return deed(request, asked, cell)


def posted(request: PersonRequest) -> dict[str, Any]:
    """The fields of a form as the body that the script of the grid sends."""
    body: dict[str, Any] = request.POST.dict()
    seen = request.POST.get("seen", "")
    return body | {"seen": int(seen) if seen.isdecimal() and len(seen) < 18 else 0}


def _hold(request: PersonRequest, asked: Asked, cell: TypedCell) -> str:
    made = read_typed(asked.rows, [cell], request.access, is_hold=True)
    if made.rejected:
        raise CannotType(made.rejected[0].because)
    body = posted(request)
    label: str = write_step(request.access, asked, with_last_day(made, body.get("until")), body)["label"]
    return label


def _change_hold(request: PersonRequest, asked: Asked, cell: TypedCell) -> str:
    label: str = write_hold(request.access, asked, cell, posted(request))["label"]
    return label


def _undo(request: PersonRequest, asked: Asked, _cell: TypedCell | None) -> str:
    done = undo_step(request.access, scenario=asked.numbers.scenario, key=request.POST.get("key", ""))
    return _("Undone: %(label)s") % done


def _redo(request: PersonRequest, asked: Asked, _cell: TypedCell | None) -> str:
    done = redo_step(request.access, scenario=asked.numbers.scenario, key=request.POST.get("key", ""))
    return _("Done again: %(label)s") % done


def _comment(request: PersonRequest, asked: Asked, cell: TypedCell) -> str:
    about = read_cell(asked.rows, cell, request.access).name
    add_comment(request.access, about, request.POST.get("text", ""))
    return _("Said")


DEEDS: dict[str, tuple[Callable[[PersonRequest, Asked, Any], str], bool]] = {
    "hold": (_hold, True),
    "extend": (_change_hold, True),
    "release": (_change_hold, True),
    "comment": (_comment, True),
    "undo": (_undo, False),
    "redo": (_redo, False),
}
"""By the value of their buttons, and whether they need a cell."""
