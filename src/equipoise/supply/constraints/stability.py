"""Stability: production beside the plan of record.

Σ y·x − u + v = q,  in every bucket of arrival for which the plan of record gives q good units of a group of own routes
(an item at a location); u units more and v units less, each at its notional price. A bucket that is free has no row.
"""

import numpy as np

from equipoise.supply.columns import Columns
from equipoise.supply.network.network import Network
from equipoise.supply.program.program import Family, entries, family

NAME = "stability"


def stability(network: Network, columns: Columns) -> Family:
    """One row for every group and bucket; not binding where the plan of record says nothing."""
    rule, routes, horizon = network.stability, network.routes, network.horizon
    rows = np.arange(len(rule.planned) * horizon).reshape(-1, horizon)
    member, bucket = np.nonzero(routes.arrival[rule.route] < horizon)
    route = rule.route[member]
    arrives = rows[rule.group[member], routes.arrival[route, bucket]]
    is_free = np.isnan(rule.planned)
    asked = np.nan_to_num(rule.planned)
    return family(
        NAME,
        np.where(is_free, -np.inf, asked),
        np.where(is_free, np.inf, asked),
        entries(arrives, columns.make.at(route, bucket), routes.yield_ratio[route]),
        entries(rows, columns.plan_up.all, -1.0),
        entries(rows, columns.plan_down.all, 1.0),
    )
