"""How many workers the fast finite plan keeps, bucket by bucket, for the hours that it asks for.

Dynamic programming over a grid of workers (Silver, Pyke & Thomas, Inventory and Production Management in Supply Chains,
chapter 14): pay, overtime for what the workers do not do in regular hours, hiring and layoff between buckets. All
workforces at once.
"""

import numpy as np

from equipoise.core.grid import FloatArray, IntArray
from equipoise.supply.network.network import Network

GRID = 41
"""Numbers of workers that are tried between the fewest and the most."""
DUST, HAIR = 1e-7, 1e-9
DEAR, MISSING = 1e12, 1e6
"""Money that stands for a number of workers that cannot be, and for an hour that they cannot work."""


def choose_workers(network: Network, clock: FloatArray) -> FloatArray:
    """Workers of each workforce by bucket, [W, T], for clock hours asked [W, T]."""
    capacity = network.capacity
    crews, (count, horizon) = capacity.workforce, clock.shape
    start = capacity.workers[crews]
    if network.rules.is_infinite or not count:
        return np.repeat(start[:, None], horizon, axis=1)
    grid, spare = numbers_tried(network, clock), capacity.overtime_per_worker[crews]
    best = [_moves(network, grid - start[:, None], 0) + _worked(network, grid, clock, spare, 0)]
    for at in range(1, horizon):
        best.append(_reached(network, grid, best[-1], at) + _worked(network, grid, clock, spare, at))
    workers, every = np.empty((count, horizon)), np.arange(count)
    chosen = _fewest(best[-1])
    for at in range(horizon - 1, -1, -1):
        workers[:, at] = grid[every, chosen]
        if at:
            chosen = _fewest(best[at - 1] + _moves(network, workers[:, at, None] - grid, at))
    return workers


def _fewest(cost: FloatArray) -> IntArray:
    """The first number of workers whose cost is the least but for a hair, [W]: what costs the same would be chosen by
    the last digit."""
    found: IntArray = (cost <= cost.min(axis=1, keepdims=True) * (1.0 + HAIR)).argmax(axis=1)
    return found


def numbers_tried(network: Network, clock: FloatArray) -> FloatArray:
    """Numbers of workers of each workforce that are tried, [W, G], ascending."""
    capacity = network.capacity
    crews = capacity.workforce
    start, hours = capacity.workers[crews], capacity.hours_per_worker[crews]
    asked = np.where(hours > 0, clock / np.where(hours > 0, hours, 1.0), 0.0).max(axis=1)
    high = np.minimum(np.maximum(capacity.max_workers[crews], 0.0), np.maximum(asked, start))
    low = np.minimum(capacity.min_workers[crews], high)
    grid = np.concatenate([np.linspace(low, high, GRID, axis=1), np.clip(start, low, high)[:, None]], axis=1)
    grid.sort(axis=1)
    return grid


def _reached(network: Network, grid: FloatArray, best: FloatArray, at: int) -> FloatArray:
    """Least cost of each number of workers, [W, G], from the bucket before, hiring or laying off what it takes.

    Both cost so much a worker, so the best number to come from is a running minimum over the ascending grid.
    """
    crews = network.capacity.workforce
    rise, fall = (price[crews, at, None] for price in (network.prices.hire, network.prices.layoff))
    below = np.minimum.accumulate(best - rise * grid, axis=1) + rise * grid
    above = np.minimum.accumulate((best + fall * grid)[:, ::-1], axis=1)[:, ::-1] - fall * grid
    found: FloatArray = np.where((at < network.capacity.hire_from[crews])[:, None], above, np.minimum(below, above))
    return found


def _moves(network: Network, change: FloatArray, at: int) -> FloatArray:
    """Cost of hiring and layoff into a bucket, [W, G]; before anybody can be hired nobody is."""
    capacity, prices = network.capacity, network.prices
    crews = capacity.workforce
    cost = (
        np.maximum(change, 0.0) * prices.hire[crews, at, None]
        + np.maximum(-change, 0.0) * prices.layoff[crews, at, None]
    )
    found: FloatArray = np.where((change > DUST) & (at < capacity.hire_from[crews])[:, None], DEAR, cost)
    return found


def _worked(network: Network, grid: FloatArray, clock: FloatArray, spare: FloatArray, at: int) -> FloatArray:
    """Pay and overtime of a bucket for each number of workers, [W, G]."""
    capacity, prices = network.capacity, network.prices
    crews = capacity.workforce
    hours = grid * capacity.hours_per_worker[crews, at, None]
    beyond = np.maximum(clock[:, at, None] - hours, 0.0)
    most = np.minimum(
        grid * spare[:, at, None] + capacity.overtime_extra[crews, at, None], capacity.overtime[crews, at, None]
    )
    paid = hours * prices.regular[crews, at, None] + beyond * prices.overtime[crews, at, None]
    found: FloatArray = paid + np.maximum(beyond - most, 0.0) * MISSING
    return found
