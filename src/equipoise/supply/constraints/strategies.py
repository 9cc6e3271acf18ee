"""Strategies of production: a level rate, one within limits, or nothing ahead of need.

Level and hybrid, ρ the rate, d working days, w the part by which it may be left:
    Σ x[t] − (1 − w)·d[t]·ρ + u[t] ≥ 0,    Σ x[t] − (1 + w)·d[t]·ρ − v[t] ≤ 0

Chase, y units arriving, A all that has arrived, N all that is needed:
    A[t] − A[t−1] − Σ y[t] = 0,    A[t] − v[t] ≤ N[t]

in the buckets in which the strategy holds; u and v are what cannot be kept (0 where a plan exists).
"""

import numpy as np

from equipoise.supply.columns import Columns
from equipoise.supply.network.network import Network
from equipoise.supply.network.strategy_rules import held_buckets
from equipoise.supply.program.program import Entries, Family, entries, equal, family

RATE, ARRIVED, NEED = "strategy_rate", "strategy_arrived", "strategy_need"
NOTHING: Entries = entries(np.zeros(0), np.zeros(0), np.zeros(0))


def strategies(network: Network, columns: Columns) -> tuple[Family, Family, Family]:
    """Two rows for every rate and bucket, and two for every chase and bucket."""
    return _rates(network, columns), _arrived(network, columns), _needs(network, columns)


def _rates(network: Network, columns: Columns) -> Family:
    levels, times = network.strategies.levels, np.arange(network.horizon)
    shape = (len(levels), 2, network.horizon)
    lower, upper, rows = np.full(shape, -np.inf), np.full(shape, np.inf), np.arange(np.prod(shape)).reshape(shape)
    terms = [NOTHING]
    for number, level in enumerate(levels):
        holds = held_buckets(level, network.firm)
        lower[number, 0, holds] = upper[number, 1, holds] = 0.0
        made = columns.make.at(level.members[:, None], times)
        for side, factor in enumerate((1.0 - level.within, 1.0 + level.within)):
            terms.append(entries(rows[number, side], made, level.cells))
            terms.append(entries(rows[number, side], columns.rate.at(number, 0), -factor * level.days))
            slack = columns.strategy_slack.at(2 * number + side, times)
            terms.append(entries(rows[number, side], slack, 1.0 if side == 0 else -1.0))
    return family(RATE, lower, upper, *terms)


def _arrived(network: Network, columns: Columns) -> Family:
    """All good units that have arrived of each chase, as a state."""
    chases, times = network.strategies.chases, np.arange(network.horizon)
    rows = np.arange(len(chases) * network.horizon).reshape(len(chases), network.horizon)
    terms = [NOTHING]
    for number, chase in enumerate(chases):
        so_far = columns.arrived.at(number, times)
        terms += [entries(rows[number], so_far, 1.0), entries(rows[number, 1:], so_far[:-1], -1.0)]
        arrival = network.routes.arrival[chase.members]
        inside = arrival < network.horizon
        made = columns.make.at(chase.members[:, None], times)
        good = np.broadcast_to(network.routes.yield_ratio[chase.members, None], made.shape)
        terms.append(entries(rows[number][arrival[inside]], made[inside], -good[inside]))
    return equal(ARRIVED, np.zeros(rows.shape), *terms)


def _needs(network: Network, columns: Columns) -> Family:
    chases, times = network.strategies.chases, np.arange(network.horizon)
    first = 2 * len(network.strategies.levels)
    upper = np.full((len(chases), network.horizon), np.inf)
    rows = np.arange(upper.size).reshape(upper.shape)
    terms = [NOTHING]
    for number, chase in enumerate(chases):
        holds = held_buckets(chase, network.firm)
        upper[number, holds] = chase.needed[holds]
        terms.append(entries(rows[number], columns.arrived.at(number, times), 1.0))
        terms.append(entries(rows[number], columns.strategy_slack.at(first + number, times), -1.0))
    return family(NEED, np.full(upper.shape, -np.inf), upper, *terms)
