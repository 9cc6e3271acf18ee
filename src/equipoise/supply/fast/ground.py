"""What all rounds of the fast finite plan on a network share, worked out once: rooms, lanes to markets, mean prices."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from equipoise.core.grid import QUANTITY_STEP, BoolArray, FloatArray, IntArray, on_grid
from equipoise.supply.columns import Columns, lay_out
from equipoise.supply.fast.rooms import RouteUses, Uses, lane_uses, read_rooms, route_uses
from equipoise.supply.fast.walks import IN_NUMPY, Walks
from equipoise.supply.loading.in_order import begins
from equipoise.supply.loading.infinite_plan import source_costs
from equipoise.supply.loading.requirements import Requirements, requirements
from equipoise.supply.model import costs, slack_columns
from equipoise.supply.network.network import Network


@dataclass(frozen=True, eq=False)
class Leaving:
    """Demand as it leaves along the shares of lanes."""

    carried: FloatArray
    """[m] units that each lane into a market carries, of all buckets."""
    by_bucket: FloatArray
    """[S, T] by the stock row and the bucket from which it leaves, on the grid; what is late leaves at once."""


@dataclass(frozen=True, eq=False)
class Ground:
    """A network with what every round of the fast plan asks of it."""

    network: Network
    walks: Walks
    """Ways along the product structure, in NumPy or compiled."""
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
    route_uses: RouteUses
    """What routes take of rooms."""
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

    @cached_property
    def slack(self) -> tuple[IntArray, FloatArray]:
        """Columns for what is missing to rules, and what the model asks for it."""
        return slack_columns(self.network, self.columns)

    @cached_property
    def is_free(self) -> BoolArray:
        """[F] lanes without a fixed share."""
        return np.asarray(np.isnan(self.network.flows.share).all(axis=1), dtype=np.bool_)

    @cached_property
    def asks_least(self) -> BoolArray:
        """Which limits ask for a least quantity, [limits]."""
        return least_asked(self.network)

    def leaving(self, share: FloatArray) -> Leaving:
        """What leaves if each lane into a market carries its part, `share` [F, T]."""
        flows, network, horizon = self.network.flows, self.network, self.network.horizon
        units = share[self.markets] * network.demand[flows.to_demand[self.markets]]
        at = np.maximum(np.arange(horizon) - flows.lag[self.markets, None], 0)
        cell = flows.from_stock[self.markets, None] * horizon + at
        stocks = len(network.opening)
        found = np.bincount(cell.ravel(), on_grid(units, QUANTITY_STEP).ravel(), minlength=stocks * horizon)
        return Leaving(units.sum(axis=1), found.astype(np.float64, copy=False).reshape(stocks, horizon))


def read_ground(network: Network, walks: Walks = IN_NUMPY) -> Ground:
    """The ground of a network."""
    flows, prices, horizon = network.flows, network.prices, network.horizon
    regular, whole = read_rooms(network)
    markets = ((flows.to_demand >= 0) & (flows.from_stock >= 0)).nonzero()[0]
    # Of markets that a stock serves the first priority goes first; equal ones share.
    late = network.ranks.late[flows.to_demand[markets]]
    order = np.argsort(-late, kind="stable")
    starts = begins(late[order]).nonzero()[0]
    columns = lay_out(network)
    cost, offset = costs(network, columns)
    return Ground(
        network=network,
        walks=walks,
        regular=regular,
        whole=whole,
        markets=markets,
        departs=_departs(network, markets),
        by_rank=markets[order],
        rank_starts=np.append(starts, len(markets)).astype(np.int64),
        route_uses=route_uses(network),
        carriers=lane_uses(network),
        firm=requirements(
            demand=network.receipts.component_use,
            on_hand=network.opening,
            scheduled=network.receipts.scheduled,
            safety=network.safety,
        ),
        source_cost=source_costs(network),
        freight=prices.flow.sum(axis=1) / horizon,
        holding=prices.holding.sum(axis=1) / horizon,
        shortfall=prices.shortfall.sum(axis=1) / horizon,
        late_cost=np.where(network.is_lost, prices.lost.sum(axis=1), prices.backlog.sum(axis=1)) / horizon,
        columns=columns,
        cost=cost,
        offset=offset,
    )


def least_asked(network: Network) -> BoolArray:
    """Which limits of a network ask for a least quantity, [limits]."""
    least = np.array([limit.least for limit in network.limits]).reshape(len(network.limits), network.horizon)
    return np.asarray((least > 0).any(axis=1), dtype=np.bool_)


def _departs(network: Network, lanes: IntArray) -> IntArray:
    """When each lane into a market should leave for each bucket, [m, T].

    Demand leaves last thing so as to arrive in its bucket, never before it: a market takes nothing early. Where nothing
    arrives in the bucket it leaves for the next one, but not for a market that does not wait.
    """
    flows, buckets = network.flows, np.arange(network.horizon)
    found = np.empty((len(lanes), len(buckets)), dtype=np.int64)
    found[:] = buckets
    later = (flows.arrival[lanes] != buckets).any(axis=1).nonzero()[0]
    if len(later):
        found[later] = _departs_earlier(network, lanes[later])
    return found


def _departs_earlier(network: Network, lanes: IntArray) -> IntArray:
    flows, horizon, every = network.flows, network.horizon, np.arange(len(lanes))[:, None]
    buckets, departs = np.arange(horizon), np.full((len(lanes), horizon + 1), -1, dtype=np.int64)
    # Of several that arrive in one bucket the last one stays.
    departs[every, flows.arrival[lanes]] = buckets
    departs = departs[:, :horizon]
    waits = ~network.is_lost[flows.to_demand[lanes]]
    at = np.where((departs < 0) & waits[:, None], horizon - 1, buckets)
    at = np.minimum.accumulate(at[:, ::-1], axis=1)[:, ::-1]
    found: IntArray = departs[every, at]
    return found
