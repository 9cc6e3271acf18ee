"""Firm production in the eyes of rules: as receipts under way, and back in the columns of the model.

Rules (tier heuristic, infinite loading) know how to plan around firm receipts: what arrives whatever they do, and the
hours and components that it takes. So production that people firmed is shown to them as that, and its route makes
nothing else in the buckets that it fixes; the plan they make gets what is firm written into its own columns.
"""

from dataclasses import fields, replace

import numpy as np

from equipoise.core.grid import QUANTITY_STEP, FloatArray, on_grid
from equipoise.supply.columns import Columns
from equipoise.supply.fast.heuristic import HeuristicPlan
from equipoise.supply.network.firm_use import firm_use
from equipoise.supply.network.limits import Limit
from equipoise.supply.network.network import Network


def as_receipts(network: Network) -> Network:
    """The network with what people firmed as firm receipts; itself where nothing is firm."""
    if network.firm is None:
        return network
    routes, receipts, horizon = network.routes, network.receipts, network.horizon
    good = np.nan_to_num(network.firm)
    started = _started(network)
    scheduled, load = receipts.scheduled.copy(), receipts.load.copy()
    rows, buckets = np.nonzero(good)
    np.add.at(scheduled, (routes.stock[rows], routes.arrival[rows, buckets]), good[rows, buckets])
    taken = started[routes.load_route] * routes.load_hours[:, None]
    np.add.at(load, (routes.load_resource[:, None], routes.load_bucket), taken)
    use, given = on_grid(firm_use(network), QUANTITY_STEP), network.outputs
    beside = on_grid(started[given.route] * given.quantity, QUANTITY_STEP)
    arrival = routes.arrival[given.route]
    pairs, starts = np.nonzero((beside > 0) & (arrival < horizon))
    np.add.at(scheduled, (given.stock[pairs], arrival[pairs, starts]), beside[pairs, starts])
    shut = [
        Limit("make", np.array([row], dtype=np.int64), np.where(is_firm, 0.0, np.inf), np.zeros(horizon), "firm")
        for row, is_firm in enumerate(~np.isnan(network.firm))
        if is_firm.any()
    ]
    return replace(
        network,
        receipts=replace(receipts, scheduled=scheduled, load=load, component_use=use),
        limits=(*network.limits, *shut),
        firm=None,
    )


def with_firm(network: Network, columns: Columns, plan: HeuristicPlan) -> FloatArray:
    """The values, [columns] of the model of `network`, of a plan that was made for `as_receipts(network)`.

    What its columns have and the model's have not are the limits that shut routes; what the model's have, and they not,
    are components that nothing lacks.
    """
    if network.firm is None:
        return plan.values
    values = np.zeros(columns.count)
    for field in fields(Columns):
        block, made = getattr(columns, field.name), getattr(plan.columns, field.name)
        both = min(block.rows, made.rows)
        values[block.all[:both]] = made.of(plan.values)[:both]
    values[columns.make.span] += _started(network).ravel()
    return values


def _started(network: Network) -> FloatArray:
    """Units started of what people firmed, [M, T]; 0 where the plan chooses."""
    assert network.firm is not None
    found: FloatArray = np.nan_to_num(network.firm) / network.routes.yield_ratio[:, None]
    return found
