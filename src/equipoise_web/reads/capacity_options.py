"""How an option is carried out: the form of the adjustment that does it, filled in, or where the plan takes of it."""

from urllib.parse import urlencode

import numpy as np
from django.urls import reverse
from django.utils.translation import gettext as _

from equipoise.balance.gaps import Gap
from equipoise.balance.option import LASTS, Answer
from equipoise.core.adjustment import Scope
from equipoise.core.measure import Grain
from equipoise.plan import Plan
from equipoise_web.access import Access, Right
from equipoise_web.reads.cell_link import cell_link
from equipoise_web.reads.numbers import shown

KINDS = {"overtime": "overtime", "extra_shift": "capacity", "hire": "capacity", "capex": "capacity"}
"""The kind of adjustment that carries a lever out on its resource."""
FLOWS = {"subcontract": "subcontract_qty", "alternate_supplier": "purchase_qty", "route": "production_qty"}
"""What the plan takes of it where the model chooses, so that no adjustment is needed."""


def adjust_link(who: Access, plan: Plan, kind: str, typed: dict[str, str]) -> str:
    """The form of a kind, filled in; blank where the person may not propose it there."""
    scope = Scope(typed.get("item", ""), typed.get("market", ""), typed.get("location", ""), typed.get("resource", ""))
    if not who.may(Right.PROPOSE, kind=kind, scope=scope, axes=plan.axes):
        return ""
    return f"{reverse('adjust:new', args=[kind])}?{urlencode(typed)}"


def may_propose(who: Access, plan: Plan, kind: str, resource: str) -> bool:
    """Whether the person may propose a kind of adjustment on a resource."""
    return who.may(Right.PROPOSE, kind=kind, scope=Scope(resource=resource), axes=plan.axes)


def days_of(plan: Plan, first: int, last: int) -> dict[str, str]:
    """The days of some buckets as a form has them typed."""
    calendar = plan.axes.calendar
    return {"first": calendar.start_of(first).isoformat(), "last": calendar.end_of(last).isoformat()}


def way_of(who: Access, gap: Gap, each: Answer) -> tuple[str, str]:
    """Where an option is carried out and what that is called; blank where no adjustment does it and the plan does not
    choose it by itself."""
    option, fill = each.option, _("Fill in the form")
    if option.lever == "ration":
        return _ration_link(who, gap, each), fill
    if option.lever == "prebuild" and gap.kind == "hours":
        return _ahead_link(who, gap, each), fill
    if option.lever in KINDS and gap.kind == "hours" and not _is_for_people(gap, option.lever):
        if not option.is_listed and option.lever != "overtime":
            return "", ""
        return _hours_link(who, gap, each), fill if option.is_listed else _("Allow more")
    return ("", "") if option.is_listed else _taken_link(gap, option.lever)


def _is_for_people(gap: Gap, lever: str) -> bool:
    """Whether a lever would put people into a crew: an adjustment of capacity moves the machine's limit."""
    return KINDS[lever] == "capacity" and bool(gap.ground.network.capacity.is_workforce[gap.resource])


def _taken_link(gap: Gap, lever: str) -> tuple[str, str]:
    """What the plan takes of an option that it chooses by itself."""
    plan, item, location = gap.ground.plan, *_largest(gap)
    if lever == "hire":
        nodes, measure, label = {"resource": gap.where}, "hire_count", _("What the plan hires")
    elif lever in FLOWS:
        nodes, measure, label = {"item": item, "location": location}, FLOWS[lever], _("What the plan takes of it")
    else:
        return "", ""
    return cell_link(plan, nodes, measure=measure, bucket=str(gap.bucket)), label


def _hours_link(who: Access, gap: Gap, each: Answer) -> str:
    """Overtime or capacity of the resource: in the bucket, and in all after it for what stays once it is there."""
    plan, option = gap.ground.plan, each.option
    rate = float(gap.ground.network.capacity.rate[gap.resource]) or 1.0
    # Overtime is typed in clock hours and comes on top of what is allowed; what is allowed needs no adjustment.
    clock = rate if option.lever == "overtime" else 1.0
    more = each.closes if option.is_listed else max(gap.short - option.most, 0.0)
    last = plan.axes.horizon - 1 if option.lever in LASTS else gap.bucket
    typed = {
        "amount": f"+{max(round(more / clock), 1)}",
        "resource": gap.where,
        **days_of(plan, gap.bucket, last),
        "reason": _reason(gap, each),
    }
    return adjust_link(who, plan, KINDS[option.lever], typed)


def _ahead_link(who: Access, gap: Gap, each: Answer) -> str:
    """Firm production of the item and bucket that the option makes most of ahead."""
    plan, ground = gap.ground.plan, gap.ground
    units: dict[tuple[int, int], float] = {}
    for step, quantity in each.option.first(each.closes):
        for (sort, row, _bucket), used in step.uses:
            if sort == "made" and gap.need[row] > 0 and step.begins is not None:
                units[row, step.begins] = units.get((row, step.begins), 0.0) + quantity * used
    if not units:
        return ""
    row, begins = max(sorted(units), key=lambda key: units[key])
    bucket = begins + int(ground.network.routes.lag[ground.infinite.route[row]])
    item, location = plan.axes.keys[Grain.STOCK].labels(row)
    due = float(ground.infinite.loading.receipts[row, bucket])
    made = plan.axes.rows(Grain.MAKE, {"item": item, "location": location})
    planned = float(np.nan_to_num(plan.measure("production_qty").values)[made, bucket].sum())
    typed = {
        "amount": f"{round(max(due + units[row, begins], planned))}",
        "item": item,
        "location": location,
        **days_of(plan, bucket, bucket),
        "reason": _reason(gap, each),
    }
    return adjust_link(who, plan, "production_override", typed)


def _ration_link(who: Access, gap: Gap, each: Answer) -> str:
    """Less demand of the node that the list names, by the units that the option closes."""
    row = gap.ground.listed[each.option.row]
    typed = {
        "amount": f"-{max(round(each.closes * gap.units_each), 1)}",
        "item": str(row["item"] or ""),
        "market": str(row["market"] or ""),
        **days_of(gap.ground.plan, gap.bucket, gap.bucket),
        "reason": _reason(gap, each),
    }
    return adjust_link(who, gap.ground.plan, "demand_override", typed)


def _reason(gap: Gap, each: Answer) -> str:
    said = {"hours": shown(gap.short), "when": gap.ground.plan.axes.calendar.label(gap.bucket)}
    if each.option.is_listed:
        return _("Option %(code)s: %(hours)s hours are short in %(when)s") % {"code": each.option.name, **said}
    return _("%(hours)s hours are short in %(when)s") % said


def _largest(gap: Gap) -> tuple[str, str]:
    item, location = gap.ground.plan.axes.keys[Grain.STOCK].labels(int(np.argmax(gap.need)))
    return item, location
