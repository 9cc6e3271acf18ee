"""Strategies of production: level, chase or hybrid, where somebody asks for one instead of the cheapest plan.

* *level*: the same units a working day in every bucket; stock takes up the difference to demand;
* *hybrid*: within some percent of one rate a working day, so that part of the difference is followed;
* *chase*: what is needed, when it is needed: by the end of no bucket has more arrived than netting asks for just in
  time (`infinite_loading`), so nothing is built ahead of safety stock. Late it may be, at the price of being late.

A rate is kept by each location, for its own production in the buckets in which it is started; working days are those of
the location's calendar, of a bucket that has begun those to go. What is needed is counted over all locations of the
scope together, for the plan may choose among them. What the planning fence fixes or people firm counts; a bucket in
which nothing else is left to choose follows it. A strategy never makes a plan impossible: what cannot be kept of it is
slack, and a finding.

Arnold, Chapman & Clive, Introduction to Materials Management, chapter 2; Chopra & Meindl, Supply Chain Management,
chapter 8.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from equipoise.core.adjustment import Adjustment
from equipoise.core.finding import Finding
from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.core.measure import Grain
from equipoise.core.stage import Inputs
from equipoise.core.table import UnknownName
from equipoise.supply.capacity.working_days import working_time
from equipoise.supply.changes import ChangeStrategy
from equipoise.supply.findings import CHANGES_NOTHING
from equipoise.supply.loading.infinite_plan import plan_infinitely
from equipoise.supply.network.fences import inside_fence
from equipoise.supply.network.network import Network
from equipoise.supply.network.strategy_rules import NO_STRATEGIES, Chase, Level, Strategies
from equipoise.supply.own_rows import own_rows
from equipoise.supply.production_findings import STRATEGY_OF_MIXED_UNITS


def read_strategies(inputs: Inputs, network: Network) -> tuple[Strategies, list[Finding]]:
    """The strategies that the adjustments ask for, over the visible buckets of a network; of two of one cell the last
    one holds. `inputs` are those that the network was read from, or of its horizon."""
    asked = [a for a in sorted(inputs.adjustments, key=lambda a: a.order) if isinstance(a.change, ChangeStrategy)]
    if not asked:
        return NO_STRATEGIES, []
    owner = np.full((network.count(Grain.MAKE), network.horizon), -1, dtype=np.int64)
    findings: list[Finding] = []
    for number, adjustment in enumerate(asked):
        try:
            cells = _cells(network, adjustment)
        except UnknownName as error:
            findings.append(CHANGES_NOTHING.found(f"adjustment {adjustment.id}", f"{error}: nothing changed"))
            continue
        if not cells.any():
            text = "strategy of what is not made by ourselves in these buckets: nothing changed"
            findings.append(CHANGES_NOTHING.found(f"adjustment {adjustment.id}", text))
        owner[cells] = number
    head = inputs.snapshot.head
    fenced = inside_fence(network.axes, inputs.table("fences"), head.as_of, head.start)
    found: dict[type[Level] | type[Chase], list[Level | Chase]] = {Level: [], Chase: []}
    for number, adjustment in enumerate(asked):
        change, cells = adjustment.change, owner == number
        assert isinstance(change, ChangeStrategy)
        if change.strategy == "cheapest" or not cells.any():
            continue
        findings += _mixed_units(inputs, network, adjustment, np.flatnonzero(cells.any(axis=1)))
        if change.strategy == "chase":
            found[Chase].append(_chase(inputs, network, adjustment, cells, cells & ~fenced))
        else:
            found[Level] += list(_levels(inputs, network, adjustment, cells, cells & ~fenced))
    levels = tuple(one for one in found[Level] if isinstance(one, Level))
    chases = tuple(one for one in found[Chase] if isinstance(one, Chase))
    return Strategies(levels, chases), findings


def _cells(network: Network, adjustment: Adjustment) -> BoolArray:
    """Own production in the scope and its days that a route allows, [M, T]."""
    axes, scope = network.axes, adjustment.scope
    cells = np.zeros((network.count(Grain.MAKE), network.horizon), dtype=np.bool_)
    rows = own_rows(axes, network.routes, scope)
    first, end = axes.calendar.span(scope.first, scope.last)
    cells[rows, first : min(end, network.visible)] = True
    return cells & network.routes.is_open


def _levels(
    inputs: Inputs, network: Network, adjustment: Adjustment, cells: BoolArray, free: BoolArray
) -> Iterator[Level]:
    """One rate for each location of the scope."""
    change, axes = adjustment.change, network.axes
    assert isinstance(change, ChangeStrategy)
    places = axes.keys[Grain.MAKE].column("location")
    calendar_of = dict(inputs.table("locations").select("location", "calendar").iter_rows())
    for place in np.unique(places[cells.any(axis=1)]).tolist():
        code = axes.locations.leaves[place]
        members = np.flatnonzero(cells.any(axis=1) & (places == place))
        time = working_time(axes, inputs.table("calendars"), calendar_of.get(code) or "", inputs.snapshot.head.as_of)
        days = time.days.copy()
        days[0] *= time.to_go
        where = f"{change.strategy} production of {_node(adjustment)} at {code}"
        yield Level(members, cells[members], free[members], days, change.within_pct / 100.0, where)


def _chase(inputs: Inputs, network: Network, adjustment: Adjustment, cells: BoolArray, free: BoolArray) -> Chase:
    """What is needed of the scope's stock rows, just in time and in all, [T]."""
    safety, last = network.safety.copy(), network.visible - 1
    safety[:, last] = np.maximum(safety[:, last], network.closing_min)
    plan = plan_infinitely(replace(network, safety=safety), inputs.measure("sourcing_share_ratio"))
    members = np.flatnonzero(cells.any(axis=1))
    filled = np.unique(network.routes.stock[members])
    needed: FloatArray = np.cumsum(plan.loading.receipts[filled].sum(axis=0))
    where = f"chase production of {_node(adjustment)}"
    if adjustment.scope.location:
        where += f" at {adjustment.scope.location}"
    return Chase(members, free[members], needed, where)


def _node(adjustment: Adjustment) -> str:
    """What of, and on which line."""
    item, line = adjustment.scope.item or "all items", adjustment.scope.resource
    return f"{item} on {line}" if line else item


def _mixed_units(inputs: Inputs, network: Network, adjustment: Adjustment, rows: IntArray) -> list[Finding]:
    """A finding if the items of a scope are counted in different units, which a strategy adds up."""
    items = network.axes.keys[Grain.MAKE].column("item")[rows]
    unit_of = dict(inputs.table("items").select("item", "uom").iter_rows())
    units = sorted({str(unit_of.get(network.axes.items.leaves[item]) or "") for item in np.unique(items).tolist()})
    if len(units) < 2:
        return []
    text = f"the strategy of {adjustment.scope.item or 'all items'} adds up units of {', '.join(units)}"
    return [STRATEGY_OF_MIXED_UNITS.found(f"adjustment {adjustment.id}", text)]
