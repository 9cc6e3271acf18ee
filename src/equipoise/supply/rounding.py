"""What rounding makes of hours: quantities are counted in steps of the grid, and each step takes hours that cost money.

The optimizer prices the hours of what it starts; the plan shows those of what is started in whole steps. Where a unit
takes a thousand hours and a change of rate is dear, half a step is worth more than a cent.
"""

import numpy as np

from equipoise.core.grid import QUANTITY_STEP
from equipoise.supply.network.network import Network


def hours_rounding(network: Network) -> float:
    """Money of the hours of one grid step of every route in every bucket: what rounding moves is no more."""
    routes, prices, capacity, rule = network.routes, network.prices, network.capacity, network.rate_changes
    standard = np.bincount(routes.load_resource, routes.load_hours, minlength=len(capacity.rate)) * QUANTITY_STEP
    clock = standard / np.where(capacity.rate > 0, capacity.rate, 1.0)
    each = (prices.regular + prices.overtime + prices.idle).sum(axis=1)
    # Hours of a bucket count in its own change of rate and, by the next one's factor, in that.
    counted = 1.0 + np.nan_to_num(rule.factor).max(axis=1, initial=0.0)
    each[rule.rows] += (prices.rate_up + prices.rate_down)[rule.rows].sum(axis=1) * counted
    return float(clock @ each)
