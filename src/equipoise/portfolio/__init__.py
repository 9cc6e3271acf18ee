"""Portfolio: what the company sells and where it can come from.

In S&OP words: product management says which items are live when (launch, end of life), and the master data say which
markets want them, which locations stock them, which lanes carry them and which routes, subcontractors and suppliers
can provide them. From this the rows of every grain are fixed, once per snapshot.

Inputs: items, markets, locations, resources, routings, bom, subcontracting, purchasing, lanes, inventory and
inventory_policy, and every table that names demand; adjustments of the kinds in `changes` (a launch slips or is sized
anew, an end moves). Outputs: the axes (`build_axes`); `demand_active_ratio`, `demand_ended_ratio`,
`demand_succeeded_ratio` (`life`); `launch_ramp_ratio`, `launch_steady_qty` (`launches`). What becomes of the forecast
is the demand room's: it has the history of like items and predecessors.
"""

from equipoise.portfolio.build_axes import build_axes
from equipoise.portfolio.changes import CHANGES
from equipoise.portfolio.findings import FINDING_CODES
from equipoise.portfolio.measures import MEASURES
from equipoise.portfolio.plan_portfolio import plan_portfolio

__all__ = ["CHANGES", "FINDING_CODES", "MEASURES", "build_axes", "plan_portfolio"]
