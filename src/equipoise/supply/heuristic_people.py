"""People and hours of a plan that is already made: how many workers, what overtime, what extra shift.

A workforce is chosen by dynamic programming over a grid of workers (Silver, Pyke & Thomas, Inventory and Production
Management in Supply Chains, chapter 14): pay, overtime for what the workers do not do in regular hours, hiring and
layoff between buckets. All workforces at once.
"""

from dataclasses import dataclass

import numpy as np

from equipoise.core.grid import FloatArray
from equipoise.supply.columns import Block, Columns
from equipoise.supply.network import Network

GRID = 41
"""Numbers of workers that are tried between the fewest and the most."""
DUST = 1e-7
DEAR, MISSING = 1e12, 1e6
"""Money that stands for a number of workers that cannot be, and for an hour that they cannot work."""


@dataclass(frozen=True, eq=False)
class People:
    """Clock hours of R resources and workers of W workforces over T buckets."""

    regular: FloatArray
    overtime: FloatArray
    shift: FloatArray
    """[X, T] share of the extra shift, of the resources that can work one."""
    missing: FloatArray
    """[R, T] standard hours beyond all capacity."""
    workers: FloatArray
    hired: FloatArray
    laid_off: FloatArray
    worked: FloatArray
    """[R, T] clock hours worked in all."""

    def blocks(self, columns: Columns) -> tuple[tuple[Block, FloatArray], ...]:
        """The columns of the model that these hours and people fill."""
        return (
            (columns.regular, self.regular),
            (columns.overtime, self.overtime),
            (columns.shift, self.shift),
            (columns.hours_slack, self.missing),
            (columns.workers, self.workers),
            (columns.hired, self.hired),
            (columns.laid_off, self.laid_off),
        )


def choose_people(network: Network, load: FloatArray) -> People:
    """Cheapest workers for a load [R, T] in standard hours, then regular hours, overtime and extra shifts in this
    order."""
    capacity = network.capacity
    crews = capacity.workforce
    clock = load / np.where(capacity.rate > 0, capacity.rate, 1.0)[:, None]
    workers = _workers(network, clock[crews])
    before = np.concatenate([capacity.workers[crews, None], workers[:, :-1]], axis=1)
    room = capacity.clock + network.stock_rules.storage.relief
    extra = capacity.overtime.copy()
    machine = room[crews]
    room[crews] = np.minimum(workers * capacity.hours_per_worker[crews], machine)
    most = workers * capacity.overtime_per_worker[crews] + capacity.overtime_extra[crews]
    extra[crews] = np.minimum(np.minimum(most, capacity.overtime[crews]), np.maximum(machine - room[crews], 0.0))
    if network.rules.is_infinite:
        room, extra = np.full(room.shape, np.inf), np.zeros(extra.shape)
    regular = np.minimum(clock, room)
    overtime = np.minimum(clock - regular, extra)
    rest = np.maximum(clock - regular - overtime, 0.0)
    shifts = capacity.shifts
    share = np.ones((len(shifts), load.shape[1]))
    share[:, 0] = capacity.to_go[shifts]
    shift = np.minimum(rest[shifts] / np.maximum(capacity.shift_hours[shifts, None], DUST), share)
    rest[shifts] -= shift * capacity.shift_hours[shifts, None]
    return People(
        regular,
        overtime,
        shift,
        np.where(rest > DUST, rest, 0.0) * capacity.rate[:, None],
        workers,
        np.maximum(workers - before, 0.0),
        np.maximum(before - workers, 0.0),
        clock - rest,
    )


def _workers(network: Network, clock: FloatArray) -> FloatArray:
    """Workers of each workforce by bucket, [W, T], for clock hours asked [W, T]."""
    capacity = network.capacity
    crews, (count, horizon) = capacity.workforce, clock.shape
    start = capacity.workers[crews]
    if network.rules.is_infinite or not count:
        return np.repeat(start[:, None], horizon, axis=1)
    hours, spare = capacity.hours_per_worker[crews], capacity.overtime_per_worker[crews]
    asked = np.where(hours > 0, clock / np.where(hours > 0, hours, 1.0), 0.0).max(axis=1)
    high = np.minimum(np.maximum(capacity.max_workers[crews], 0.0), np.maximum(asked, start))
    low = np.minimum(capacity.min_workers[crews], high)
    grid = np.concatenate([np.linspace(low, high, GRID, axis=1), np.clip(start, low, high)[:, None]], axis=1)
    grid.sort(axis=1)
    best = [_moves(network, grid - start[:, None], 0) + _worked(network, grid, clock, spare, 0)]
    for at in range(1, horizon):
        best.append(_reached(network, grid, best[-1], at) + _worked(network, grid, clock, spare, at))
    workers, every = np.empty((count, horizon)), np.arange(count)
    chosen = best[-1].argmin(axis=1)
    for at in range(horizon - 1, -1, -1):
        workers[:, at] = grid[every, chosen]
        if at:
            chosen = (best[at - 1] + _moves(network, workers[:, at, None] - grid, at)).argmin(axis=1)
    return workers


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
