"""Portfolio: what the company sells and where it can come from.

In S&OP words: product management says which items are live when (launch, end of life), and the master data say which
markets want them, which locations stock them, which lanes carry them and which routes, subcontractors and suppliers
can provide them. From this the rows of every grain are fixed, once per snapshot.

Inputs: items, markets, locations, resources, routings, bom, subcontracting, purchasing, lanes, inventory and
inventory_policy, and every table that names demand. Outputs: the axes (`build_axes`) and `demand_active_ratio`.
"""

from equipoise.portfolio.build_axes import build_axes
from equipoise.portfolio.plan_portfolio import plan_portfolio

__all__ = ["build_axes", "plan_portfolio"]
