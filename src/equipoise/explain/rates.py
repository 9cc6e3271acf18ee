"""Prices and cost rates: the row of a table that is in force, and the people who changed it."""

import polars as pl

from equipoise.core.adjustment import Adjustment, Scope
from equipoise.core.errors import EquipoiseError
from equipoise.core.hierarchy import Hierarchy
from equipoise.core.measure import Grain
from equipoise.explain.cell import Cell, Why
from equipoise.explain.node import MOST_CHILDREN, Node, number
from equipoise.explain.person import person_words
from equipoise.explain.source import Asked, matching, rate_row, row_node
from equipoise.finance.changes import ChangeExchangeRate

RATES: dict[str, tuple[tuple[str, str], ...]] = {
    "sales_net_price": (("prices", "price"),),
    "cost_backlog_price": (("service_costs", "backlog_cost"), ("costs", "backlog_cost")),
    "cost_lost_price": (("service_costs", "lost_sale_cost"), ("costs", "lost_sale_cost")),
    "cost_standard_price": (("costs", "standard_cost"),),
    "cost_holding_price": (("costs", "holding_cost"), ("costs", "holding_rate_pct"), ("costs", "standard_cost")),
    "cost_shortfall_price": (("inventory_policy", "shortfall_cost"),),
    "make_unit_price": (("routings", "variable_cost"), ("subcontracting", "unit_cost"), ("purchasing", "unit_cost")),
    "flow_unit_price": (("lanes", "unit_cost"),),
    "resource_regular_price": (("resources", "regular_cost_per_hour"),),
    "resource_overtime_price": (("resources", "overtime_cost_per_hour"),),
    "resource_hire_price": (("resources", "hire_cost"),),
    "resource_layoff_price": (("resources", "layoff_cost"),),
    "resource_shift_price": (("resources", "extra_shift_cost"),),
    "resource_rate_up_price": (("resources", "rate_up_cost"),),
    "resource_rate_down_price": (("resources", "rate_down_cost"),),
}
"""Tables and columns that a rate is read from, the first that has a row wins."""

ROUTE_TABLES = {"subcontract": "subcontracting", "purchase": "purchasing"}


def rate(cell: Cell) -> Node:
    """Where a rate comes from; of several rows each distinct one, for rates do not add up."""
    if len(cell.rows) != 1:
        parts = cell.each(non_zero=False)[:MOST_CHILDREN]
        nodes = {(node.value, node.text): node for node in map(rate, parts)}
        more = f", the first {len(parts)}" if len(parts) < len(cell.rows) else ""
        return Node("Source", cell.value, f"{cell.text}{more}", tuple(nodes.values()))
    return cell.supply.once(("rate", cell.name, int(cell.rows[0]), cell.bucket), lambda: _rate(cell))


def _rate(cell: Cell) -> Node:
    """Where the rate of one row comes from."""
    people = [Node("Person", None, person_words(cell, a), ref=a.id) for a in cell.plan.adjustments if _changes(cell, a)]
    words = f"{cell.measure.label} {cell.words(cell.value)}"
    for table, column in RATES[cell.name]:
        asked = _asked(cell, table)
        row = None
        if asked is not None and cell.plan.snapshot.has(table):
            row = rate_row(cell.supply, table, column, asked, cell.plan.axes.calendar.start_of(cell.bucket))
        if row is not None:
            found = row_node(cell.plan, table, row, column)
            people = [*_discounts(cell), *people]
            if found.value == cell.value and not people:
                return Node("Source", cell.value, f"{words}: {found.text}")
            exchange = _exchanged(cell, str(row.get("currency") or ""))
            below = (found, *exchange, *people)
            return Node("Source", cell.value, f"{words} of {cell.who}. {cell.measure.meaning}", below)
    return Node("Source", cell.value, f"{words} of {cell.who}: no row says. {cell.measure.meaning}", tuple(people))


def _discounts(cell: Cell) -> list[Node]:
    """Rows of table events that take something off the price of the cell."""
    plan, events = cell.plan, cell.plan.snapshot.table("events")
    if cell.name != "sales_net_price" or events.height == 0:
        return []
    asked = _asked(cell, "events")
    assert asked is not None, "prices are of items and markets"
    first, last = plan.axes.calendar.start_of(cell.bucket), plan.axes.calendar.end_of(cell.bucket)
    mine = matching(plan, "events", asked).filter(
        pl.col("discount_pct").fill_null(0.0) != 0,
        pl.col("status") != "done",
        pl.col("start_date") <= last,
        pl.col("end_date") >= first,
    )
    return [row_node(plan, "events", row, "discount_pct") for row in mine.sort("event").iter_rows(named=True)]


def exchange_rate(cell: Cell, why: Why) -> Node:
    """The planning rate of the currency in which a price or a standard cost stands."""
    if len(cell.rows) != 1:
        parts = cell.each(non_zero=False)[:MOST_CHILDREN]
        nodes = {(node.value, node.text): node for node in (exchange_rate(part, why) for part in parts)}
        return Node("Source", cell.value, cell.text, tuple(nodes.values()))
    table, column = ("prices", "price") if cell.grain is Grain.DEMAND else ("costs", "standard_cost")
    asked = _asked(cell, table)
    day = cell.plan.axes.calendar.start_of(cell.bucket)
    row = rate_row(cell.supply, table, column, asked, day) if asked is not None else None
    below = _exchanged(cell, str(row["currency"] or "")) if row else ()
    return Node("Source", cell.value, f"{cell.text} {number(cell.value)}. {cell.measure.meaning}", below)


def _exchanged(cell: Cell, currency: str) -> tuple[Node, ...]:
    """The row of the planning rate in force, and the people who changed it; nothing for the dataset's own currency."""
    if currency in ("", cell.plan.head.currency):
        return ()
    calendar = cell.plan.axes.calendar
    rows = cell.plan.snapshot.table("exchange_rates").filter(
        (pl.col("currency") == currency)
        & (pl.col("rate_type") == "plan")
        & (pl.col("date") <= calendar.start_of(cell.bucket))
    )
    found = [
        row_node(cell.plan, "exchange_rates", row, "rate") for row in rows.sort("date").tail(1).iter_rows(named=True)
    ]
    people = []
    for adjustment in cell.plan.adjustments:
        change, scope = adjustment.change, adjustment.scope
        if not isinstance(change, ChangeExchangeRate) or change.currency != currency:
            continue
        begin, end = calendar.span(scope.first, scope.last)
        if begin <= cell.bucket < end and scope == Scope(first=scope.first, last=scope.last):
            people.append(Node("Person", None, person_words(cell, adjustment), ref=adjustment.id))
    return (*found, *people)


def _changes(cell: Cell, adjustment: Adjustment) -> bool:
    """True if a person's change of price reaches the cell."""
    if cell.name != "sales_net_price" or adjustment.change.kind != "price":
        return False
    begin, end = cell.plan.axes.calendar.span(adjustment.scope.first, adjustment.scope.last)
    try:
        rows = cell.plan.axes.rows(cell.grain, adjustment.scope)
    except EquipoiseError:
        return False  # its scope is gone: the stage says so in a finding
    return begin <= cell.bucket < end and cell.rows[0] in rows


def _asked(cell: Cell, table: str) -> Asked | None:
    """What a table is asked for on behalf of a row; None if the table does not speak of such a row."""
    axes, codes = cell.plan.axes, cell.labels()
    if cell.grain is Grain.RESOURCE:
        return {"resource": (None, [codes[0]])}
    if cell.grain is Grain.MAKE:
        return _asked_of_route(cell, table)
    item = (axes.items, [codes[0]])
    if cell.grain is Grain.FLOW:
        return {"item": item, "from_location": (None, [codes[1]]), "to": (None, [codes[2]])}
    if table == "costs" and cell.grain is Grain.DEMAND:  # the costs of a location say nothing of a market
        return {"item": item, "location": (None, [""])}
    if cell.grain is Grain.STOCK:
        return {"item": item, "location": (axes.locations, [codes[1]])}
    return {"item": item, "market": (axes.markets, [codes[1]])}


def _asked_of_route(cell: Cell, table: str) -> Asked | None:
    item, location, route = cell.labels()
    kind, _, supplier = route.partition(":")
    if ROUTE_TABLES.get(kind, "routings") != table:
        return None
    asked: dict[str, tuple[Hierarchy | None, list[str]]] = {
        "item": (cell.plan.axes.items, [item]),
        "location": (None, [location]),
    }
    if table == "routings":
        return {**asked, "route": (None, [route])}
    return {**asked, "supplier": (None, [supplier])}
