"""The fan of a weighted sum of series, such as a family in units or the company in money, from runs made once.

`forecast_node` tells one node with all there is to know of it. Many sums of the same series, each in several measures,
need no forecast of their own: points are sums, and errors of the backtest are sums, so what cancels narrows the fan and
nothing is assumed of correlation. A weight is a unit factor, a price or a margin, the same in all buckets.
"""

from dataclasses import dataclass

import numpy as np

from equipoise.core.grid import FloatArray, IntArray
from equipoise.demand.forecast.forecast import Runs
from equipoise.demand.forecast.intervals import error_of_spans
from equipoise.demand.forecast.node import lifted, summed


@dataclass(frozen=True, eq=False)
class SumFan:
    """The forecast of a weighted sum and how far it may lie off."""

    point: FloatArray
    """[horizon]"""
    quantiles: FloatArray
    """[horizon, levels of the runs], not below 0."""
    sigma: float
    """One-step error; NaN where none is known."""
    span_error: FloatArray
    """[horizon] standard deviation of the error of the sum of the next 1, 2, ... buckets, in units of sigma."""

    @property
    def is_known(self) -> bool:
        """True if its past says how far it may lie off."""
        return bool(np.isfinite(self.sigma) and self.sigma > 0)


def fan_of_sum(runs: Runs, rows: IntArray, weight: FloatArray, *, ratio: FloatArray | None = None) -> SumFan:
    """The fan of Σ weight · series over `rows`, as `forecast_node` has it; `ratio` [N, horizon] as there."""
    place = np.argsort(runs.histories.order, kind="stable")[rows]
    whole = summed(runs, place, weight)
    parts = runs.found.point[place] * weight[:, None]
    point, lift = lifted(whole.found.point[0], parts, None if ratio is None else ratio[rows])
    return SumFan(
        point,
        whole.quantiles()[0] * lift[:, None],
        float(whole.found.sigma[0]),
        error_of_spans(whole.errors)[0] * lift,
    )
