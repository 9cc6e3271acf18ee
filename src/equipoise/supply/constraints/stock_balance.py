"""Stock balance: what stood there, plus what arrives, minus what leaves, stands there at the end of the bucket.

I[t] − I[t−1] − Σ y·x (arriving in t) − Σ b·x (of other items, arriving in t, b by-products per unit) − Σ s (arriving in
t) + Σ s (leaving in t) + Σ c·x (started in t, c components per unit) + d[t] − k[t] = scheduled receipts[t] − components
of firm production[t]  (+ opening stock in the first bucket),

for every item and location; I = held + excess, d what is scrapped, k the components that firm
production misses (0 where a plan exists).
"""

import numpy as np

from equipoise.core.grid import IntArray
from equipoise.supply.columns import Columns
from equipoise.supply.network.network import Network
from equipoise.supply.program.program import Entries, Family, entries, equal

NAME = "stock_balance"


def stock_balance(network: Network, columns: Columns) -> Family:
    """One row for every stock row and bucket, in row-major order."""
    routes, flows, parts = network.routes, network.flows, network.components
    horizon = network.horizon
    rows = np.arange(len(network.opening) * horizon).reshape(-1, horizon)
    right = network.receipts.scheduled - network.receipts.component_use
    right[:, 0] += network.opening
    times = np.arange(horizon)[None, :]
    terms: list[Entries] = []
    for block in (columns.held, columns.excess):
        terms += [entries(rows, block.all, 1.0), entries(rows[:, 1:], block.all[:, :-1], -1.0)]
    terms.append(_arriving(routes.stock, routes.arrival, columns.make.all, -routes.yield_ratio[:, None], horizon))
    terms.append(_arriving(flows.to_stock, flows.arrival, columns.ship.all, np.array([[-1.0]]), horizon))
    leaving = np.flatnonzero(flows.from_stock >= 0)
    terms.append(entries(flows.from_stock[leaving, None] * horizon + times, columns.ship.all[leaving], 1.0))
    used = parts.stock[:, None] * horizon + times
    terms.append(entries(used, columns.make.at(parts.route[:, None], times), parts.quantity))
    given = network.outputs
    made = columns.make.at(given.route[:, None], times)
    terms.append(_arriving(given.stock, routes.arrival[given.route], made, -given.quantity, horizon))
    terms.append(entries(rows[network.stock_rules.scrap_rows], columns.scrap.all, 1.0))
    if columns.component_slack.rows:
        terms.append(entries(rows, columns.component_slack.all, -1.0))
    return equal(NAME, right, *terms)


def _arriving(target: IntArray, arrival: IntArray, block: IntArray, factor: np.ndarray, horizon: int) -> Entries:
    """Entries of columns [n, T] in the balance of row `target` [n] in bucket `arrival` [n, T], where there is one."""
    inside = (target >= 0)[:, None] & (arrival < horizon)
    rows = target[:, None] * horizon + arrival
    return rows[inside], block[inside], np.broadcast_to(factor, block.shape)[inside].astype(np.float64)
