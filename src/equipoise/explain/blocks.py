"""What blocks a way to get one more unit: hours of a resource, overtime, limits of suppliers and lanes."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from equipoise.explain.cell import Cell
from equipoise.explain.limit_rows import HOURS, OVERTIME, SHIFT, Block, hours_rows, limit_rows
from equipoise.explain.node import Node, known, number
from equipoise.explain.rates import rate

TIGHT = 1e-6
"""A dual value, or a gap to a limit relative to the limit, below this is zero."""


@dataclass(frozen=True)
class Use:
    """One more unit on a row of grain make or flow, counted in a bucket."""

    block: Literal["make", "ship"]
    row: int
    bucket: int


def is_reached(used: float, most: float) -> bool:
    """True if nothing is left of a limit."""
    return bool(np.isfinite(most)) and used >= most * (1 - TIGHT) - TIGHT


Sort = Literal["regular hours", "overtime", "extra shift"]


def hours_of(cell: Cell, use: int, bucket: int, sort: Sort) -> tuple[Node, Sequence[Block], float]:
    """Pay for the hours of one good unit on one resource, the row that blocks them, what those hours are worth.

    `use` is the number of a load of `SupplyTables.routes`, `bucket` the one in which the route is counted.
    """
    return cell.supply.once(("hours of", use, bucket, sort), lambda: _hours_of(cell, use, bucket, sort))


def _hours_of(cell: Cell, use: int, bucket: int, sort: Sort) -> tuple[Node, Sequence[Block], float]:
    routes = cell.supply.routes
    resource, at = int(routes.load_resource[use]), int(routes.load_bucket[use, bucket])
    standard = float(routes.load_hours[use]) / float(routes.yield_ratio[routes.load_route[use]])
    part, blocks, worth = _hours_of_sort(cell, resource, at, standard, sort)
    clock = standard / (float(cell.supply.capacity.rate[resource]) or 1.0)
    pace = clock * float(np.nan_to_num(cell.supply.values("capacity_pace_price")[resource, at]))
    if pace:
        assert part.value is not None
        part = Node("Source", part.value + pace, f"{part.text}, and {number(pace)} for another pace around it")
    return part, blocks, worth


def _hours_of_sort(cell: Cell, resource: int, at: int, standard: float, sort: Sort) -> tuple[Node, list[Block], float]:
    """The same without what another pace costs."""
    values = cell.supply.values
    if sort == "overtime":
        return _overtime(cell, resource, at, standard)
    if sort == "extra shift" and cell.supply.capacity.shift_hours[resource] > 0:
        return _extra_shift(cell, resource, at, standard)
    rate = float(cell.supply.capacity.rate[resource]) or 1.0
    name, when = cell.plan.axes.resources.leaves[resource], cell.plan.axes.calendar.label(at)
    if cell.supply.capacity.is_workforce[resource]:
        part = Node("Source", 0.0, f"{number(standard)} hours of {name}, paid whether used or not")
    else:
        pay = float(values("resource_regular_price")[resource, at])
        part = Node("Source", standard / rate * pay, f"{number(standard / rate)} hours of {name} at {number(pay)}")
    worth = float(np.nan_to_num(values("capacity_shadow_price")[resource, at]))
    load = float(values("capacity_load_hours")[resource, at])
    most = float(values("capacity_available_hours")[resource, at])
    if worth <= TIGHT and not is_reached(load, most):
        return part, [], 0.0
    text = f"{name}, {when}: {number(load)} of {number(most)} standard hours; one more is worth {number(worth)}"
    text = f"{text} {cell.plan.head.currency}{_hiring(cell, resource, at)}"
    return part, [Block(worth, text, lambda: hours_rows(cell, resource, at, HOURS))], standard * worth


def _hiring(cell: Cell, resource: int, at: int) -> str:
    """What one more worker would bring and cost, of a workforce."""
    capacity, values = cell.supply.capacity, cell.supply.values
    if not capacity.is_workforce[resource]:
        return ""
    hours = float(capacity.hours_per_worker[resource, at])
    pay, hire = (float(values(f"resource_{sort}_price")[resource, at]) for sort in ("regular", "hire"))
    return (
        f"; one more worker brings {number(hours)} hours a bucket for {number(hours * pay)}, and {number(hire)} to hire"
    )


def _overtime(cell: Cell, resource: int, at: int, standard: float) -> tuple[Node, list[Block], float]:
    """Overtime of a resource in a bucket: what an hour more would save beyond its pay, once the limit is reached."""
    most = most_overtime(cell, resource, at)
    return _more_hours(cell, resource, at, standard, words="overtime", column="overtime", most=most)


def _extra_shift(cell: Cell, resource: int, at: int, standard: float) -> tuple[Node, list[Block], float]:
    """The same of an extra shift, of which a bucket has room for one."""
    capacity = cell.supply.capacity
    most = float(capacity.shift_hours[resource]) * (float(capacity.to_go[resource]) if at == 0 else 1.0)
    return _more_hours(cell, resource, at, standard, words="extra shift", column="shift", most=most)


def _more_hours(
    cell: Cell, resource: int, at: int, standard: float, *, words: str, column: str, most: float
) -> tuple[Node, list[Block], float]:
    """Clock hours beyond regular ones: their pay, the limit if it is reached, and what they are worth."""
    values, rate = cell.supply.values, float(cell.supply.capacity.rate[resource]) or 1.0
    name, when = cell.plan.axes.resources.leaves[resource], cell.plan.axes.calendar.label(at)
    clock, pay = standard / rate, float(values(f"resource_{column}_price")[resource, at])
    part = Node("Source", clock * pay, f"{number(clock)} {words} hours of {name} at {number(pay)}")
    used = float(values(f"{column}_hours")[resource, at])
    if not is_reached(used, most):
        return part, [], 0.0
    worth = float(np.nan_to_num(values("capacity_shadow_price")[resource, at])) * rate
    if not cell.supply.capacity.is_workforce[resource]:  # an hour of a machine saves its worth beyond its regular pay
        worth += float(values("resource_regular_price")[resource, at])
    gain = max(0.0, worth - pay)
    text = f"{words} of {name}, {when}: {number(used)} of {number(most)} hours; one more is worth {number(gain)}"
    columns = SHIFT if column == "shift" else OVERTIME
    block = Block(gain, f"{text} {cell.plan.head.currency}", lambda: hours_rows(cell, resource, at, columns))
    return part, [block], clock * gain


def most_overtime(cell: Cell, resource: int, bucket: int) -> float:
    """Clock hours of overtime that the resource may work in a bucket."""
    capacity = cell.supply.capacity
    most = float(capacity.overtime[resource, bucket])
    if not capacity.is_workforce[resource]:
        return most
    workers = float(cell.supply.values("workforce_count")[resource, bucket])
    crew = workers * float(capacity.overtime_per_worker[resource, bucket])
    return min(most, crew + float(capacity.overtime_extra[resource, bucket]))


def components_of(cell: Cell, route: int, bucket: int) -> tuple[list[Block], list[Block]]:
    """Components of one good unit started in a bucket, each at what one is worth in stock, and their tight limits."""
    components, routes = cell.supply.components, cell.supply.routes
    parts, blocks = list[Block](), list[Block]()
    for pair in np.flatnonzero(components.route == route).tolist():
        stock = int(components.stock[pair])
        needed = float(components.quantity[pair, bucket]) / float(routes.yield_ratio[route])
        worth = known(float(cell.supply.values("inventory_shadow_price")[stock, bucket]))
        if needed and worth is not None:
            kept = cell.of("cost_holding_price", np.array([stock], dtype=np.int64), lag=cell.bucket - bucket)
            text = f"{number(needed)} of {kept.who}, worth {number(worth)} each"
            parts.append(Block(needed * worth, text, partial(_one, kept)))
            for source in np.flatnonzero(routes.stock == stock).tolist():
                blocks += limits_reached(cell, Use("make", source, bucket), worth=worth)
    return parts, blocks


def _one(cell: Cell) -> tuple[Node, ...]:
    return (rate(cell),)


def limits_reached(cell: Cell, use: Use, *, worth: float | None) -> Sequence[Block]:
    """Limits of suppliers or lanes that are reached; one more saves what it is worth in stock beyond its own cost."""
    return cell.supply.once(("limits", use, worth), lambda: _limits_reached(cell, use, worth=worth))


def _limits_reached(cell: Cell, use: Use, *, worth: float | None) -> Sequence[Block]:
    names = ("subcontract_qty", "purchase_qty") if use.block == "make" else ("shipment_qty",)
    found = list[Block]()
    for limit in cell.supply.limits:
        if limit.block != use.block or use.row not in limit.members:
            continue
        weights, weight = limit.per_unit, float(limit.per_unit[limit.members == use.row][0])
        used = float(sum((cell.supply.values(name)[limit.members, use.bucket] * weights).sum() for name in names))
        most = float(limit.most[use.bucket])
        if weight == 0 or not is_reached(used, most):
            continue
        gain, more = None, ""
        if worth is not None:
            gain = max(0.0, worth - float(cell.supply.values("make_unit_price")[use.row, use.bucket]))
            more = f"; one more is worth {number(gain)} {cell.plan.head.currency}"
        when = cell.plan.axes.calendar.label(use.bucket)
        text = f"{limit.where}, {when}: {number(used)} of {number(most)}{more}"
        found.append(Block(gain, text, partial(limit_rows, cell, limit, use.bucket)))
    return found
