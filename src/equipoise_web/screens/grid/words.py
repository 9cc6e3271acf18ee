"""What the script of the grid says, in the person's language."""

from django.utils.translation import gettext as _


def words() -> dict[str, str]:
    """By the names that the script knows; `%s` is filled there."""
    return {
        "row": _("Row"),
        "measure": _("Measure"),
        "numbers": _("Numbers by row and bucket"),
        "empty": _("empty"),
        "readOnly": _("read only"),
        "held": _("held"),
        "mine": _("edited by you"),
        "theirs": _("edited by others"),
        "fresh": _("new since you looked"),
        "comment": _("comment"),
        "estimate": _("estimate"),
        "emptied": _("An empty cell says nothing: type 0 to plan none, or undo what you typed."),
        "frozen": _("A published plan does not change; open the plan you work in."),
        "notYours": _("%s is not yours to type in."),
        "isClosed": _("This bucket is closed: what became of it does not change."),
        "isHeld": _("It is %s; its owner can let it go."),
        "beyond": _("Beyond the grid"),
        "beyondWhy": _("%s cells of the block had no place."),
        "warning": _("The plan says"),
        "saved": _("Saved: %s"),
        "nothing": _("Nothing to save"),
        "savedAt": _("Saved %s."),
        "notSaved": _("Not saved"),
        "offline": _("the server did not answer; what you typed is not in the plan"),
        "signedOut": _("you are signed out; sign in again"),
        "needsReason": _("This moves %s of revenue. Why?"),
        "stale": _("%s has changed this since you looked. %s %s"),
        "copied": _("%s cells copied"),
        "exact": _("Exact numbers"),
        "estimates": _("Load and money are estimates; the plan is being computed"),
        "stalled": _("These are estimates: no run waits to make them exact. Ask for one under Adjustments"),
        "rejectedOne": _("Not taken"),
        "rejectedMany": _("%s cells were not taken"),
        "close": _("Close"),
        "part": _("%s: rows %s to %s of %s"),
        "before": _("Show those before"),
        "after": _("Show those after"),
    }
