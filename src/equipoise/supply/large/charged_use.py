"""Use of components charged at known prices, bucket by bucket: what is left of a model's coupling by components.

`two_steps` leaves whole components out. But one that a supplier gives without limit is scarce only until it can first
arrive: from then on its price is known. So here the rows of each component go from the bucket from which there is
plenty (`component_prices`), and its use there is charged. Stock that is left then is worth the price of that bucket.
"""

from dataclasses import replace

import numpy as np

from equipoise.supply.large.component_prices import bought_components, plenty_from, price_components
from equipoise.supply.model import SupplyModel
from equipoise.supply.program.blocks import without
from equipoise.supply.program.program import LinearProgram


def charge_use(model: SupplyModel, program: LinearProgram) -> LinearProgram:
    """A program of the same shape whose optimum is never above that of a model's program (Lagrangian relaxation)."""
    network = model.network
    stock = bought_components(network)
    priced = price_components(network, model.columns, program, stock)
    buckets = np.arange(network.horizon)[None, :]
    at = model.rows["stock_balance"].start + stock[:, None] * network.horizon + buckets
    is_charged = np.zeros(program.shape[0], dtype=np.bool_)
    is_charged[at] = buckets >= plenty_from(network, stock)[:, None]
    prices = np.zeros(program.shape[0])
    prices[at] = -priced.price
    prices[~is_charged] = 0.0
    worth = float((prices[is_charged] * program.row_lower[is_charged]).sum())
    return replace(without(program, is_charged), cost=program.reduced_costs(prices), offset=program.offset + worth)
