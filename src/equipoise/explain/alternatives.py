"""What could have served short demand: each route, bucket and sort of hour, its unit cost, and the row that blocks it.

Of an optimal plan every alternative either meets a tight row (a resource without a free hour, overtime used up, a
supplier's limit), whose dual value says what one more would be worth, or costs no less than waiting does.
"""

from dataclasses import dataclass

import numpy as np

from equipoise.explain.blocks import Use, hours_of, limits_reached
from equipoise.explain.cell import Cell
from equipoise.explain.node import Node, known, number, total

MOST_ALTERNATIVES = 20
MOST_LEGS = 4
"""Lanes one after another that are followed back from a market."""


@dataclass(frozen=True)
class Path:
    """Lanes from a stock row to the market, in the order they are travelled."""

    stock: int
    flows: tuple[int, ...]


@dataclass(frozen=True)
class Alternative:
    """One way to get one more unit there: its cost per unit in parts, and what blocks it."""

    words: str
    parts: tuple[Node, ...]
    blocks: tuple[Node, ...]

    @property
    def cost(self) -> float:
        """Unit cost."""
        return sum(part.value or 0.0 for part in self.parts)

    def node(self, currency: str) -> Node:
        """Its cost, then the parts of it, then the tight rows."""
        text = f"{self.words}: {number(self.cost)} {currency} per unit"
        return Node("Optimum", self.cost, text, (total("Postings", "unit cost", self.parts), *self.blocks))


def alternatives(cell: Cell) -> Node:
    """All ways to serve one demand row [1] in the bucket, or late, cheapest first."""
    found = []
    for path in _paths(cell):
        for route in np.flatnonzero(cell.supply.routes.stock == path.stock).tolist():
            for bucket in range(cell.plan.axes.horizon):
                found += _by_route(cell, path, route, bucket)
    found.sort(key=lambda alternative: alternative.cost)
    shown = [alternative.node(cell.plan.head.currency) for alternative in found[:MOST_ALTERNATIVES]]
    more = f", the cheapest {MOST_ALTERNATIVES} of {len(found)}" if len(found) > len(shown) else ""
    text = f"what could have served {cell.who}, {cell.when}, cheapest first{more}"
    if not found:
        text = f"no listed route, lane or supplier could have served {cell.who}, {cell.when}"
    return Node("Optimum", None, text, tuple(shown))


def _paths(cell: Cell) -> list[Path]:
    """Every chain of lanes that ends at the market, without a location twice."""
    flows = cell.supply.flows
    ends = np.flatnonzero((flows.to_demand == cell.rows[0]) & (flows.from_stock >= 0)).tolist()
    found = [Path(int(flows.from_stock[flow]), (flow,)) for flow in ends]
    latest = found
    for _ in range(MOST_LEGS - 1):
        longer = []
        for path in latest:
            seen = {path.stock, *(int(flows.from_stock[flow]) for flow in path.flows)}
            for flow in np.flatnonzero(flows.to_stock == path.stock).tolist():
                if flows.from_stock[flow] >= 0 and int(flows.from_stock[flow]) not in seen:
                    longer.append(Path(int(flows.from_stock[flow]), (flow, *path.flows)))
        found, latest = found + longer, longer
    return found


def _by_route(cell: Cell, path: Path, route: int, bucket: int) -> list[Alternative]:
    """One more unit by a route counted in `bucket`: by regular hours, by overtime, or bought."""
    routes = cell.supply.routes
    if not routes.is_open[route, bucket]:
        return []
    ready = int(routes.arrival[route, bucket])
    carried = _carry(cell, path, ready)
    if carried is None:
        return []
    freight, buckets, limits = carried
    price = cell.supply.values("make_unit_price")[route, bucket] / routes.yield_ratio[route]
    label = cell.of("make_unit_price", np.array([route], dtype=np.int64)).who
    when = cell.plan.axes.calendar.label(bucket)
    base = [Node("Source", float(price), f"unit cost of {label}, {when}"), *freight, *buckets]
    limits += limits_reached(cell, Use("make", route, bucket), worth=_worth(cell, path.stock, ready))
    uses = np.flatnonzero(routes.load_route == route).tolist()
    if not uses:
        return [Alternative(f"{label}, {when}", tuple(base), _or_waiting(cell, base, limits, 0.0))]
    found = []
    for is_overtime in (False, True):
        parts, blocks, tied = list(base), list(limits), 0.0
        for use in uses:
            part, block, worth = hours_of(cell, use, bucket, is_overtime=is_overtime)
            parts, blocks, tied = [*parts, *part], [*blocks, *block], tied + worth
        words = f"{label}, {when}, {'overtime' if is_overtime else 'regular hours'}"
        found.append(Alternative(words, tuple(parts), _or_waiting(cell, parts, blocks, tied)))
    return found


def _carry(cell: Cell, path: Path, ready: int) -> tuple[list[Node], list[Node], list[Node]] | None:
    """Freight, cost of being early or late, and tight lanes of what is in stock in bucket `ready`; None if too late."""
    flows, horizon, wanted = cell.supply.flows, cell.plan.axes.horizon, cell.bucket
    at, freight, limits = ready, 0.0, list[Node]()
    waits = max(0, wanted - _arrival(cell, path, ready))
    at += waits
    if at >= horizon:
        return None
    for flow in path.flows:
        if at >= horizon or not flows.is_open[flow, at]:
            return None
        freight += float(cell.supply.values("flow_unit_price")[flow, at])
        limits += limits_reached(cell, Use("ship", flow, at), worth=None)
        at = int(flows.arrival[flow, at])
    if at >= horizon:
        return None
    costs = []
    if waits:
        held = float(cell.supply.values("cost_holding_price")[path.stock, ready : ready + waits].sum())
        costs.append(Node("Source", held, f"held for {_buckets(waits)}"))
    if at > wanted:
        late = float(cell.supply.values("cost_backlog_price")[int(cell.rows[0]), wanted:at].sum())
        costs.append(Node("Source", late, f"late by {_buckets(at - wanted)}"))
    return [Node("Source", freight, f"freight over {len(path.flows)} lanes")] if freight else [], costs, limits


def _arrival(cell: Cell, path: Path, leaves: int) -> int:
    """Bucket in which what leaves at once reaches the market; the horizon's end if none."""
    at = leaves
    for flow in path.flows:
        if at >= cell.plan.axes.horizon:
            break
        at = int(cell.supply.flows.arrival[flow, at])
    return at


def _buckets(count: int) -> str:
    return "1 bucket" if count == 1 else f"{count} buckets"


def _worth(cell: Cell, stock: int, bucket: int) -> float | None:
    """What one more unit in stock is worth."""
    return known(float(cell.supply.values("inventory_shadow_price")[stock, bucket]))


def _or_waiting(cell: Cell, parts: list[Node], blocks: list[Node], tied: float) -> tuple[Node, ...]:
    """The tight rows; where there is none, that the way is open but saves nothing."""
    if blocks:
        return tuple(blocks)
    marginal = cell.of("demand_shadow_price").value
    full = sum(part.value or 0.0 for part in parts) + tied
    beside = "" if marginal is None else f", beside {number(marginal)} that one more unit costs now"
    return (Node("Optimum", None, f"nothing blocks it: it costs {number(full)} in all{beside}, so it saves nothing"),)
