"""What can be done about hours that are short in a bucket: each option with its hours, what an hour of it costs more,
and whether that is less than an hour is worth in the plan."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

import numpy as np
from django.urls import reverse
from django.utils.translation import gettext as _

from equipoise.core.adjustment import Scope
from equipoise.core.grid import BoolArray
from equipoise.core.measure import Grain
from equipoise.plan import Plan
from equipoise.supply.routes import PURCHASE, SUBCONTRACT
from equipoise_web.access import Access, Right
from equipoise_web.reads.capacity_load import overtime_room
from equipoise_web.reads.capacity_option_parts import LEVERS, MOST, Option, Place
from equipoise_web.reads.cell_link import cell_link
from equipoise_web.reads.in_words import Words, words_of


def read_options(who: Access, place: Place) -> tuple[Option, ...]:
    """Options at a cell, the cheapest hour first, those of unknown price last."""
    words = words_of(place.plan.snapshot_id)
    listed = [*_listed(who, place, words)]
    known = [*_overtime(who, place), *_shift(who, place), *_ahead(place), *_routes(place)]
    found = _without_doubles(known, listed)
    return tuple(sorted(found, key=lambda each: np.inf if each.per_hour is None else each.per_hour)[:MOST])


def _without_doubles(known: list[Option], listed: list[Option]) -> list[Option]:
    """Both, each option once: the table knows when it works and what is agreed, the plan what is left of it."""
    idle = next((each.hours for each in known if each.sort == "prebuild"), 0.0)
    # What is built ahead is built in hours that are idle, whatever the table says of it.
    told = [replace(each, hours=idle) if each.sort == "prebuild" and each.hours is None else each for each in listed]
    sorts = {each.sort for each in told}
    kept = [
        each
        for each in known
        if not (each.sort == "prebuild" or (each.sort == "overtime" and not each.hours)) or each.sort not in sorts
    ]
    # Of a subcontractor the route knows what a unit costs more; the table only what it costs.
    made = {each.sort for each in kept if each.sort == "subcontract"}
    return [*kept, *(each for each in told if each.sort not in made)]


def adjust_link(who: Access, place: Place, kind: str, amount: str, reason: str) -> str:
    """The filled form of a kind for this cell; blank where the person may not propose it there."""
    if not may_propose(who, place.plan, kind, place.code):
        return ""
    calendar = place.plan.axes.calendar
    query = {
        "amount": amount,
        "resource": place.code,
        "first": calendar.start_of(place.bucket).isoformat(),
        "last": calendar.end_of(place.bucket).isoformat(),
        "reason": reason,
    }
    return f"{reverse('adjust:new', args=[kind])}?{urlencode(query)}"


def may_propose(who: Access, plan: Plan, kind: str, resource: str) -> bool:
    """Whether the person may propose a kind of adjustment on a resource."""
    return who.may(Right.PROPOSE, kind=kind, scope=Scope(resource=resource), axes=plan.axes)


def _overtime(who: Access, place: Place) -> Iterator[Option]:
    row, t = place.resource, place.bucket
    most = float(overtime_room(place.cut, row)[t])
    used = float(np.nan_to_num(place.plan.measure("overtime_hours").values[row, t])) * place.rate
    if most <= 0 and not may_propose(who, place.plan, "overtime", place.code):
        return
    wanted = max(place.short / place.rate - most, 0.0)
    reason = _("%(hours)s hours are short") % {"hours": f"{place.short:,.0f}"}
    yield Option(
        "overtime",
        _("Overtime"),
        _("allowed in this bucket; the plan works it where it pays")
        if most > 0
        else _("none is allowed in this bucket"),
        most * place.rate if np.isfinite(most) else None,
        float(place.cut.network.prices.overtime[row, t]) / place.rate,
        used,
        adjust_link(who, place, "overtime", f"+{max(round(wanted), 1)}", reason),
        _("Allow more"),
    )


def _shift(who: Access, place: Place) -> Iterator[Option]:
    capacity, row, t = place.cut.network.capacity, place.resource, place.bucket
    hours = float(capacity.shift_hours[row])
    if hours <= 0:
        return
    used = float(np.nan_to_num(place.plan.measure("shift_hours").values[row, t])) * place.rate
    detail = _("the plan adds it where it pays")
    yield Option(
        "extra_shift",
        _("Extra shift"),
        detail,
        hours * place.rate,
        float(place.cut.network.prices.shift[row, t]) / place.rate,
        used,
    )


def _ahead(place: Place) -> Iterator[Option]:
    """Idle hours of earlier buckets, the nearest first, at the holding cost of what is made in them."""
    table, row, t = place.cut.infinite.heat, place.resource, place.bucket
    if not t or place.short <= 0:
        return
    with np.errstate(invalid="ignore"):
        idle = np.maximum(table.available[row, :t] - table.load[row, :t], 0.0)
    left, taken, waits = place.short, 0.0, 0.0
    for ahead, hours in enumerate(idle[::-1].tolist(), start=1):
        part = min(hours, left)
        taken, waits, left = taken + part, waits + part * ahead, left - part
        if left <= 0:
            break
    if taken < 0.5:
        return
    made = (place.hours > 0) & (place.found.hours_per_unit > 0)
    weight = place.hours[made]
    holding = place.cut.network.prices.holding[made, t] / place.found.hours_per_unit[made]
    cost = float((weight * holding).sum() / weight.sum()) * waits / taken if weight.sum() > 0 else None
    detail = _("%(n)s buckets earlier on average, in hours that are idle") % {"n": f"{waits / taken:.1f}"}
    yield Option("prebuild", _("Build ahead"), detail, taken, cost)


def _routes(place: Place) -> Iterator[Option]:
    """Other routes, subcontractors and suppliers of what is behind the cell, together by their name."""
    network, infinite, t = place.cut.network, place.cut.infinite, place.bucket
    routes, keys = network.routes, place.plan.axes.keys[Grain.MAKE]
    at = np.flatnonzero((routes.stock >= 0) & routes.is_open[:, t])
    stock = routes.stock[at]
    is_other = (infinite.route[stock] != at) & (place.hours[stock] > 0) & (place.found.hours_per_unit[stock] > 0)
    by_name: dict[str, list[int]] = {}
    for route in at[is_other].tolist():
        by_name.setdefault(keys.labels(route)[2], []).append(route)
    for name, rows in by_name.items():
        members = np.array(rows)
        hours = place.hours[routes.stock[members]]
        per_unit = place.found.hours_per_unit[routes.stock[members]]
        more = network.prices.make[members, t] - network.prices.make[infinite.route[routes.stock[members]], t]
        most = float(hours.sum())
        for limit in network.limits:
            if limit.block == "make" and np.isin(members, limit.members).all() and np.isfinite(limit.most[t]):
                most = min(most, float(limit.most[t] * hours.sum() / (hours / per_unit).sum()))
        item, location, _route = keys.labels(int(members[np.argmax(hours)]))
        measure = "subcontract_qty" if name.startswith(SUBCONTRACT) else "purchase_qty"
        if not name.startswith((SUBCONTRACT, PURCHASE)):
            measure = "production_qty"
        yield Option(
            "subcontract" if name.startswith(SUBCONTRACT) else "route",
            _route_words(name),
            _("at the variable cost of the route less that of the first one"),
            most,
            float((hours / per_unit * more).sum() / hours.sum()),
            link=cell_link(place.plan, {"item": item, "location": location}, measure=measure, bucket=str(t)),
            link_label=_("What the plan takes of it"),
        )


def _route_words(name: str) -> str:
    for prefix, words in ((SUBCONTRACT, _("Subcontract to %(name)s")), (PURCHASE, _("Buy from %(name)s"))):
        if name.startswith(prefix):
            return words % {"name": name.removeprefix(prefix)}
    return _("Other route %(name)s") % {"name": name or _("without a name")}


def _listed(who: Access, place: Place, words: Words) -> Iterator[Option]:
    """Rows of table levers for the resource, or for items behind the cell."""
    if not place.plan.snapshot.has("levers"):
        return
    items = place.plan.axes.items
    stock_items = place.plan.axes.keys[Grain.STOCK].column("item")
    busy = place.hours > 0
    for row in place.plan.snapshot.table("levers").iter_rows(named=True):
        node = row["item"] or ""
        inside = busy.copy()
        if row["resource"]:
            if row["resource"] != place.code:
                continue
        elif not node or not items.knows(node):
            continue
        if node and items.knows(node):
            inside &= np.isin(stock_items, items.positions(node))
        if not inside.any() or not _is_open(place, row["valid_from"], row["valid_to"]):
            continue
        yield _lever(who, place, row, _hours_each(place, inside), words)


def _hours_each(place: Place, inside: BoolArray) -> float:
    """Mean hours of a unit of some stock rows, by their hours in the cell; 0 where nothing is made."""
    hours, per_unit = place.hours[inside], place.found.hours_per_unit[inside]
    made = per_unit > 0
    units = float((hours[made] / per_unit[made]).sum())
    return float(hours[made].sum()) / units if units else 0.0


def _is_open(place: Place, first: object, last: object) -> bool:
    calendar, t = place.plan.axes.calendar, place.bucket
    return (first is None or first <= calendar.end_of(t)) and (last is None or last >= calendar.start_of(t))  # type: ignore[operator]


def _lever(who: Access, place: Place, row: dict[str, object], per_unit: float, words: Words) -> Option:
    cost, fixed, unit = float(row["cost"] or 0.0), float(row["fixed_cost"] or 0.0), str(row["unit"])  # type: ignore[arg-type]
    most = None if row["max_qty"] is None else float(row["max_qty"])  # type: ignore[arg-type]
    hours_each = 1.0 if unit == "hour" else per_unit if unit == "unit" else 0.0
    hours = None if most is None or not hours_each else most * hours_each
    per_hour = None
    if hours_each:
        wanted = min(place.short or np.inf, hours if hours is not None else np.inf)
        per_hour = cost / hours_each + (fixed / wanted if fixed and np.isfinite(wanted) and wanted > 0 else 0.0)
    label = str(LEVERS.get(str(row["lever"]), str(row["lever"])))
    about = words.name("item", str(row["item"])) if row["item"] else ""
    parts = [
        _("option %(code)s") % {"code": row["option"]},
        about,
        _("works %(days)s days after the decision") % {"days": f"{row['lead_time_days']:g}"},
        _("fixed cost %(money)s") % {"money": f"{fixed:,.0f}"} if fixed else "",
        str(row["note"] or "") if "note" in row else "",
    ]
    decided = place.plan.head.as_of + timedelta(days=float(row["lead_time_days"] or 0.0))  # type: ignore[arg-type]
    is_late = decided > place.plan.axes.calendar.end_of(place.bucket)
    detail = "; ".join(part for part in parts if part)
    option = Option(str(row["lever"]), label, detail, hours, per_hour, is_late=is_late)
    kind = {"overtime": "overtime", "extra_shift": "capacity", "capex": "capacity", "hire": "capacity"}.get(
        str(row["lever"])
    )
    if kind is None or not row["resource"]:
        return option
    amount = f"+{max(round(min(place.short or 1.0, hours if hours is not None else np.inf)), 1)}"
    reason = _("Option %(code)s") % {"code": row["option"]}
    return replace(option, link=adjust_link(who, place, kind, amount, reason), link_label=_("Fill in the form"))
