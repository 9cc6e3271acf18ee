"""Two sides of a bridge brought to the same rows: plans, a budget, last year."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl

from equipoise.actuals import read_actuals, unit_cost
from equipoise.bridges.rates import cost_difference, dated_rates, own_rates, rates_of, relative_rates
from equipoise.core.errors import EquipoiseError
from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.core.measure import Grain
from equipoise.core.panel import sum_rows
from equipoise.finance.bridge import Sales, Steps, price_volume_mix
from equipoise.plan import Plan

LEVELS = ("market", "item", "subfamily", "family", "category")
"""Levels at which mix may be taken; `market` is each item in each market."""
BUDGET_REVENUE = "budget revenue"


class NoSuchLevel(EquipoiseError):
    """Mix cannot be taken at this level."""


@dataclass(frozen=True)
class PlanBridge:
    """Bridges of revenue and margin; None where a quantity, price or cost is unknown."""

    revenue: Steps | None
    margin: Steps | None
    mix_level: str
    volume_in: str
    """What volumes are counted in: a unit, or the revenue of the side one comes from."""

    def as_json(self) -> dict[str, Any]:
        """{revenue, margin, mix_level, volume_in}; each side {a, price, cost, …, b, residual}."""
        return {
            "revenue": steps_json(self.revenue),
            "margin": steps_json(self.margin),
            "mix_level": self.mix_level,
            "volume_in": self.volume_in,
        }


def steps_json(steps: Steps | None) -> dict[str, float] | None:
    """{a, price, cost, currency, volume, mix, launched, ended, b, residual}: the bars from a to b."""
    if steps is None:
        return None
    named = asdict(steps)
    return {"a": named.pop("budget"), "b": named.pop("actual"), **named, "residual": steps.residual}


@dataclass(frozen=True, eq=False)
class Sold:
    """What was sold of each item and market [n]: units, money, and the same money at the rates of the other side."""

    keys: pl.DataFrame
    """item, market"""
    quantity: FloatArray
    revenue: FloatArray
    cost: FloatArray
    revenue_at: FloatArray
    cost_at: FloatArray


def bridge_plans(a: Plan, b: Plan, *, mix_level: str = "item") -> PlanBridge:
    """From plan a to plan b, each over its own horizon; a's rates hold in the buckets that both have."""
    before = _sold(a, None, None)
    sales, costs = (rates_of(a, b, grain) for grain in (Grain.DEMAND, Grain.STOCK))
    return bridge_sides(b, before, _sold(b, sales, costs), mix_level)


def bridge_from_budget(plan: Plan, *, mix_level: str = "item") -> PlanBridge:
    """From the chosen budget to the plan, over the buckets of the horizon that are budgeted.

    Prices and costs of other currencies are compared at rates of type budget, else at the plan's. Of a bucket that has
    begun what was sold to date counts with what is to go.
    """
    quantity, revenue, margin = (
        plan.measure(f"budget_{name}").values for name in ("qty", "revenue_amount", "margin_amount")
    )
    unknown = np.isnan(np.stack([quantity, revenue])).all(axis=1).any(axis=0)
    budgeted = np.logical_not(unknown)
    money = revenue[:, budgeted].sum(axis=1)
    cost = (revenue - margin)[:, budgeted].sum(axis=1)
    keys = plan.axes.keys[Grain.DEMAND].frame
    before = Sold(keys, quantity[:, budgeted].sum(axis=1), money, cost, money, cost)
    rates = [dated_rates(plan, grain, "budget") for grain in (Grain.DEMAND, Grain.STOCK)]
    return bridge_sides(plan, before, _sold(plan, *rates, buckets=budgeted, with_date=True), mix_level)


def bridge_from_last_year(plan: Plan, *, mix_level: str = "item") -> PlanBridge:
    """From the actuals of a year before to the first year of the plan, over the buckets whose year before is closed."""
    year = plan.axes.calendar.periods_per_year
    actuals = read_actuals(plan, first=-year)
    count = min(plan.axes.horizon, year)
    compared = np.zeros(plan.axes.horizon, dtype=np.bool_)
    closed = np.arange(count) - year < plan.head.closed_buckets_end
    compared[:count] = closed & ~np.isnan(actuals.revenue[:, :count]).all(axis=0)
    past = [
        side[:, :count][:, compared[:count]].sum(axis=1) for side in (actuals.quantity, actuals.revenue, actuals.cost)
    ]
    before = Sold(plan.axes.keys[Grain.DEMAND].frame, past[0], past[1], past[2], past[1], past[2])
    rates = [dated_rates(plan, grain, "actual", back=year) for grain in (Grain.DEMAND, Grain.STOCK)]
    return bridge_sides(plan, before, _sold(plan, *rates, buckets=compared, with_date=True), mix_level)


def _sold(
    plan: Plan,
    sales_rate: FloatArray | None,
    cost_rate: FloatArray | None,
    *,
    buckets: BoolArray | None = None,
    with_date: bool = False,
) -> Sold:
    """What a plan sells in some buckets, also at other rates of its prices [N, T] and standard costs [S, T]."""
    chosen = np.ones(plan.axes.horizon, dtype=np.bool_) if buckets is None else buckets
    quantity, revenue, cost = (
        plan.measure(name).values.copy() for name in ("demand_served_qty", "revenue_amount", "cost_of_sales_amount")
    )
    if with_date:
        shipped = plan.measure("demand_to_date_qty").values
        quantity += shipped
        revenue += plan.measure("revenue_to_date_amount").values
        cost += np.where(shipped == 0, 0.0, shipped * unit_cost(plan)[:, None])
    keys = plan.axes.keys[Grain.DEMAND]
    revenue_at = revenue if sales_rate is None else revenue * relative_rates(sales_rate, own_rates(plan, Grain.DEMAND))
    cost_at = cost if cost_rate is None else cost + cost_difference(plan, cost_rate)
    sums = [values[:, chosen].sum(axis=1) for values in (quantity, revenue, cost, revenue_at, cost_at)]
    return Sold(keys.frame, *sums)


def bridge_sides(plan: Plan, before: Sold, after: Sold, mix_level: str) -> PlanBridge:
    """Compare two sides over all pairs of item and market of either, at the level of mix."""
    if mix_level not in LEVELS:
        raise NoSuchLevel(f"mix cannot be taken at level {mix_level!r}; choose one of {', '.join(LEVELS)}")
    pairs = pl.concat([before.keys, after.keys]).unique().sort("item", "market")
    one, other = _aligned(before, pairs), _aligned(after, pairs)
    volume_in, weights = _volume(plan, pairs["item"].to_list(), one, other)
    group = _groups(plan, pairs, mix_level)
    sides: list[dict[str, FloatArray]] = []
    for side in (one, other):
        counted = {**side, "quantity": side["quantity"] * weights}
        count = int(group.max(initial=-1)) + 1
        sides.append({name: sum_rows(values[:, None], group, count)[:, 0] for name, values in counted.items()})
    revenue, margin = (_steps(sides, with_cost=with_cost) for with_cost in (False, True))
    return PlanBridge(revenue, margin, mix_level, volume_in)


def _aligned(side: Sold, pairs: pl.DataFrame) -> dict[str, FloatArray]:
    """Numbers of one side on all pairs, 0 where it has none."""
    numbers = {name: getattr(side, name) for name in ("quantity", "revenue", "cost", "revenue_at", "cost_at")}
    frame = side.keys.with_columns(pl.Series(name, values) for name, values in numbers.items())
    joined = pairs.join(frame, on=["item", "market"], how="left", maintain_order="left")
    return {name: joined[name].fill_null(0.0).to_numpy() for name in numbers}


def _volume(
    plan: Plan, items: list[str], one: Mapping[str, FloatArray], other: Mapping[str, FloatArray]
) -> tuple[str, FloatArray]:
    """What volumes are counted in, and how much of that one unit of each pair is, [n]."""
    base = dict(plan.snapshot.table("items").select("item", "uom").iter_rows())
    sold = (one["quantity"] != 0) | (other["quantity"] != 0)
    units = {base.get(item, "") for item, is_sold in zip(items, sold.tolist(), strict=True) if is_sold}
    if len(units) <= 1:
        return "".join(units), np.ones(len(items))
    position = plan.axes.items.position
    factors = np.array([plan.volume_factors[position[i]] if i in position else np.nan for i in items])
    if plan.head.volume_uom and np.isfinite(factors[sold]).all():
        return plan.head.volume_uom, np.where(sold, factors, 1.0)
    prices = [
        np.divide(side[money], side["quantity"], out=np.zeros(len(items)), where=side["quantity"] > 0)
        for side, money in ((one, "revenue"), (other, "revenue_at"))
    ]
    return BUDGET_REVENUE, np.where(prices[0] > 0, prices[0], prices[1])


def _groups(plan: Plan, pairs: pl.DataFrame, level: str) -> IntArray:
    """Number of each pair's node at the level of mix; an item that the plan does not know stands for itself."""
    if level == "market":
        return np.arange(pairs.height, dtype=np.int64)
    items, position = pairs["item"].to_list(), plan.axes.items.position
    above = plan.axes.items.codes(level)
    nodes = [above[position[item]] or item if item in position else item for item in items]
    number = {node: place for place, node in enumerate(dict.fromkeys(nodes))}
    return np.array([number[node] for node in nodes], dtype=np.int64)


def _steps(sides: list[dict[str, FloatArray]], *, with_cost: bool) -> Steps | None:
    """One bridge; None if a quantity, price or cost is unknown."""
    sales = []
    for side in sides:
        names = ("quantity", "revenue", "revenue_at", *(("cost", "cost_at") if with_cost else ()))
        if not all(np.isfinite(side[name]).all() for name in names):
            return None
        per_unit = np.where(side["quantity"] > 0, side["quantity"], 1.0)
        cost = side["cost"] if with_cost else np.zeros(len(per_unit))
        sales.append(
            Sales(
                np.maximum(side["quantity"], 0.0),
                side["revenue"] / per_unit,
                cost / per_unit,
                _relative(side["revenue"], side["revenue_at"]),
                _relative(side["cost"], side["cost_at"]) if with_cost else None,
            )
        )
    both = price_volume_mix(*sales)
    return both.margin if with_cost else both.revenue


def _relative(money: FloatArray, at: FloatArray) -> FloatArray:
    """How much money became at its own rates of what it is at the other side's, 1 where there is none."""
    return np.divide(money, at, out=np.ones(len(money)), where=(money > 0) & (at > 0))
