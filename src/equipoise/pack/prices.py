"""What a unit is worth on a sheet in money: this plan's prices for this plan, the last plan and the past alike.

At constant prices a difference in money is a difference of volume; price, mix and currency have bridges of their own.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from equipoise.core.grid import MONEY_STEP, FloatArray, IntArray, on_grid
from equipoise.core.panel import sum_rows
from equipoise.pack.scope import SheetScope


@dataclass(frozen=True, eq=False)
class SheetPrices:
    """Net prices for sales, standard costs for production and inventory; [items, T] in the dataset's currency."""

    scope: SheetScope

    @cached_property
    def net(self) -> FloatArray:
        """Average net price of each item over its markets, weighted by consensus demand, [items, T]."""
        return self._average("sales_net_price", "demand_consensus_qty")

    @cached_property
    def standard(self) -> FloatArray:
        """Average standard cost of each item over its locations, weighted by closing stock, [items, T]."""
        return self._average("cost_standard_price", "inventory_closing_qty")

    def _average(self, price: str, quantity: str) -> FloatArray:
        prices, weights = self.scope.plan.measure(price), self.scope.plan.measure(quantity)
        return average_price(
            prices.values,
            weights.values,
            groups=prices.keys.column("item"),
            count=len(self.scope.plan.axes.items),
        )

    def of_node(self, prices: FloatArray, items: IntArray, bucket: int) -> float:
        """Price of a unit of a node: the average over its items, weighted by this plan's consensus demand."""
        weights = self._demand[items, bucket]
        return float(
            average_price(
                prices[items, bucket][:, None],
                weights[:, None],
                groups=np.zeros(len(items), dtype=np.int64),
                count=1,
            )[0, 0]
        )

    @cached_property
    def _demand(self) -> FloatArray:
        """Consensus demand by item in its base unit, [items, T]."""
        demand = self.scope.plan.measure("demand_consensus_qty")
        return sum_rows(demand.values, demand.keys.column("item"), len(self.scope.plan.axes.items))


def average_price(prices: FloatArray, weights: FloatArray, *, groups: IntArray, count: int) -> FloatArray:
    """Weighted average of the known prices [N, T] of each group, [count, T]; without weights their plain average.

    >>> prices, weights = np.array([[10.0], [20.0], [np.nan]]), np.array([[1.0], [3.0], [5.0]])
    >>> average_price(prices, weights, groups=np.array([0, 0, 1]), count=2).tolist()
    [[17.5], [nan]]
    >>> average_price(prices, weights * 0, groups=np.array([0, 0, 1]), count=2).tolist()
    [[15.0], [nan]]
    """
    known = ~np.isnan(prices)
    each = np.where(known, np.maximum(weights, 0.0), 0.0)
    total = sum_rows(each, groups, count)
    weight = np.where((total > 0)[groups], each, known.astype(np.float64))
    total = sum_rows(weight, groups, count)
    worth = sum_rows(np.where(known, prices, 0.0) * weight, groups, count)
    found: FloatArray = np.divide(worth, total, out=np.full_like(total, np.nan), where=total > 0)
    return found


def worth(quantity: FloatArray, price: FloatArray) -> FloatArray:
    """quantity × price on the grid of money; 0 units are worth 0 even where no price is known.

    >>> worth(np.array([2.0, 0.0, 1.0]), np.array([1.5, np.nan, np.nan])).tolist()
    [3.0, 0.0, nan]
    """
    return on_grid(np.where(quantity == 0, 0.0, quantity * price), MONEY_STEP)
