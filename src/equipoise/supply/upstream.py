"""The order in which stocks feed one another within a bucket: downstream first."""

from dataclasses import dataclass

import numpy as np

from equipoise.core.grid import IntArray
from equipoise.supply.network import Network

DEEPEST = 64
"""More steps than any supply chain takes within one bucket; a circle of lanes is cut here."""


@dataclass(frozen=True, eq=False)
class Level:
    """Stock rows that feed only rows of earlier levels within a bucket, with what leaves them."""

    stocks: IntArray
    lanes: IntArray
    lane_stock: IntArray
    """Lanes that leave them, and the number of the stock each leaves within `stocks`."""
    pairs: IntArray
    pair_stock: IntArray
    """Pairs of route and component taken from them, and the number of the stock within `stocks`."""


def downstream_first(network: Network) -> tuple[Level, ...]:
    """Levels of all stock rows. In a circle of lanes without lead time the order inside the circle is arbitrary."""
    lanes, parts, routes = network.flows, network.components, network.routes
    times = np.arange(network.horizon)[None, :]
    at_once = (lanes.to_stock >= 0) & (lanes.from_stock >= 0) & (lanes.arrival == times).any(axis=1)
    made_at_once = (routes.arrival == times).any(axis=1)[parts.route] & (routes.stock[parts.route] >= 0)
    source = np.concatenate([lanes.from_stock[at_once], parts.stock[made_at_once]])
    receiver = np.concatenate([lanes.to_stock[at_once], routes.stock[parts.route[made_at_once]]])
    depth = np.zeros(len(network.opening), dtype=np.int64)
    for _ in range(DEEPEST):
        deeper = depth.copy()
        np.maximum.at(deeper, source, depth[receiver] + 1)
        if np.array_equal(deeper, depth):
            break
        depth = deeper
    return tuple(_level(network, np.flatnonzero(depth == number)) for number in np.unique(depth).tolist())


def _level(network: Network, stocks: IntArray) -> Level:
    place = np.full(len(network.opening) + 1, -1, dtype=np.int64)  # the last one answers for row −1
    place[stocks] = np.arange(len(stocks))
    lane_place = place[network.flows.from_stock]
    pair_place = place[network.components.stock]
    lanes, pairs = np.flatnonzero(lane_place >= 0), np.flatnonzero(pair_place >= 0)
    return Level(stocks, lanes, lane_place[lanes], pairs, pair_place[pairs])
