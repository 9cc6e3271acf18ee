"""The infinite plan of a network: every item at every location from its first source, and what that asks of resources.

Each stock row has one source here: of what is made or bought there the first preference, of these the cheapest; where
nothing is made or bought, of the lanes that lead there from outside in the same way, or all lanes with a fixed share.
The optimizer chooses among all of them (`model`); infinite loading shows in a moment what the first choice would load.

By-products are left out: they come when the item comes, not when they are asked for.
"""

from dataclasses import dataclass

import numpy as np

from equipoise.core.grid import QUANTITY_STEP, BoolArray, FloatArray, IntArray, on_grid
from equipoise.supply.capacity.capacity import Capacity
from equipoise.supply.capacity.heat import Heat
from equipoise.supply.loading.in_order import begins
from equipoise.supply.loading.infinite_loading import load_infinitely
from equipoise.supply.loading.product_structure import Codes, ProductStructure, build_structure, low_level_codes
from equipoise.supply.loading.requirements import Loading, Requirements, requirements
from equipoise.supply.network.chains import outward
from equipoise.supply.network.network import Network


@dataclass(frozen=True, eq=False)
class InfinitePlan:
    """Infinite loading of S stock rows, and the standard hours that it asks of R resources."""

    route: IntArray
    """[S] row of grain make that fills the stock row, −1 where lanes or nothing do."""
    structure: ProductStructure
    asked: Requirements
    loading: Loading
    late: FloatArray
    """[S] units that should have left for their market before the first bucket; they are asked for in the first."""
    heat: Heat
    """Overdue load in one column: the hours of what should have been started before the first bucket."""

    @property
    def without_source(self) -> IntArray:
        """Stock rows that lack something and that no route or lane fills: their planned receipts come from nowhere."""
        takes = np.diff(self.structure.taken_starts) > 0
        return np.flatnonzero((self.route < 0) & ~takes & self.loading.receipts.any(axis=1))


def plan_infinitely(network: Network, share: FloatArray, *, kernel: str = "numpy") -> InfinitePlan:
    """The infinite plan of a network, `share` [F, T] the part of its market's demand that each lane carries
    (measure sourcing_share_ratio).

    Raises `WrongStructure` for a bill of material that contains itself.
    """
    route, lanes = first_sources(network)
    structure = first_structure(network, route, lanes)
    leaving, late = leaving_demand(network, share)
    asked = requirements(
        demand=leaving + network.receipts.component_use,
        on_hand=network.opening,
        scheduled=network.receipts.scheduled,
        safety=network.safety,
    )
    loading = load_infinitely(structure, asked, kernel=kernel)
    return InfinitePlan(
        route, structure, asked, loading, late, _heat(network, route, loading, loading.available(asked))
    )


def first_sources(network: Network, cost: FloatArray | None = None) -> tuple[IntArray, BoolArray]:
    """The route of each stock row, [S], −1 none, and which lanes between stocks fill the rows without a route, [F].

    `cost` [M] is `source_costs` where it is known already.
    """
    routes, flows = network.routes, network.flows
    stocks, horizon = len(network.opening), network.horizon
    usable = (routes.stock >= 0) & routes.is_open.any(axis=1)
    cost = source_costs(network) if cost is None else cost
    route = _first(stocks, routes.stock, usable, network.ranks.make.sum(axis=1) / horizon, cost)
    inward = outward(network) & flows.is_open.any(axis=1)
    inward[inward] = route[flows.to_stock[inward]] < 0
    fixed = inward.copy()
    fixed[inward] = (flows.share[inward] > 0).any(axis=1)
    has_fixed = np.zeros(stocks, dtype=np.bool_)
    has_fixed[flows.to_stock[fixed]] = True
    free = inward & ~fixed
    free[free] = ~has_fixed[flows.to_stock[free]]
    rank, freight = network.ranks.ship.sum(axis=1) / horizon, network.prices.flow.sum(axis=1) / horizon
    chosen = _first(stocks, flows.to_stock, free, rank, freight)
    lanes = fixed.copy()
    lanes[chosen[chosen >= 0]] = True
    return route, lanes


def source_costs(network: Network) -> FloatArray:
    """What a good unit of each route costs on average, regular hours included, [M]."""
    routes = network.routes
    horizon = network.horizon
    pay = network.prices.regular.sum(axis=1) / horizon / np.where(network.capacity.rate > 0, network.capacity.rate, 1.0)
    hours = np.bincount(routes.load_route, routes.load_hours * pay[routes.load_resource], minlength=len(routes.stock))
    found: FloatArray = (network.prices.make.sum(axis=1) / horizon + hours) / routes.yield_ratio
    return found


def _first(count: int, target: IntArray, usable: BoolArray, rank: FloatArray, cost: FloatArray) -> IntArray:
    """Of the usable rows with a target the one of the lowest rank, then cost, then number; −1 where none is."""
    rows = np.flatnonzero(usable)
    order = rows[np.lexsort((rows, cost[rows], rank[rows], target[rows]))]
    found = np.full(count, -1, dtype=np.int64)
    is_first = begins(target[order])
    found[target[order[is_first]]] = order[is_first]
    return found


def first_structure(
    network: Network,
    route: IntArray,
    lanes: BoolArray | IntArray,
    weight: FloatArray | None = None,
    *,
    codes: Codes = low_level_codes,
) -> ProductStructure:
    """What each stock row takes: the components of its route, or itself from where its lanes begin; `codes` finds the
    low-level codes."""
    routes, flows, parts = network.routes, network.flows, network.components
    stocks = len(network.opening)
    is_used = np.zeros(len(routes.stock), dtype=np.bool_)
    is_used[route[route >= 0]] = True
    taken = np.flatnonzero(is_used[parts.route])
    moved = np.flatnonzero(lanes) if lanes.dtype == np.bool_ else lanes
    lead, yields = np.zeros(stocks, dtype=np.int64), np.ones(stocks)
    filled = np.flatnonzero(route >= 0)
    lead[filled], yields[filled] = routes.lag[route[filled]], routes.yield_ratio[route[filled]]
    np.maximum.at(lead, flows.to_stock[moved], flows.lag[moved])
    share = np.where(np.isnan(flows.share[moved]), 1.0, flows.share[moved]) if weight is None else weight[moved]
    return build_structure(
        stocks,
        parent=np.concatenate([routes.stock[parts.route[taken]], flows.to_stock[moved]]),
        component=np.concatenate([parts.stock[taken], flows.from_stock[moved]]),
        quantity=np.concatenate([parts.quantity[taken], share]),
        lead=lead,
        yield_ratio=yields,
        codes=codes,
    )


def leaving_demand(network: Network, share: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Demand by the stock row and the bucket from which it leaves, [S, T], and what is too late for that, [S]."""
    flows = network.flows
    lanes = np.flatnonzero((flows.to_demand >= 0) & (flows.from_stock >= 0) & (share > 0).any(axis=1))
    carried = on_grid(share[lanes] * network.demand[flows.to_demand[lanes]], QUANTITY_STEP)
    leaving, late = np.zeros(network.safety.shape), np.zeros(len(network.opening))
    at = np.arange(network.horizon)[None, :] - flows.lag[lanes, None]
    np.add.at(leaving, (flows.from_stock[lanes, None], np.maximum(at, 0)), carried)
    np.add.at(late, flows.from_stock[lanes], np.where(at < 0, carried, 0.0).sum(axis=1))
    return leaving, late


def _heat(network: Network, route: IntArray, loading: Loading, closing: FloatArray) -> Heat:
    """Standard hours of what is started, in the buckets in which they fall, firm receipts, and room of stock."""
    shape = network.receipts.load.shape
    load, overdue = network.receipts.load.copy(), np.zeros((shape[0], 1))
    uses, quantity = _uses(network, route, loading)
    routes = network.routes
    resource, hours = routes.load_resource[uses], routes.load_hours[uses]
    np.add.at(load, (resource[:, None], routes.load_bucket[uses]), quantity * hours[:, None])
    own = routes.is_own[routes.load_route[uses]]
    late = loading.past_due[routes.stock[routes.load_route[uses]]]
    np.add.at(overdue[:, 0], resource, np.where(own, late * hours, 0.0))
    load += network.stock_rules.storage.at_resource.of(closing, len(load))
    return Heat(on_grid(load, QUANTITY_STEP), on_grid(overdue, QUANTITY_STEP), rated_hours(network.capacity))


def _uses(network: Network, route: IntArray, loading: Loading) -> tuple[IntArray, FloatArray]:
    """Uses of resources by the routes that are taken, [n], and the units that load them, [n, T].

    Own production by the bucket of its start, what others deliver by the bucket of arrival (`routes`).
    """
    routes = network.routes
    stock = routes.stock[routes.load_route]
    uses = np.flatnonzero((stock >= 0) & (route[stock] == routes.load_route))
    own = routes.is_own[routes.load_route[uses], None]
    return uses, np.where(own, loading.releases[stock[uses]], loading.receipts[stock[uses]])


def hours_by_stock(network: Network, plan: InfinitePlan, *, resource: int) -> FloatArray:
    """Hours that each stock row's source puts into the cells of a resource, [S, T]; firm receipts and room are not in
    them."""
    routes = network.routes
    uses, quantity = _uses(network, plan.route, plan.loading)
    mine = routes.load_resource[uses] == resource
    uses, quantity = uses[mine], quantity[mine]
    found = np.zeros((len(network.opening), quantity.shape[1]))
    np.add.at(
        found,
        (routes.stock[routes.load_route[uses]][:, None], routes.load_bucket[uses]),
        quantity * routes.load_hours[uses, None],
    )
    return found


def rated_hours(capacity: Capacity) -> FloatArray:
    """Standard hours available without overtime, [R, T]: of a workforce those of its workers at the start; inf: no
    limit."""
    crew = capacity.workers[:, None] * capacity.hours_per_worker
    clock = np.where(capacity.is_workforce[:, None], np.minimum(crew, capacity.clock), capacity.clock)
    with np.errstate(invalid="ignore"):
        rated = clock * capacity.rate[:, None]
    return np.where(np.isinf(clock), np.inf, rated)
