"""Items that end within the horizon: no stock is aimed for beyond their remaining demand, and what is left is exposed.

Excess and obsolete (E&O) exposure of an ending item at the close of a bucket = stock + what is already on its way (firm
receipts, transfers) − what still leaves. What will be made or bought after it is a decision still open.
"""

import numpy as np

from equipoise.core.grid import BoolArray, FloatArray
from equipoise.core.history import row_numbers
from equipoise.core.measure import Grain
from equipoise.core.panel import sum_rows
from equipoise.core.stage import Inputs


def ending_rows(inputs: Inputs) -> BoolArray:
    """Stock rows of items that have ended in all their markets by the last bucket, [S]; a launch to come is no end."""
    item = inputs.keys(Grain.DEMAND).column("item")
    count = len(inputs.axes.items)
    has_ended = inputs.measure("demand_ended_ratio")[:, -1] > 0
    markets, ended = np.bincount(item, minlength=count), np.bincount(item[has_ended], minlength=count)
    ending: BoolArray = ((markets > 0) & (ended == markets))[inputs.keys(Grain.STOCK).column("item")]
    return ending


def after_close(values: FloatArray) -> FloatArray:
    """Sum of all later buckets, [N, T].

    >>> after_close(np.array([[3.0, 2.0, 1.0]])).tolist()
    [[3.0, 1.0, 0.0]]
    """
    total: FloatArray = np.cumsum(values[:, ::-1], axis=1)[:, ::-1] - values
    return total


def most_wanted(inputs: Inputs, demand: FloatArray) -> FloatArray:
    """The most stock that still finds demand after each close, [S, T]; inf where the item goes on.

    `demand` [S, T] is what each stocking point serves; points that serve no market stand for the item as a whole. What
    an ending item is still a component of is not known here: components have no such limit.
    """
    item = inputs.keys(Grain.STOCK).column("item")
    components = set(inputs.table("bom")["component"].to_list())
    is_component = np.array([code in components for code in inputs.axes.items.leaves], dtype=np.bool_)
    rest = after_close(demand)
    of_item = sum_rows(rest, item, len(inputs.axes.items))[item]
    own = np.where(demand.any(axis=1, keepdims=True), rest, of_item)
    return np.where((ending_rows(inputs) & ~is_component[item])[:, None], own, np.inf)


def exposure(inputs: Inputs, *, closing: FloatArray, outbound: FloatArray) -> FloatArray:
    """Stock of ending items that nothing will use, [S, T] on the grid; all arguments [S, T]."""
    keys = inputs.keys(Grain.STOCK)
    into = row_numbers(keys, inputs.keys(Grain.FLOW).frame, ("item", "to"))
    on_its_way = sum_rows(inputs.measure("arrival_qty"), into, len(keys)) + inputs.measure("receipt_scheduled_qty")
    left = np.maximum(closing + after_close(on_its_way) - after_close(outbound), 0.0)
    return np.where(ending_rows(inputs)[:, None], left, 0.0)
