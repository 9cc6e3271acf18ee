"""The ways of one round of the fast finite plan: first routes, shares of lanes, and what follows from them."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.supply.fast.ground import Ground, Leaving
from equipoise.supply.fast.rooms import UseArrays, use_arrays
from equipoise.supply.fast.sources import Sources, Sourcing, read_sources
from equipoise.supply.fast.worth import waiting_worth
from equipoise.supply.loading.infinite_plan import first_structure
from equipoise.supply.loading.product_structure import ProductStructure


@dataclass(frozen=True, eq=False)
class Ways:
    """Which part of what its receiver asks for each lane carries, and which rows a route fills."""

    route: IntArray
    """[S] first route of each stock row, −1 where lanes or nothing fill it."""
    share: FloatArray
    """[F, T] of lanes into markets."""
    weight: FloatArray
    """[F, T] of lanes between stocks, 0 where they are not used."""
    leaving: Leaving | None = None
    """What leaves along `share`, where it is known already."""

    @cached_property
    def lanes(self) -> IntArray:
        """Lanes between stocks that are used."""
        return np.flatnonzero((self.weight > 0).any(axis=1))


@dataclass(frozen=True, eq=False)
class Round:
    """The network as it looks along certain ways."""

    ground: Ground
    ways: Ways
    structure: ProductStructure
    sourcing: Sourcing
    leaving: Leaving
    """What leaves for markets along its shares."""
    waiting: FloatArray
    """[S] what a unit of each stock row that is not there in time costs a bucket."""
    lanes: IntArray
    """Lanes between stocks that are used, [l]."""
    lane_share: FloatArray
    """[l, T] part that each carries."""
    by_lane: BoolArray
    """[S] rows that lanes fill."""
    good: FloatArray
    """[S] good units of a start of the first source."""

    @property
    def sources(self) -> tuple[Sources, ...]:
        """The sources one by one."""
        return self.sourcing.each

    @cached_property
    def uses(self) -> UseArrays:
        """What all sources take of rooms, for compiled code."""
        return use_arrays(self.sourcing.uses)

    @cached_property
    def source_of_use(self) -> IntArray:
        """Number of the source of each of these uses."""
        starts = self.sourcing.arrays.use_starts
        return np.repeat(np.arange(len(starts) - 1), starts[1:] - starts[:-1])


def read_round(ground: Ground, ways: Ways) -> Round:
    """The round along some ways. Raises `WrongStructure` where they lead round in a circle."""
    network, route, lanes = ground.network, ways.route, ways.lanes
    structure = first_structure(network, route, lanes, ways.weight, codes=ground.walks.codes)
    filled = (route >= 0).nonzero()[0]
    bought = filled[~network.routes.is_own[route[filled]]]
    # What others deliver is counted by the bucket of arrival.
    structure.lead[bought] = 0
    leaving = ground.leaving(ways.share) if ways.leaving is None else ways.leaving
    waiting = waiting_worth(ground, structure, leaving.carried)
    by_lane = np.zeros(len(route), dtype=np.bool_)
    by_lane[network.flows.to_stock[lanes]] = True
    good = np.ones(len(route))
    good[filled] = network.routes.yield_ratio[route[filled]]
    sourcing = read_sources(ground, route, lanes, ways.weight, waiting)
    return Round(ground, ways, structure, sourcing, leaving, waiting, lanes, ways.weight[lanes], by_lane, good)
