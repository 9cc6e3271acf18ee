"""How far a plan that does not look at strategies of production is from them, in the columns of the model."""

import numpy as np

from equipoise.core.grid import FloatArray
from equipoise.supply.columns import Columns
from equipoise.supply.network.network import Network
from equipoise.supply.network.strategy_rules import held_buckets


def measure_strategies(network: Network, columns: Columns, values: FloatArray) -> None:
    """Set the rates, arrivals and slack of the strategies in `values` [columns] to what its production comes to.

    The rate of a level is that of all its days together, so that what is above it and what is below it are alike.
    """
    made, slack = columns.make.of(values), columns.strategy_slack.of(values)
    levels, chases = network.strategies.levels, network.strategies.chases
    for number, level in enumerate(levels):
        holds = held_buckets(level, network.firm)
        total, days = np.where(level.cells, made[level.members], 0.0).sum(axis=0)[holds], level.days[holds]
        rate = float(total.sum() / days.sum()) if days.sum() > 0 else 0.0
        values[columns.rate.at(number, 0)] = rate
        slack[2 * number, holds] = np.maximum((1.0 - level.within) * rate * days - total, 0.0)
        slack[2 * number + 1, holds] = np.maximum(total - (1.0 + level.within) * rate * days, 0.0)
    for number, chase in enumerate(chases):
        holds, arrival = held_buckets(chase, network.firm), network.routes.arrival[chase.members]
        good, arrived = made[chase.members] * network.routes.yield_ratio[chase.members, None], np.zeros(network.horizon)
        inside = arrival < network.horizon
        np.add.at(arrived, arrival[inside], good[inside])
        so_far = np.cumsum(arrived)
        values[columns.arrived.at(number, np.arange(network.horizon))] = so_far
        slack[2 * len(levels) + number, holds] = np.maximum(so_far - chase.needed, 0.0)[holds]
