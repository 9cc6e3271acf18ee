"""What the infinite plan leaves: hours, suppliers' limits, stock beyond its safety stock, and room for stock.

Signed: below 0 more is asked than there is. Stock and room are those at the close of a bucket.
"""

from dataclasses import dataclass

import numpy as np

from equipoise.balance.takes import Cell
from equipoise.core.grid import FloatArray
from equipoise.supply.loading.infinite_plan import InfinitePlan
from equipoise.supply.network.limits import Limit
from equipoise.supply.network.network import Network
from equipoise.supply.network.shelf_life import FOREVER


@dataclass(frozen=True, eq=False)
class Spare:
    """Arrays by sort of cell, each [rows, T]; a sort that has none has no limit."""

    by_sort: dict[str, FloatArray]

    def of(self, cell: Cell) -> float:
        """What is left of a cell; inf where nothing limits it."""
        sort, row, bucket = cell
        values = self.by_sort.get(sort)
        return float("inf") if values is None else float(values[row, bucket])


def read_spare(network: Network, infinite: InfinitePlan, listed: FloatArray) -> Spare:
    """What the infinite plan leaves; `listed` [n, T] is the most of each row of table levers."""
    heat, rules = infinite.heat, network.stock_rules
    held = np.maximum(infinite.loading.available(infinite.asked), 0.0)
    return Spare(
        {
            "hours": heat.available - heat.load,
            "limit": _limits(network, infinite),
            "stock": np.maximum(held - infinite.asked.safety, 0.0),
            "place": rules.storage.capacity - rules.storage.at_place.of(held, len(rules.storage.places)),
            "most": rules.most.most - held[rules.most.rows],
            "shelf": _used_in_time(network, infinite) - held,
            "made": _made(network, infinite),
            "list": listed,
        }
    )


def asked_of(network: Network, infinite: InfinitePlan, limit: Limit) -> FloatArray:
    """What the first sources take of a limit of grain make, [T]."""
    routes, stock = network.routes, network.routes.stock[limit.members]
    mine = (stock >= 0) & (infinite.route[stock] == limit.members)
    each = limit.per_unit[mine] / routes.yield_ratio[limit.members[mine]]
    found: FloatArray = (_made(network, infinite)[stock[mine]] * each[:, None]).sum(axis=0)
    return found


def _limits(network: Network, infinite: InfinitePlan) -> FloatArray:
    left = np.full((len(network.limits), network.horizon), np.inf)
    for number, limit in enumerate(network.limits):
        if limit.block == "make":
            left[number] = limit.most - asked_of(network, infinite, limit)
    return left


def _used_in_time(network: Network, infinite: InfinitePlan) -> FloatArray:
    """What leaves stock within the shelf life of what stands there at each close, [S, T]: the oldest is used first, so
    that more would grow too old (`constraints/shelf_life`); inf without a shelf life and where the horizon ends first.
    """
    life, gross = network.stock_rules.shelf.life, infinite.loading.gross
    left = np.concatenate([np.zeros((len(gross), 1)), np.cumsum(gross, axis=1)], axis=1)
    found = np.full(gross.shape, np.inf)
    for bucket in range(network.horizon):
        rows = np.flatnonzero((life != FOREVER) & (bucket + life < network.horizon))
        found[rows, bucket] = left[rows, bucket + life[rows] + 1] - left[rows, bucket + 1]
    return found


def _made(network: Network, infinite: InfinitePlan) -> FloatArray:
    """Good units of each stock row by the bucket by which its first source is counted, [S, T]."""
    own = np.zeros(len(infinite.route), dtype=np.bool_)
    filled = infinite.route >= 0
    own[filled] = network.routes.is_own[infinite.route[filled]]
    started = infinite.structure.started_per_good[:, None]
    found: FloatArray = np.where(own[:, None], infinite.loading.releases / started, infinite.loading.receipts)
    return found
