"""What the optimizer chose: the routes that were used, what one more would cost, and what was not used and why.

Of the fast plan (tier heuristic) it is the rule that made the number, and nothing is priced: rules have no dual values.
"""

import numpy as np

from equipoise.core.grid import IntArray
from equipoise.core.measure import Grain
from equipoise.explain.alternatives import alternatives
from equipoise.explain.cell import Cell, Why, parts_of
from equipoise.explain.firm import firmed_by
from equipoise.explain.limit_rows import HOURS, hours_rows, limit_rows, most_rows, room_rows
from equipoise.explain.node import Node, known, number, shortened, taken_off, total
from equipoise.explain.rates import rate

MADE = ("production_qty", "subcontract_qty", "purchase_qty")
MOST_SHORT_ROWS = 3
"""Rows of a rolled-up cell whose alternatives are listed: the shortest ones."""
RULES = {
    Grain.MAKE: "first source by preference, then cost, just in time with safety stock; built ahead where hours or a "
    "supplier's limit are full, then in overtime and extra shifts, then late",
    Grain.FLOW: "markets of first priority first, along their sourcing shares, then along lanes with stock to spare",
    Grain.DEMAND: "markets of first priority first, from what is there; the rest waits or is lost, as the market does",
    Grain.STOCK: "what the rules leave in stock: just in time, with what is built ahead of full hours",
    Grain.RESOURCE: "people chosen last for the hours asked, regular hours before overtime before extra shifts",
}
"""How the fast plan chooses, by grain."""
LIMIT_PRICES = {
    "make_limit_price": "what the whole plan would cost less with one more unit of what the source may give",
    "flow_limit_price": "what the whole plan would cost less with one more unit that the lane may carry",
    "inventory_room_price": "what the whole plan would cost less with room for one more unit",
}
"""Prices of limits, and what they say."""


def choice(cell: Cell, why: Why) -> Node:
    """Why the optimizer chose what it chose for a cell."""
    if cell.name in LIMIT_PRICES:
        return _limit_price(cell)
    if cell.grain is Grain.DEMAND:
        return _demand(cell)
    if cell.grain in (Grain.MAKE, Grain.FLOW):
        word, explained = ("route", _route) if cell.grain is Grain.MAKE else ("lane", _lane)
        return Node("Optimum", cell.value, _chosen(cell), (_listed(cell, word, explained),))
    if cell.grain is Grain.RESOURCE:
        return Node("Optimum", cell.value, _chosen(cell), tuple(_worth_of_hour(cell, int(r)) for r in cell.rows[:12]))
    if not _has_prices(cell):
        return Node("Optimum", cell.value, _chosen(cell), (_tier_row(),))
    return Node("Optimum", cell.value, _chosen(cell), tuple(_worth_of_stock(cell, int(r)) for r in cell.rows[:12]))


def _chosen(cell: Cell) -> str:
    if cell.plan.tier == "infinite":
        return f"{cell.text}: the cheapest way as if capacity had no limit"
    if not _has_prices(cell):
        return f"{cell.text}: by the rules of the fast plan, not at least cost: {RULES[cell.grain]}"
    return f"{cell.text}: chosen at least total cost of the whole plan"


def _has_prices(cell: Cell) -> bool:
    """False for a plan that no optimizer made: what one more unit or hour is worth is unknown."""
    return cell.plan.tier != "heuristic"


def _limit_price(cell: Cell) -> Node:
    """What one more unit of a limit is worth, and the limits that the cell's rows take from, with the rows behind."""
    if not _has_prices(cell):
        return Node("Optimum", None, f"{cell.text}: unknown, the fast plan has no prices", (_tier_row(),))
    text = f"{cell.text}: {LIMIT_PRICES[cell.name]}"
    if cell.grain is Grain.STOCK:
        return Node("Optimum", cell.value, text, _room_rows(cell))
    block = "make" if cell.grain is Grain.MAKE else "ship"
    found = [
        Node(
            "Optimum",
            None,
            f"limit of {limit.where}, {cell.when}: {number(known(float(limit.most[cell.bucket])))}",
            limit_rows(cell, limit, cell.bucket),
        )
        for limit in cell.supply.limits
        if limit.block == block and np.isin(limit.members, cell.rows).any() and np.isfinite(limit.most[cell.bucket])
    ]
    none = Node("Source", None, "tables lanes, subcontracting and purchasing: no row limits it in this bucket")
    return Node("Optimum", cell.value, text, tuple(found) or (none,))


def _room_rows(cell: Cell) -> tuple[Node, ...]:
    """The rows that state room and most stock of the cell's rows."""
    found = list[Node]()
    for row in cell.rows.tolist()[:MOST_SHORT_ROWS]:
        place = cell.plan.axes.keys[Grain.STOCK].labels(row)[1]
        found += room_rows(cell, place)
        found += most_rows(cell, row, cell.bucket)
    return tuple(found) or (Node("Source", None, "tables locations and inventory_policy: no row limits its stock"),)


def _tier_row() -> Node:
    """Where the tier of the plan is said."""
    return Node("Source", None, "policy: knob tier is heuristic")


def _listed(cell: Cell, word: str, explained: Why) -> Node:
    """The rows of a cell, which add up to it."""
    children = parts_of(cell, explained, f"other {word}s")
    return Node("Postings", cell.value, f"{cell.measure.label} by {word}", children)


def _route(cell: Cell) -> Node:
    """One route with its unit cost, and the hours it ties up."""
    row = int(cell.rows[0])
    price, person = cell.of("make_unit_price"), firmed_by(cell)
    routes, children = cell.supply.routes, [rate(price)]
    if person is not None:
        children.insert(0, person)
    if routes.stock[row] >= 0 and _has_prices(cell):
        children.append(_worth_of_stock(cell, int(routes.stock[row])))
    for use in np.flatnonzero(routes.load_route == row).tolist():
        children.append(_worth_of_hour(cell, int(routes.load_resource[use])))
    text = f"{cell.who}: {cell.words(cell.value)} at {price.words(price.value)}"
    if person is not None:
        text = f"{text}, firm: not the plan's choice"
    return Node("Optimum", cell.value, text, tuple(children))


def _lane(cell: Cell) -> Node:
    price = cell.of("flow_unit_price")
    text = f"{cell.who}: {cell.words(cell.value)}, freight {price.words(price.value)}"
    return Node("Optimum", cell.value, text, (rate(price),))


def _worth_of_hour(cell: Cell, resource: int) -> Node:
    """The load of a resource and what one more hour of it is worth."""
    rows = np.array([resource], dtype=np.int64)
    load, available = cell.of("capacity_load_hours", rows), cell.of("capacity_available_hours", rows)
    overtime, worth = cell.of("overtime_hours", rows), cell.of("capacity_shadow_price", rows)
    limit = "no limit" if available.value is None else f"{number(available.value)} available"
    extra = f", {number(overtime.value)} clock hours of overtime" if overtime.value else ""
    text = f"{load.who}, {cell.when}: {number(load.value)} standard hours of {limit}{extra}"
    if _has_prices(cell):
        more = "unknown" if worth.value is None else worth.words(worth.value)
        text = f"{text}; one more is worth {more}"
    return Node("Optimum", worth.value, text, hours_rows(cell, resource, cell.bucket, HOURS))


def _worth_of_stock(cell: Cell, stock: int) -> Node:
    worth = cell.of("inventory_shadow_price", np.array([stock], dtype=np.int64))
    text = f"one more unit of {worth.who}, {cell.when}, is worth {worth.words(worth.value)}"
    # Kept a bucket longer it costs this: the row that ties what it is worth to the next bucket.
    return Node("Optimum", worth.value, text, (rate(worth.of("cost_holding_price")),))


def _demand(cell: Cell) -> Node:
    """Served, served on time, lost: where it came from, the marginal cost, and what else could have served it."""
    served = cell.of("demand_served_qty")
    children: list[Node] = [] if cell.name == "lost_qty" else [_arrivals(served, cell)]
    children += _behind(served)
    for row in cell.rows.tolist()[:MOST_SHORT_ROWS] if _has_prices(cell) else []:
        marginal = cell.of("demand_shadow_price", np.array([row], dtype=np.int64))
        text = f"marginal cost: one more unit of {marginal.who}, {cell.when}, costs {marginal.words(marginal.value)}"
        waits = "cost_lost_price" if cell.supply.network.is_lost[row] else "cost_backlog_price"
        # Not serving it costs this: no more is spent on one more unit than it costs to go without.
        children.append(Node("Optimum", marginal.value, f"{text} in all", (rate(marginal.of(waits)),)))
    for row in _short_rows(cell).tolist():
        children += _priority(cell, row)
        if not _has_prices(cell):
            text = "what else could have served it, and what that would cost: unknown, the fast plan has no prices"
            children.append(Node("Optimum", None, text, (_tier_row(),)))
            continue
        children.append(alternatives(cell.of("demand_served_qty", np.array([row], dtype=np.int64))))
    return Node("Optimum", cell.value, _chosen(cell), tuple(children))


def _priority(cell: Cell, row: int) -> list[Node]:
    """The rank of a short market, if it has one: what decides where costs are equal."""
    market = cell.plan.axes.keys[Grain.DEMAND].labels(row)[1]
    stated = dict(cell.plan.snapshot.table("markets").select("market", "priority").iter_rows())
    known = sorted({rank for rank in stated.values() if rank is not None})
    if len(known) + (None in stated.values()) < 2:
        return []
    rank = stated.get(market)
    words = "no priority" if rank is None else f"priority {number(rank)}"
    text = (
        f"{market} has {words}: of plans of equal cost the one that serves priority {number(known[0])} first is taken"
    )
    return [Node("Source", None, text)]


def _arrivals(served: Cell, cell: Cell) -> Node:
    """Arrivals by lane; of what is on time, less what served the backlog of earlier buckets."""
    arrivals = served.of("arrival_qty", np.flatnonzero(np.isin(served.supply.flows.to_demand, served.rows)))
    node = _listed(arrivals, "lane", _lane)
    if served.value is not None and served.value != arrivals.value:
        rest = Node("Postings", served.value - (arrivals.value or 0.0), "served without a lane")
        node = total("Postings", served.measure.label, [node, rest])
    if cell.name == "demand_served_qty" or served.value is None or cell.value is None:
        return node
    late = served.value - cell.value
    waited = (rate(cell.of("cost_backlog_price")),)
    backlog = Node("Optimum", late, "what served the backlog of earlier buckets first", waited)
    return total("Postings", cell.measure.label, [node, taken_off(backlog)] if late else [node])


def _behind(served: Cell) -> list[Node]:
    """What was made, bought and in stock where the lanes begin, in this bucket."""
    flows = served.supply.flows
    used = np.isin(flows.to_demand, served.rows) & (flows.from_stock >= 0)
    stock: IntArray = np.unique(flows.from_stock[used])
    made = np.flatnonzero(np.isin(served.supply.routes.stock, stock))
    children = []
    opening = served.of("inventory_opening_qty", stock)
    if opening.value:
        children.append(Node("Postings", opening.value, opening.text))
    for name in MADE:
        children += parts_of(served.of(name, made), _route, "other routes")
    arrivals = served.of("arrival_qty", np.flatnonzero(np.isin(flows.to_stock, stock)))
    children += parts_of(arrivals, _lane, "other lanes")
    if not children:
        return []
    return [Node("Optimum", None, f"what stood behind the lanes, {served.when}", shortened(children))]


def _short_rows(cell: Cell) -> IntArray:
    """Rows with demand unmet, late or lost in the bucket, the shortest first."""
    short = cell.of("unmet_qty").amounts + cell.of("backlog_closing_qty").amounts + cell.of("lost_qty").amounts
    order = np.argsort(-short, kind="stable")
    rows: IntArray = cell.rows[order[short[order] > 0]][:MOST_SHORT_ROWS]
    return rows
