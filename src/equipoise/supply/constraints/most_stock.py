"""Most stock: what may stand at a location at the end of a bucket.

I[t] − u[t] ≤ most[t], u units above it (0 where a plan exists), for every stock row with max_qty or max_days.
"""

import numpy as np

from equipoise.supply.columns import Columns
from equipoise.supply.network.network import Network
from equipoise.supply.program.program import Family, entries, family

NAME = "most_stock"


def most_stock(network: Network, columns: Columns) -> Family:
    """One row for every stock row with a limit and every bucket."""
    rule, times = network.stock_rules.most, np.arange(network.horizon)[None, :]
    rows = np.arange(rule.most.size).reshape(rule.most.shape)
    return family(
        NAME,
        np.full(rule.most.shape, -np.inf),
        rule.most,
        entries(rows, columns.held.at(rule.rows[:, None], times), 1.0),
        entries(rows, columns.excess.at(rule.rows[:, None], times), 1.0),
        entries(rows, columns.most_slack.all, -1.0),
    )
