"""The fast finite plan carried out bucket by bucket: nothing without its hours and components, markets by priority."""

import numpy as np

from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.supply.heuristic_rooms import Uses
from equipoise.supply.heuristic_scrap import Scrap
from equipoise.supply.heuristic_wanted import Wanted, planned_use
from equipoise.supply.heuristic_worth import starting_order
from equipoise.supply.network import Network
from equipoise.supply.product_structure import ProductStructure

NOTHING = 1e-9


class Run:
    """The plan while it is carried out, bucket by bucket."""

    def __init__(
        self, network: Network, route: IntArray, lanes: BoolArray, structure: ProductStructure, share: FloatArray
    ) -> None:
        """Nothing is made yet."""
        self.network, self.structure = network, structure
        flows, routes = network.flows, network.routes
        stocks, horizon = len(network.opening), network.horizon
        self.route, self.lanes = route, np.flatnonzero(lanes)
        self.filled = np.flatnonzero(route >= 0)
        self.arrival = np.broadcast_to(np.arange(horizon), (stocks, horizon)).copy()
        self.is_open = np.zeros((stocks, horizon), dtype=np.bool_)
        filled = self.filled
        self.arrival[filled], self.is_open[filled] = routes.arrival[route[filled]], routes.is_open[route[filled]]
        self.good = np.ones(stocks)
        self.good[filled] = routes.yield_ratio[route[filled]]
        self.arrival[flows.to_stock[self.lanes]] = flows.arrival[self.lanes]
        self.is_open[flows.to_stock[self.lanes]] = flows.is_open[self.lanes]
        self.lane_share = np.nan_to_num(flows.share[self.lanes], nan=1.0)
        self.share = share
        self.markets = np.flatnonzero((flows.to_demand >= 0) & (flows.from_stock >= 0))
        self.make = np.zeros((len(routes.stock), horizon))
        self.ship = np.zeros((len(flows.from_stock), horizon))
        self.closing = np.zeros((stocks, horizon))
        self.scrap = Scrap(network)
        self.missed = np.zeros((stocks, horizon))
        beside = network.outputs
        chosen = np.flatnonzero(route[routes.stock[beside.route]] == beside.route)
        self.beside, self.comes_with = chosen, routes.stock[beside.route[chosen]]
        self.backlog = np.zeros(network.demand.shape)
        self.lost = np.zeros(network.demand.shape)
        self.levels = [
            structure.order[begin:end]
            for begin, end in zip(
                structure.level_starts[:-1].tolist(), structure.level_starts[1:].tolist(), strict=True
            )
        ][::-1]
        self.links = [np.flatnonzero(np.isin(structure.parent, rows)) for rows in self.levels]
        arrives_later = self.arrival > np.arange(horizon)[None, :]
        self.later = [np.flatnonzero(column) for column in np.ascontiguousarray(arrives_later.T)]
        # Of markets that a stock serves the first priority goes first; equal ones share.
        weight = network.ranks.late[flows.to_demand[self.markets]]
        self.ranks = [self.markets[weight == value] for value in np.unique(weight)[::-1].tolist()]

    def carry_out(self, wanted: Wanted, uses: Uses, whole: FloatArray) -> None:
        """Start what fits and has its components, ship what is there; the rest waits."""
        network, structure, left = self.network, self.structure, whole.copy()
        stocks, horizon = self.closing.shape
        landed = np.zeros((stocks, horizon + 1))
        arriving = np.zeros((len(network.demand), horizon + 1))
        unserved, asks_by_bucket = np.zeros(len(self.ship)), self._departures()
        started, stock = np.zeros(stocks), network.opening.astype(np.float64)
        used, planned = np.zeros(stocks), planned_use(structure, wanted.levelled, asks_by_bucket, network)
        source = network.flows.from_stock[self.markets]
        orders = starting_order(network, structure, uses, self.share)
        for at in range(horizon):
            stock = self._receive(stock, landed[:, at], at)
            fits = self._fits(wanted, started, uses, left, orders, at)
            per_unit = structure.quantity[:, min(at, structure.quantity.shape[1] - 1)]
            asks = asks_by_bucket[:, at] + unserved
            need = np.bincount(source, asks[self.markets], minlength=stocks) + 0.0
            ahead = wanted.levelled[:, at] - started
            for rows, links in zip(self.levels[::-1], self.links[::-1], strict=True):
                # Nothing comes before those who use it can: they are behind what they were planned to have taken.
                behind = np.maximum(planned[rows, at] - used[rows] - need[rows], 0.0) * structure.started_per_good[rows]
                now = self.arrival[rows, at] == at
                fits[rows] = np.where(now, np.clip(ahead[rows] - behind, 0.0, fits[rows]), fits[rows])
                np.add.at(need, structure.component[links], per_unit[links] * fits[structure.parent[links]])
            part, made, is_now = np.ones(stocks), np.zeros(stocks), not len(self.later[at])
            for rows, links in zip(self.levels, self.links, strict=True):
                can = np.ones(stocks)
                np.minimum.at(can, structure.parent[links], part[structure.component[links]])
                made[rows] = fits[rows] * can[rows]
                np.subtract.at(stock, structure.component[links], per_unit[links] * made[structure.parent[links]])
                now = rows if is_now else rows[self.arrival[rows, at] == at]
                stock[now] += made[now] * self.good[now]
                short = rows[need[rows] > np.maximum(stock[rows], 0.0)]
                part[short] = np.maximum(stock[short], 0.0) / need[short]
            later = self.later[at]
            landed[later, self.arrival[later, at]] += made[later] * self.good[later]
            uses.take(made, left, at)
            started += made
            self._note(made, at)
            self._bring_beside(made, stock, landed, at)
            # What firm production asks for and nothing brings is missing; all others take only what is there.
            self.missed[:, at] = np.maximum(-stock, 0.0)
            stock = np.maximum(stock, 0.0)
            unserved = self._serve(asks, stock, arriving, at)
            used += np.bincount(structure.component, per_unit * made[structure.parent], minlength=stocks)
            used += np.bincount(source, self.ship[self.markets, at], minlength=stocks)
            self.scrap.take(stock, self.make, self.ship, self.missed, at)
            self.closing[:, at] = stock
            before = self.backlog[:, at - 1] if at else 0.0
            missing = np.maximum(before + network.demand[:, at] - arriving[:, at], 0.0)
            self.lost[:, at] = np.where(network.is_lost, missing, 0.0)
            self.backlog[:, at] = np.where(network.is_lost, 0.0, missing)

    def _fits(
        self,
        wanted: Wanted,
        started: FloatArray,
        uses: Uses,
        left: FloatArray,
        orders: tuple[IntArray, ...],
        at: int,
    ) -> FloatArray:
        """What fits into the room of a bucket: first what demand waits for, then safety stock, then what is early."""
        room, fits = left.copy(), np.zeros(len(started))
        for target, order in zip((wanted.for_demand, wanted.in_time, wanted.levelled), orders, strict=True):
            want = np.where(self.is_open[:, at], np.maximum(target[:, at] - started - fits, 0.0), 0.0)
            more = want * uses.fit(want, room, at, order)
            uses.take(more, room, at)
            fits += more
        return fits

    def _receive(self, stock: FloatArray, landed: FloatArray, at: int) -> FloatArray:
        """What arrives comes in, what has expired and what firm production takes goes out; below 0: not there yet."""
        stock = stock + self.network.receipts.scheduled[:, at] + landed
        if not at:
            stock = self.scrap.begin(stock)
        return stock - self.network.receipts.component_use[:, at]

    def _bring_beside(self, made: FloatArray, stock: FloatArray, landed: FloatArray, at: int) -> None:
        """By-products come where and when the item that they come with arrives, in place."""
        if not len(self.beside):
            return
        outputs, parents = self.network.outputs, self.comes_with
        units = outputs.quantity[self.beside, at] * made[parents]
        arrival = self.arrival[parents, at]
        now = arrival == at
        np.add.at(stock, outputs.stock[self.beside[now]], units[now])
        np.add.at(landed, (outputs.stock[self.beside[~now]], arrival[~now]), units[~now])

    def _departures(self) -> FloatArray:
        """What each lane into a market should carry by the bucket in which it leaves, [F, T].

        Demand leaves last thing so as to arrive in its bucket, never before it: a market takes nothing early. Where
        nothing arrives in the bucket it leaves for the next one, but not for a market that does not wait.
        """
        flows, network, lanes = self.network.flows, self.network, self.markets
        horizon, every = network.horizon, np.arange(len(lanes))
        departs = np.full((len(lanes), horizon + 1), -1, dtype=np.int64)
        for at in range(horizon):
            departs[every, flows.arrival[lanes, at]] = at
        departs = departs[:, :horizon]
        target = flows.to_demand[lanes]
        for at in range(horizon - 2, -1, -1):
            later = (departs[:, at] < 0) & ~network.is_lost[target]
            departs[later, at] = departs[later, at + 1]
        carried = np.where(departs >= 0, self.share[lanes] * network.demand[target], 0.0)
        found = np.zeros(self.ship.shape)
        np.add.at(found, (lanes[:, None], np.maximum(departs, 0)), carried)
        return found

    def _serve(self, asks: FloatArray, stock: FloatArray, arriving: FloatArray, at: int) -> FloatArray:
        """Ship along the lanes of each priority what is there, in place; what waits for the next bucket, [F]."""
        flows = self.network.flows
        short = np.zeros(len(asks))
        for lanes in self.ranks:
            source = flows.from_stock[lanes]
            want = np.where(flows.is_open[lanes, at], asks[lanes], 0.0)
            need = np.bincount(source, want, minlength=len(stock))
            part, there = np.ones(len(stock)), np.maximum(stock, 0.0)
            over = need > there
            part[over] = there[over] / need[over]
            sent = want * part[source]
            self._send(lanes, sent, stock, arriving, at)
            short[lanes] = asks[lanes] - sent
        if short.max(initial=0.0) > NOTHING:
            self._by_other_lanes(short, stock, arriving, at)
        waits = ~self.network.is_lost[np.maximum(flows.to_demand, 0)]
        return np.where(waits, short, 0.0)

    def _send(self, lanes: IntArray, sent: FloatArray, stock: FloatArray, arriving: FloatArray, at: int) -> None:
        flows = self.network.flows
        self.ship[lanes, at] += sent
        np.subtract.at(stock, flows.from_stock[lanes], sent)
        np.add.at(arriving, (flows.to_demand[lanes], flows.arrival[lanes, at]), sent)

    def _by_other_lanes(self, short: FloatArray, stock: FloatArray, arriving: FloatArray, at: int) -> None:
        """Serve what is short from stock above the safety stock at other lanes' ends, to arrive at the same time."""
        flows, network = self.network.flows, self.network
        due, target = flows.arrival[self.markets, at], flows.to_demand[self.markets]
        wanted = np.full(len(network.demand), -1, dtype=np.int64)
        lacks = short[self.markets] > NOTHING
        np.maximum.at(wanted, target[lacks], due[lacks])
        counts = lacks & (due == wanted[target])
        missing = np.bincount(target[counts], short[self.markets[counts]], minlength=len(network.demand)) + 0.0
        usable = ~lacks & flows.is_open[self.markets, at] & (missing[target] > NOTHING) & (due == wanted[target])
        lanes = self.markets[usable]
        if not len(lanes):
            return
        spare = np.maximum(stock - network.safety[:, at], 0.0)
        source, target = flows.from_stock[lanes], flows.to_demand[lanes]
        # One lane for each market, the cheapest with something to spare.
        order = np.lexsort((network.prices.flow[lanes, at], spare[source] <= NOTHING, target))
        lanes = lanes[order][np.diff(target[order], prepend=-1) != 0]
        source, target = flows.from_stock[lanes], flows.to_demand[lanes]
        need = np.bincount(source, missing[target], minlength=len(stock))
        sent = missing[target] * np.minimum(1.0, spare[source] / np.maximum(need[source], NOTHING))
        self._send(lanes, sent, stock, arriving, at)
        served = np.bincount(target, sent, minlength=len(missing))
        left = np.clip(1.0 - served / np.maximum(missing, NOTHING), 0.0, 1.0)
        helped = self.markets[counts]
        short[helped] *= left[flows.to_demand[helped]]

    def _note(self, made: FloatArray, at: int) -> None:
        """Post what was started to the routes and lanes."""
        self.make[self.route[self.filled], at] = made[self.filled]
        self.ship[self.lanes, at] = made[self.network.flows.to_stock[self.lanes]] * self.lane_share[:, at]
