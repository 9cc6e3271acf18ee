"""Options away from the resource: another route, supplier or site that makes the same.

A unit made elsewhere costs what it costs there less what it would have cost here: pay of hours, price of the route,
components and freight. Idle hours and limits are those that the slack has left; what is made elsewhere gives the hours
back that it would have taken here, on every line of its route.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from equipoise.balance.gaps import LEAST, Gap
from equipoise.balance.mix import NOTHING
from equipoise.balance.option import Option, Step
from equipoise.balance.slack import Slack
from equipoise.balance.takes import Use
from equipoise.core.measure import Grain
from equipoise.supply.network.routes import PURCHASE, SUBCONTRACT


@dataclass
class _Group:
    """Ways of one name, stock row by stock row: each a step as long as the row's need."""

    lever: str
    name: str
    ways: list[Step] = field(default_factory=list)
    begins: int = 0


def other_sources(gap: Gap, slack: Slack) -> tuple[list[Option], set[str]]:
    """Other routes of our own, subcontractors, suppliers and sites, each together by its name, the cheapest first; and
    the levers that the network knows, also where nothing is left of them."""
    if gap.kind == "room":
        return [], set()
    groups: dict[tuple[str, str], _Group] = {}
    for stock in np.flatnonzero((gap.need > 0) & (gap.per_unit > 0) & (gap.ground.infinite.route >= 0)).tolist():
        _routes(gap, stock, groups)
        _sites(gap, stock, groups)
    found = [option for key in sorted(groups) for option in _together(slack, groups[key])]
    return found, {lever for lever, _ in groups}


def _routes(gap: Gap, stock: int, groups: dict[tuple[str, str], _Group]) -> None:
    ground, routes = gap.ground, gap.ground.network.routes
    first = int(ground.infinite.route[stock])
    arrives = _arrival(gap, first)
    for route in np.flatnonzero(routes.stock == stock).tolist():
        counted = arrives - int(routes.lag[route]) if routes.is_own[route] else arrives
        if route == first or not 0 <= counted < ground.network.horizon or not routes.is_open[route, counted]:
            continue
        label = ground.plan.axes.keys[Grain.MAKE].labels(route)[2]
        lever, name = "route", label
        if label.startswith(SUBCONTRACT):
            lever, name = "subcontract", label.removeprefix(SUBCONTRACT)
        elif label.startswith(PURCHASE):
            lever, name = "alternate_supplier", label.removeprefix(PURCHASE)
        more = float(ground.route_cost[route, counted] - ground.route_cost[first, gap.bucket])
        begins = counted if routes.is_own[route] else max(arrives - int(routes.lag[route]), 0)
        _add(gap, groups, (lever, name), stock, route, counted, more, begins)


def _sites(gap: Gap, stock: int, groups: dict[tuple[str, str], _Group]) -> None:
    """The same item from the first source of another location, by a lane that leads here or to the same markets."""
    ground, network = gap.ground, gap.ground.network
    keys, routes = ground.plan.axes.keys[Grain.STOCK], network.routes
    item = keys.column("item")
    for other in np.flatnonzero((item == item[stock]) & (ground.infinite.route >= 0)).tolist():
        if other == stock:
            continue
        route = int(ground.infinite.route[other])
        found = _freight(gap, stock, other)
        if found is None:
            continue
        freight, lag = found
        leaves = _arrival(gap, int(ground.infinite.route[stock])) - lag
        counted = leaves - int(routes.lag[route]) if routes.is_own[route] else leaves
        if not 0 <= counted < network.horizon or not routes.is_open[route, counted]:
            continue
        first = int(ground.infinite.route[stock])
        more = float(ground.route_cost[route, counted] - ground.route_cost[first, gap.bucket]) + freight
        _add(gap, groups, ("alternate_site", keys.labels(other)[1]), stock, route, counted, more, counted)


def _freight(gap: Gap, stock: int, other: int) -> tuple[float, int] | None:
    """What freight a unit from `other` costs more, and how many buckets longer it travels; None: it cannot come."""
    network, t = gap.ground.network, gap.bucket
    flows, price = network.flows, network.prices.flow
    straight = np.flatnonzero((flows.from_stock == other) & (flows.to_stock == stock) & flows.is_open[:, t])
    if len(straight):
        best = int(straight[np.argmin(price[straight, t])])
        return float(price[best, t]), int(flows.lag[best])
    here = np.flatnonzero((flows.from_stock == stock) & (flows.to_demand >= 0))
    there = np.flatnonzero((flows.from_stock == other) & (flows.to_demand >= 0) & flows.is_open[:, t])
    by_market = {int(flows.to_demand[lane]): int(lane) for lane in there}
    shared = [(int(lane), by_market[int(flows.to_demand[lane])]) for lane in here if flows.to_demand[lane] in by_market]
    if not shared:
        return None
    asked = np.array([max(float(network.demand[flows.to_demand[a], t]), 0.0) for a, _ in shared])
    more = np.array([float(price[b, t] - price[a, t]) for a, b in shared])
    later = max(int(flows.lag[b] - flows.lag[a]) for a, b in shared)
    weight = asked if asked.sum() > 0 else np.ones(len(shared))
    return float((more * weight).sum() / weight.sum()), later


def _add(
    gap: Gap,
    groups: dict[tuple[str, str], _Group],
    key: tuple[str, str],
    stock: int,
    route: int,
    counted: int,
    more: float,
    begins: int,
) -> None:
    ground = gap.ground
    taken = ground.takes.cells(route, counted)
    hours = [cell for cell, _ in taken if cell[0] == "hours"]
    if any(cell[:2] == gap.cell[:2] for cell, _ in taken) or not all(ground.tells(cell) for cell in hours):
        return
    per_unit = float(gap.per_unit[stock])
    given = moved(gap, stock)
    group = groups.setdefault(key, _Group(*key, begins=begins))
    group.begins = min(group.begins, begins)
    uses = tuple((cell, each / per_unit) for cell, each in (*taken, *given))
    group.ways.append(Step(float(gap.need[stock]), more / per_unit, uses))


def moved(gap: Gap, stock: int) -> list[Use]:
    """What a unit that its first source does not make gives back: hours and limits of the source, and what is made."""
    counted, takes = gap.counted(stock), gap.ground.takes
    if counted is None:
        return []
    back = takes.cells(int(gap.ground.infinite.route[stock]), counted)
    return [(("made", stock, counted), 1.0), *((cell, -each) for cell, each in back)]


def _together(slack: Slack, group: _Group) -> Iterator[Option]:
    """One option of all ways of a name, which share idle hours and limits: the cheapest way takes them first."""
    trial, steps = slack.over(), list[Step]()
    for way in sorted(group.ways, key=lambda way: way.each or 0.0):
        room = trial.fits(way.uses, way.quantity)
        if room > NOTHING:
            trial.book(way.uses, room)
            steps.append(replace(way, quantity=room))
    if sum(step.quantity for step in steps) >= LEAST:
        yield Option(
            group.lever, group.name, is_listed=False, work=tuple(steps), lead_days=0.0, works_in=group.begins,
        )  # fmt: skip


def _arrival(gap: Gap, route: int) -> int:
    """Bucket in which what the gap stands for arrives in stock."""
    routes = gap.ground.network.routes
    return gap.bucket + (int(routes.lag[route]) if routes.is_own[route] else 0)
