"""P10, P50 and P90 of demand, revenue and gross margin, by family and of the company, around the consensus.

A fan is learned from past errors of the sum that it is of: of units, of units × net price, of units × contribution. So
items that err together widen it, and those that make up for each other narrow it. It is shifted to the consensus:

    P_p(t) = consensus(t) + (quantile_p(t) − forecast(t)) · w(t)

w widens it by what is in no history: launches err by `demand_error_sd` of their own, which is added as independent.
Money is at the prices and costs of the plan, as if all demand were served: what supply cannot serve is a gap beside it.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from equipoise.balance.worth import Worth
from equipoise.core.grid import FloatArray, IntArray
from equipoise.demand.forecast import ORIGINS, plan_kernel
from equipoise.demand.forecast.forecast import Runs, run_origins
from equipoise.demand.forecast.sum_fan import SumFan, fan_of_sum
from equipoise.demand.training import Training
from equipoise.explain.forecast import training_of
from equipoise.inventory.error_shape import ErrorShape
from equipoise.plan import Plan

LEVELS = (0.1, 0.5, 0.9)
"""P10, P50 and P90."""


@dataclass(frozen=True, eq=False)
class Fan:
    """A number by bucket and how far it may lie apart; unknown is NaN."""

    center: FloatArray
    """[T] at the consensus."""
    bounds: FloatArray
    """[T, 3] P10, P50, P90."""
    span_sd: FloatArray
    """[T] standard deviation of the error of the sum of the buckets from the first through each."""

    def total(self, buckets: int, shape: ErrorShape) -> FloatArray:
        """P10, P50 and P90 of the sum of the first buckets, [3]: not the sum of theirs, for errors make up in part."""
        center, sd = float(self.center[:buckets].sum()), float(self.span_sd[buckets - 1])
        found: FloatArray = center + sd * np.array([shape.at(level) for level in LEVELS])
        return found


class Fans:
    """Fans of any rows of a plan, from its forecast and backtest run once more, as the plan ran them."""

    def __init__(self, plan: Plan) -> None:
        """Nothing is run yet."""
        self.plan, self.worth = plan, Worth(plan)
        self.consensus: FloatArray = np.asarray(plan.measure("demand_consensus_qty").values)

    @cached_property
    def training(self) -> Training:
        """What the forecasts of the plan learned from."""
        return training_of(self.plan)

    @cached_property
    def shape(self) -> ErrorShape:
        """The shape of errors of steady demand, which that of sums is taken for."""
        kept = self.plan.sections["baseline"].arrays
        return ErrorShape.of(kept["forecast_shape_levels"], kept["forecast_shape"][0])

    @cached_property
    def _runs(self) -> Runs:
        training = self.training
        made = run_origins(
            training.trained,
            training.period,
            training.horizon,
            levels=LEVELS,
            origin_count=ORIGINS,
            family=training.family,
            kernel=plan_kernel(),
            pins=training.pins.pins,
            farthest=training.farthest,
        )
        revise = training.reconciling()
        return made if revise is None else revise(made)

    @cached_property
    def _ratio(self) -> FloatArray:
        return self.training.effects.ratio((len(self.training.family), self.training.horizon))

    def units(self, rows: IntArray, factor: FloatArray) -> Fan:
        """Demand of some rows of grain demand; `factor` [n] is the common unit in one base unit of each."""
        return self._fan(rows, factor, self.consensus[rows] * factor[:, None])

    def revenue(self, rows: IntArray) -> Fan:
        """What the demand of some rows would bring, at net price."""
        return self._fan(rows, self.worth.mean_price[rows], self._money(rows, self.worth.price[rows]))

    def margin(self, rows: IntArray) -> Fan:
        """The same less standard cost."""
        amounts = self.worth.price[rows] - self.worth.cost[rows][:, None]
        return self._fan(rows, self.worth.contribution[rows], self._money(rows, amounts))

    def _money(self, rows: IntArray, amounts: FloatArray) -> FloatArray:
        """Money [n, T]; what nobody asks for needs no price."""
        asked = self.consensus[rows]
        found: FloatArray = np.where(asked != 0, asked * amounts, 0.0)
        return found

    def _fan(self, rows: IntArray, weight: FloatArray, cells: FloatArray) -> Fan:
        center = cells.sum(axis=0)
        horizon = len(center)
        is_used = np.isfinite(weight)  # a row that is asked for and has no weight makes the center unknown
        chosen, given = rows[is_used], weight[is_used]
        unknown = Fan(center, np.full((horizon, len(LEVELS)), np.nan), np.full(horizon, np.nan))
        if not chosen.size or not np.isfinite(center).all():
            return unknown
        found = fan_of_sum(self._runs, chosen, given, ratio=self._ratio)
        if not found.is_known:
            return unknown
        width = self._width(chosen, given, found)
        ahead = slice(-horizon, None)  # the forecast begins after the last closed bucket, the plan may begin later
        moved = (found.quantiles - found.point[:, None])[ahead] * width[:, None]
        bounds = np.maximum(center[:, None] + moved, 0.0)
        return Fan(center, bounds, found.sigma * found.span_error[ahead] * width)

    def _width(self, rows: IntArray, weight: FloatArray, found: SumFan) -> FloatArray:
        """How much wider than its past the fan is, for launches and successors, whose error no history tells, [T]."""
        own = np.nan_to_num(self.plan.sections["baseline"].arrays["forecast_sigma"][rows])[:, None]
        told = np.nan_to_num(self.plan.measure("demand_error_sd").values[rows])
        added = np.maximum((told * weight[:, None]) ** 2 - (own * weight[:, None]) ** 2, 0.0).sum(axis=0)
        width: FloatArray = np.sqrt(1.0 + added / found.sigma**2)
        return width
