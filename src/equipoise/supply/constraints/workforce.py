"""Workforce: people are hired and laid off at the start of a bucket and work their hours.

workers:  w[t] − w[t−1] − h[t] + f[t] = 0            (the first bucket: = workers at the start)
regular:  r[t] ≤ hours per worker[t] · w[t]          (all of these are paid, used or not)
overtime: o[t] ≤ overtime per worker[t] · w[t] + extra[t]
machine:  r[t] + o[t] ≤ capacity_hours[t]            (where the people stand at a machine that limits them)

for every resource with workers. An infinite plan drops the last three.
"""

import numpy as np

from equipoise.supply.columns import Columns
from equipoise.supply.network.network import Network
from equipoise.supply.program.program import Family, entries, equal, family

WORKERS, REGULAR, OVERTIME, MACHINE = "workers", "regular_hours", "overtime_hours", "machine_hours"


def workforce(network: Network, columns: Columns) -> tuple[Family, Family, Family, Family]:
    """The four families; rows are resources with workers × buckets."""
    capacity, horizon = network.capacity, network.horizon
    crews = capacity.workforce
    rows = np.arange(len(crews) * horizon).reshape(-1, horizon)
    opening = np.zeros(rows.shape)
    opening[:, 0] = capacity.workers[crews]
    regular = columns.regular.at(crews[:, None], np.arange(horizon)[None, :])
    overtime = columns.overtime.at(crews[:, None], np.arange(horizon)[None, :])
    free = np.full(rows.shape, np.inf)
    is_free = network.rules.is_infinite
    return (
        equal(
            WORKERS,
            opening,
            entries(rows, columns.workers.all, 1.0),
            entries(rows[:, 1:], columns.workers.all[:, :-1], -1.0),
            entries(rows, columns.hired.all, -1.0),
            entries(rows, columns.laid_off.all, 1.0),
        ),
        family(
            REGULAR,
            -free,
            free if is_free else np.zeros(rows.shape),
            entries(rows, regular, 1.0),
            entries(rows, columns.workers.all, -capacity.hours_per_worker[crews]),
        ),
        family(
            OVERTIME,
            -free,
            free if is_free else capacity.overtime_extra[crews],
            entries(rows, overtime, 1.0),
            entries(rows, columns.workers.all, -capacity.overtime_per_worker[crews]),
        ),
        family(
            MACHINE,
            -free,
            free if is_free else capacity.clock[crews],
            entries(rows, regular, 1.0),
            entries(rows, overtime, 1.0),
        ),
    )
