"""What somebody has to do where no adjustment carries an option out: an action in words, with who and until when.

Expediting, redeploying stock, resequencing, hiring into a crew, or ordering from somebody whom the network does not
know move nothing that the plan computes, until the data know of them. So they are an action, given to a person as an
exception is (`actions/assign_exception`), under a key of its own.
"""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from equipoise.balance.gaps import Gap
from equipoise.balance.option import Answer
from equipoise_web.reads.capacity_option_parts import Action, day
from equipoise_web.reads.exception_marks import Marks, Owner
from equipoise_web.reads.in_words import FUNCTION_TITLES, Words
from equipoise_web.reads.numbers import shown

RULE = "option"
"""Before the colon of an action's key, where an exception has its rule."""
TO_DO: dict[str, str | Promise] = {
    "hire": gettext_lazy("Hire for %(much)s of %(where)s in %(when)s"),
    "expedite": gettext_lazy("Expedite what brings %(much)s to %(where)s in %(when)s"),
    "redeploy_stock": gettext_lazy("Move stock that spares %(where)s %(much)s in %(when)s"),
    "schedule_change": gettext_lazy("Change the sequence so that %(where)s has %(much)s more in %(when)s"),
    "subcontract": gettext_lazy("Order %(units)s from the subcontractor for %(when)s"),
    "alternate_supplier": gettext_lazy("Order %(units)s from the other supplier for %(when)s"),
    "alternate_site": gettext_lazy("Have %(units)s made at the other site for %(when)s"),
    "promotion": gettext_lazy("Move the promotion that asks %(much)s of %(where)s in %(when)s"),
    "ration": gettext_lazy("Give up demand that asks %(much)s of %(where)s in %(when)s"),
    "price": gettext_lazy("Set a price that takes %(much)s off %(where)s in %(when)s"),
}
WHOSE = {
    "hire": "operations",
    "schedule_change": "operations",
    "redeploy_stock": "supply",
    "alternate_site": "supply",
    "expedite": "procurement",
    "subcontract": "procurement",
    "alternate_supplier": "procurement",
    "promotion": "marketing",
    "ration": "demand",
    "price": "sales",
}
"""The function whose action it is unless somebody else is named."""


def action_of(
    gap: Gap, each: Answer, words: Words, marks: Mapping[str, Marks], owners: tuple[Owner, ...]
) -> Action | None:
    """The action of an option of the list that no adjustment carries out; None where it is none."""
    option, plan = each.option, gap.ground.plan
    if not option.is_listed or option.lever not in TO_DO:
        return None
    begins = plan.axes.calendar.start_of(gap.bucket)
    key = f"{RULE}:{option.name} at {gap.where} in {begins.isoformat()}"
    unit = _("h") if gap.kind == "hours" else _("units")
    said = {
        "much": f"{shown(each.closes)}\u00a0{unit}",
        "units": f"{shown(each.closes * gap.units_each)}\u00a0{_('units')}",
        "where": words.name("resource", gap.where) if gap.resource >= 0 else gap.where,
        "when": plan.axes.calendar.label(gap.bucket),
    }
    function, owner = WHOSE[option.lever], marks.get(key, Marks()).owner
    proposed = owner or next((each.name for each in owners if function in each.functions), "")
    titles = {each.name: each.title for each in owners}
    return Action(
        text=str(TO_DO[option.lever]) % said,
        until=day(max(each.decide_by, plan.head.as_of)),
        function=str(FUNCTION_TITLES[function]),
        about=key,
        owner=titles.get(owner, owner),
        proposed=proposed,
    )
