"""Bridges of revenue and margin between two plans, from budget to plan and from last year to plan.

The bars are those of `finance.bridge`. Money of other currencies is first taken at the rates of the side that one
comes from, cell by cell, so that price and currency are told apart in every market; then items are compared at the
level at which mix is taken, item by default. Volumes are counted in the one unit that all items share, else in
volume_uom, else in revenue of the side one comes from: then a unit is what earned one unit of money there.
"""

from equipoise.bridges.plan_bridge import (
    BUDGET_REVENUE,
    LEVELS,
    NoSuchLevel,
    PlanBridge,
    Sold,
    bridge_from_budget,
    bridge_from_last_year,
    bridge_plans,
    bridge_sides,
    steps_json,
)

__all__ = [
    "BUDGET_REVENUE",
    "LEVELS",
    "NoSuchLevel",
    "PlanBridge",
    "Sold",
    "bridge_from_budget",
    "bridge_from_last_year",
    "bridge_plans",
    "bridge_sides",
    "steps_json",
]
