"""What a plan is asked for and what there is, before anybody decides: the ground on which options are priced.

The infinite plan takes every item from its first source, as if nothing had a limit (`supply/infinite_plan`). Where that
asks a line or a supplier for more than there is, something has to be done; what it costs is counted against this plan,
had it been possible. So an hour of overtime costs its pay less the regular pay that it stands for, and an hour built
ahead costs holding alone.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from equipoise.balance.spare import Spare, read_spare
from equipoise.balance.takes import Cell, Takes
from equipoise.balance.worth import Worth
from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.core.measure import Grain
from equipoise.explain.supply_tables import SupplyTables
from equipoise.plan import Plan
from equipoise.supply.fast.firm_receipts import as_receipts
from equipoise.supply.firm_production import firmed
from equipoise.supply.loading.infinite_plan import InfinitePlan, first_sources, hours_by_stock, plan_infinitely
from equipoise.supply.network.network import Network

DEEPEST = 64
"""Levels of bills of material and of lanes over which unit costs add up."""


@dataclass(frozen=True, eq=False)
class Ground:
    """A plan, the network behind it, its infinite plan, the option list, and which resources may be told of."""

    plan: Plan
    network: Network
    infinite: InfinitePlan
    levers: pl.DataFrame | None
    """Table levers; None where there is none."""
    told: BoolArray
    """[R] resources whose idle hours may be named."""
    tells_suppliers: bool = True
    """Whether what suppliers have left may be told."""

    @cached_property
    def takes(self) -> Takes:
        """What a good unit takes where it is made."""
        return Takes(self.network, self.infinite)

    @cached_property
    def spare(self) -> Spare:
        """What the infinite plan leaves of hours, limits, stock, room and the option list, below 0: what it lacks."""
        most = [np.inf if row["max_qty"] is None else float(row["max_qty"]) for row in self.listed]
        listed = np.broadcast_to(np.array(most).reshape(-1, 1), (len(most), self.network.horizon))
        return read_spare(self.network, self.infinite, listed)

    @cached_property
    def listed(self) -> tuple[dict[str, Any], ...]:
        """The rows of table levers by option, as cells of sort list count them."""
        return () if self.levers is None else tuple(self.levers.sort("option").iter_rows(named=True))

    def tells(self, cell: Cell) -> bool:
        """Whether what is left of a cell may be told."""
        if cell[0] == "hours":
            return bool(self.told[cell[1]])
        return cell[0] != "limit" or self.tells_suppliers

    @cached_property
    def pay(self) -> FloatArray:
        """Money that a standard hour of each resource costs where it is used, [R, T]; a crew is paid anyway: 0."""
        capacity = self.network.capacity
        rate = np.where(capacity.rate > 0, capacity.rate, 1.0)[:, None]
        found: FloatArray = np.where(capacity.is_workforce[:, None], 0.0, self.network.prices.regular / rate)
        return found

    @cached_property
    def route_cost(self) -> FloatArray:
        """Money a good unit of each row of grain make costs: its price, the hours it uses, its components, [M, T]."""
        return self._direct + self._components(self.unit_cost)

    @cached_property
    def unit_cost(self) -> FloatArray:
        """Money a unit of each stock row costs from its first source, in the prices of each bucket, [S, T]."""
        lanes, routes, flows = self._lanes, self.infinite.route, self.network.flows
        made, weight = np.flatnonzero(routes >= 0), np.nan_to_num(flows.share[lanes], nan=1.0)
        cost = np.zeros((len(routes), self.network.horizon))
        for _ in range(DEEPEST):
            following = np.zeros(cost.shape)
            following[made] = (self._direct + self._components(cost))[routes[made]]
            carried = weight * (self.network.prices.flow[lanes] + cost[flows.from_stock[lanes]])
            np.add.at(following, flows.to_stock[lanes], carried)
            if np.array_equal(following, cost):
                break
            cost = following
        return cost

    @cached_property
    def worth(self) -> Worth:
        """Prices and contributions."""
        return Worth(self.plan)

    @cached_property
    def contribution(self) -> FloatArray:
        """Net price less standard cost of a unit of each stock row, by the mix of its item's sales, [S, T]; NaN for
        what is not sold or has no cost."""
        keys, plan = self.plan.axes.keys, self.plan
        items, count = keys[Grain.DEMAND].column("item"), len(plan.axes.items)
        quantity = np.nan_to_num(np.asarray(plan.measure("demand_consensus_qty").values))
        price = np.asarray(plan.measure("sales_net_price").values)
        known = np.isfinite(price) & (quantity > 0)
        units, amount = np.zeros((count, quantity.shape[1])), np.zeros((count, quantity.shape[1]))
        np.add.at(units, items, np.where(known, quantity, 0.0))
        np.add.at(amount, items, np.where(known, quantity * np.nan_to_num(price), 0.0))
        mean = np.divide(amount, units, out=np.full(units.shape, np.nan), where=units > 0)
        cost = np.asarray(plan.measure("cost_standard_price").values)
        found: FloatArray = mean[keys[Grain.STOCK].column("item")] - cost
        return found

    def hours_per_unit(self, resource: int) -> FloatArray:
        """Standard hours of a good unit on a resource by its first source, 0 for what is not made there, [S]."""
        uses = self._first_uses
        routes = self.network.routes
        uses = uses[routes.load_resource[uses] == resource]
        stock = routes.stock[routes.load_route[uses]]
        started = np.where(routes.is_own[routes.load_route[uses]], self.infinite.structure.started_per_good[stock], 1.0)
        found = np.zeros(len(self.network.opening))
        np.add.at(found, stock, routes.load_hours[uses] * started)
        return found

    def hours_behind(self, resource: int) -> FloatArray:
        """Standard hours that each stock row asks of a resource, [S, T]."""
        return hours_by_stock(self.network, self.infinite, resource=resource)

    @cached_property
    def _direct(self) -> FloatArray:
        routes, prices = self.network.routes, self.network.prices
        found = prices.make.astype(np.float64).copy()
        np.add.at(found, routes.load_route, routes.load_hours[:, None] * self.pay[routes.load_resource])
        return found / routes.yield_ratio[:, None]

    def _components(self, cost: FloatArray) -> FloatArray:
        """What the components of each row of grain make cost a good unit, at `cost` [S, T]."""
        parts, yields = self.network.components, self.network.routes.yield_ratio
        found = np.zeros(self.network.prices.make.shape)
        np.add.at(found, parts.route, parts.quantity * cost[parts.stock] / yields[parts.route, None])
        return found

    @cached_property
    def _lanes(self) -> IntArray:
        return np.flatnonzero(first_sources(self.network)[1])

    @cached_property
    def _first_uses(self) -> IntArray:
        routes = self.network.routes
        stock = routes.stock[routes.load_route]
        return np.flatnonzero((stock >= 0) & (self.infinite.route[stock] == routes.load_route))


def read_ground(plan: Plan) -> Ground:
    """The ground of a plan of which all may be told. Seconds for a large company."""
    network = SupplyTables(plan).network
    fixed = as_receipts(firmed(network, plan.sections["supply"].arrays))
    infinite = plan_infinitely(fixed, np.asarray(plan.measure("sourcing_share_ratio").values))
    levers = plan.snapshot.table("levers") if plan.snapshot.has("levers") else None
    return Ground(plan, network, infinite, levers, np.ones(len(plan.axes.resources), dtype=np.bool_))
