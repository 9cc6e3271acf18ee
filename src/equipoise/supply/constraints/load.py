"""Load: standard hours asked for are worked in regular time or overtime.

Σ a·x (falling in t) + Σ g·n (likewise) + Σ v·I[t] − e·(r[t] + o[t] + H·z[t]) − q[t] = −(hours of firm receipts[t]),

for every resource; g are the setup hours of each of n lots, where lots are planned whole, z is the share of an extra
shift of H clock hours, v·I the room that stock takes of a resource of type storage, q are hours that firm receipts ask
for beyond all capacity (0 where a plan exists). All but clock hours are standard hours. Regular hours of a machine are
bounded by its capacity, its overtime by the most overtime: both are bounds of columns.
"""

import numpy as np

from equipoise.supply.columns import Columns
from equipoise.supply.network.network import Network
from equipoise.supply.program.program import Family, entries, equal

NAME = "load"


def load(network: Network, columns: Columns) -> Family:
    """One row for every resource and bucket, in row-major order."""
    routes, horizon = network.routes, network.horizon
    rows = np.arange(network.receipts.load.size).reshape(-1, horizon)
    falling = routes.load_resource[:, None] * horizon + routes.load_bucket
    used = columns.make.at(routes.load_route[:, None], np.arange(horizon)[None, :])
    rate = -network.capacity.rate[:, None]
    shifts = network.capacity.shifts
    room, times = network.stock_rules.storage.at_resource, np.arange(horizon)[None, :]
    stored = [
        entries(rows[room.room], block.at(room.stock[:, None], times), room.volume[:, None])
        for block in (columns.held, columns.excess)
    ]
    rule = network.lots
    set_up = entries(
        falling[rule.setup_use], columns.lots.at(rule.setup_lot[:, None], times), rule.setup_hours[:, None]
    )
    return equal(
        NAME,
        -network.receipts.load,
        entries(falling, used, routes.load_hours[:, None]),
        entries(rows, columns.regular.all, rate),
        entries(rows, columns.overtime.all, rate),
        entries(rows, columns.hours_slack.all, -1.0),
        entries(rows[shifts], columns.shift.all, rate[shifts] * network.capacity.shift_hours[shifts, None]),
        set_up,
        *stored,
    )
