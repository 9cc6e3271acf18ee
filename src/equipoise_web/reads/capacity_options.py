"""What can be done about hours that are short in a bucket: each option with its hours, what an hour of it costs more,
and whether that is less than an hour is worth in the plan."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import numpy as np
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from equipoise.core.adjustment import Scope
from equipoise.core.grid import BoolArray, FloatArray
from equipoise.core.measure import Grain
from equipoise.plan import Plan
from equipoise.supply.routes import PURCHASE, SUBCONTRACT
from equipoise_web.access import Access, Right
from equipoise_web.reads.capacity_behind import Behind
from equipoise_web.reads.capacity_load import RoughCut
from equipoise_web.reads.cell_link import cell_link
from equipoise_web.reads.in_words import Words, words_of

LEVERS: dict[str, str | Promise] = {
    "overtime": gettext_lazy("Overtime"),
    "extra_shift": gettext_lazy("Extra shift"),
    "hire": gettext_lazy("Hire"),
    "subcontract": gettext_lazy("Subcontract"),
    "alternate_site": gettext_lazy("Other site"),
    "alternate_supplier": gettext_lazy("Other supplier"),
    "prebuild": gettext_lazy("Build ahead"),
    "expedite": gettext_lazy("Expedite"),
    "redeploy_stock": gettext_lazy("Redeploy stock"),
    "schedule_change": gettext_lazy("Change the schedule"),
    "capex": gettext_lazy("Invest"),
    "promotion": gettext_lazy("Move a promotion"),
    "price": gettext_lazy("Price"),
    "ration": gettext_lazy("Ration"),
}
MOST = 12


@dataclass(frozen=True)
class Option:
    """One way to close hours that are short, in standard hours of the resource."""

    label: str
    detail: str
    hours: float | None
    """At most in the bucket; None: no limit is stated."""
    per_hour: float | None
    """Money an hour costs more than not having it; None: unknown."""
    used: float = 0.0
    """Hours of it in the plan in force."""
    link: str = ""
    link_label: str = ""


@dataclass(frozen=True, eq=False)
class Place:
    """A cell of the heat table, and what is known of it."""

    plan: Plan
    cut: RoughCut
    resource: int
    bucket: int
    found: Behind

    @property
    def code(self) -> str:
        """The resource."""
        return self.plan.axes.resources.leaves[self.resource]

    @property
    def short(self) -> float:
        """Standard hours over the rated ones."""
        return float(self.cut.infinite.heat.over_hours[self.resource, self.bucket])

    @property
    def rate(self) -> float:
        """Standard hours of a clock hour."""
        return float(self.cut.network.capacity.rate[self.resource]) or 1.0

    @property
    def hours(self) -> FloatArray:
        """[S] hours behind the cell."""
        hours: FloatArray = self.found.by_stock[:, self.bucket]
        return hours


def read_options(who: Access, place: Place) -> tuple[Option, ...]:
    """Options at a cell, the cheapest hour first, those of unknown price last."""
    words = words_of(place.plan.snapshot_id)
    found = [*_overtime(who, place), *_shift(who, place), *_ahead(place), *_routes(place), *_listed(who, place, words)]
    return tuple(sorted(found, key=lambda each: np.inf if each.per_hour is None else each.per_hour)[:MOST])


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
    capacity, row, t = place.cut.network.capacity, place.resource, place.bucket
    most = float(capacity.overtime[row, t])
    if capacity.is_workforce[row]:
        people = capacity.workers[row] * capacity.overtime_per_worker[row, t] + capacity.overtime_extra[row, t]
        most = min(most, float(people))
    used = float(np.nan_to_num(place.plan.measure("overtime_hours").values[row, t])) * place.rate
    if most <= 0 and not may_propose(who, place.plan, "overtime", place.code):
        return
    wanted = max(place.short / place.rate - most, 0.0)
    reason = _("%(hours)s hours are short") % {"hours": f"{place.short:,.0f}"}
    yield Option(
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
        _("Extra shift"), detail, hours * place.rate, float(place.cut.network.prices.shift[row, t]) / place.rate, used
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
    yield Option(_("Build ahead"), detail, taken, cost)


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
    option = Option(label, "; ".join(part for part in parts if part), hours, per_hour)
    kind = {"overtime": "overtime", "extra_shift": "capacity", "capex": "capacity", "hire": "capacity"}.get(
        str(row["lever"])
    )
    if kind is None or not row["resource"]:
        return option
    amount = f"+{max(round(min(place.short or 1.0, hours if hours is not None else np.inf)), 1)}"
    reason = _("Option %(code)s") % {"code": row["option"]}
    return replace(option, link=adjust_link(who, place, kind, amount, reason), link_label=_("Fill in the form"))
