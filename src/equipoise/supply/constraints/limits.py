"""Limits: what a lane, a subcontractor or a supplier can give in a bucket, and must be given.

Σ v·x (or v·s) of the rows below the limit's node ≤ most[t]
Σ v·x (or v·s) of the rows below the limit's node + m[t] ≥ least[t], m what cannot be kept (0 where a plan exists),

v what a unit takes of a limit in another unit of measure, else 1.
"""

import numpy as np

from equipoise.supply.columns import Columns
from equipoise.supply.network.network import Network
from equipoise.supply.program.program import Entries, Family, entries, family

NAME = "limits"


def limits(network: Network, columns: Columns) -> Family:
    """Two rows, most and least, for every limit and bucket."""
    horizon = network.horizon
    count = len(network.limits)
    most, least = np.full((count, 2, horizon), np.inf), np.full((count, 2, horizon), -np.inf)
    times = np.arange(horizon)
    terms: list[Entries] = [entries(np.zeros(0), np.zeros(0), np.zeros(0))]
    for number, limit in enumerate(network.limits):
        block = columns.make if limit.block == "make" else columns.ship
        opened = network.routes.is_open if limit.block == "make" else network.flows.is_open
        row = number * 2 * horizon + times
        used = block.at(limit.members[:, None], times[None, :])
        weights = limit.per_unit[:, None]
        terms += [entries(row[None, :], used, weights), entries(row[None, :] + horizon, used, weights)]
        terms.append(entries(row + horizon, columns.least_slack.at(number, times), 1.0))
        most[number, 0] = limit.most
        # Nobody owes what cannot arrive yet.
        least[number, 1] = np.where((limit.least > 0) & opened[limit.members].any(axis=0), limit.least, -np.inf)
    return family(NAME, least, most, *terms)
