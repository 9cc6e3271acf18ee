"""Twin of `workers.choose_workers`: workforce by workforce in compiled code."""

from typing import NamedTuple

import numpy as np

from equipoise.core.compiling import compiled
from equipoise.core.grid import FloatArray, IntArray
from equipoise.supply.fast.workers import DEAR, DUST, GRID, HAIR, MISSING
from equipoise.supply.fast.workers import choose_workers as choose_plainly
from equipoise.supply.network.network import Network


class Crews(NamedTuple):
    """W workforces: workers at the start and when somebody can be hired [W], hours and prices [W, T]."""

    start: FloatArray
    hire_from: IntArray
    clock: FloatArray
    hours: FloatArray
    spare: FloatArray
    extra: FloatArray
    overtime: FloatArray
    pay: FloatArray
    overtime_pay: FloatArray
    hire: FloatArray
    layoff: FloatArray


def choose_workers(network: Network, clock: FloatArray) -> FloatArray:
    """As `workers.choose_workers`."""
    capacity, prices = network.capacity, network.prices
    crews = capacity.workforce
    if network.rules.is_infinite or not len(crews):
        return choose_plainly(network, clock)
    workers = np.empty(clock.shape)
    given = Crews(
        capacity.workers[crews],
        capacity.hire_from[crews],
        clock,
        capacity.hours_per_worker[crews],
        capacity.overtime_per_worker[crews],
        capacity.overtime_extra[crews],
        capacity.overtime[crews],
        prices.regular[crews],
        prices.overtime[crews],
        prices.hire[crews],
        prices.layoff[crews],
    )
    grid = np.empty((len(crews), GRID + 1))
    _numbers_tried(given, capacity.min_workers[crews], capacity.max_workers[crews], grid)
    _choose(given, grid, workers)
    return workers


@compiled
def _numbers_tried(given: Crews, fewest: FloatArray, most: FloatArray, grid: FloatArray) -> None:
    """As `workers.numbers_tried`, into `grid` [W, G]: the digits of `np.linspace`, too."""
    count, horizon = given.clock.shape
    low, high = np.empty(count), np.empty(count)
    is_one = False
    for crew in range(count):
        asked = 0.0
        for at in range(horizon):
            if given.hours[crew, at] > 0:
                asked = max(asked, given.clock[crew, at] / given.hours[crew, at])
        high[crew] = min(max(most[crew], 0.0), max(asked, given.start[crew]))
        low[crew] = min(fewest[crew], high[crew])
        is_one |= (high[crew] - low[crew]) / (GRID - 1) == 0.0
    for crew in range(count):
        span = high[crew] - low[crew]
        for number in range(GRID - 1):
            part = number / (GRID - 1) * span if is_one else number * (span / (GRID - 1))
            grid[crew, number] = part + low[crew]
        grid[crew, GRID - 1] = high[crew]
        grid[crew, GRID] = min(max(given.start[crew], low[crew]), high[crew])
        grid[crew].sort()


@compiled
def _choose(given: Crews, grid: FloatArray, workers: FloatArray) -> None:
    count, horizon = workers.shape
    numbers = grid.shape[1]
    best = np.empty((horizon, numbers))
    for crew in range(count):
        for number in range(numbers):
            moved = _move(given, crew, grid[crew, number] - given.start[crew], 0)
            best[0, number] = moved + _worked(given, crew, grid[crew, number], 0)
        for at in range(1, horizon):
            _reach(given, crew, grid[crew], best, at)
            for number in range(numbers):
                best[at, number] += _worked(given, crew, grid[crew, number], at)
        chosen = _fewest(best[horizon - 1])
        for at in range(horizon - 1, -1, -1):
            workers[crew, at] = grid[crew, chosen]
            if at > 0:
                for number in range(numbers):
                    change = workers[crew, at] - grid[crew, number]
                    best[at - 1, number] += _move(given, crew, change, at)
                chosen = _fewest(best[at - 1])


@compiled
def _reach(given: Crews, crew: int, grid: FloatArray, best: FloatArray, at: int) -> None:
    """As `workers._reached`: least cost of each number of workers from the bucket before, into best[at]."""
    numbers = len(grid)
    rise, fall = given.hire[crew, at], given.layoff[crew, at]
    least = np.inf
    for number in range(numbers - 1, -1, -1):
        least = min(least, best[at - 1, number] + fall * grid[number])
        best[at, number] = least - fall * grid[number]
    if at < given.hire_from[crew]:
        return
    least = np.inf
    for number in range(numbers):
        least = min(least, best[at - 1, number] - rise * grid[number])
        best[at, number] = min(best[at, number], least + rise * grid[number])


@compiled
def _move(given: Crews, crew: int, change: float, at: int) -> float:
    """As `workers._moves`."""
    if change > DUST and at < given.hire_from[crew]:
        return DEAR
    cost: float = max(change, 0.0) * given.hire[crew, at] + max(-change, 0.0) * given.layoff[crew, at]
    return cost


@compiled
def _worked(given: Crews, crew: int, workers: float, at: int) -> float:
    """As `workers._worked`."""
    hours = workers * given.hours[crew, at]
    beyond = max(given.clock[crew, at] - hours, 0.0)
    most = min(workers * given.spare[crew, at] + given.extra[crew, at], given.overtime[crew, at])
    paid: float = hours * given.pay[crew, at] + beyond * given.overtime_pay[crew, at]
    missing: float = max(beyond - most, 0.0) * MISSING
    return paid + missing


@compiled
def _fewest(values: FloatArray) -> int:
    """As `workers._fewest`: the first place of the least value but for a hair."""
    least = values.min() * (1.0 + HAIR)
    for place in range(len(values)):
        if values[place] <= least:
            return place
    return 0
