"""Options from table levers: prices that operations publish once, for every gap.

A price by the unit counts the hours of a unit by the mix behind the gap. Levers that take the place of making a unit
(subcontract, another supplier or site) cost their price less what the unit would have cost here; all others cost what
the list says. What is built ahead is built in hours that are idle, and held: the list adds its price and lead time.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from equipoise.balance.ahead import build_ahead
from equipoise.balance.elsewhere import moved, other_sources
from equipoise.balance.gaps import Gap
from equipoise.balance.option import LASTS, Option, Step
from equipoise.balance.own_hours import HOURS, Row, hires, hour_levers
from equipoise.balance.slack import Slack
from equipoise.balance.takes import Cell
from equipoise.core.grid import BoolArray
from equipoise.core.measure import Grain

INSTEAD = ("subcontract", "alternate_supplier", "alternate_site")
"""Levers that take the place of making a unit."""


def options_at(gap: Gap, slack: Slack) -> list[Option]:
    """Every option for a gap with what the slack has left, of the list and of the plan's own data, each lever once."""
    rows = _rows(gap)
    found, known = other_sources(gap, slack)
    if gap.kind == "hours":
        found = [*hour_levers(gap, [row for _, row, _ in rows]), *found]
        if not any(row["lever"] == "hire" for _, row, _ in rows):
            found.extend(hires(gap))
    # Of a subcontractor the network knows what is left of it, be it nothing, and what a unit costs more; the list only
    # its price.
    ahead = np.ones(len(gap.need), dtype=np.bool_)
    for number, row, inside in rows:
        if row["lever"] in HOURS and row["resource"] == gap.where:
            continue
        if row["lever"] in INSTEAD and row["lever"] in known:
            continue
        if row["lever"] == "prebuild":
            ahead &= ~inside
        option = _listed(gap, slack, number, row, inside)
        if option is not None:
            found.append(option)
    unlisted = build_ahead(gap, slack, ahead)
    return found if unlisted is None else [*found, unlisted]


def _rows(gap: Gap) -> list[tuple[int, Row, BoolArray]]:
    """Rows of the list that are open in the bucket, with their number, for the resource or for items behind the gap,
    with which [S]."""
    ground = gap.ground
    items = ground.plan.axes.items
    stock_items = ground.plan.axes.keys[Grain.STOCK].column("item")
    found = []
    for number, row in enumerate(ground.listed):
        node = str(row["item"] or "")
        inside = gap.need > 0
        if row["resource"] and row["resource"] != gap.where:
            continue
        if node:
            if not items.knows(node):
                continue
            inside = inside & np.isin(stock_items, items.positions(node))
        # A market alone says nothing of who makes what for it.
        if not row["resource"] and (not node or not inside.any()):
            continue
        if _is_open(gap, row["valid_from"], row["valid_to"]):
            found.append((number, row, inside))
    return found


def _is_open(gap: Gap, first: date | None, last: date | None) -> bool:
    calendar, t = gap.ground.plan.axes.calendar, gap.bucket
    return (first is None or first <= calendar.end_of(t)) and (last is None or last >= calendar.start_of(t))


def _listed(gap: Gap, slack: Slack, number: int, row: Row, inside: BoolArray) -> Option | None:
    cost, lead = float(row["cost"] or 0.0), float(row["lead_time_days"] or 0.0)  # type: ignore[arg-type]
    fixed = float(row["fixed_cost"] or 0.0)  # type: ignore[arg-type]
    lever, name = str(row["lever"]), str(row["option"])
    if slack.is_paid(name, gap.bucket, lasts=lever in LASTS):
        fixed = 0.0
    per_unit, per_row = _gap_units(gap, str(row["unit"]), inside)
    option = Option(
        lever, name, is_listed=True, work=(), lead_days=lead, works_in=gap.bucket, fixed_amount=fixed,
        item=str(row["item"] or ""), row=number, note=str(row.get("note") or ""),
    )  # fmt: skip
    if lever == "prebuild":
        each = cost if row["unit"] == "unit" else 0.0
        # What notice no longer allows is told as well, with the days by which it is too late.
        ahead = build_ahead(gap, slack, inside, extra=each, lead_days=lead)
        ahead = ahead if ahead is not None and ahead.work else build_ahead(gap, slack, inside, extra=each) or ahead
        if ahead is None:
            return None
        extra = cost if row["unit"] == "hour" else 0.0
        work = tuple(replace(step, each=(step.each or 0.0) + extra) for step in ahead.work)
        return replace(option, work=work, works_in=ahead.works_in, ahead=ahead.ahead, stops=ahead.stops)
    most = np.inf if row["max_qty"] is None else float(row["max_qty"]) * per_unit  # type: ignore[arg-type]
    if not row["resource"] and lever not in INSTEAD:
        most = min(most, per_row)
    work = _steps(gap, cost, inside) if lever in INSTEAD and per_unit else ()
    if not work:
        work = (Step(per_row, cost / per_unit if per_unit else None),)
    if not per_unit and row["max_qty"] is not None:
        return replace(option, work=(Step(np.inf, None),))
    if per_unit and np.isfinite(most):
        # The most of a row is one quantity a bucket, whichever gaps it serves.
        quota: Cell = ("list", number, gap.bucket)
        work = tuple(replace(step, uses=(*step.uses, (quota, 1.0 / per_unit))) for step in work)
        most = min(most, max(slack.free(quota), 0.0) * per_unit)
    return replace(option, work=_at_most(work, most))


def _gap_units(gap: Gap, unit: str, inside: BoolArray) -> tuple[float, float]:
    """Hours (or units) of the gap in one `unit` of the list, 0 where that is not known; and all that could be done."""
    made = inside & (gap.need > 0) & (gap.per_unit > 0)
    need = float(gap.need[made].sum())
    most = need if need > 0 else np.inf
    if unit == "unit":
        units = float((gap.need[made] / gap.per_unit[made]).sum())
        return (need / units if units > 0 else 0.0), most
    if gap.kind != "hours":
        return 0.0, most
    capacity, r, t = gap.ground.network.capacity, gap.resource, gap.bucket
    rate = float(capacity.rate[r]) or 1.0
    clock = {"hour": 1.0, "shift": float(capacity.shift_hours[r]), "worker": float(capacity.hours_per_worker[r, t])}
    return clock.get(unit, 0.0) * rate, np.inf


def _steps(gap: Gap, cost: float, inside: BoolArray) -> tuple[Step, ...]:
    """Units made by somebody else at `cost` each, less what each would have cost here, the cheapest first."""
    ground, t = gap.ground, gap.bucket
    made = np.flatnonzero(inside & (gap.need > 0) & (gap.per_unit > 0) & (ground.infinite.route >= 0))
    saved = ground.route_cost[ground.infinite.route[made], t]
    each = (cost - saved) / gap.per_unit[made]
    order = np.argsort(each, kind="stable")
    found = []
    for n in order.tolist():
        row, per_unit = int(made[n]), float(gap.per_unit[made[n]])
        uses = tuple((cell, quantity / per_unit) for cell, quantity in moved(gap, row))
        found.append(Step(float(gap.need[row]), float(each[n]), uses))
    return tuple(found)


def _at_most(work: Sequence[Step], most: float) -> tuple[Step, ...]:
    kept, left = list[Step](), most
    for step in work:
        part = min(step.quantity, left)
        if part > 0:
            kept.append(replace(step, quantity=part))
        left -= part
    return tuple(kept)
