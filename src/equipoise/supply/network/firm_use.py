"""What firm production takes of components and hours: of firm receipts, and of what people firmed."""

import numpy as np

from equipoise.core.grid import FloatArray
from equipoise.supply.network.network import Network


def firm_use(network: Network) -> FloatArray:
    """Components that firm receipts and what people firmed take, [S, T]: more than that cannot be missing."""
    found = network.receipts.component_use.copy()
    if network.firm is not None:
        parts = network.components
        started = np.nan_to_num(network.firm) / network.routes.yield_ratio[:, None]
        np.add.at(found, parts.stock, started[parts.route] * parts.quantity)
    return found


def firm_hours(network: Network) -> FloatArray:
    """Standard hours that may be missing, [R, T]: those of firm production; inf where more than it has to be kept.

    More than firm production asks for is not lent, else hours that do not exist would make what it lacks of components.
    Whole lots, rooms, and production that a least quantity (a fence, a contract) asks for have no bound.
    """
    routes, found = network.routes, network.receipts.load.copy()
    if network.firm is not None:
        started = np.nan_to_num(network.firm) / routes.yield_ratio[:, None]
        hours = started[routes.load_route] * routes.load_hours[:, None]
        inside = routes.load_bucket < network.horizon
        uses, starts = np.nonzero(inside)
        np.add.at(found, (routes.load_resource[uses], routes.load_bucket[uses, starts]), hours[uses, starts])
    if network.lots.count:
        return np.full(found.shape, np.inf)
    for limit in network.limits:
        if limit.block == "make" and limit.least.any():
            found[routes.load_resource[np.isin(routes.load_route, limit.members)]] = np.inf
    found[network.capacity.is_storage] = np.inf
    return found
