"""From the solver's floats to exact numbers: flows go on the grid, states follow from them bit for bit.

The solver keeps its equations to about 1e-7. Here all flows of an item are rounded to the grid, and the residues of its
balances, a few grid steps, are settled along its network (`forest`): production, purchases, lost sales and backlog take
them up. Items are settled from the finished product down, so that components follow what is finally started.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from equipoise.core.grid import QUANTITY_STEP, BoolArray, FloatArray, IntArray, on_grid
from equipoise.core.measure import Grain
from equipoise.supply.columns import Block, Columns
from equipoise.supply.forest import OUTSIDE, Arcs, settle, settled
from equipoise.supply.network.network import Network

DUST = 1e-6
"""Amounts below this are the solver's tolerance, not a plan."""
SMALL = 1e-2
"""Flows below this take up residues only where no larger one can."""
LAST = 4
"""Rank among flows of those that people fixed."""
DEEPEST = 64
"""Levels of bills of material; more are taken for a bill that contains itself."""


@dataclass(frozen=True, eq=False)
class ExactPlan:
    """Flows on the grid and the states that follow from them; identities hold bit for bit."""

    good: FloatArray
    """[M, T] good units of what is started (own), or units delivered."""
    started: FloatArray
    """[M, T] units started, or delivered."""
    shipped: FloatArray
    """[F, T] by the bucket in which goods leave."""
    component_use: FloatArray
    by_product: FloatArray
    scrapped: FloatArray
    """[S, T]"""
    served: FloatArray
    lost: FloatArray
    backlog: FloatArray
    """[D, T]"""
    closing: FloatArray
    """[S, T]"""


def make_exact(
    network: Network, columns: Columns, values: FloatArray, *, is_basic: BoolArray, missed: FloatArray
) -> ExactPlan:
    """The plan on the grid.

    `values` [columns] are the solver's, `is_basic` says which of them its constraints determine: the others stand at a
    bound and should stay there. `missed` [S, T] are components that firm production lacks. What people firmed is the
    quantity they said, and takes up a residue only where nothing else does.
    """
    flows = _Flows(network, columns, values, is_basic, missed)
    for depth in range(int(flows.depth.max(initial=0)) + 1):
        flows.settle(flows.depth == depth)
    return flows.plan()


class _Flows:
    """All flows of the plan by name, each [rows, T], rounded; `settle` makes those of some items exact."""

    def __init__(
        self, network: Network, columns: Columns, values: FloatArray, is_basic: BoolArray, missed: FloatArray
    ) -> None:
        self.network = network

        def basic(block: Block) -> BoolArray:
            return is_basic[block.span].reshape(block.rows, block.buckets)

        good = _clean(columns.make.of(values) * network.routes.yield_ratio[:, None])
        self.is_firm = np.zeros(good.shape, dtype=np.bool_) if network.firm is None else ~np.isnan(network.firm)
        if network.firm is not None:
            good = np.where(self.is_firm, network.firm, good)
        parts, lacking = network.components, on_grid(missed, QUANTITY_STEP)
        self.fixed_use = np.maximum(network.receipts.component_use - lacking, 0.0)
        self.lacking = np.maximum(lacking - network.receipts.component_use, 0.0)
        self.values = {
            "good": good,
            "used": np.zeros(parts.quantity.shape),
            "given": np.zeros(network.outputs.quantity.shape),
            "scrapped": _clean(columns.scrap.of(values)),
            "lost": _clean(columns.lost.of(values)),
            "backlog": _clean(columns.backlog.of(values)),
            "shipped": _clean(columns.ship.of(values)),
            "closing": _clean(columns.held.of(values) + columns.excess.of(values)),
        }
        self.is_basic = {
            "good": basic(columns.make),
            "used": np.zeros(parts.quantity.shape, dtype=np.bool_),
            "given": np.zeros(network.outputs.quantity.shape, dtype=np.bool_),
            "scrapped": basic(columns.scrap),
            "lost": basic(columns.lost),
            "backlog": basic(columns.backlog),
            "shipped": basic(columns.ship),
            "closing": basic(columns.held) | basic(columns.excess),
        }
        self.started = self._started()
        self.ends = _ends(network)
        self.depth = bill_depth(network)

    def _started(self) -> FloatArray:
        return on_grid(self.values["good"] / self.network.routes.yield_ratio[:, None], QUANTITY_STEP)

    def settle(self, items: BoolArray) -> None:
        """Make the flows of the items [I] exact; components are used by what has been settled before."""
        network = self.network
        keys = network.axes.keys
        self.started = self._started()
        stock, demand = items[keys[Grain.STOCK].column("item")], items[keys[Grain.DEMAND].column("item")]
        follows = {}
        for name, parts in (("used", network.components), ("given", network.outputs)):
            follows[name] = stock[parts.stock]
            amounts = on_grid(self.started[parts.route] * parts.quantity, QUANTITY_STEP)
            if name == "used" and self.lacking.any():
                amounts = self._there(amounts)
            self.values[name][follows[name]] = amounts[follows[name]]
        chosen = {
            "good": items[keys[Grain.MAKE].column("item")],
            "used": follows["used"],
            "given": follows["given"],
            "scrapped": stock[network.stock_rules.scrap_rows],
            "lost": demand,
            "backlog": demand,
            "shipped": items[keys[Grain.FLOW].column("item")],
            "closing": stock,
        }
        supplies = network.receipts.scheduled - self.fixed_use
        supplies[:, 0] += network.opening
        asked = np.where(demand[:, None], network.demand, 0.0)
        supplies = np.concatenate([np.where(stock[:, None], supplies, 0.0), -asked])
        cells = {name: np.flatnonzero((self.values[name] > 0) & rows[:, None]) for name, rows in chosen.items()}
        exact = settled(self._arcs(cells), self._of(self.values, cells), supplies.ravel())
        if exact is None:
            # A step of the grid that data states is less than the solver sees: its plan may have nothing to carry it.
            cells = {name: np.flatnonzero(self._carries(name) & rows[:, None]) for name, rows in chosen.items()}
            flows = self._of(self.values, cells)
            exact = settle(self._arcs(cells), flows, supplies.ravel(), opens=flows == 0)
        for name, part in zip(cells, np.split(exact, np.cumsum([len(at) for at in cells.values()])[:-1]), strict=True):
            self.values[name].ravel()[cells[name]] = part

    def _there(self, amounts: FloatArray) -> FloatArray:
        """What routes take of components, [B, T], less what those that people firmed lack of them."""
        parts, taken, left = self.network.components, amounts.copy(), self.lacking.copy()
        for pair in np.flatnonzero(self.is_firm[parts.route].any(axis=1)).tolist():
            row = parts.stock[pair]
            missing = np.where(self.is_firm[parts.route[pair]], np.minimum(taken[pair], left[row]), 0.0)
            taken[pair] -= missing
            left[row] -= missing
        return taken

    def _arcs(self, cells: Mapping[str, IntArray]) -> Arcs:
        flows, is_basic = self._of(self.values, cells), self._of(self.is_basic, cells)
        rank = np.where(flows < DUST, 3, np.where(flows < SMALL, 2, np.where(is_basic, 0, 1))).astype(np.int64)
        rank[: len(cells["good"])][self.is_firm.ravel()[cells["good"]]] = LAST  # good flows stand first
        return Arcs(
            np.concatenate([self.ends[name][0][cells[name]] for name in cells]),
            np.concatenate([self.ends[name][1][cells[name]] for name in cells]),
            rank,
        )

    def _of(self, blocks: Mapping[str, Any], cells: Mapping[str, IntArray]) -> Any:  # noqa: ANN401 - of either type
        return np.concatenate([blocks[name].ravel()[cells[name]] for name in cells])

    def _carries(self, name: str) -> BoolArray:
        """Cells of a flow that is there, and where a state may be another one, [rows, T]."""
        network = self.network
        is_free = {
            "closing": np.ones(len(network.opening), dtype=np.bool_),
            "backlog": ~network.is_lost,
            "lost": network.is_lost,
        }
        found: BoolArray = self.values[name] > 0
        return found | is_free[name][:, None] if name in is_free else found

    def plan(self) -> ExactPlan:
        """States recomputed from flows, which the settled states must equal."""
        network, values = self.network, self.values
        use = self.fixed_use.copy()
        np.add.at(use, network.components.stock, values["used"])
        shape = use.shape
        served = _arrived(network.flows.to_demand, network.flows.arrival, values["shipped"], network.demand.shape)
        given, outputs = values["given"], network.outputs
        output = _arrived(outputs.stock, network.routes.arrival[outputs.route], given, shape)
        scrapped = np.zeros(shape)
        scrapped[network.stock_rules.scrap_rows] = values["scrapped"]
        change = network.receipts.scheduled - use + output - scrapped
        change += _arrived(network.routes.stock, network.routes.arrival, values["good"], shape)
        change += _arrived(network.flows.to_stock, network.flows.arrival, values["shipped"], shape)
        leaving = network.flows.from_stock >= 0
        np.subtract.at(change, network.flows.from_stock[leaving], values["shipped"][leaving])
        closing = network.opening[:, None] + np.cumsum(change, axis=1) + 0.0
        backlog = np.cumsum(network.demand - served - values["lost"], axis=1) + 0.0
        assert np.array_equal(closing, values["closing"]), "stock does not follow from its flows"
        assert np.array_equal(backlog, values["backlog"]), "backlog does not follow from its flows"
        return ExactPlan(
            good=values["good"],
            started=self._started(),
            shipped=values["shipped"],
            component_use=use,
            by_product=output,
            scrapped=scrapped,
            served=served,
            lost=values["lost"],
            backlog=backlog,
            closing=closing,
        )


def _clean(values: FloatArray) -> FloatArray:
    """On the grid, never negative, without dust."""
    return np.ascontiguousarray(on_grid(np.where(values < DUST, 0.0, values), QUANTITY_STEP))


def _ends(network: Network) -> dict[str, tuple[IntArray, IntArray]]:
    """Tail and head node of every cell, each [rows × T]: stock nodes first, then demand nodes, by row and bucket."""
    horizon = network.horizon
    stocks = len(network.opening)
    times = np.arange(horizon)[None, :]

    def node(rows: IntArray, buckets: IntArray, *, first: int = 0) -> IntArray:
        inside = (rows >= 0)[:, None] & (buckets >= 0) & (buckets < horizon)
        found: IntArray = np.where(inside, (first + rows[:, None]) * horizon + buckets, OUTSIDE).ravel()
        return found

    flows, routes = network.flows, network.routes
    given, scrapped = network.outputs, network.stock_rules.scrap_rows
    stock, demand = np.arange(stocks), np.arange(len(network.demand))
    to_stock, to_demand = node(flows.to_stock, flows.arrival), node(flows.to_demand, flows.arrival, first=stocks)

    def outside(rows: int) -> IntArray:
        return np.full(rows * horizon, OUTSIDE, dtype=np.int64)

    return {
        "good": (outside(len(routes.stock)), node(routes.stock, routes.arrival)),
        "used": (node(network.components.stock, times), outside(len(network.components.stock))),
        "given": (outside(len(given.stock)), node(given.stock, routes.arrival[given.route])),
        "scrapped": (node(scrapped, times), outside(len(scrapped))),
        "lost": (outside(len(demand)), node(demand, times, first=stocks)),
        # Demand of t that waits is served from what reaches the market in t + 1.
        "backlog": (node(demand, times + 1, first=stocks), node(demand, times, first=stocks)),
        "shipped": (node(flows.from_stock, times), np.maximum(to_stock, to_demand)),
        "closing": (node(stock, times), node(stock, times + 1)),
    }


def bill_depth(network: Network) -> IntArray:
    """Longest chain of bills of material from a finished product to each item; 0 where nothing is made of it, [I].

    A by-product follows what it comes out of: it is settled after it, like a component.
    """
    make, stock = network.axes.keys[Grain.MAKE], network.axes.keys[Grain.STOCK]
    both = (network.components, network.outputs)
    parent = make.column("item")[np.concatenate([parts.route for parts in both])]
    part = stock.column("item")[np.concatenate([parts.stock for parts in both])]
    depth = np.zeros(len(network.axes.items), dtype=np.int64)
    for _ in range(min(len(depth), DEEPEST + 1)):
        deeper = depth.copy()
        np.maximum.at(deeper, part, depth[parent] + 1)
        if np.array_equal(deeper, depth):
            break
        depth = deeper
    # A bill of material that contains itself: its items are settled together, from what is started now.
    return np.minimum(depth, DEEPEST)


def _arrived(target: IntArray, arrival: IntArray, values: FloatArray, shape: tuple[int, int]) -> FloatArray:
    """Values by receiver and bucket of arrival."""
    inside = (target >= 0)[:, None] & (arrival < shape[1])
    cells = (target[:, None] * shape[1] + arrival)[inside]
    total: FloatArray = np.bincount(cells, values[inside], minlength=shape[0] * shape[1]).astype(np.float64)
    return total.reshape(shape)
