"""Cumulative lead time: how many buckets pass from ordering the first part of an item until a market has it.

Cumulative lead time (ASCM dictionary): the longest planned length of time to accomplish the activity in question, found
along the bill of material path with the longest lead time. Of several routes and suppliers the slowest counts, of the
parts of a bill the latest, of lanes the slowest that leads away from where the item is made or bought.
"""

import numpy as np

from equipoise.core.grid import BoolArray, IntArray
from equipoise.supply.network.network import Network

FAR = np.iinfo(np.int64).max // 4


def cumulative_lead_time(network: Network, most: int) -> int:
    """Buckets of the longest chain that ends at a market, each link rounded as the plan rounds it; at most `most`.

    A bill of material that contains itself has no longest chain: it takes `most`.
    """
    routes, flows, parts = network.routes, network.flows, network.components
    filled = np.flatnonzero(routes.stock >= 0)
    lanes = outward(network)
    ready = np.zeros(len(network.opening), dtype=np.int64)
    for _ in range(len(ready) + 1):
        before = ready.copy()
        begin = np.zeros(len(routes.stock), dtype=np.int64)
        np.maximum.at(begin, parts.route, before[parts.stock])
        np.maximum.at(ready, routes.stock[filled], np.minimum(begin + routes.lag, most)[filled])
        arrives = np.minimum(before[flows.from_stock] + flows.lag, most)
        np.maximum.at(ready, flows.to_stock[lanes], arrives[lanes])
        if np.array_equal(ready, before):
            break
    sold = (flows.to_demand >= 0) & (flows.from_stock >= 0)
    longest = np.max(ready[flows.from_stock[sold]] + flows.lag[sold], initial=0)
    return min(int(longest), most)


def outward(network: Network) -> BoolArray:
    """Lanes between stocks that lead away from where an item is made or bought, by the number of lanes travelled, [F].

    Lanes back or sidewise would make chains without an end.
    """
    routes, flows = network.routes, network.flows
    between = (flows.from_stock >= 0) & (flows.to_stock >= 0)
    begin, end = flows.from_stock[between], flows.to_stock[between]
    hops: IntArray = np.full(len(network.opening), FAR, dtype=np.int64)
    hops[routes.stock[routes.stock >= 0]] = 0
    for _ in range(len(network.axes.locations)):
        before = hops.copy()
        np.minimum.at(hops, end, np.minimum(before[begin] + 1, FAR))
        if np.array_equal(hops, before):
            break
    found: BoolArray = between & (hops[flows.from_stock] < hops[flows.to_stock])
    return found
