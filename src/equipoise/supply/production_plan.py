"""Production-plan arithmetic: how much to make in all, at a level rate or chasing demand, and what that costs.

make to stock: ΣP = ΣF + I_end − I_0        make to order: ΣP = Σbookings + B_0 − B_end

A *level* plan makes the same rate per working day throughout and lets stock take up the difference; a *chase* plan
makes what is asked for and changes its rate. Their costs, part by part, are those of the worked examples of Arnold,
Chapman & Clive, Introduction to Materials Management, chapter 2, and of Heizer & Render, Operations Management,
chapter 13.

>>> make_to_stock(np.array([110.0, 120, 130, 120, 120]), opening_stock=100, closing_stock=80)
580.0
>>> make_to_order(np.full(5, 100.0), opening_backlog=100, closing_backlog=80)
520.0
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from equipoise.core.errors import EquipoiseError
from equipoise.core.grid import FloatArray


class WrongProductionPlan(EquipoiseError):
    """Series of different lengths, or a plan without working days."""


@dataclass(frozen=True, eq=False)
class RatePlan:
    """Production and closing stock by bucket [T], the rate that is changed [T], and what it all costs."""

    production: FloatArray
    closing: FloatArray
    """Below 0: backlog."""
    rate: FloatArray
    labor_cost: float
    holding_cost: float
    raise_cost: float
    cut_cost: float

    @property
    def total_cost(self) -> float:
        """The four parts together."""
        return self.labor_cost + self.holding_cost + self.raise_cost + self.cut_cost


@dataclass(frozen=True)
class RateCosts:
    """What a plan is charged: per unit made, held for a bucket, and by which the rate goes up or down."""

    per_unit: float = 0.0
    holding: float = 0.0
    raised: float = 0.0
    cut: float = 0.0
    holding_on: Literal["closing", "average"] = "closing"
    start_rate: float | None = None
    """Rate before the first bucket; None: whatever the plan begins with costs nothing."""


def make_to_stock(forecast: FloatArray, *, opening_stock: float, closing_stock: float) -> float:
    """Units to make over all buckets of a forecast [T], so that stock goes from opening to closing."""
    return float(forecast.sum() + closing_stock - opening_stock)


def make_to_order(bookings: FloatArray, *, opening_backlog: float, closing_backlog: float) -> float:
    """Units to make over all buckets of bookings [T], so that the backlog goes from opening to closing."""
    return float(bookings.sum() + opening_backlog - closing_backlog)


def level_plan(demand: FloatArray, days: FloatArray, costs: RateCosts, *, opening: float, closing: float) -> RatePlan:
    """The same rate on every working day, [T] days; the rate is units a day."""
    _check(demand, days)
    rate = make_to_stock(demand, opening_stock=opening, closing_stock=closing) / float(days.sum())
    return evaluate(rate * days, np.full(len(demand), rate), demand, costs, opening=opening)


def chase_plan(demand: FloatArray, days: FloatArray, costs: RateCosts, *, opening: float, closing: float) -> RatePlan:
    """What is asked for in each bucket; stock goes from opening to closing in the first. Whole units a day."""
    _check(demand, days)
    production = demand.astype(np.float64)
    production[0] += closing - opening
    return evaluate(production, np.rint(production / days), demand, costs, opening=opening)


def evaluate(
    production: FloatArray, rate: FloatArray, demand: FloatArray, costs: RateCosts, *, opening: float
) -> RatePlan:
    """Stock and cost of a plan by bucket, [T]; a change is charged by the units of rate it moves."""
    stock = opening + np.cumsum(production - demand)
    before = np.concatenate([[opening], stock[:-1]])
    held = stock if costs.holding_on == "closing" else (before + stock) / 2
    first = rate[0] if costs.start_rate is None else costs.start_rate
    change = np.diff(rate, prepend=first)
    return RatePlan(
        production,
        stock,
        rate,
        labor_cost=float(production.sum()) * costs.per_unit,
        holding_cost=float(np.maximum(held, 0.0).sum()) * costs.holding,
        raise_cost=float(np.maximum(change, 0.0).sum()) * costs.raised,
        cut_cost=float(np.maximum(-change, 0.0).sum()) * costs.cut,
    )


def _check(demand: FloatArray, days: FloatArray) -> None:
    if len(demand) != len(days) or len(demand) == 0:
        raise WrongProductionPlan(f"{len(demand)} buckets of demand have {len(days)} numbers of working days")
    if np.any(days <= 0):
        raise WrongProductionPlan("every bucket needs a working day, or nothing can be made in it")
