"""A cell of the grid in which somebody types: where it stands, the scope that it means, and what stands there now."""

from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _

from equipoise.core.adjustment import Scope, WrongAdjustment
from equipoise.core.measure import Grain
from equipoise_web.access import Access, Right
from equipoise_web.reads.grid_marks import own_routes
from equipoise_web.reads.grid_production import typed_rows
from equipoise_web.reads.grid_rows import GridRows
from equipoise_web.reads.grid_view import DIMENSIONS, dimensions_typed, grain_typed


@dataclass(frozen=True)
class TypedCell:
    """What was typed where: line, node and column by their numbers in the view."""

    line: int
    node: int
    column: int
    text: str


class CannotType(WrongAdjustment):
    """A cell does not take what was typed."""


def scope_of(rows: GridRows, cell: TypedCell, who: Access) -> Scope:
    """The scope of a cell. CannotType where it shows only a part of what a scope could name."""
    measure = rows.lines[cell.line]
    grain, known = grain_typed(measure), dimensions_typed(measure)
    nodes = dict(rows.view.nodes) | rows.tree.path(cell.node)
    held = [each for each in who.held if each.gives(Right.PROPOSE)]
    if len({each.scope for each in held}) == 1:
        mine = held[0].scope
        nodes = {name: getattr(mine, name) for name in known} | {name: node for name, node in nodes.items() if node}
    extra = [name for name in nodes if name not in known and nodes[name]]
    column = rows.columns.all[cell.column]
    scope = Scope(**{name: nodes.get(name, "") for name in known}, first=column.first, last=column.last)
    axes = rows.numbers.plan.axes
    below, meant = (
        typed_rows(rows, cell.line, cell.node),
        np.zeros(0, dtype=np.int64) if extra else axes.rows(grain, scope),
    )
    if grain is Grain.MAKE:
        meant = meant[own_routes(axes)[meant]]
        if len(below) == 0:
            raise CannotType(_("Nothing is made here: no route of our own production leads to it."))
    if extra or not np.array_equal(meant, below):
        raise CannotType(
            _("This row shows a part of %(node)s only; type in a row that shows it whole.")
            % {"node": rows.labels[cell.node]}
        )
    return scope


def scope_json(scope: Scope) -> dict[str, str]:
    """The scope of a cell as adjustments are sent."""
    assert scope.first is not None and scope.last is not None, "a cell has days"
    nodes = {name: node for name in DIMENSIONS if (node := getattr(scope, name))}
    return {**nodes, "first": scope.first.isoformat(), "last": scope.last.isoformat()}


def quantity_now(rows: GridRows, measure: str, cell: TypedCell) -> float:
    """What a measure is below a cell, in base units."""
    column = rows.columns.all[cell.column]
    cells = rows.numbers.plan.measure(measure).values
    return float(cells[typed_rows(rows, cell.line, cell.node), column.begin : column.end].sum())
