"""Changes of the production rate: hours used more, or less, than in the bucket before, where table resources prices it.

Hours are clock hours used: regular, overtime and extra shift. The first bucket follows the last closed bucket of table
production_history, if that is the one before the start; else its change is free. Of a bucket that has begun only the
part to go is compared, in proportion.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.dataset import DatasetHead
from equipoise.core.grid import FloatArray, IntArray
from equipoise.supply.capacity.capacity import Capacity
from equipoise.supply.network.demonstrated import worked_hours
from equipoise.supply.network.routes import Routes


@dataclass(frozen=True, eq=False)
class RateChanges:
    """Resources whose change of hours costs money, [n]."""

    rows: IntArray
    before: FloatArray
    """[n] clock hours to which those of the first bucket are compared, NaN: none."""
    factor: FloatArray
    """[n, T] by which the hours of the bucket before count; NaN in buckets whose change is free."""

    def changes(self, clock: FloatArray) -> FloatArray:
        """Hours more (less: below 0) than in the bucket before, [n, T], of clock hours used [R, T]; 0 where free."""
        used = clock[self.rows]
        earlier = np.concatenate([self.before[:, None], used[:, :-1]], axis=1) * self.factor
        changed: FloatArray = np.where(np.isnan(earlier), 0.0, used - earlier)
        return changed


def read_rate_changes(
    axes: Axes,
    resources: pl.DataFrame,
    history: pl.DataFrame,
    *,
    routes: Routes,
    capacity: Capacity,
    head: DatasetHead,
) -> RateChanges:
    """The resources of table resources that state rate_up_cost or rate_down_cost."""
    priced = resources.filter(pl.col("rate_up_cost").fill_null(0.0) + pl.col("rate_down_cost").fill_null(0.0) > 0)
    codes = sorted(set(priced["resource"].to_list()))
    rows = np.array(
        [axes.resources.position[code] for code in codes if code in axes.resources.position], dtype=np.int64
    )
    rows = rows[~capacity.is_storage[rows]]
    to_go = capacity.to_go[rows]
    before = np.full(len(rows), np.nan)
    if head.closed_buckets_end == 0 and len(rows):
        hours = worked_hours(axes, history, routes, capacity.rate, 0)
        if hours.shape[1]:
            before = hours[rows, -1] / np.where(capacity.rate[rows] > 0, capacity.rate[rows], 1.0)
            before[hours[rows].sum(axis=1) == 0] = np.nan
    factor = np.ones((len(rows), axes.horizon))
    factor[:, 0] = np.where(np.isnan(before), np.nan, to_go)
    if axes.horizon > 1:
        factor[:, 1] = np.divide(1.0, to_go, out=np.full(len(rows), np.nan), where=to_go > 0)
    return RateChanges(rows, before, factor)
