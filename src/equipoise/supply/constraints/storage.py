"""Storage: all stock at a location shares its room.

Σ v·I[t] (items at the location) − u[t] ≤ room[t],

v room per unit in capacity_uom, u what exceeds the room (0 where a plan exists), for every location with
storage_capacity. Where a resource of type storage stands for the room, the stock is its load (`load`) and there is no
such row. An infinite plan drops the limit.
"""

import numpy as np

from equipoise.supply.columns import Columns
from equipoise.supply.network.network import Network
from equipoise.supply.program.program import Family, entries, family

NAME = "storage"


def storage(network: Network, columns: Columns) -> Family:
    """One row for every location with a storage capacity and every bucket."""
    rules, times = network.stock_rules.storage, np.arange(network.horizon)[None, :]
    rows = rules.at_place.room[:, None] * network.horizon + times
    stock, volume = rules.at_place.stock[:, None], rules.at_place.volume[:, None]
    most = np.full(rules.capacity.shape, np.inf) if network.rules.is_infinite else rules.capacity
    return family(
        NAME,
        np.full(most.shape, -np.inf),
        most,
        entries(rows, columns.held.at(stock, times), volume),
        entries(rows, columns.excess.at(stock, times), volume),
        entries(np.arange(most.size).reshape(most.shape), columns.storage_slack.all, -1.0),
    )
