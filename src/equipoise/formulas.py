"""The formulas that a worked example may name: textbook quantities in, textbook quantities out.

A planner writes cases in YAML (see `testing`) without knowing Python. Each formula takes plain numbers, lists and
texts by name and returns plain ones; what it computes is done by the room that owns the concept. `aggregate_plan`
runs the whole plan of a dataset.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import polars as pl

from equipoise.catalog import MEASURES
from equipoise.core.adjustment import Adjustment, Amount
from equipoise.core.errors import EquipoiseError
from equipoise.core.grid import FloatArray, split
from equipoise.core.measure import Unit
from equipoise.core.policy_change import SetPolicy
from equipoise.core.snapshot import Snapshot, conformed
from equipoise.core.tables import table
from equipoise.demand import FunctionInput, accuracy, bias, bias_correction
from equipoise.demand.bills import above_whole
from equipoise.demand.consensus import Ledger
from equipoise.demand.entries import CONSENSUS, Cells
from equipoise.demand.forecast.smoothing import smooth_exponentially
from equipoise.finance import bridge
from equipoise.finance.bridge import Sales
from equipoise.finance.payment_lag import Invoices, spans_of
from equipoise.gather import open_snapshot
from equipoise.inventory import safety_stock as stock
from equipoise.kpi import variance
from equipoise.kpi.worked_examples import KPI_FORMULAS
from equipoise.plan import Plan, compute_plan
from equipoise.report import bucket_measures
from equipoise.supply import production_plan as rates
from equipoise.supply.capacity import rough_cut


class CannotVary(EquipoiseError):
    """Demand or price of a dataset cannot be replaced by one number a bucket."""


def disaggregate(total: float, weights: Sequence[float], step: float = 1.0) -> list[float]:
    """Parts of a total in proportion to weights, in whole steps, largest remainders first; they sum to the total.

    >>> disaggregate(100, [1, 1, 1])
    [34.0, 33.0, 33.0]
    """
    return [float(part) for part in split(total, _numbers(weights), step=step)]


def planning_bill(total: float, share_pct: Sequence[float]) -> dict[str, Any]:
    """Units of a parent's items by their shares of its demand, and what these ask for beyond it (option over-planning).

    >>> planning_bill(100, [70, 50])
    {'units': [70.0, 50.0], 'sum': 120.0, 'above_whole': 20.0}
    """
    shares = _numbers(share_pct) / 100
    units = total * shares
    above = units * above_whole(np.array(shares.sum()))
    return {"units": units.tolist(), "sum": float(units.sum()), "above_whole": round(float(above.sum()), 9)}


def exponential_smoothing(demand: Sequence[float], alpha: float, start: float) -> dict[str, Any]:
    """One-step forecasts of each bucket, the forecast of the bucket to come, and the errors on the way."""
    forecast = smooth_exponentially(_numbers(demand), alpha=alpha, start=start)
    errors = forecast_accuracy(demand, forecast[:-1].tolist())
    return {"forecast": forecast[:-1].tolist(), "next": float(forecast[-1]), **errors}


def forecast_accuracy(actual: Sequence[float], forecast: Sequence[float]) -> dict[str, float]:
    """MAD, MSE, MAPE, WMAPE, bias (F − A) and forecast accuracy.

    >>> forecast_accuracy([100, 200, 50, 150], [110, 180, 60, 150])["wmape_pct"]
    8.0
    """
    a, f = _numbers(actual), _numbers(forecast)
    return {
        "mad": accuracy.mean_absolute_deviation(a, f),
        "mse": accuracy.mean_squared_error(a, f),
        "mape_pct": accuracy.mape_pct(a, f),
        "wmape_pct": accuracy.wmape_pct(a, f),
        "bias_pct": accuracy.bias_pct(a, f),
        "accuracy_pct": accuracy.forecast_accuracy_pct(a, f),
    }


def tracking_signal(actual: Sequence[float], forecast: Sequence[float]) -> dict[str, list[float]]:
    """Running sum of errors (A − F), running MAD and their quotient, bucket by bucket."""
    a, f = _numbers(actual), _numbers(forecast)
    return {
        "rsfe": bias.rsfe(a, f).tolist(),
        "mad": bias.running_mad(a, f).tolist(),
        "tracking_signal": bias.tracking_signal(a, f).tolist(),
    }


def consensus(
    statistical: float,
    inputs: Mapping[str, float],
    weight_pct: Mapping[str, float],
    bias_pct: Mapping[str, float] | None = None,
) -> dict[str, float]:
    """The weighted consensus of functions' inputs beside a statistical forecast: as entered, and less their bias.

    The statistical forecast has the weight that the functions leave.

    >>> consensus(100, {"sales": 130}, {"sales": 50}, {"sales": 30})
    {'raw': 115.0, 'corrected': 100.0}
    """
    base = _numbers([statistical])[:, None]
    ledger = Ledger(base, base > 0, {function: weight / 100 for function, weight in weight_pct.items()})
    for seq, (function, amount) in enumerate(inputs.items(), 1):
        change = FunctionInput(Amount("set", float(amount)))
        ledger.input(Adjustment(function, change, function=function, seq=seq), change, Cells(np.array([0]), 0, 1))
    raw = float(ledger.values[CONSENSUS][0, 0])
    for function, percent in (bias_pct or {}).items():
        factor = bias_correction.factor_of(np.array([percent / 100]))
        ledger.correct(function, ledger.correction(function, factor))
    return {"raw": raw, "corrected": float(ledger.values[CONSENSUS][0, 0])}


def rough_cut_load(mps: Sequence[float], hours_per_unit: float, capacity: float) -> dict[str, Any]:
    """Load of a master schedule, as hours and percent, and its overload buckets; the first bucket is 1.

    >>> rough_cut_load([450, 300, 625, 890], hours_per_unit=0.2, capacity=130)["overload_buckets"]
    [4]
    """
    load = rough_cut.rough_cut_load(_numbers(mps), hours_per_unit=hours_per_unit)
    return {
        "load": load.tolist(),
        "load_pct": rough_cut.load_pct(load, capacity).tolist(),
        "overload_buckets": [bucket + 1 for bucket in rough_cut.overloads(load, capacity)],
    }


def capacity_by_factors(
    mps: Sequence[Sequence[float]], hours_per_unit: Sequence[float], share_pct: Sequence[float]
) -> dict[str, Any]:
    """Hours of each work center by bucket, by overall factors; `mps` has a row for each product."""
    share = _numbers(share_pct) / 100
    load = rough_cut.overall_factors(_numbers(mps), hours_per_unit=_numbers(hours_per_unit), share=share)
    return {"load": load.tolist(), "total": load.sum(axis=1).tolist(), "all": float(load.sum())}


def capacity_bill(mps: Sequence[Sequence[float]], hours: Sequence[Sequence[float]]) -> dict[str, Any]:
    """Hours of each work center by bucket, by bill of capacity; `hours` has a row a center, a column a product."""
    load = rough_cut.bill_of_capacity(_numbers(mps), hours=_numbers(hours))
    return {"load": load.tolist(), "total": load.sum(axis=1).tolist(), "all": float(load.sum())}


def capacity_profile(
    mps: Sequence[Sequence[float]], hours: Sequence[Sequence[Sequence[float]]]
) -> dict[str, list[list[float]]]:
    """Hours of each center by bucket and what is overdue; `hours` by center, product and buckets before completion."""
    load, overdue = rough_cut.resource_profile(_numbers(mps), hours=_numbers(hours))
    return {"load": load.tolist(), "overdue": overdue.tolist()}


def production_plan(
    demand: Sequence[float],
    strategy: str,
    *,
    days: Sequence[float] | None = None,
    opening: float = 0.0,
    closing: float = 0.0,
    cost_per_unit: float = 0.0,
    holding_cost: float = 0.0,
    raise_cost: float = 0.0,
    cut_cost: float = 0.0,
    holding_on: str = "closing",
    start_rate: float | None = None,
) -> dict[str, Any]:
    """A level or chase plan by hand: production, stock and rate by bucket, and its cost by part."""
    if strategy not in ("level", "chase") or holding_on not in ("closing", "average"):
        raise CannotVary(f"strategy is level or chase, holding_on closing or average, not {strategy} and {holding_on}")
    costs = rates.RateCosts(
        cost_per_unit,
        holding_cost,
        raise_cost,
        cut_cost,
        "average" if holding_on == "average" else "closing",
        start_rate,
    )
    plan = (rates.level_plan if strategy == "level" else rates.chase_plan)(
        _numbers(demand), _numbers(days or [1.0] * len(demand)), costs, opening=opening, closing=closing
    )
    return {
        "production": plan.production.tolist(),
        "stock": plan.closing.tolist(),
        "rate": plan.rate.tolist(),
        "labor": plan.labor_cost,
        "holding": plan.holding_cost,
        "raising": plan.raise_cost,
        "cutting": plan.cut_cost,
        "total": plan.total_cost,
    }


def make_to_order(bookings: Sequence[float], opening_backlog: float, closing_backlog: float) -> dict[str, float]:
    """Units to make in all, and a bucket, so that the backlog goes from opening to closing."""
    total = rates.make_to_order(_numbers(bookings), opening_backlog=opening_backlog, closing_backlog=closing_backlog)
    return {"total": total, "rate": total / len(bookings)}


def safety_stock(
    *,
    sigma_d: float,
    L: float,
    z: float | None = None,
    service_level_pct: float | None = None,
    d: float = 0.0,
    sigma_LT: float = 0.0,
) -> dict[str, float]:
    """Safety stock and reorder point of demand N(d, sigma_d²) a period over a lead time N(L, sigma_LT²).

    >>> round(safety_stock(sigma_d=5, L=10, z=1.65, d=30)["reorder_point"], 1)
    326.1
    """
    factor = stock.service_factor(service_level_pct or 0.0) if z is None else z
    held = float(stock.safety_stock(z=factor, sigma_d=sigma_d, L=L, d=d, sigma_LT=sigma_LT))
    return {"safety_stock": held, "reorder_point": stock.reorder_point(d=d, L=L, SS=held)}


def continuous_review(d: float, sigma_d: float, L: float, Q: float, ROP: float) -> dict[str, float]:
    """What a reorder point and a lot achieve: safety stock, cycle service level, shortage a cycle, fill rate.

    >>> round(continuous_review(d=2500, sigma_d=500, L=2, Q=10000, ROP=6000)["fill_rate"], 4)
    0.9975
    """
    held, sigma_L = ROP - d * L, sigma_d * L**0.5
    shortage = stock.expected_shortage(SS=held, sigma_L=sigma_L)
    return {
        "safety_stock": held,
        "cycle_service_level": stock.cycle_service_level(SS=held, sigma_L=sigma_L),
        "expected_shortage": shortage,
        "fill_rate": stock.fill_rate(ESC=shortage, Q=Q),
    }


def economic_order_quantity(K: float, h: float, D: float) -> dict[str, float]:
    """The lot that is cheapest to order and hold, and its cost a period."""
    return asdict(stock.economic_order_quantity(K=K, h=h, D=D))


def newsvendor(h: float, p: float, mu: float, sigma: float) -> dict[str, float]:
    """The stock that is cheapest for one season of normal demand, and its expected cost."""
    return asdict(stock.newsvendor(h=h, p=p, mu=mu, sigma=sigma))


def price_volume_mix(budget: Mapping[str, Any], actual: Mapping[str, Any]) -> dict[str, Any]:
    """The bars from budget to actual, of revenue and margin; each side has quantity, price and unit_cost by item.

    Where it matters a side also has rate and cost_rate: money for one unit of the currency of its price and its cost.
    """
    columns = ("quantity", "price", "unit_cost", "rate", "cost_rate")
    before, after = (
        Sales(**{column: _numbers(side[column]) for column in columns if column in side}) for side in (budget, actual)
    )
    both = bridge.price_volume_mix(before, after)
    return {
        name: {"budget": steps.budget, **steps.bars(), "actual": steps.actual, "residual": steps.residual}
        for name, steps in (("revenue", both.revenue), ("margin", both.margin))
    }


def lagged_payments(
    amounts: Sequence[float], days: float, bucket_days: Sequence[float], opening: float = 0.0
) -> dict[str, list[float]]:
    """When what is invoiced evenly over each bucket is paid, so many days later, and what is owed at each close.

    `opening` is owed at the start and was invoiced evenly over as many days before it.

    >>> lagged_payments([3100, 2800, 3100], days=45, bucket_days=[31, 28, 31])["paid"]
    [0.0, 1400.0, 3100.0]
    """
    edges = np.concatenate([[0.0], np.cumsum(_numbers(bucket_days))])
    invoiced, spans = _numbers(amounts)[None, :], spans_of(edges)
    sent = [Invoices(invoiced, spans, np.full(len(spans), days))]
    if opening:
        sent.append(Invoices(np.array([[opening]]), np.array([[-days, 0.0]]), np.array([days])))
    paid = np.sum([invoices.paid(edges) for invoices in sent], axis=0)
    owed = opening + np.cumsum(invoiced - paid, axis=1)
    return {"paid": paid[0].tolist(), "owed": owed[0].tolist()}


def family_sheet(
    *,
    opening: float,
    forecast: Sequence[float],
    sales: Sequence[float],
    planned: Sequence[float],
    made: Sequence[float],
    next_forecast: float = 0.0,
    next_days: float = 0.0,
) -> dict[str, Any]:
    """Cumulative variances of sales, production and stock, and how many days the last stock lasts."""
    rows = {"forecast": forecast, "sales": sales, "planned": planned, "made": made}
    sheet = variance.family_sheet(opening, **{name: _numbers(row) for name, row in rows.items()})
    last = float(sheet.stock_actual[-1])
    return {
        "sales_variance": sheet.sales_variance.tolist(),
        "production_variance": sheet.production_variance.tolist(),
        "stock_planned": sheet.stock_planned.tolist(),
        "stock_actual": sheet.stock_actual.tolist(),
        "stock_variance": sheet.stock_variance.tolist(),
        "days_on_hand": variance.days_on_hand(last, next_demand=next_forecast, next_days=next_days),
    }


def aggregate_plan(
    dataset: str,
    demand: Sequence[float] | None = None,
    price: Sequence[float] | None = None,
    policy: Mapping[str, Any] | None = None,
    hours_per_worker: Sequence[float] | None = None,
) -> dict[str, Any]:
    """The plan of a dataset folder: totals, measures by bucket, and average inventory (trapezoid over all buckets).

    `demand` and `price` replace table forecast or prices of a dataset with one item and one market, one number a
    bucket; `hours_per_worker` replaces that of the rows of table resource_calendar; `policy` sets knobs.
    """
    snapshot = open_snapshot(Path(dataset))
    if demand is not None:
        snapshot = _with_series(snapshot, "forecast", "date", "quantity", demand)
    if price is not None:
        snapshot = _with_series(snapshot, "prices", "valid_from", "price", price)
    if hours_per_worker is not None:
        snapshot = _with_hours(snapshot, hours_per_worker)
    knobs = [SetPolicy(name, value) for name, value in (policy or {}).items()]
    plan = compute_plan(snapshot, [Adjustment(f"set-{knob.knob}", knob, seq=n) for n, knob in enumerate(knobs, 1)])
    names = bucket_measures(plan)
    opening, closing = plan.by_bucket("inventory_opening_qty"), plan.by_bucket("inventory_closing_qty")
    return {
        "total": {name: plan.total(name) for name in names},
        "by_bucket": {name: plan.by_bucket(name).tolist() for name in names} | _prices_of_one_row(plan),
        "inventory_average_qty": float(np.mean((opening + closing) / 2)),
    }


def _prices_of_one_row(plan: Plan) -> dict[str, list[float]]:
    """Prices do not add up; where a grain has a single row they still are the company's."""
    made = {name for section in plan.sections.values() for _, name in section.measures()}
    panels = {m.name: plan.measure(m.name) for m in MEASURES if m.unit is Unit.PRICE and m.name in made}
    return {name: panel.values[0].tolist() for name, panel in panels.items() if len(panel.keys) == 1}


def _with_series(snapshot: Snapshot, name: str, dated: str, column: str, values: Sequence[float]) -> Snapshot:
    """The snapshot with a table replaced by one row a bucket, for its one item and market."""
    pairs = snapshot.table(name).select("item", "market").unique().rows()
    calendar = snapshot.head.calendar
    if len(pairs) != 1 or len(values) != calendar.horizon:
        raise CannotVary(
            f"table {name} has {len(pairs)} items and markets and the horizon {calendar.horizon} buckets, but "
            f"{len(values)} numbers were given; give one number a bucket for a dataset with one item and market"
        )
    ((item, market),) = pairs
    rows: dict[str, list[object]] = {
        "item": [item] * len(values),
        "market": [market] * len(values),
        dated: [calendar.start_of(bucket) for bucket in range(calendar.horizon)],
        column: list(values),
    }
    return dataclasses.replace(snapshot, tables={**snapshot.tables, name: conformed(table(name), rows)})


def _with_hours(snapshot: Snapshot, values: Sequence[float]) -> Snapshot:
    """The snapshot with hours_per_worker of table resource_calendar replaced, row by row in the order of dates."""
    rows = snapshot.table("resource_calendar").sort("resource", "date")
    if rows.height != len(values):
        raise CannotVary(
            f"table resource_calendar has {rows.height} rows but {len(values)} numbers were given; give one number a "
            f"row"
        )
    changed = rows.with_columns(pl.Series("hours_per_worker", values, dtype=pl.Float64))
    return dataclasses.replace(snapshot, tables={**snapshot.tables, "resource_calendar": changed})


def _numbers(values: Sequence[Any]) -> FloatArray:
    return np.array(values, dtype=np.float64)


FORMULAS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        **KPI_FORMULAS,
        "aggregate_plan": aggregate_plan,
        "capacity_bill": capacity_bill,
        "capacity_by_factors": capacity_by_factors,
        "capacity_profile": capacity_profile,
        "consensus": consensus,
        "continuous_review": continuous_review,
        "disaggregate": disaggregate,
        "planning_bill": planning_bill,
        "economic_order_quantity": economic_order_quantity,
        "exponential_smoothing": exponential_smoothing,
        "family_sheet": family_sheet,
        "forecast_accuracy": forecast_accuracy,
        "lagged_payments": lagged_payments,
        "make_to_order": make_to_order,
        "newsvendor": newsvendor,
        "price_volume_mix": price_volume_mix,
        "production_plan": production_plan,
        "rated_capacity": rough_cut.rated_capacity,
        "rough_cut_load": rough_cut_load,
        "safety_stock": safety_stock,
        "tracking_signal": tracking_signal,
    }
)
"""What a case may name under `formula`."""
