"""Supply: who serves which market, and the cheapest plan of making, buying, moving and people that serves the demand.

*Sourcing* carries demand from (item, market) to (item, location). *Supply planning* is the finite plan of S&OP:
production, subcontracting, purchasing, shipments, workforce and overtime within capacity, with the backlog or lost
sales that remain. What no plan can keep becomes priced slack and a finding, so there is always a plan.

Inputs: lanes, routings, resources and their calendars, bills of material, receipts under way; prices (stage `prices`),
required demand (stage `demand`), safety stock (stage `stock_targets`). Outputs: `measures.MEASURES`.

How it is found: one linear program over all rows and buckets (Chopra & Meindl, Supply Chain Management, chapter 8;
Hax & Candea, Production and Inventory Management, section 3.3),

    minimize  pay + hiring + layoff + idle hours + extra shifts + changes of rate + production + subcontracting
              + purchases + orders + lanes + holding + backlog + lost sales
    subject to stock balance, market balance, load, workforce, changes of rate, limits, fixed splits, most stock,
               storage, shelf life, lots, strategies, end of the horizon

with one file per constraint in `constraints`. `network` gathers the data with the hours of `capacity`, `beyond` lets it
run on past the horizon, `model` stacks the arrays, `program` solves them (what is too large for that, `large`),
`tie_break` obeys priorities and preferences among the plans of least cost, `exact` puts flows on the grid and
recomputes every state from them, and what lies past the horizon is cut off. `loading` and `fast` are the tiers before.
The optimum depends on the question alone: what-ifs start from the base plan's basis in a fresh solver, never from the
last plan looked at.

A dual value is the cost of one more unit of demand (`demand_shadow_price`) or the worth of one more hour
(`capacity_shadow_price`). Rated capacity of four machines (D8 of the worked examples):

>>> round(4 * 8 * 5 * 0.85 * 1.10, 6)  # machines × hours × days × utilization × efficiency
149.6
"""

from equipoise.supply.changes import CHANGES, ChangeCapacity, ChangeOvertime, ChangeStrategy, ProductionOverride
from equipoise.supply.findings import FINDING_CODES
from equipoise.supply.measures import MEASURES
from equipoise.supply.plan_sourcing import plan_sourcing
from equipoise.supply.plan_supply import plan_supply

__all__ = [
    "CHANGES",
    "FINDING_CODES",
    "MEASURES",
    "ChangeCapacity",
    "ChangeOvertime",
    "ChangeStrategy",
    "ProductionOverride",
    "plan_sourcing",
    "plan_supply",
]
