"""What holding a cell of the grid means: adjustments that keep every number below it as it stands now.

The consensus is held until a last day. Planned production is held by firm orders, one for each item, line and bucket
that can be made, nothing included: what the plan chose is then no longer the plan's to choose. They have no last day.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from equipoise.core.adjustment import Scope
from equipoise.core.grid import BoolArray
from equipoise.core.measure import Grain
from equipoise.supply.firm_production import fenced_cells, last_starts, overrides_of
from equipoise_web.access import Access, Right
from equipoise_web.reads.grid_header import BASELINE
from equipoise_web.reads.grid_marks import HELD, rows_in
from equipoise_web.reads.grid_production import typed_rows
from equipoise_web.reads.grid_rows import GridRows
from equipoise_web.reads.grid_typed import CannotType, TypedCell, scope_json, scope_of
from equipoise_web.reads.grid_view import CONSENSUS, PRODUCTION
from equipoise_web.reads.production_estimate import network_of


def holds(rows: GridRows, cell: TypedCell, who: Access) -> list[Mapping[str, Any]]:
    """Holds that keep every cell below a node as the consensus says now: one, or one for each leaf and bucket.

    The engine holds the baseline at an amount, spread as the baseline is; where inputs have moved the cells apart from
    it, each is held by itself, so that no number moves.
    """
    if rows.lines[cell.line] == PRODUCTION:
        return _firm_orders(rows, cell, who)
    if not who.may(Right.PROPOSE, kind="demand_hold") and who.may(Right.PROPOSE, kind="production_override"):
        raise CannotType(_("You hold planned production only: choose a cell of its line."))
    scope = scope_of(rows, cell, who)
    plan, axes = rows.numbers.plan, rows.numbers.plan.axes
    if not who.may(Right.PROPOSE, kind="demand_hold", scope=scope, axes=axes):
        raise CannotType(_("You have no right to hold numbers here."))
    if rows.marks[cell.line, cell.node, cell.column] & HELD:
        raise CannotType(_("It is held already."))
    column, below = rows.columns.all[cell.column], rows.tree.rows_of(Grain.DEMAND, cell.node)
    now, start = (plan.measure(name).values[below, column.begin : column.end] for name in (CONSENSUS, BASELINE))
    if np.array_equal(now, start):
        return [{"kind": "demand_hold", "scope": scope_json(scope)}]
    keys = axes.keys[Grain.DEMAND]
    found: list[Mapping[str, Any]] = []
    for row, bucket in np.argwhere(now >= 0).tolist():
        item, market = keys.labels(int(below[row]))
        day, end = (each(column.begin + bucket) for each in (axes.calendar.start_of, axes.calendar.end_of))
        leaf = Scope(f"item:{item}", f"market:{market}", first=day, last=end)
        found.append({"kind": "demand_hold", "amount": {"set": float(now[row, bucket])}, "scope": scope_json(leaf)})
    return found


def _firm_orders(rows: GridRows, cell: TypedCell, who: Access) -> list[Mapping[str, Any]]:
    """Planned production below a cell as firm orders at what stands; without those that the planning fence keeps.

    A total would be parted as the data's own plan makes it, so each item, line and bucket has an order of its own.
    """
    scope = scope_of(rows, cell, who)
    plan, axes = rows.numbers.plan, rows.numbers.plan.axes
    if not who.may(Right.PROPOSE, kind="production_override", scope=scope, axes=axes):
        raise CannotType(_("You have no right to hold numbers here."))
    column, below = rows.columns.all[cell.column], typed_rows(rows, cell.line, cell.node)
    network = network_of(rows.numbers.base.digest)
    starts = last_starts(network.routes)
    can = ((starts >= 0) & ~fenced_cells(network, starts))[below, column.begin : column.end]
    if not can.any():
        raise CannotType(_("The planning fence or the lead time keeps it already: nothing here can be changed."))
    can &= ~_firm_cells(rows)[below, column.begin : column.end]
    if not can.any():
        raise CannotType(_("It is firm already; whoever firmed it can take it back."))
    now = plan.measure(PRODUCTION).values[below, column.begin : column.end]
    found: dict[Scope, float] = {}
    for row, bucket in np.argwhere(can).tolist():
        item, place = axes.keys[Grain.MAKE].labels(int(below[row]))[:2]
        line = -1 if axes.lines is None else int(axes.lines[below[row]])
        resource = f"resource:{axes.resources.leaves[line]}" if line >= 0 else ""
        day, end = (each(column.begin + bucket) for each in (axes.calendar.start_of, axes.calendar.end_of))
        order = Scope(f"item:{item}", location=f"location:{place}", resource=resource, first=day, last=end)
        found[order] = found.get(order, 0.0) + float(now[row, bucket])
    return [
        {
            "kind": "production_override",
            "amount": {"set": quantity},
            "spread": "as_is" if quantity > 0 else "equal",
            "scope": scope_json(order),
        }
        for order, quantity in found.items()
    ]


def _firm_cells(rows: GridRows) -> BoolArray:
    """Routes and buckets that somebody firmed, [M, T]."""
    axes = rows.numbers.plan.axes
    found = np.zeros((len(axes.keys[Grain.MAKE]), axes.horizon), dtype=np.bool_)
    for adjustment in overrides_of(rows.numbers.adjustments):
        begin, end = axes.calendar.span(adjustment.scope.first, adjustment.scope.last)
        found[rows_in(axes, Grain.MAKE, adjustment.scope), begin:end] = True
    return found
