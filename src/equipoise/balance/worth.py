"""What a unit brings: net price and contribution (net price less standard cost) of demand and of stocking points."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.core.history import row_numbers
from equipoise.core.measure import Grain
from equipoise.plan import Plan


@dataclass(frozen=True, eq=False)
class Worth:
    """Money a unit, of a plan as it stands; NaN where a price or a cost is not known."""

    plan: Plan

    @cached_property
    def price(self) -> FloatArray:
        """Net price by row of grain demand and bucket, [N, T]."""
        found: FloatArray = np.asarray(self.plan.measure("sales_net_price").values)
        return found

    @cached_property
    def cost(self) -> FloatArray:
        """Standard cost at the locations that are to serve each row of grain demand, [N]."""
        share, source, market = self._lanes
        known = self.plan.measure("cost_standard_price").values
        rows = len(self.plan.axes.keys[Grain.DEMAND])
        weight, value = np.zeros(rows), np.zeros(rows)
        np.add.at(weight, market, share.sum(axis=1))
        np.add.at(value, market, np.where(share > 0, share * known[source], 0.0).sum(axis=1))
        return _over(value, weight)

    @cached_property
    def mean_price(self) -> FloatArray:
        """Mean net price of the buckets that have one, [N]."""
        is_known = np.isfinite(self.price)
        return _over(np.where(is_known, self.price, 0.0).sum(axis=1), is_known.sum(axis=1).astype(np.float64))

    @cached_property
    def contribution(self) -> FloatArray:
        """Net price less standard cost by row of grain demand, [N]."""
        found: FloatArray = self.mean_price - self.cost
        return found

    @cached_property
    def at_stock(self) -> FloatArray:
        """Contribution of a unit that leaves a stocking point, by what its markets are to get from it, [S]; NaN where
        it serves no market."""
        share, source, market = self._lanes
        asked = share * self.plan.measure("demand_consensus_qty").values[market]
        amount = asked.sum(axis=1)
        rows = len(self.plan.axes.keys[Grain.STOCK])
        weight, value = np.zeros(rows), np.zeros(rows)
        np.add.at(weight, source, amount)
        np.add.at(value, source, np.where(amount > 0, amount * self.contribution[market], 0.0))
        return _over(value, weight)

    @cached_property
    def _lanes(self) -> tuple[FloatArray, IntArray, IntArray]:
        """Of each lane to a market: the share of the market's demand [F, T], its stock row and its demand row."""
        keys = self.plan.axes.keys
        flow = keys[Grain.FLOW].frame
        source = row_numbers(keys[Grain.STOCK], flow, ("item", "from"))
        market = row_numbers(keys[Grain.DEMAND], flow, ("item", "to"))
        reached: BoolArray = (market >= 0) & (source >= 0)
        share = np.asarray(self.plan.measure("sourcing_share_ratio").values)[reached]
        return share, source[reached], market[reached]


def _over(value: FloatArray, weight: FloatArray) -> FloatArray:
    found: FloatArray = np.divide(value, weight, out=np.full(value.shape, np.nan), where=weight > 0)
    return found
