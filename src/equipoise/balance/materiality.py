"""What is worth people's time: money from which on something is listed, below which it is only counted.

>>> round_down(2_060.0), round_down(48.0), round_down(0.4)
(2000.0, 40.0, 0.0)
"""

from math import floor, isfinite, log10

from equipoise.plan import Plan

MATERIAL_SHARE = 0.0005
"""Of the plan's revenue: what is at stake below it is counted and not listed, unless another threshold is asked for."""


def material(plan: Plan) -> float:
    """The money from which on something at stake is listed: a share of the plan's revenue, its first figure kept."""
    revenue = plan.total("revenue_amount")
    return round_down(MATERIAL_SHARE * revenue) if isfinite(revenue) and revenue > 0 else 0.0


def material_in_a_bucket(plan: Plan) -> float:
    """The same of a mean bucket: for what is at stake in one bucket and not over the horizon."""
    revenue = plan.total("revenue_amount") / max(plan.axes.horizon, 1)
    return round_down(MATERIAL_SHARE * revenue) if isfinite(revenue) and revenue > 0 else 0.0


def round_down(amount: float) -> float:
    """The amount with its first figure only."""
    if amount < 1:
        return 0.0
    unit = 10.0 ** floor(log10(amount))
    return floor(amount / unit) * unit
