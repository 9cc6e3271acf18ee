"""The fast finite plan carried out bucket by bucket: nothing without its hours and components, markets by priority."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from equipoise.core.grid import FloatArray
from equipoise.supply.fast.scrap import Scrap
from equipoise.supply.fast.serve import departures, serve
from equipoise.supply.fast.start import Levels, no_earlier, start, what_fits
from equipoise.supply.fast.wanted import Wanted, planned_use
from equipoise.supply.fast.ways import Round
from equipoise.supply.fast.worth import Orders


@dataclass(frozen=True, eq=False)
class Run:
    """What one round of the plan does, and what waits in it."""

    make: FloatArray
    """[M, T] starts of routes, or what others deliver."""
    ship: FloatArray
    """[F, T]"""
    closing: FloatArray
    missed: FloatArray
    """[S, T] components that firm production asks for and nothing brings."""
    scrapped: FloatArray
    started: FloatArray
    """[S, T]; units started, by the first source's count, added up."""
    backlog: FloatArray
    lost: FloatArray
    """[D, T]"""
    behind: FloatArray
    asked: FloatArray
    """[S] units that wait to be started, added over the buckets, and units asked for."""


def nothing_done(now: Round) -> Run:
    """A run before its first bucket."""
    network = now.ground.network
    stocks, horizon = len(network.opening), network.horizon
    return Run(
        make=np.zeros((len(network.routes.stock), horizon)),
        ship=np.zeros((len(network.flows.from_stock), horizon)),
        closing=np.zeros((stocks, horizon)),
        missed=np.zeros((stocks, horizon)),
        scrapped=np.zeros((stocks, horizon)),
        started=np.zeros((stocks, horizon)),
        backlog=np.zeros(network.demand.shape),
        lost=np.zeros(network.demand.shape),
        behind=np.zeros(stocks),
        asked=np.zeros(stocks),
    )


def carry_out(now: Round, wanted: Wanted, orders: Orders) -> Run:
    """Start what fits and has its components, ship what is there; the rest waits.

    `orders` are the places of what the sources use (`starting_orders`).
    """
    ground, structure, run = now.ground, now.structure, nothing_done(now)
    network, levels, scrap = ground.network, Levels(now), Scrap(ground.network, run.scrapped)
    spans = pairwise(now.sourcing.arrays.use_starts.tolist())
    by_source = [tuple(places[begin:end] for places in orders) for begin, end in spans]
    left = (ground.regular.copy(), ground.whole.copy())
    stocks, horizon = run.closing.shape
    landed, arriving = np.zeros((stocks, horizon + 1)), np.zeros((len(network.demand), horizon + 1))
    asks_by_bucket, unserved = departures(ground, now.ways.share), np.zeros(len(run.ship))
    started, stock, used = np.zeros(stocks), network.opening.astype(np.float64), np.zeros(stocks)
    planned, source = planned_use(now, wanted.levelled, asks_by_bucket), network.flows.from_stock[ground.markets]
    run.asked[:] = wanted.in_time[:, -1]
    for at in range(horizon):
        stock = stock + network.receipts.scheduled[:, at] + landed[:, at]
        if not at:
            stock = scrap.begin(stock)
        # Below 0: what firm production takes is not there yet.
        stock = stock - network.receipts.component_use[:, at]
        fits = what_fits(now, wanted, started, left, by_source, at)
        per_unit = structure.quantity[:, min(at, structure.quantity.shape[1] - 1)]
        asks = asks_by_bucket[:, at] + unserved
        need: FloatArray = np.bincount(source, asks[ground.markets], minlength=stocks).astype(np.float64)
        no_earlier(now, levels, fits, need, wanted.levelled[:, at] - started, planned[:, at] - used, per_unit, at)
        made, by_bill = start(now, levels, fits, need, per_unit, (run.make, run.ship), stock, landed, at)
        for sources, units in zip(now.sources, made, strict=True):
            for part in left:
                sources.uses.take(units, part, at)
        started += sum(made)
        run.started[:, at] = started
        run.behind[:] += np.maximum(wanted.in_time[:, at] - started, 0.0)
        # What firm production asks for and nothing brings is missing; all others take only what is there.
        run.missed[:, at] = np.maximum(-stock, 0.0)
        stock = np.maximum(stock, 0.0)
        unserved = serve(ground, asks, run.ship, stock, arriving, left[1], at)
        used += np.bincount(structure.component, per_unit * by_bill[structure.parent], minlength=stocks)
        used += np.bincount(source, run.ship[ground.markets, at], minlength=stocks)
        scrap.take(stock, run.make, run.ship, run.missed, at)
        run.closing[:, at] = stock
        before = run.backlog[:, at - 1] if at else 0.0
        missing = np.maximum(before + network.demand[:, at] - arriving[:, at], 0.0)
        run.lost[:, at] = np.where(network.is_lost, missing, 0.0)
        run.backlog[:, at] = np.where(network.is_lost, 0.0, missing)
    return run
