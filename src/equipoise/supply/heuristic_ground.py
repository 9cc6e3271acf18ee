"""What all rounds of the fast finite plan on a network share, worked out once: rooms, lanes to markets, mean prices."""

from dataclasses import dataclass

import numpy as np

from equipoise.core.grid import QUANTITY_STEP, FloatArray, IntArray, on_grid
from equipoise.supply.columns import Columns, lay_out
from equipoise.supply.heuristic_rooms import Uses, lane_uses, read_rooms
from equipoise.supply.infinite_loading import Requirements, requirements
from equipoise.supply.infinite_plan import source_costs
from equipoise.supply.model import costs, slack_columns
from equipoise.supply.network import Network


@dataclass(frozen=True, eq=False)
class Ground:
    """A network with what every round of the fast plan asks of it."""

    network: Network
    regular: FloatArray
    whole: FloatArray
    """[rooms, T] room of resources, then of limits: in regular hours, and all of it (`read_rooms`)."""
    markets: IntArray
    """[m] lanes from a stock into a market."""
    departs: IntArray
    """[m, T] bucket in which each should leave to arrive in each bucket, −1: never."""
    by_rank: IntArray
    rank_starts: IntArray
    """[m] and [ranks + 1]: the same lanes by the priority of their market, the first one first, and where each
    begins."""
    carriers: Uses
    """What lanes take of the limits of lanes."""
    firm: Requirements
    """What is asked for, there and due before any market asks."""
    source_cost: FloatArray
    """[M] what a good unit of each route costs."""
    freight: FloatArray
    holding: FloatArray
    shortfall: FloatArray
    """[F], [S] and [S] mean over the buckets."""
    late_cost: FloatArray
    """[D] what a unit costs that waits a bucket, or is lost: mean over the buckets."""
    columns: Columns
    cost: FloatArray
    offset: float
    """The model's objective."""
    slack: IntArray
    slack_price: FloatArray
    """Columns for what is missing to rules, and what the model asks for it."""

    def leaving(self, share: FloatArray) -> FloatArray:
        """Demand by the stock row and the bucket from which it leaves, [S, T]; what is late leaves at once."""
        flows, network = self.network.flows, self.network
        carried = on_grid(share[self.markets] * network.demand[flows.to_demand[self.markets]], QUANTITY_STEP)
        at = np.maximum(np.arange(network.horizon)[None, :] - flows.lag[self.markets, None], 0)
        cell = flows.from_stock[self.markets, None] * network.horizon + at
        shape = network.safety.shape
        found: FloatArray = np.bincount(cell.ravel(), carried.ravel(), minlength=shape[0] * shape[1]).astype(np.float64)
        return found.reshape(shape)


def read_ground(network: Network) -> Ground:
    """The ground of a network."""
    flows, prices = network.flows, network.prices
    regular, whole = read_rooms(network)
    markets = np.flatnonzero((flows.to_demand >= 0) & (flows.from_stock >= 0))
    # Of markets that a stock serves the first priority goes first; equal ones share.
    late = network.ranks.late[flows.to_demand[markets]]
    order = np.argsort(-late, kind="stable")
    starts = np.flatnonzero(np.diff(late[order], prepend=np.nan) != 0)
    columns = lay_out(network)
    cost, offset = costs(network, columns)
    slack, slack_price = slack_columns(network, columns)
    return Ground(
        network=network,
        regular=regular,
        whole=whole,
        markets=markets,
        departs=_departs(network, markets),
        by_rank=markets[order],
        rank_starts=np.append(starts, len(markets)).astype(np.int64),
        carriers=lane_uses(network),
        firm=requirements(
            demand=network.receipts.component_use,
            on_hand=network.opening,
            scheduled=network.receipts.scheduled,
            safety=network.safety,
        ),
        source_cost=source_costs(network),
        freight=prices.flow.mean(axis=1),
        holding=prices.holding.mean(axis=1),
        shortfall=prices.shortfall.mean(axis=1),
        late_cost=np.where(network.is_lost, prices.lost.mean(axis=1), prices.backlog.mean(axis=1)),
        columns=columns,
        cost=cost,
        offset=offset,
        slack=slack,
        slack_price=slack_price,
    )


def _departs(network: Network, lanes: IntArray) -> IntArray:
    """When each lane into a market should leave for each bucket, [m, T].

    Demand leaves last thing so as to arrive in its bucket, never before it: a market takes nothing early. Where nothing
    arrives in the bucket it leaves for the next one, but not for a market that does not wait.
    """
    flows, horizon, every = network.flows, network.horizon, np.arange(len(lanes))
    departs = np.full((len(lanes), horizon + 1), -1, dtype=np.int64)
    arrival = flows.arrival[lanes]
    for at in range(horizon):
        departs[every, arrival[:, at]] = at
    waits = ~network.is_lost[flows.to_demand[lanes]]
    for at in range(horizon - 2, -1, -1):
        later = (departs[:, at] < 0) & waits
        departs[later, at] = departs[later, at + 1]
    return departs[:, :horizon]
