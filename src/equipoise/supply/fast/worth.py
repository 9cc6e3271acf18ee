"""Whom the fast finite plan serves first where hours are short: who loses most money by waiting, for what he takes."""

import numpy as np

from equipoise.core.grid import FloatArray
from equipoise.supply.fast.ground import Ground
from equipoise.supply.fast.sources import Sources
from equipoise.supply.fast.walks import Walks
from equipoise.supply.loading.product_structure import ProductStructure

Orders = tuple[FloatArray, FloatArray, FloatArray]
"""Places of what the sources use, [L] each: for what demand waits for, for safety stock, for what is early."""


def starting_orders(
    ground: Ground, structure: ProductStructure, sources: tuple[Sources, ...], waiting: FloatArray
) -> tuple[Orders, ...]:
    """Places of the uses of room of each source: `waiting` [S] (`waiting_worth`) for what demand waits for.

    By what a unit costs that waits, for safety stock by what a unit short costs, each for the room that the unit takes.
    What is early goes as what demand waits for: it is early because there is no room for it later, so that whatever
    does not fit now will wait. (By what it costs to hold, the room of today goes to what could be made next year.)
    """
    short = passed_on(ground.walks, structure, ground.shortfall)
    hours = len(ground.network.capacity.rate)
    by_hour = [worth_by_hour(ground.walks, hours, structure, sources[0], worth) for worth in (waiting, short)]
    found = []
    for source in sources:
        waits = source.uses.places_by_hour(by_hour[0], waiting, hours)
        found.append((waits, source.uses.places_by_hour(by_hour[1], short, hours), waits))
    return tuple(found)


def worth_by_hour(
    walks: Walks, hours: int, structure: ProductStructure, source: Sources, worth: FloatArray
) -> FloatArray:
    """Worth of a unit of each row for the time of all that goes into it, [S]; a part counts as what it is made for.
    Time is room below number `hours`.

    A part's own hours alone would put every part before what it is made for.
    """
    uses, count = source.uses, len(worth)
    own = uses.room < hours
    total = np.bincount(uses.node[own], uses.per_unit[own], minlength=count).astype(np.float64)
    total = walks.add_up(structure, total, structure.mean_quantity)
    found = np.where(total > 0, worth / np.where(total > 0, total, 1.0), 0.0)
    found[structure.component] = 0.0
    return walks.hand_down(structure, found, np.ones(count), np.ones(len(structure.component)))


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
