"""Lots: a source gives whole multiples, lots of a least and a most size, and every lot has its setup.

multiples: x[t] − u·k[t] = 0                      (u the lot multiple, k whole)
most:      x[t] − m·n[t] ≤ 0                      (m the largest lot, n lots, whole)
least:     x[t] − l·n[t] ≥ 0                      (l the smallest lot)

x units started, delivered or sent. Where no largest lot is stated a bucket has at most one lot, n ≤ 1, and m is the
most that the rest of the plan could ask for (Wagner & Whitin, Management Science 5, 1958: the fixed charge of a setup).
Setup hours of a lot stand in the rows of load; the price of an order is that of n.
"""

import numpy as np

from equipoise.core.grid import LIMIT_STEPS, QUANTITY_STEP, FloatArray, IntArray
from equipoise.core.measure import Grain
from equipoise.supply.columns import Columns
from equipoise.supply.exact import bill_depth
from equipoise.supply.network.network import Network
from equipoise.supply.program.program import Family, entries, family
from equipoise.supply.program.whole_numbers import LotColumns

MULTIPLES, MOST, LEAST = "lot_multiples", "lot_most", "lot_least"
DEEPEST = 64
"""Levels of bills of material over which the need of components adds up."""


def lots(network: Network, columns: Columns) -> tuple[Family, Family, Family]:
    """The three families; rows are sources with lots × buckets."""
    rule = network.lots
    rows = np.arange(rule.count * network.horizon).reshape(-1, network.horizon)
    made = units(network, columns)
    free = np.full(rows.shape, np.inf)
    right = np.where(rule.multiple > 0, 0.0, np.inf)
    most = largest_lots(network)
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


def largest_lots(network: Network) -> FloatArray:
    """Units of the largest lot of each source, [N, T]."""
    rule = network.lots
    return np.where(np.isinf(rule.most), most_asked(network)[:, None], rule.most)


def units(network: Network, columns: Columns) -> IntArray:
    """The columns of what each source in lots gives, [N, T]."""
    rule = network.lots
    return np.concatenate([columns.make.all[rule.rows], columns.ship.all[rule.lanes]])


def lot_columns(network: Network, columns: Columns) -> LotColumns:
    """The columns of sources in lots where they are whole numbers: components before what they go into, then lanes
    between locations, then those to markets."""
    rule, flows = network.lots, network.flows
    depth = bill_depth(network)[network.axes.keys[Grain.MAKE].column("item")]
    level = np.concatenate([-depth[rule.rows], 1 + (flows.to_demand[rule.lanes] >= 0)])
    blocks = units(network, columns), columns.lots.all, columns.multiples.all
    sizes = rule.multiple, rule.least, largest_lots(network)
    seen = slice(0, network.visible)
    return LotColumns(np.stack(blocks)[:, :, seen], np.stack(sizes)[:, :, seen], level)


def most_asked(network: Network) -> FloatArray:
    """The most units that one bucket of a source with lots could be asked for, [N]: all demand of its item and of what
    it goes into, what must lie there, least quantities, a lot of each source on the way, and of a lane all stock."""
    routes, rule = network.routes, network.lots
    keys = network.axes.keys
    make, stock, sold, sent = (
        keys[grain].column("item") for grain in (Grain.MAKE, Grain.STOCK, Grain.DEMAND, Grain.FLOW)
    )
    source = np.concatenate([make[rule.rows], sent[rule.lanes]])
    count = len(network.axes.items)
    own = np.zeros(count)
    np.add.at(own, source, np.maximum(rule.multiple, rule.least).max(axis=1, initial=0.0))
    for limit in network.limits:
        np.add.at(own, (make if limit.block == "make" else sent)[limit.members], limit.least.sum())
    np.add.at(own, sold, network.demand.sum(axis=1))
    if network.firm is not None:
        np.add.at(own, make, np.nansum(network.firm, axis=1) / routes.yield_ratio)
    kept = network.safety.max(axis=1, initial=0.0) + network.closing_min + network.receipts.component_use.sum(axis=1)
    np.add.at(own, stock, kept)
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
    # What is there already may be moved as a whole, too.
    there = np.bincount(stock, network.opening + network.receipts.scheduled.sum(axis=1), minlength=count)
    made = (asked[make] / routes.yield_ratio)[rule.rows]
    found: FloatArray = np.concatenate([made, (asked + there)[sent[rule.lanes]]])
    return np.clip(found, 1.0, LIMIT_STEPS * QUANTITY_STEP)
