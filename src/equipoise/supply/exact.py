"""From the solver's floats to exact numbers: flows go on the grid, states are recomputed from them bit for bit.

The solver keeps its equations to about 1e-7. Here flows are rounded to the grid and the residue of each balance, a few
grid steps, goes into the largest flow that feeds it: first into arrivals at markets, then, from the last bucket to the
first and from the markets upstream, into what fills each stock. Production takes up what is left. Where nothing fills
a stock any more, the largest flow that leaves it gives the residue back, and the sweep is made again.
"""

from dataclasses import dataclass

import numpy as np

from equipoise.core.grid import QUANTITY_STEP, BoolArray, FloatArray, IntArray, on_grid
from equipoise.supply.columns import Columns
from equipoise.supply.network import Network
from equipoise.supply.upstream import Level, downstream_first

DUST = 1e-6
"""Amounts below this are the solver's tolerance, not a plan."""
ROUNDS = 50


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
    """[S, T]"""
    served: FloatArray
    lost: FloatArray
    backlog: FloatArray
    """[D, T]"""
    closing: FloatArray
    """[S, T]"""


@dataclass(frozen=True, eq=False)
class Targets:
    """The states that the solver found, on the grid."""

    closing: FloatArray
    backlog: FloatArray
    lost: FloatArray
    fixed_use: FloatArray
    """[S, T] components that firm production takes."""


def make_exact(network: Network, columns: Columns, values: FloatArray, missed: FloatArray) -> ExactPlan:
    """The plan on the grid. `values` [columns] are the solver's; `missed` [S, T] components firm production lacks."""
    good = _clean(columns.make.of(values) * network.routes.yield_ratio[:, None])
    flows = np.concatenate([good.ravel(), _clean(columns.ship.of(values)).ravel()])
    frozen = np.zeros(len(flows), dtype=np.bool_)
    targets = Targets(
        _clean(columns.held.of(values) + columns.excess.of(values)),
        _clean(columns.backlog.of(values)),
        _clean(columns.lost.of(values)),
        np.maximum(network.receipts.component_use - on_grid(missed, QUANTITY_STEP), 0.0),
    )
    sweep = _Sweep(network, targets)
    for _ in range(ROUNDS):
        plan = sweep.run(flows, frozen)
        if not (plan.closing < 0).any():
            return plan
        sweep.give_back(plan, flows, frozen)
    raise AssertionError("a stock stays below zero however the residues are placed")


def _clean(values: FloatArray) -> FloatArray:
    """On the grid, never negative, without dust."""
    return on_grid(np.where(values < DUST, 0.0, values), QUANTITY_STEP)


class _Sweep:
    """Places residues. Flows are one flat array: the cells of grain make, then those of grain flow."""

    def __init__(self, network: Network, targets: Targets) -> None:
        routes, lanes, horizon = network.routes, network.flows, network.horizon
        self.network, self.targets = network, targets
        self.make_cells = routes.arrival.size
        to_stock = _cell_targets(routes.stock, routes.arrival, horizon), _cell_targets(
            lanes.to_stock, lanes.arrival, horizon
        )
        self.stock_target = np.concatenate(to_stock)
        nowhere = np.full(self.make_cells, -1, dtype=np.int64)
        self.demand_target = np.concatenate([nowhere, _cell_targets(lanes.to_demand, lanes.arrival, horizon)])
        self.levels = downstream_first(network)

    def run(self, flows: FloatArray, frozen: BoolArray) -> ExactPlan:
        """One sweep over markets and stocks; changes `flows` in place."""
        served, lost, backlog = self._markets(flows, frozen)
        self._stocks(flows, frozen)
        good, shipped = self._split(flows)
        started = self._started(good)
        use = self._component_use(started)
        return ExactPlan(good, started, shipped, use, served, lost, backlog, self._closing(flows, shipped, use))

    def _split(self, flows: FloatArray) -> tuple[FloatArray, FloatArray]:
        horizon = self.network.horizon
        return flows[: self.make_cells].reshape(-1, horizon), flows[self.make_cells :].reshape(-1, horizon)

    def _started(self, good: FloatArray) -> FloatArray:
        return on_grid(good / self.network.routes.yield_ratio[:, None], QUANTITY_STEP)

    def _uses(self, started: FloatArray) -> FloatArray:
        """[B, T] components taken by each pair of route and component."""
        parts = self.network.components
        return on_grid(started[parts.route] * parts.quantity, QUANTITY_STEP)

    def _component_use(self, started: FloatArray) -> FloatArray:
        use = self.targets.fixed_use.copy()
        np.add.at(use, self.network.components.stock, self._uses(started))
        return use

    def _arrived(self, flows: FloatArray, target: IntArray, shape: tuple[int, int]) -> FloatArray:
        inside = target >= 0
        total: FloatArray = np.bincount(target[inside], flows[inside], minlength=shape[0] * shape[1]).astype(np.float64)
        return total.reshape(shape)

    def _largest(self, flows: FloatArray, frozen: BoolArray, target: IntArray, shape: tuple[int, int]) -> IntArray:
        """The largest cell that arrives at each receiver and bucket, −1 where none may change."""
        cells = np.flatnonzero((target >= 0) & (flows > 0) & ~frozen)
        cells = cells[np.lexsort((cells, -flows[cells], target[cells]))]
        found = np.full(shape[0] * shape[1], -1, dtype=np.int64)
        receivers, first = np.unique(target[cells], return_index=True)
        found[receivers] = cells[first]
        return found.reshape(shape)

    def _markets(self, flows: FloatArray, frozen: BoolArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Arrivals that serve exactly demand + backlog before − backlog − lost; what no arrival takes, waits."""
        demand = self.network.demand
        served = self._arrived(flows, self.demand_target, demand.shape)
        largest = self._largest(flows, frozen, self.demand_target, demand.shape)
        lost, backlog = self.targets.lost.copy(), self.targets.backlog.copy()
        before = np.zeros(len(demand))
        for bucket in range(self.network.horizon):
            residue = demand[:, bucket] + before - backlog[:, bucket] - lost[:, bucket] - served[:, bucket]
            taken = _take(flows, largest[:, bucket], residue)
            served[:, bucket] += taken
            left = residue - taken
            goes_lost = self.network.is_lost
            lost[goes_lost, bucket] += left[goes_lost]
            backlog[~goes_lost, bucket] += left[~goes_lost]
            before = backlog[:, bucket]
        assert (lost >= 0).all() and (backlog >= 0).all(), "more is served than was asked for"
        return served, lost, backlog

    def _stocks(self, flows: FloatArray, frozen: BoolArray) -> None:
        """From the last bucket back: what fills a stock makes up for what leaves it and what is to stay there."""
        network, targets = self.network, self.targets
        shape = targets.closing.shape
        arrived = self._arrived(flows, self.stock_target, shape)
        largest = self._largest(flows, frozen, self.stock_target, shape)
        closing = targets.closing.copy()
        good, shipped = self._split(flows)
        for bucket in range(network.horizon - 1, -1, -1):
            for level in self.levels:
                rows = level.stocks
                leaves = targets.fixed_use[rows, bucket] + self._leaving(level, good, shipped, bucket)
                needed = closing[rows, bucket] + leaves - network.receipts.scheduled[rows, bucket]
                needed -= arrived[rows, bucket]
                wanted = closing[rows, bucket - 1] if bucket else network.opening[rows]
                cells = largest[rows, bucket]
                arrived[rows, bucket] += _take(flows, cells, needed - wanted)
                if bucket:
                    stays = cells < 0
                    closing[rows[stays], bucket - 1] = np.maximum(needed[stays], 0.0)

    def _leaving(self, level: Level, good: FloatArray, shipped: FloatArray, bucket: int) -> FloatArray:
        """Units that leave each stock of a level in a bucket, along lanes and as components."""
        count = len(level.stocks)
        leaves: FloatArray = np.bincount(level.lane_stock, shipped[level.lanes, bucket], minlength=count).astype(
            np.float64
        )
        if len(level.pairs):
            parts = self.network.components
            route = parts.route[level.pairs]
            started = on_grid(good[route, bucket] / self.network.routes.yield_ratio[route], QUANTITY_STEP)
            used = on_grid(started * parts.quantity[level.pairs, bucket], QUANTITY_STEP)
            leaves = leaves + np.bincount(level.pair_stock, used, minlength=count)
        return leaves

    def _closing(self, flows: FloatArray, shipped: FloatArray, use: FloatArray) -> FloatArray:
        """Opening + inbound − outbound, bucket by bucket."""
        lanes = self.network.flows
        change = self._arrived(flows, self.stock_target, use.shape) + self.network.receipts.scheduled - use
        inside = lanes.from_stock >= 0
        np.subtract.at(change, lanes.from_stock[inside], shipped[inside])
        return self.network.opening[:, None] + np.cumsum(change, axis=1) + 0.0

    def give_back(self, plan: ExactPlan, flows: FloatArray, frozen: BoolArray) -> None:
        """Settle the residue of each stock below zero in one flow and freeze it, so that the next sweep leaves it.

        The largest flow that has arrived so far brings the residue; where nothing has, the largest that has left gives
        it back.
        """
        lanes, parts, routes = self.network.flows, self.network.components, self.network.routes
        horizon = self.network.horizon
        for row in np.flatnonzero((plan.closing < 0).any(axis=1)).tolist():
            bucket = int(np.argmax(plan.closing[row] < 0))
            missing = -float(plan.closing[row, bucket])
            moved = float(plan.component_use[row].sum() + np.abs(plan.closing[row]).sum())
            assert missing < 1e-3 + 1e-7 * moved, f"stock row {row} lacks {missing} in bucket {bucket}: no rounding does that"
            came = (self.stock_target >= row * horizon) & (self.stock_target <= row * horizon + bucket)
            inbound = np.flatnonzero(came & (flows > 0) & ~frozen)
            if len(inbound):
                cell = int(inbound[np.argmax(flows[inbound])])
                flows[cell] += missing
                frozen[cell] = True
                continue
            leaving = np.flatnonzero(lanes.from_stock == row)
            cells = (self.make_cells + leaving[:, None] * horizon + np.arange(bucket + 1)).ravel()
            cells = cells[(flows[cells] > 0) & ~frozen[cells]]
            if len(cells):
                cell = int(cells[np.argmax(flows[cells])])
                flows[cell] = max(flows[cell] - missing, 0.0)
                frozen[cell] = True
                continue
            pairs = np.flatnonzero(parts.stock == row)
            made = (parts.route[pairs, None] * horizon + np.arange(bucket + 1)).ravel()
            rates = (parts.quantity[pairs, : bucket + 1] / routes.yield_ratio[parts.route[pairs], None]).ravel()
            usable = (flows[made] > 0) & ~frozen[made] & (rates > 0)
            assert usable.any(), f"nothing has left stock row {row} and yet it lacks {missing}"
            best = np.flatnonzero(usable)[np.argmax((flows[made] * rates)[usable])]
            less = np.ceil(missing / rates[best] / QUANTITY_STEP + 1) * QUANTITY_STEP
            flows[made[best]] = max(flows[made[best]] - less, 0.0)
            frozen[made[best]] = True


def _cell_targets(receiver: IntArray, arrival: IntArray, horizon: int) -> IntArray:
    """Receiver × T + bucket of arrival of every cell, −1 where it reaches nobody within the horizon, [n × T]."""
    inside = (receiver >= 0)[:, None] & (arrival < horizon)
    cells: IntArray = np.where(inside, receiver[:, None] * horizon + arrival, -1).ravel()
    return cells


def _take(flows: FloatArray, cells: IntArray, residue: FloatArray) -> FloatArray:
    """Add each residue to its cell, not below zero and not without a cell; what was taken, [n]."""
    has = cells >= 0
    taken = np.zeros(len(residue))
    taken[has] = np.maximum(residue[has], -flows[cells[has]])
    flows[cells[has]] += taken[has]
    return taken
