"""Shelf life: stock leaves before it is too old, oldest first.

With z[t] all that leaves (shipments, component use, scrap) and L the buckets of life (first in, first out: Nahmias,
Perishable Inventory Systems, chapter 1, in the aggregate form that cumulative flows give):

life:   I[t] ≤ Σ z[t+1 … t+L]                     for every bucket t with t + L inside the horizon
dates:  Σ z[0 … t] ≥ opening stock that can be used until t or earlier,   for every bucket t in which some expires

for every item and location, and for the item at all locations together where lanes join them: then I is all stock and
what is on the way, and z what leaves to markets, use and scrap, so that moving it does not make it younger. What had
expired before the start is scrapped in the first bucket (a bound of its column). Scrap keeps both feasible.
"""

from dataclasses import dataclass

import numpy as np

from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.core.measure import Grain
from equipoise.supply.columns import Columns
from equipoise.supply.network.network import Network
from equipoise.supply.network.shelf_life import FOREVER
from equipoise.supply.program.program import Entries, Family, entries, family

LIFE, DATES = "shelf_life", "expiry_dates"
NOTHING = entries(np.zeros(0), np.zeros(0), np.zeros(0))


def limited_rows(network: Network) -> IntArray:
    """Stock rows with a shelf life or with dated lots: the first groups, in this order."""
    shelf = network.stock_rules.shelf
    return np.flatnonzero((shelf.life != FOREVER) | (shelf.expiring > 0).any(axis=1))


Levels = tuple[IntArray, IntArray]


@dataclass(frozen=True, eq=False)
class Terms:
    """Columns [k, T] of the model with their factor [k, T], and the group [k] that they leave."""

    group: IntArray
    columns: IntArray
    factor: FloatArray


def shelf_life(network: Network, columns: Columns) -> tuple[Family, Family]:
    """Rows by group (stock rows, then items at several locations) × buckets, and one for every date."""
    shelf = network.stock_rules.shelf
    group_of, groups = _groups(network)
    life, expiring = np.full(groups, FOREVER, dtype=np.int64), np.zeros((groups, network.horizon))
    for level in group_of:
        inside = level >= 0
        life[level[inside]] = shelf.life[inside]
        np.add.at(expiring, level[inside], shelf.expiring[inside])
    exits, fixed = _exits(network, columns, group_of), _fixed_use(network, group_of, groups)
    binds = (life != FOREVER)[:, None] & (np.arange(network.horizon)[None, :] + life[:, None] < network.horizon)
    stock = (*_stock(network, columns, group_of, binds), *_on_the_way(network, columns, group_of[1], binds))
    return _life(life, binds, stock, exits, fixed), _dates(network.horizon, expiring, exits, fixed)


def _groups(network: Network) -> tuple[Levels, int]:
    """Group of each stock row by itself, and of its item with others, −1 none, each [S]; and how many there are."""
    keys = network.axes.keys[Grain.STOCK]
    limited = np.zeros(len(network.opening), dtype=np.bool_)
    limited[limited_rows(network)] = True
    alone = np.where(limited, np.cumsum(limited) - 1, -1)
    item = keys.column("item")
    moves = np.zeros(len(network.axes.items), dtype=np.bool_)
    between = (network.flows.to_stock >= 0) & (network.flows.from_stock >= 0)
    moves[item[network.flows.to_stock[between]]] = True
    perishes = np.zeros(len(network.axes.items), dtype=np.bool_)
    perishes[item[limited]] = True
    joined = moves & perishes
    number = np.where(joined, int(limited.sum()) + np.cumsum(joined) - 1, -1)
    return (alone.astype(np.int64), number[item].astype(np.int64)), int(limited.sum() + joined.sum())


def _stock(network: Network, columns: Columns, group_of: Levels, binds: BoolArray) -> list[Entries]:
    """Closing stock of each group."""
    found = []
    cells = np.arange(binds.size).reshape(binds.shape)
    for level in group_of:
        rows = np.flatnonzero(level >= 0)
        keep = binds[level[rows]]
        at = cells[level[rows]][keep]
        found += [entries(at, block.all[rows][keep], 1.0) for block in (columns.held, columns.excess)]
    return found


def _on_the_way(network: Network, columns: Columns, level: IntArray, binds: BoolArray) -> list[Entries]:
    """What has left one location of an item by the end of a bucket and not reached the other."""
    flows, horizon = network.flows, network.horizon
    lanes = np.flatnonzero((flows.to_stock >= 0) & (flows.from_stock >= 0))
    group = level[flows.from_stock[lanes]]
    lanes, group = lanes[group >= 0], group[group >= 0]
    wait = np.where(flows.is_open[lanes], flows.arrival[lanes] - np.arange(horizon)[None, :], 0)
    found = []
    for lag in range(min(int(wait.max(initial=0)), horizon)):
        cells = np.arange(binds.size).reshape(binds.shape)[group][:, lag:]
        keep = (wait[:, : horizon - lag] > lag) & binds[group][:, lag:]
        found.append(entries(cells[keep], columns.ship.all[lanes][:, : horizon - lag][keep], 1.0))
    return found


def _exits(network: Network, columns: Columns, group_of: Levels) -> Terms:
    """What leaves each group: along lanes (out of all locations: to markets), into production, as scrap."""
    flows, components, horizon = network.flows, network.components, network.horizon
    parts, times = [], np.arange(horizon)[None, :]
    for number, level in enumerate(group_of):
        leaves = flows.from_stock >= 0
        if number == 1:
            leaves &= flows.to_stock < 0
        lanes = np.flatnonzero(leaves)
        lanes = lanes[level[flows.from_stock[lanes]] >= 0]
        parts.append(Terms(level[flows.from_stock[lanes]], columns.ship.all[lanes], np.ones((len(lanes), horizon))))
        pairs = np.flatnonzero(level[components.stock] >= 0)
        used = columns.make.at(components.route[pairs][:, None], times)
        parts.append(Terms(level[components.stock[pairs]], used, components.quantity[pairs]))
        scrapped = np.flatnonzero(level[network.stock_rules.scrap_rows] >= 0)
        owner = level[network.stock_rules.scrap_rows[scrapped]]
        parts.append(Terms(owner, columns.scrap.all[scrapped], np.ones((len(scrapped), horizon))))
    return _joined(parts, horizon)


def _joined(parts: list[Terms], horizon: int) -> Terms:
    return Terms(
        np.concatenate([part.group for part in parts]),
        np.concatenate([part.columns.reshape(-1, horizon) for part in parts]),
        np.concatenate([part.factor.reshape(-1, horizon) for part in parts]),
    )


def _fixed_use(network: Network, group_of: Levels, groups: int) -> FloatArray:
    """Components that firm production takes out of each group, [groups, T]."""
    fixed = np.zeros((groups, network.horizon))
    for level in group_of:
        inside = level >= 0
        np.add.at(fixed, level[inside], network.receipts.component_use[inside])
    return fixed


def _life(life: IntArray, binds: BoolArray, stock: tuple[Entries, ...], exits: Terms, fixed: FloatArray) -> Family:
    """I[t] − Σ z[t+1 … t+L] ≤ what firm production takes in these buckets."""
    horizon = fixed.shape[1]
    times = np.arange(horizon)[None, :]
    rows = np.arange(fixed.size).reshape(fixed.shape)
    before = np.concatenate([np.zeros((len(fixed), 1)), np.cumsum(fixed, axis=1)], axis=1)
    until = np.minimum(times + np.maximum(life[:, None], 0) + 1, horizon)
    taken = np.take_along_axis(before, until, axis=1) - before[:, 1:]
    terms: list[Entries] = [NOTHING, *stock]
    for lag in range(1, min(int(life.max(initial=0)) + 1, horizon)):
        wide = binds[exits.group][:, : horizon - lag] & (life[exits.group] >= lag)[:, None]
        at = rows[exits.group][:, : horizon - lag][wide]
        terms.append(entries(at, exits.columns[:, lag:][wide], -exits.factor[:, lag:][wide]))
    return family(LIFE, np.full(fixed.shape, -np.inf), np.where(binds, taken, np.inf), *terms)


def _dates(horizon: int, expiring: FloatArray, exits: Terms, fixed: FloatArray) -> Family:
    """Σ z[0 … t] ≥ opening stock good until t or earlier, less what firm production takes."""
    group, last = np.nonzero(expiring > 0)
    owed = (np.cumsum(expiring, axis=1) - np.cumsum(fixed, axis=1))[group, last]
    order = np.argsort(exits.group, kind="stable")
    first = np.searchsorted(exits.group[order], group, side="left")
    count = np.searchsorted(exits.group[order], group, side="right") - first
    row = np.repeat(np.arange(len(group)), count)
    within = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    term = order[np.repeat(first, count) + within]
    inside = np.arange(horizon)[None, :] <= last[row][:, None]
    at = np.broadcast_to(row[:, None], inside.shape)[inside]
    found = entries(at, exits.columns[term][inside], exits.factor[term][inside])
    return family(DATES, owed, np.full(len(group), np.inf), NOTHING, found)
