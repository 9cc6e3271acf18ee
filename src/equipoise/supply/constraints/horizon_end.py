"""End of the horizon: stock that must stand there when the plan ends, and stock that should when its unseen run does.

I[T] + u ≥ closing_min_qty,  u units short of it (0 where a plan exists), T the last visible bucket
I[T + X] + g ≥ safety stock, g units short of it, priced, X the hidden buckets; of rows that end there, at T

for every item and location.
"""

import numpy as np

from equipoise.supply.columns import Columns
from equipoise.supply.network.network import Network
from equipoise.supply.program.program import Family, entries, family

CLOSING, SAFETY = "closing_min", "end_safety_stock"


def horizon_end(network: Network, columns: Columns) -> tuple[Family, Family]:
    """Two families with one row for every stock row."""
    rows = np.arange(len(network.opening))
    stock, free = (columns.held, columns.excess), np.full(len(rows), np.inf)
    ends = (network.visible, np.where(network.ends, network.visible, network.horizon))
    closing, last = ([entries(rows, block.at(rows, end - 1), 1.0) for block in stock] for end in ends)
    return (
        family(CLOSING, network.closing_min, free, *closing, entries(rows, columns.closing_slack.at(rows, 0), 1.0)),
        family(SAFETY, network.end_stock, free, *last, entries(rows, columns.end_short.at(rows, 0), 1.0)),
    )
