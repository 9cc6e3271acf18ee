"""Lots: a source gives whole multiples, lots of a least and a most size, and every lot has its setup.

multiples: x[t] − u·k[t] = 0                      (u the lot multiple, k whole)
most:      x[t] − m·n[t] ≤ 0                      (m the largest lot, n lots, whole)
least:     x[t] − l·n[t] ≥ 0                      (l the smallest lot)

x units started or delivered. Where no largest lot is stated a bucket has at most one lot, n ≤ 1, and m is the most that
the rest of the plan could ask for (Wagner & Whitin, Management Science 5, 1958: the fixed charge of a setup). Setup
hours of a lot stand in the rows of load; the price of an order is that of n.
"""

import numpy as np

from equipoise.core.grid import FloatArray
from equipoise.core.measure import Grain
from equipoise.supply.columns import Columns
from equipoise.supply.network import Network
from equipoise.supply.program import Family, entries, family

MULTIPLES, MOST, LEAST = "lot_multiples", "lot_most", "lot_least"
DEEPEST = 64
"""Levels of bills of material over which the need of components adds up."""


def lots(network: Network, columns: Columns) -> tuple[Family, Family, Family]:
    """The three families; rows are sources with lots × buckets."""
    rule = network.lots
    rows = np.arange(rule.count * network.horizon).reshape(-1, network.horizon)
    made = columns.make.at(rule.rows[:, None], np.arange(network.horizon)[None, :])
    free = np.full(rows.shape, np.inf)
    right = np.where(rule.multiple > 0, 0.0, np.inf)
    most = np.where(np.isinf(rule.most), most_asked(network)[:, None], rule.most)
    return (
        family(
            MULTIPLES,
            -right,
            right,
            entries(rows, made, 1.0),
            entries(rows, columns.multiples.all, -rule.multiple),
        ),
        family(MOST, -free, np.zeros(rows.shape), entries(rows, made, 1.0), entries(rows, columns.lots.all, -most)),
        family(
            LEAST,
            np.where(rule.least > 0, 0.0, -np.inf),
            free,
            entries(rows, made, 1.0),
            entries(rows, columns.lots.all, -rule.least),
        ),
    )


def most_asked(network: Network) -> FloatArray:
    """The most units that one bucket of a source with lots could be asked for, [N]: all demand of its item and of what
    it goes into, what must lie there, least quantities, and a lot of each source on the way."""
    routes, rule = network.routes, network.lots
    keys = network.axes.keys
    make, stock, sold = (keys[grain].column("item") for grain in (Grain.MAKE, Grain.STOCK, Grain.DEMAND))
    lot = np.zeros(len(routes.stock))
    lot[rule.rows] = np.maximum(rule.multiple, rule.least).max(axis=1, initial=0.0)
    for limit in network.limits:
        if limit.block == "make":
            lot[limit.members] += limit.least.sum()
    count = len(network.axes.items)
    own = np.bincount(sold, network.demand.sum(axis=1), minlength=count)
    kept = network.safety.max(axis=1, initial=0.0) + network.closing_min + network.receipts.component_use.sum(axis=1)
    own += np.bincount(stock, kept, minlength=count) + np.bincount(make, lot, minlength=count)
    parts = network.components
    parent, child = make[parts.route], stock[parts.stock]
    per_unit = parts.quantity.max(axis=1) / routes.yield_ratio[parts.route]
    # Of the alternative routes of a parent the one that uses most of a component counts.
    pairs, which = np.unique(np.stack([parent, child], axis=1), axis=0, return_inverse=True)
    worst = np.zeros(len(pairs))
    np.maximum.at(worst, which.ravel(), per_unit)
    asked = own
    for _ in range(min(count, DEEPEST)):
        deeper = own + np.bincount(pairs[:, 1], worst * asked[pairs[:, 0]], minlength=count)
        if np.array_equal(deeper, asked):
            break
        asked = deeper
    found: FloatArray = np.maximum(asked[make] / routes.yield_ratio, 1.0)[rule.rows]
    return found
