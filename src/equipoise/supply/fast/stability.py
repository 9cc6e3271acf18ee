"""How far a plan that does not look at the plan of record is from it, in the columns of the model."""

import numpy as np

from equipoise.core.grid import FloatArray
from equipoise.supply.columns import Columns
from equipoise.supply.network.network import Network


def measure_changes(network: Network, columns: Columns, values: FloatArray) -> None:
    """Set the units more and less than the plan of record in `values` [columns] to what its production comes to."""
    if not len(network.stability.planned):
        return
    good = columns.make.of(values) * network.routes.yield_ratio[:, None]
    beside = network.stability.changes(network.routes.arriving(good))
    values[columns.plan_up.span] = np.maximum(beside, 0.0).ravel()
    values[columns.plan_down.span] = np.maximum(-beside, 0.0).ravel()
