"""What one more unit of a limit of suppliers, lanes and room is worth, by the rows of the plan that it holds."""

from typing import Literal

import numpy as np

from equipoise.core.grid import FloatArray
from equipoise.supply.constraints import limits, most_stock, storage
from equipoise.supply.model import SupplyModel
from equipoise.supply.solving import Optimum


def limit_prices(model: SupplyModel, optimum: Optimum, block: Literal["make", "ship"]) -> FloatArray:
    """Worth of one more unit that the limits of each row of a block let through, [rows, T].

    Σ v × dual value, v what the unit takes of each limit. 0 where no limit holds the row; NaN where prices are unknown.
    """
    network = model.network
    duals = worth_of_rows(model, optimum, limits.NAME, 2 * len(network.limits))[::2]
    columns = model.columns.make if block == "make" else model.columns.ship
    found = np.zeros((columns.rows, columns.buckets))
    for number, limit in enumerate(network.limits):
        if limit.block == block and np.isfinite(limit.most).any():
            np.add.at(found, limit.members, limit.per_unit[:, None] * duals[number][None, :])
    return found


def room_prices(model: SupplyModel, optimum: Optimum) -> FloatArray:
    """Worth of room for one more unit of each stock row, [S, T]: its volume × the dual value of the place's storage
    capacity, and that of its most stock."""
    rules = model.network.stock_rules
    found = np.zeros(model.network.safety.shape)
    room = rules.storage.at_place
    by_place = worth_of_rows(model, optimum, storage.NAME, len(rules.storage.places))
    np.add.at(found, room.stock, room.volume[:, None] * by_place[room.room])
    np.add.at(found, rules.most.rows, worth_of_rows(model, optimum, most_stock.NAME, len(rules.most.rows)))
    return found


def worth_of_rows(model: SupplyModel, optimum: Optimum, name: str, count: int) -> FloatArray:
    """What one more unit on the right of each of `count` rows by bucket would save, [count, buckets of the model]."""
    duals = optimum.solution.row_duals[model.rows[name]]
    buckets = len(duals) // count if count else model.columns.make.buckets
    found: FloatArray = np.maximum(-duals.reshape(count, buckets), 0.0)
    return found
