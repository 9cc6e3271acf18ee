"""Which of our own production a scope names: what people firm, and what a strategy is asked for."""

from equipoise.core.adjustment import Scope
from equipoise.core.axes import Axes
from equipoise.core.grid import IntArray
from equipoise.core.measure import Grain
from equipoise.core.table import UnknownName
from equipoise.supply.network.routes import Routes


def own_rows(axes: Axes, routes: Routes, scope: Scope) -> IntArray:
    """Rows of grain make of our own routes in a scope; of a resource those whose line it is. UnknownName for others."""
    if scope.market:
        raise UnknownName("production has no market; name an item, a location or a resource")
    rows = axes.rows(Grain.MAKE, {"item": scope.item, "location": scope.location, "resource": scope.resource})
    found: IntArray = rows[routes.is_own[rows]]
    return found
