"""Changes of the production rate: hours used more or less than in the bucket before.

c[t] − k[t]·c[t−1] − p[t] + n[t] = 0,  c = r + o + H·z  (clock hours used: regular, overtime, extra shift),

p hours more and n hours less, for every resource with rate_up_cost or rate_down_cost. In the first bucket c[−1] are the
hours of the last closed bucket; k = 1, but in a bucket that has begun its part to go counts. A free bucket has no row.
"""

import numpy as np

from equipoise.supply.columns import Columns
from equipoise.supply.network.network import Network
from equipoise.supply.program.program import Entries, Family, entries, family

NAME = "rate_changes"


def rate_changes(network: Network, columns: Columns) -> Family:
    """One row for every such resource and bucket; not binding where the change is free."""
    rule, times = network.rate_changes, np.arange(network.horizon)[None, :]
    shape = (len(rule.rows), network.horizon)
    rows = np.arange(len(rule.rows) * network.horizon).reshape(shape)
    is_free = np.isnan(rule.factor)
    right = np.zeros(shape)
    right[:, 0] = np.nan_to_num(rule.before * rule.factor[:, 0])
    later = -np.nan_to_num(rule.factor[:, 1:])
    terms: list[Entries] = [
        entries(rows, columns.rate_up.all, -1.0),
        entries(rows, columns.rate_down.all, 1.0),
    ]
    shifts = network.capacity.shifts
    parts = [(columns.regular, rule.rows, np.ones(len(rule.rows)), np.arange(len(rule.rows)))]
    parts.append((columns.overtime, rule.rows, np.ones(len(rule.rows)), np.arange(len(rule.rows))))
    mine = np.flatnonzero(np.isin(shifts, rule.rows))
    parts.append(
        (columns.shift, mine, network.capacity.shift_hours[shifts[mine]], np.searchsorted(rule.rows, shifts[mine]))
    )
    for block, members, hours, owners in parts:
        used = block.at(members[:, None], times)
        terms.append(entries(rows[owners], used, hours[:, None]))
        terms.append(entries(rows[owners, 1:], used[:, :-1], later[owners] * hours[:, None]))
    return family(NAME, np.where(is_free, -np.inf, right), np.where(is_free, np.inf, right), *terms)
