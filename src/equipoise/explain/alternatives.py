"""What could have served short demand: each route, bucket and sort of hour, its unit cost, and the row that blocks it.

Of an optimal plan every alternative either meets a tight row (a resource without a free hour, overtime used up, a
supplier's limit), whose dual value says what one more would be worth, or costs no less than waiting does.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from equipoise.explain.blocks import Sort, Use, components_of, hours_of, limits_reached
from equipoise.explain.cell import Cell
from equipoise.explain.firm import firm_blocks
from equipoise.explain.limit_rows import Block
from equipoise.explain.node import Node, known, number, total
from equipoise.explain.rates import rate
from equipoise.explain.stock_blocks import keeping

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
    parts: tuple[Node | Block, ...]
    blocks: tuple[Block, ...]
    source: Callable[[], tuple[Node, ...]]
    """The row of the route."""
    tied: float
    """What the tight rows that a unit would take up are worth elsewhere."""

    @property
    def cost(self) -> float:
        """Unit cost."""
        return sum(part.value or 0.0 for part in self.parts)

    def node(self, marginal: float | None, currency: str) -> Node:
        """Its cost, then the parts of it, then the tight rows, or that it is open and saves nothing."""
        in_all = number(self.cost + self.tied)
        text = f"{self.words}: {number(self.cost)} {currency} per unit"
        if self.blocks and self.tied:
            text += f", {in_all} with what its tight rows are worth"
        blocks = tuple(block.node() for block in self.blocks)
        if not blocks:
            beside = "" if marginal is None else f", beside {number(marginal)} that one more unit costs now"
            words = f"nothing blocks it: it costs {in_all} in all{beside}, so it saves nothing"
            blocks = (Node("Optimum", None, words, self.source()),)
        parts = [part.node() if isinstance(part, Block) else part for part in self.parts]
        return Node("Optimum", self.cost, text, (total("Postings", "unit cost", parts), *blocks))


def ways_to_serve(cell: Cell) -> list[Alternative]:
    """All ways to serve one demand row [1] in the cell's bucket, or late, cheapest first."""
    found = []
    for path in _paths(cell):
        for route in np.flatnonzero(cell.supply.routes.stock == path.stock).tolist():
            for bucket in range(cell.plan.axes.horizon):
                found += _by_route(cell, path, route, bucket)
    return sorted(found, key=lambda alternative: alternative.cost)


def alternatives(cell: Cell) -> Node:
    """What could have served one demand row [1], cheapest first, with what blocks each."""
    # Served, served on time and sold are chosen together: what else there was is the same for each of them.
    return cell.supply.once(("alternatives", int(cell.rows[0]), cell.bucket), lambda: _alternatives(cell))


def _alternatives(cell: Cell) -> Node:
    found = ways_to_serve(cell)
    if not found:
        text = f"no listed route, lane or supplier could have served {cell.who}, {cell.when}"
        rows = Node("Source", None, "tables lanes, routings, subcontracting and purchasing: no row is open in time")
        return Node("Optimum", None, text, (rows,))
    marginal = cell.of("demand_shadow_price").value
    shown = [alternative.node(marginal, cell.plan.head.currency) for alternative in found[:MOST_ALTERNATIVES]]
    more = f", the cheapest {MOST_ALTERNATIVES} of {len(found)}" if len(found) > len(shown) else ""
    return Node("Optimum", None, f"what could have served {cell.who}, {cell.when}, cheapest first{more}", tuple(shown))


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
    """One more unit by a route counted in `bucket`: by regular hours, overtime, an extra shift, or bought."""
    routes = cell.supply.routes
    if not routes.is_open[route, bucket]:
        return []
    ready = int(routes.arrival[route, bucket])
    carried = _carry(cell, path, ready)
    if carried is None:
        return []
    costs, blocks = carried
    price = cell.supply.values("make_unit_price")[route, bucket] / routes.yield_ratio[route]
    made = cell.of("make_unit_price", np.array([route], dtype=np.int64), lag=cell.bucket - bucket)
    label, source = made.who, partial(_rates, made)
    when = cell.plan.axes.calendar.label(bucket)
    own = Block(float(price), f"unit cost of {label}, {when}", source, "Source")
    blocks += limits_reached(cell, Use("make", route, bucket), worth=_worth(cell, path.stock, ready))
    blocks += firm_blocks(cell, route, ready)
    tied = sum(block.value or 0.0 for block in blocks)
    taken, scarce = components_of(cell, route, bucket)
    parts: list[Node | Block] = [own, *costs, *taken]
    blocks = [*blocks, *scarce]
    uses = np.flatnonzero(routes.load_route == route).tolist()
    if not uses:
        return [Alternative(f"{label}, {when}", tuple(parts), tuple(blocks), source, tied)]
    return [
        _by_hours(
            cell, uses, bucket, Alternative(f"{label}, {when}, {words}", tuple(parts), tuple(blocks), source, tied)
        )
        for words in HOURS
        if words != "extra shift" or np.isin(routes.load_resource[uses], cell.supply.capacity.shifts).any()
    ]


def _rates(cell: Cell) -> tuple[Node, ...]:
    return (rate(cell),)


HOURS: tuple[Sort, ...] = ("regular hours", "overtime", "extra shift")


def _by_hours(cell: Cell, uses: list[int], bucket: int, base: Alternative) -> Alternative:
    """An alternative with the hours that it takes on its resources."""
    parts, blocks, tied = list(base.parts), list(base.blocks), base.tied
    (sort,) = (sort for sort in HOURS if base.words.endswith(sort))
    for use in uses:
        part, block, worth = hours_of(cell, use, bucket, sort)
        parts, blocks, tied = [*parts, part], [*blocks, *block], tied + worth
    return Alternative(base.words, tuple(parts), tuple(blocks), base.source, tied)


def _carry(cell: Cell, path: Path, ready: int) -> tuple[list[Node], list[Block]] | None:
    """Freight and cost of being early or late of what is in stock in bucket `ready`, and tight lanes; or None."""
    flows, horizon, wanted = cell.supply.flows, cell.plan.axes.horizon, cell.bucket
    at, freight, limits = ready, 0.0, list[Block]()
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
    costs = [Node("Source", freight, f"freight over {len(path.flows)} lanes")] if freight else []
    if waits:
        held = float(cell.supply.values("cost_holding_price")[path.stock, ready : ready + waits].sum())
        costs.append(Node("Source", held, f"held for {_buckets(waits)}"))
        limits += keeping(cell, path.stock, ready, ready + waits)
    if at > wanted:
        late = float(cell.supply.values("cost_backlog_price")[int(cell.rows[0]), wanted:at].sum())
        costs.append(Node("Source", late, f"late by {_buckets(at - wanted)}"))
    return costs, limits


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
