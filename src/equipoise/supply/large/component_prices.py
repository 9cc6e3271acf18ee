"""Prices of ample components, found without a solver: a part of a large model that makes it hard.

A component that is only bought and only used in production couples every product that takes it, in every bucket after
the one in which it was bought. Its price π is nearly known beforehand, though. Once the opening stock is used up a unit
more costs what the supplier asks, p; before that, a unit less in use only saves holding it, h a bucket, until then. Any
prices with

π[t] ≤ p[t] where a supplier is open,  π[t+1] ≤ π[t] + h[t],  and −h ≤ π in the last bucket

are a dual solution of the component's rows, so that the model with its use charged at π, and without these rows, is a
bound on the whole (Lagrangian relaxation; Geoffrion, Mathematical Programming Study 2, 1974).

It is a close one for components that are ample. One that its supplier or its lead time makes scarce has a price of its
own, which only a solver finds: those stay in the model.
"""

from dataclasses import dataclass

import numpy as np

from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.core.measure import Grain
from equipoise.supply.columns import Columns
from equipoise.supply.network.network import Network
from equipoise.supply.program.program import LinearProgram

AMPLE = 4.0
"""A component is ample if stock and suppliers give so many times its naive use, from the start to every bucket."""
DEEPEST = 64
"""Levels of bills of material over which need adds up."""
NOTHING = 1e-12
"""Rounding of a price, over its size."""


@dataclass(frozen=True, eq=False)
class PricedComponents:
    """C stock rows whose price is known beforehand, and how they are bought."""

    stock: IntArray
    """[C] stock rows, ascending."""
    price: FloatArray
    """[C, T] worth of a unit more in each bucket."""
    source: IntArray
    """[C, T] row of grain make that buys it for least in each bucket, −1 where none can."""
    by: IntArray
    """[C, T] what sets the price: BUYS the source, KEEPS stock kept until the next bucket, KEPT stock from the last."""


BUYS, KEEPS, KEPT = 0, 1, 2


def bought_components(network: Network) -> IntArray:
    """Stock rows that are only bought and only used in production, ascending: no lane, market, room, life or lot."""
    routes, flows, rules = network.routes, network.flows, network.stock_rules
    count = len(network.opening)
    is_used, is_bought, other = (np.zeros(count, dtype=np.bool_) for _ in range(3))
    is_used[network.components.stock] = True
    fills = routes.stock >= 0
    plain = fills & ~routes.is_own
    plain[routes.load_route] = False
    plain[network.lots.rows] = False
    for limit in network.limits:
        if limit.block == "make" and not plain[limit.members].all():
            plain[limit.members] = False
    is_bought[routes.stock[plain]] = True
    other[routes.stock[fills & ~plain]] = True
    for rows in (
        flows.from_stock,
        flows.to_stock,
        network.outputs.stock,
        rules.scrap_rows,
        rules.most.rows,
        rules.storage.at_place.stock,
        rules.storage.at_resource.stock,
    ):
        other[rows[rows >= 0]] = True
    return np.flatnonzero(is_used & is_bought & ~other)


def ample_components(network: Network) -> IntArray:
    """The bought components of which there is always plenty, ascending."""
    stock = bought_components(network)
    found: IntArray = stock[plenty_from(network, stock) == 0]
    return found


def plenty_from(network: Network, stock: IntArray) -> IntArray:
    """First bucket from which there is plenty of each component to the end, the number of buckets if there is not, [C].

    What a supplier gives without limit is scarce until it can first arrive, and then no more.
    """
    routes = network.routes
    most = np.where(routes.is_open & ~routes.is_own[:, None], np.inf, 0.0)
    for limit in network.limits:
        if limit.block == "make":
            # Members share what a limit gives: each is taken to get a part alike.
            part = limit.most[None, :] / np.maximum(limit.per_unit, NOTHING)[:, None] / len(limit.members)
            most[limit.members] = np.minimum(most[limit.members], part)
    given = supplied(network)
    fills = np.flatnonzero((routes.stock >= 0) & ~routes.is_own)
    np.add.at(given, routes.stock[fills], most[fills] * routes.yield_ratio[fills, None])
    has, needs = np.cumsum(given[stock], axis=1), np.cumsum(naive_use(network)[stock], axis=1)
    short = has < AMPLE * needs
    last = network.horizon - np.flip(short, axis=1).argmax(axis=1)
    found: IntArray = np.where(short.any(axis=1), last, 0).astype(np.int64)
    return found


def price_components(
    network: Network, columns: Columns, program: LinearProgram, stock: IntArray | None = None
) -> PricedComponents:
    """Prices of the ample components of a network, or of the bought ones of some stock rows."""
    stock = ample_components(network) if stock is None else stock
    horizon = network.horizon
    buy, source = _cheapest(network, columns, program, stock)
    hold = program.cost[columns.excess.all[stock]]
    left = np.cumsum(supplied(network)[stock], axis=1) - np.cumsum(naive_use(network)[stock], axis=1)
    short = left < 0
    runs_out = np.where(short.any(axis=1), short.argmax(axis=1), horizon)
    price, by = np.zeros((len(stock), horizon)), np.full((len(stock), horizon), BUYS)
    following = np.zeros(len(stock))
    for bucket in range(horizon - 1, -1, -1):
        kept = following - hold[:, bucket]
        is_kept = ((bucket < runs_out) & (kept <= buy[:, bucket])) | np.isinf(buy[:, bucket])
        by[is_kept, bucket] = KEEPS
        following = price[:, bucket] = np.where(is_kept, kept, buy[:, bucket])
    for bucket in range(1, horizon):
        # Stock from the bucket before is the cheaper way to have it: bought ahead of a higher price.
        ahead = price[:, bucket - 1] + hold[:, bucket - 1]
        is_ahead = ahead < price[:, bucket] - NOTHING * np.maximum(1.0, np.abs(ahead))
        by[is_ahead, bucket] = KEPT
        price[:, bucket] = np.where(is_ahead, ahead, price[:, bucket])
    return PricedComponents(stock, price, source, by)


def supplied(network: Network) -> FloatArray:
    """Opening stock and receipts, less what firm production takes, [S, T]."""
    found = network.receipts.scheduled - network.receipts.component_use
    found[:, 0] += network.opening
    return found


def _cheapest(
    network: Network, columns: Columns, program: LinearProgram, stock: IntArray
) -> tuple[FloatArray, IntArray]:
    """Price of the cheapest open source of each component and bucket, inf where there is none, and that source."""
    routes = network.routes
    place = np.full(len(network.opening), -1, dtype=np.int64)
    place[stock] = np.arange(len(stock))
    price, source = np.full((len(stock), network.horizon), np.inf), np.full((len(stock), network.horizon), -1)
    sources = np.flatnonzero(np.where(routes.stock >= 0, place[routes.stock], -1) >= 0)
    for row in sources.tolist():
        to = place[routes.stock[row]]
        at = columns.make.all[row]
        asked = np.where(program.upper[at] > 0, program.cost[at] / routes.yield_ratio[row], np.inf)
        better = asked < price[to]
        price[to] = np.where(better, asked, price[to])
        source[to] = np.where(better, row, source[to])
    return price, source


def naive_use(network: Network) -> FloatArray:
    """What production takes of each stock row if the open routes of an item share its demand alike, [S, T]."""
    keys, parts, routes = network.axes.keys, network.components, network.routes
    horizon, count = network.horizon, len(network.axes.items)
    made, sold = keys[Grain.MAKE].column("item"), keys[Grain.DEMAND].column("item")
    own: BoolArray = routes.is_own & routes.is_open.any(axis=1)
    ways = np.maximum(np.bincount(made[own], minlength=count), 1)
    part = keys[Grain.STOCK].column("item")[parts.stock]
    independent = np.zeros((count, horizon))
    np.add.at(independent, sold, network.demand)
    need = independent
    used = np.zeros(parts.quantity.shape)
    for _ in range(min(count, DEEPEST)):
        started = np.where(own[:, None], (need / ways[:, None])[made] / routes.yield_ratio[:, None], 0.0)
        used = parts.quantity * started[parts.route]
        deeper = independent.copy()
        np.add.at(deeper, part, used)
        if np.array_equal(deeper, need):
            break
        need = deeper
    found = np.zeros((len(network.opening), horizon))
    np.add.at(found, parts.stock, used)
    return found
