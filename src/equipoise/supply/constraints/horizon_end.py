"""End of the horizon: stock that must stand there when the plan ends, and stock that should.

I[T] + u ≥ closing_min_qty, u units short of it (0 where a plan exists)
I[T] + g ≥ target stock,    g units short of it, priced

for every item and location.
"""

import numpy as np

from equipoise.supply.columns import Columns
from equipoise.supply.network import Network
from equipoise.supply.program import Family, entries, family

CLOSING, TARGET = "closing_min", "target_stock"


def horizon_end(network: Network, columns: Columns) -> tuple[Family, Family]:
    """Two families with one row for every stock row."""
    rows = np.arange(len(network.opening))
    last = network.horizon - 1
    closing = [entries(rows, block.at(rows, last), 1.0) for block in (columns.held, columns.excess)]
    free = np.full(len(rows), np.inf)
    return (
        family(CLOSING, network.closing_min, free, *closing, entries(rows, columns.closing_slack.at(rows, 0), 1.0)),
        family(TARGET, network.target_end, free, *closing, entries(rows, columns.end_short.at(rows, 0), 1.0)),
    )
