"""Hours of resources: what routes ask for, what is paid, what is available."""

from collections.abc import Callable

import numpy as np

from equipoise.core.grid import QUANTITY_STEP, on_grid
from equipoise.explain.cell import Cell, Why, parts_of
from equipoise.explain.limit_rows import reaches, route_rows, volume_rows
from equipoise.explain.node import Node, known, number, shortened
from equipoise.explain.person import person_words
from equipoise.explain.rows import rows_of


def load(cell: Cell, why: Why) -> Node:
    """Standard hours: units started × hours per unit, setups, firm receipts; of a room the stock in it."""
    routes = cell.supply.routes
    started = cell.supply.values("production_started_qty")
    others = cell.supply.values("subcontract_qty") + cell.supply.values("purchase_qty")
    children = []
    for use in np.flatnonzero(np.isin(routes.load_resource, cell.rows)).tolist():
        route = int(routes.load_route[use])
        units = (started if routes.is_own[route] else others)[route]
        quantity = float(units[routes.load_bucket[use] == cell.bucket].sum())
        hours = float(routes.load_hours[use])
        amount = float(on_grid(np.array(quantity * hours), QUANTITY_STEP))
        if amount:
            made = cell.of("make_unit_price", np.array([route]))
            text = f"{made.who}: {number(quantity)} started × {number(hours)} hours each"
            children.append(Node("Product", amount, text, route_rows(made, int(routes.load_resource[use]))))
    rule, lots = cell.supply.network.lots, cell.supply.values("lot_number")
    for place, use, hours in zip(
        rule.setup_lot.tolist(), rule.setup_use.tolist(), rule.setup_hours.tolist(), strict=True
    ):
        route, resource = int(rule.rows[place]), int(routes.load_resource[use])
        count = float(lots[route][routes.load_bucket[use] == cell.bucket].sum())
        if count and resource in cell.rows:
            made = cell.of("make_unit_price", np.array([route]))
            text = f"{made.who}: {number(count)} lots × {number(hours)} setup hours each"
            amount = float(on_grid(np.array(count * hours), QUANTITY_STEP))
            children.append(Node("Product", amount, text, route_rows(made, resource)))
    room = cell.supply.network.stock_rules.storage.at_resource
    for entry in np.flatnonzero(np.isin(room.room, cell.rows)).tolist():
        stock = cell.of("inventory_closing_qty", np.array([room.stock[entry]]))
        volume = float(room.volume[entry])
        amount = float(on_grid(np.array((stock.value or 0.0) * volume), QUANTITY_STEP))
        if amount:
            text = f"{stock.who}: {number(stock.value)} in stock × {number(volume)} of room each"
            children.append(Node("Product", amount, text, volume_rows(stock)))
    rest = (cell.value or 0.0) - sum(child.value or 0.0 for child in children)
    if rest:
        is_rounding = abs(rest) <= QUANTITY_STEP * (len(children) + 1)
        children.append(Node("Source", rest, "rounding to the grid" if is_rounding else "firm receipts"))
    return Node("Postings", cell.value, cell.text, shortened(children, "other routes"))


def paid(cell: Cell, why: Why) -> Node:
    """Regular hours paid: of a workforce all its hours, else the hours used."""
    return _by_resource(cell, why, _paid)


def available(cell: Cell, why: Why) -> Node:
    """Standard hours available: of a workforce its clock hours at its rate, at most the machine's."""
    return _by_resource(cell, why, _available)


def _by_resource(cell: Cell, why: Why, explained: Callable[[Cell, Why], Node]) -> Node:
    if len(cell.rows) == 1:
        return explained(cell, why)
    return Node("Postings", cell.value, cell.text, parts_of(cell, lambda part: explained(part, why), "other resources"))


def _paid(cell: Cell, why: Why) -> Node:
    if cell.supply.capacity.is_workforce[cell.rows[0]]:
        return _crew(cell, why, "")
    return Node("Source", cell.value, f"{cell.text}: the regular clock hours that are used")


def _available(cell: Cell, why: Why) -> Node:
    resource = int(cell.rows[0])
    rate, clock = cell.supply.capacity.rate[resource], cell.supply.capacity.clock[resource, cell.bucket]
    mine = [a for a in cell.plan.adjustments if a.change.kind == "capacity"]
    changes = [a for a in mine if reaches(cell, a, cell.rows, cell.bucket)]
    people = [Node("Person", None, person_words(cell, adjustment), ref=adjustment.id) for adjustment in changes]
    at_rate = f" × {number(100 * float(rate))} % of utilization and efficiency"
    most = "no limit" if np.isinf(clock) else f"{number(float(clock))} clock hours{at_rate}"
    rows = rows_of(cell, "resources", "capacity_hours")
    machine = Node("Source", known(float(clock * rate)) if np.isfinite(clock) else None, most, (rows, *people))
    if not cell.supply.capacity.is_workforce[resource]:
        return Node("Source", cell.value, f"{cell.text}: {most}", (rows, *people))
    crew = _crew(cell, why, at_rate)
    return Node("Product", cell.value, crew.text, crew.children if np.isinf(clock) else (*crew.children, machine))


def _crew(cell: Cell, why: Why, at_rate: str) -> Node:
    """Workers × hours per worker."""
    workers = cell.of("workforce_count")
    hours = float(cell.supply.capacity.hours_per_worker[cell.rows[0], cell.bucket])
    row = rows_of(cell, "resources", "hours_per_worker")
    text = f"{cell.text}: {workers.words(workers.value)} × {number(hours)} hours{at_rate}"
    return Node("Product", cell.value, text, (why(workers), Node("Source", hours, "hours per worker", (row,))))
