"""Whom the fast finite plan serves first where hours are short: who loses most money by waiting, for what he takes."""

import numpy as np

from equipoise.core.grid import FloatArray
from equipoise.supply.fast.ground import Ground
from equipoise.supply.fast.rooms import Uses
from equipoise.supply.fast.sources import Sourcing
from equipoise.supply.fast.walks import Walks
from equipoise.supply.loading.product_structure import ProductStructure

Orders = tuple[FloatArray, FloatArray, FloatArray]
"""Places of what the sources use, [L] each: for what demand waits for, for safety stock, for what is early."""


def starting_orders(ground: Ground, structure: ProductStructure, sourcing: Sourcing, waiting: FloatArray) -> Orders:
    """Places of the uses of room of all sources: `waiting` [S] (`waiting_worth`) for what demand waits for.

    By what a unit costs that waits, for safety stock by what a unit short costs, each for the room that the unit takes.
    What is early goes as what demand waits for: it is early because there is no room for it later, so that whatever
    does not fit now will wait. (By what it costs to hold, the room of today goes to what could be made next year.)
    """
    short = passed_on(ground.walks, structure, ground.shortfall)
    hours = len(ground.network.capacity.rate)
    time = time_of_all(ground.walks, hours, structure, sourcing.first_uses)
    uses = sourcing.uses
    waits, stocks = (
        uses.places_by_hour(worth_by_hour(ground.walks, structure, time, worth), worth, hours)
        for worth in (waiting, short)
    )
    return waits, stocks, waits


def time_of_all(walks: Walks, hours: int, structure: ProductStructure, uses: Uses) -> FloatArray:
    """Time of all that goes into a unit of each row from its first source, [S]; time is room below number `hours`."""
    own = uses.room < hours
    total = np.bincount(uses.node[own], uses.per_unit[own], minlength=len(structure.code)).astype(np.float64)
    return walks.add_up(structure, total, structure.mean_quantity)


def worth_by_hour(walks: Walks, structure: ProductStructure, time: FloatArray, worth: FloatArray) -> FloatArray:
    """Worth of a unit of each row for the time of all that goes into it, [S]; a part counts as what it is made for.

    A part's own hours alone would put every part before what it is made for.
    """
    takes = time > 0
    found = np.where(takes, worth / np.where(takes, time, 1.0), 0.0)
    found[structure.component] = 0.0
    return walks.hand_down(structure, found, np.ones(len(worth)), np.ones(len(structure.component)))


def waiting_worth(ground: Ground, structure: ProductStructure, carried: FloatArray) -> FloatArray:
    """What a unit of each stock row costs that is not there in time, by the markets it serves and its parents, [S];
    `carried` [m] is what each lane into a market carries."""
    flows, lanes, network = ground.network.flows, ground.markets, ground.network
    target, source, count = flows.to_demand[lanes], flows.from_stock[lanes], len(network.opening)
    units = np.bincount(source, carried, minlength=count)
    money = np.bincount(source, carried * ground.late_cost[target], minlength=count)
    return passed_on(ground.walks, structure, np.where(units > 0, money / np.where(units > 0, units, 1.0), 0.0))


def passed_on(walks: Walks, structure: ProductStructure, worth: FloatArray) -> FloatArray:
    """Worth of every node, at least what its dearest parent loses by each unit of it, [N]."""
    return walks.hand_down(structure, worth, structure.started_per_good, structure.quantity.max(axis=1, initial=0.0))
