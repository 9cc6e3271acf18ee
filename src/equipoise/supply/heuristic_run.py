"""The fast finite plan carried out bucket by bucket: nothing without its hours and components, markets by priority."""

import numpy as np

from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.supply.heuristic_rooms import lane_uses
from equipoise.supply.heuristic_scrap import Scrap
from equipoise.supply.heuristic_sources import Sources
from equipoise.supply.heuristic_wanted import Wanted, planned_use
from equipoise.supply.heuristic_worth import Orders
from equipoise.supply.network import Network
from equipoise.supply.product_structure import ProductStructure

NOTHING = 1e-9


class Run:
    """The plan while it is carried out, bucket by bucket."""

    def __init__(
        self,
        network: Network,
        sources: tuple[Sources, ...],
        lanes: IntArray,
        structure: ProductStructure,
        share: FloatArray,
        weight: FloatArray,
    ) -> None:
        """Nothing is made yet."""
        self.network, self.structure = network, structure
        flows, routes = network.flows, network.routes
        stocks, horizon = len(network.opening), network.horizon
        self.sources, self.lanes = sources, lanes
        self.arrival = sources[0].arrival
        self.good = np.ones(stocks)
        filled = np.flatnonzero(sources[0].route >= 0)
        self.good[filled] = routes.yield_ratio[sources[0].route[filled]]
        self.lane_share, self.by_lane = weight[lanes], np.zeros(stocks, dtype=np.bool_)
        self.by_lane[flows.to_stock[lanes]] = True
        self.behind, self.asked = np.zeros(stocks), np.zeros(stocks)
        """[S] units that wait to be started, added over the buckets, and units asked for."""
        self.share, self.carriers = share, lane_uses(network)
        self.markets = np.flatnonzero((flows.to_demand >= 0) & (flows.from_stock >= 0))
        self.make = np.zeros((len(routes.stock), horizon))
        self.ship = np.zeros((len(flows.from_stock), horizon))
        self.closing = np.zeros((stocks, horizon))
        self.scrap = Scrap(network)
        self.missed = np.zeros((stocks, horizon))
        self.backlog = np.zeros(network.demand.shape)
        self.lost = np.zeros(network.demand.shape)
        self.levels = [
            structure.order[begin:end]
            for begin, end in zip(
                structure.level_starts[:-1].tolist(), structure.level_starts[1:].tolist(), strict=True
            )
        ][::-1]
        level = structure.code[flows.to_stock[lanes]]
        self.inward = [np.flatnonzero(level == code) for code in range(len(self.levels) - 1, -1, -1)]
        self.links = [np.flatnonzero(np.isin(structure.parent, rows)) for rows in self.levels]
        # Of markets that a stock serves the first priority goes first; equal ones share.
        weight = network.ranks.late[flows.to_demand[self.markets]]
        self.ranks = [self.markets[weight == value] for value in np.unique(weight)[::-1].tolist()]

    def carry_out(self, wanted: Wanted, room: tuple[FloatArray, FloatArray], orders: tuple[Orders, ...]) -> None:
        """Start what fits and has its components, ship what is there; the rest waits.

        `room` is regular and all of it, `orders` the places of what the sources use.
        """
        network, structure, left = self.network, self.structure, tuple(part.copy() for part in room)
        stocks, horizon = self.closing.shape
        landed = np.zeros((stocks, horizon + 1))
        arriving = np.zeros((len(network.demand), horizon + 1))
        unserved, asks_by_bucket = np.zeros(len(self.ship)), self._departures()
        started, stock = np.zeros(stocks), network.opening.astype(np.float64)
        used, planned = np.zeros(stocks), planned_use(structure, wanted.levelled, asks_by_bucket, network)
        source, self.asked = network.flows.from_stock[self.markets], wanted.in_time[:, -1]
        for at in range(horizon):
            stock = self._receive(stock, landed[:, at], at)
            fits = self._fits(wanted, started, left, orders, at)
            per_unit = structure.quantity[:, min(at, structure.quantity.shape[1] - 1)]
            asks = asks_by_bucket[:, at] + unserved
            need: FloatArray = np.bincount(source, asks[self.markets], minlength=stocks).astype(np.float64)
            self._no_earlier(fits, need, wanted.levelled[:, at] - started, planned[:, at] - used, per_unit, at)
            made, by_bill = self._make(fits, need, per_unit, stock, landed, at)
            for sources, units in zip(self.sources, made, strict=True):
                for part in left:
                    sources.uses.take(units, part, at)
            started += sum(made)
            self.behind += np.maximum(wanted.in_time[:, at] - started, 0.0)
            # What firm production asks for and nothing brings is missing; all others take only what is there.
            self.missed[:, at] = np.maximum(-stock, 0.0)
            stock = np.maximum(stock, 0.0)
            unserved = self._serve(asks, stock, arriving, left[1], at)
            used += np.bincount(structure.component, per_unit * by_bill[structure.parent], minlength=stocks)
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
        left: tuple[FloatArray, ...],
        orders: tuple[Orders, ...],
        at: int,
    ) -> list[FloatArray]:
        """What fits into the room of a bucket, by source, in starts of the first one, each [S].

        First what demand waits for, then safety stock, then what is early: in regular hours from the first source, then
        from others that cost little more, then in overtime, then from those that cost more than it.
        """
        regular, whole = (part.copy() for part in left)
        fits, total = [np.zeros(len(started)) for _ in self.sources], np.zeros(len(started))
        for kind, target in enumerate((wanted.for_demand, wanted.in_time, wanted.levelled)):
            want = np.maximum(target[:, at] - started - total, 0.0)
            for number, chosen, room in self._steps(kind, regular, whole):
                sources = self.sources[number]
                asked = np.where(chosen & sources.is_open[:, at], want, 0.0)
                more = asked * sources.uses.fit(asked, room, at, orders[number][kind])
                for part in (regular, whole):
                    sources.uses.take(more, part, at)
                fits[number] += more
                total += more
                want -= more
        return fits

    def _steps(self, kind: int, regular: FloatArray, whole: FloatArray) -> list[tuple[int, BoolArray, FloatArray]]:
        """Sources by number, rows that may use them, and rooms in the order they are tried in; kind 2 is early."""
        first, others = self.sources[0], list(enumerate(self.sources))[1:]
        if not others:
            return [(0, first.is_cheap, whole)]
        cheap = [(number, sources.is_cheap) for number, sources in others]
        steps = [(0, first.is_cheap, regular), *((number, rows, regular) for number, rows in cheap)]
        steps += [(0, first.is_cheap, whole), *((number, rows, whole) for number, rows in cheap)]
        if kind < 2:
            steps += [(number, sources.is_worth, whole) for number, sources in others]
        return steps

    def _no_earlier(
        self,
        fits: list[FloatArray],
        need: FloatArray,
        ahead: FloatArray,
        planned: FloatArray,
        per_unit: FloatArray,
        at: int,
    ) -> None:
        """Nothing comes before those who use it can: where they are behind what was planned (`planned`, what they
        should have taken by now and have not) so is it, in place; `need` becomes what is asked of each row."""
        structure = self.structure
        for rows, links in zip(self.levels[::-1], self.links[::-1], strict=True):
            behind = np.maximum(planned[rows] - need[rows], 0.0) * structure.started_per_good[rows]
            now = self.arrival[rows, at] == at
            total = sum(part[rows] for part in fits)
            kept = np.where(now, np.clip(ahead[rows] - behind, 0.0, total), total)
            part_kept = np.where(total > 0, kept / np.where(total > 0, total, 1.0), 0.0)
            for part in fits:
                part[rows] *= part_kept
            parents = structure.parent[links]
            by_bill = sum(
                (part * sources.ratio * sources.has_bill)[parents]
                for part, sources in zip(fits, self.sources, strict=True)
            )
            np.add.at(need, structure.component[links], per_unit[links] * by_bill)

    def _make(
        self,
        fits: list[FloatArray],
        need: FloatArray,
        per_unit: FloatArray,
        stock: FloatArray,
        landed: FloatArray,
        at: int,
    ) -> tuple[list[FloatArray], FloatArray]:
        """Start what has its components, from the parts up, in place; what is started by source, and by the bill."""
        structure, stocks = self.structure, len(stock)
        part, made, by_bill = np.ones(stocks), [np.zeros(stocks) for _ in fits], np.zeros(stocks)
        # What comes by lanes arrives lane by lane.
        by_route = [np.ones(stocks, dtype=np.bool_) for _ in self.sources]
        by_route[0] = ~self.by_lane
        is_now = [(sources.arrival[:, at] == at) & rows for sources, rows in zip(self.sources, by_route, strict=True)]
        for rows, links, inward in zip(self.levels, self.links, self.inward, strict=True):
            can = np.ones(stocks)
            np.minimum.at(can, structure.parent[links], part[structure.component[links]])
            for number, sources in enumerate(self.sources):
                made[number][rows] = fits[number][rows] * np.where(sources.has_bill[rows], can[rows], 1.0)
                by_bill[rows] += made[number][rows] * sources.ratio[rows] * sources.has_bill[rows]
            taken = per_unit[links] * by_bill[structure.parent[links]]
            np.subtract.at(stock, structure.component[links], taken)
            for units, now in zip(made, is_now, strict=True):
                stock[rows] += np.where(now[rows], units[rows] * self.good[rows], 0.0)
            self._send_between(self.lanes[inward], inward, made[0], stock, landed, at)
            short = rows[need[rows] > np.maximum(stock[rows], 0.0)]
            part[short] = np.maximum(stock[short], 0.0) / need[short]
        for sources, units, now, mine in zip(self.sources, made, is_now, by_route, strict=True):
            later = np.flatnonzero(~now & (units > 0) & mine)
            np.add.at(landed, (later, sources.arrival[later, at]), units[later] * self.good[later])
            self._note(sources, units, at)
            self._bring_beside(sources, units, stock, landed, at)
        return made, by_bill

    def _send_between(
        self, lanes: IntArray, places: IntArray, made: FloatArray, stock: FloatArray, landed: FloatArray, at: int
    ) -> None:
        """Ship along lanes between stocks, in place; each has its own bucket of arrival."""
        flows = self.network.flows
        target, arrival = flows.to_stock[lanes], flows.arrival[lanes, at]
        units = made[target] * self.lane_share[places, at]
        self.ship[lanes, at] = units
        now = arrival == at
        np.add.at(stock, target[now], units[now])
        np.add.at(landed, (target[~now], arrival[~now]), units[~now])

    def _receive(self, stock: FloatArray, landed: FloatArray, at: int) -> FloatArray:
        """What arrives comes in, what has expired and what firm production takes goes out; below 0: not there yet."""
        stock = stock + self.network.receipts.scheduled[:, at] + landed
        if not at:
            stock = self.scrap.begin(stock)
        return stock - self.network.receipts.component_use[:, at]

    def _bring_beside(self, sources: Sources, made: FloatArray, stock: FloatArray, landed: FloatArray, at: int) -> None:
        """By-products come where and when the item that they come with arrives, in place."""
        outputs = self.network.outputs
        if not len(outputs.route):
            return
        parents = self.network.routes.stock[outputs.route]
        rows = np.flatnonzero(sources.route[parents] == outputs.route)
        parents = parents[rows]
        units = outputs.quantity[rows, at] * made[parents] * sources.ratio[parents]
        arrival = sources.arrival[parents, at]
        now = arrival == at
        np.add.at(stock, outputs.stock[rows[now]], units[now])
        np.add.at(landed, (outputs.stock[rows[~now]], arrival[~now]), units[~now])

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

    def _serve(
        self, asks: FloatArray, stock: FloatArray, arriving: FloatArray, room: FloatArray, at: int
    ) -> FloatArray:
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
            sent = self._carried(lanes, want * part[source], room, at)
            self._send(lanes, sent, stock, arriving, at)
            short[lanes] = asks[lanes] - sent
        if short.max(initial=0.0) > NOTHING:
            self._by_other_lanes(short, stock, arriving, room, at)
        waits = ~self.network.is_lost[np.maximum(flows.to_demand, 0)]
        return np.where(waits, short, 0.0)

    def _carried(self, lanes: IntArray, sent: FloatArray, room: FloatArray, at: int) -> FloatArray:
        """What the limits of lanes let through of what should be sent along some; takes their room."""
        if not len(self.carriers.node):
            return sent
        wanted = np.zeros(len(self.ship))
        wanted[lanes] = sent
        wanted = wanted * self.carriers.fit(wanted, room, at, np.zeros(len(self.carriers.node), dtype=np.int64))
        self.carriers.take(wanted, room, at)
        return wanted[lanes]

    def _send(self, lanes: IntArray, sent: FloatArray, stock: FloatArray, arriving: FloatArray, at: int) -> None:
        flows = self.network.flows
        self.ship[lanes, at] += sent
        np.subtract.at(stock, flows.from_stock[lanes], sent)
        np.add.at(arriving, (flows.to_demand[lanes], flows.arrival[lanes, at]), sent)

    def _by_other_lanes(
        self, short: FloatArray, stock: FloatArray, arriving: FloatArray, room: FloatArray, at: int
    ) -> None:
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
        sent = self._carried(lanes, sent, room, at)
        self._send(lanes, sent, stock, arriving, at)
        served = np.bincount(target, sent, minlength=len(missing))
        left = np.clip(1.0 - served / np.maximum(missing, NOTHING), 0.0, 1.0)
        helped = self.markets[counts]
        short[helped] *= left[flows.to_demand[helped]]

    def _note(self, sources: Sources, made: FloatArray, at: int) -> None:
        """Post what was started to the routes."""
        filled = np.flatnonzero(sources.route >= 0)
        self.make[sources.route[filled], at] = made[filled] * sources.ratio[filled]
