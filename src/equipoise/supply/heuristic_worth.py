"""Whom the fast finite plan serves first where hours are short: who loses most money by waiting, for what he takes."""

import numpy as np

from equipoise.core.grid import FloatArray, IntArray
from equipoise.supply.heuristic_sources import Sources
from equipoise.supply.network import Network
from equipoise.supply.product_structure import ProductStructure

Orders = tuple[IntArray, IntArray, IntArray]
"""Places of what the sources use, [L] each: for what demand waits for, for safety stock, for what is early."""


def starting_orders(
    network: Network, structure: ProductStructure, sources: tuple[Sources, ...], waiting: FloatArray
) -> tuple[Orders, ...]:
    """Places of the uses of room of each source: `waiting` [S] (`waiting_worth`) for what demand waits for.

    In turn: what a unit that waits costs, what a unit of safety stock short costs, and what holding a unit costs, the
    cheapest first; each for the room that the unit takes.
    """
    short = passed_on(structure, network.prices.shortfall.mean(axis=1))
    held = network.prices.holding.mean(axis=1)
    used = [source.uses for source in sources]
    return tuple((uses.places(waiting), uses.places(short), uses.places(-held)) for uses in used)


def waiting_worth(network: Network, structure: ProductStructure, share: FloatArray) -> FloatArray:
    """What a unit of each stock row costs that is not there in time, by the markets it serves and its parents, [S]."""
    flows, prices = network.flows, network.prices
    lanes = np.flatnonzero((flows.to_demand >= 0) & (flows.from_stock >= 0))
    target, source = flows.to_demand[lanes], flows.from_stock[lanes]
    price = np.where(network.is_lost, prices.lost.mean(axis=1), prices.backlog.mean(axis=1))
    carried = (share[lanes] * network.demand[target]).sum(axis=1)
    count = len(network.opening)
    units = np.bincount(source, carried, minlength=count)
    money = np.bincount(source, carried * price[target], minlength=count)
    return passed_on(structure, np.where(units > 0, money / np.where(units > 0, units, 1.0), 0.0))


def passed_on(structure: ProductStructure, worth: FloatArray) -> FloatArray:
    """Worth of every node, at least what its dearest parent loses by each unit of it, [N]."""
    found = worth.astype(np.float64)
    quantity = structure.quantity.max(axis=1, initial=0.0)
    rank = structure.rank[structure.component]
    for begin, end in zip(structure.level_starts[:-1].tolist(), structure.level_starts[1:].tolist(), strict=True):
        links = np.flatnonzero((rank >= begin) & (rank < end) & (quantity > 0))
        lost = found[structure.parent[links]] / structure.started_per_good[structure.parent[links]]
        np.maximum.at(found, structure.component[links], lost / quantity[links])
    return found
