"""Market balance: demand is served, waits, or is lost.

Σ s (arriving in t) + B[t] − B[t−1] + L[t] = d[t]  (+ what is overdue, in the first bucket),

for every item and market. Its dual is the cost of one more unit of demand.
"""

import numpy as np

from equipoise.supply.columns import Columns
from equipoise.supply.network.network import Network
from equipoise.supply.program.program import Family, entries, equal

NAME = "market_balance"


def market_balance(network: Network, columns: Columns) -> Family:
    """One row for every demand row and bucket, in row-major order."""
    flows, horizon = network.flows, network.horizon
    rows = np.arange(network.demand.size).reshape(-1, horizon)
    inside = (flows.to_demand >= 0)[:, None] & (flows.arrival < horizon)
    arriving = (flows.to_demand[:, None] * horizon + flows.arrival)[inside]
    return equal(
        NAME,
        network.demand,
        entries(arriving, columns.ship.all[inside], 1.0),
        entries(rows, columns.backlog.all, 1.0),
        entries(rows[:, 1:], columns.backlog.all[:, :-1], -1.0),
        entries(rows, columns.lost.all, 1.0),
    )
