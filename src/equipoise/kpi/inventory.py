"""Stock: how fast it turns, how long it lasts, what it earns, and whether it lies where the policy wants it.

* average stock of a bucket = (opening + closing) / 2 at standard cost; of several buckets the plain mean of these, so
  that opening stock counts (a trapezoid). Cost of sales is at the same standard cost.
* turns = annualized cost of sales / average stock · DIO = average stock / cost of sales × days = days in year / turns
* GMROI = annualized gross margin / average stock
* DOS = days that closing stock lasts, walked forward through the demand of the coming buckets, even within each;
  variant: stock / daily demand of the next bucket (`equipoise.kpi.variance.days_on_hand`)
* in band = cells of item, location and bucket with safety stock ≤ closing stock ≤ maximum / cells that have a maximum
* inventory variance = Σ(made − planned) − Σ(sold − forecast) (`equipoise.kpi.variance`)

Sources: Arnold, Chapman & Clive, Introduction to Materials Management, inventory chapters (turns, days of supply);
Richards & Laughlin, Financial Management 9 (1980) 32-38 (DIO).

>>> stock = np.array([[100.0, 90.0, 50.0]])
>>> demand = np.array([[40.0, 62.0, 28.0]])
>>> days_of_supply(stock, demand, np.array([30, 31, 28]), per_year=12).round(1).tolist()
[[65.8, 70.4, 34.2]]
"""

import numpy as np

from equipoise.core.grid import FloatArray, IntArray
from equipoise.core.measure import Grain, Measure, OverTime, Per, Unit
from equipoise.kpi.declare import part, percent, ratio
from equipoise.kpi.entry import Direction, Kind, Kpi


def turns(*, cost_of_sales: float, average_stock: float, years: float = 1.0) -> float:
    """Cost of sales of a year / average stock at the same valuation; `years` is what cost_of_sales covers.

    >>> turns(cost_of_sales=250.0, average_stock=100.0, years=0.25)
    10.0
    """
    return cost_of_sales / years / average_stock if average_stock > 0 else float("nan")


def days_in_inventory(*, average_stock: float, cost_of_sales: float, days: float) -> float:
    """DIO: days of cost of sales that average stock holds; `days` is what cost_of_sales covers.

    >>> days_in_inventory(average_stock=100.0, cost_of_sales=250.0, days=90.0)
    36.0
    """
    return average_stock / cost_of_sales * days if cost_of_sales > 0 else float("nan")


def days_of_supply(stock: FloatArray, demand: FloatArray, bucket_days: IntArray, *, per_year: int) -> FloatArray:
    """Days that closing stock [N, T] lasts of the demand [N, T] that follows, [N, T].

    Demand is taken as even within a bucket of `bucket_days` [T]. Beyond the last bucket it goes on at the daily mean of
    the last year, or of the whole horizon if that is shorter. NaN where no demand follows: the stock lasts for ever, or
    there is nothing to last. Stock below 0 lasts 0 days.
    """
    horizon = demand.shape[1]
    edges = np.concatenate([[0], np.cumsum(bucket_days)]).astype(np.float64)
    year = min(horizon, per_year)
    beyond = demand[:, horizon - year :].sum(axis=1) / max(float(edges[-1] - edges[horizon - year]), 1.0)
    used = np.concatenate([np.zeros((len(demand), 1)), np.cumsum(demand, axis=1)], axis=1)
    rows = np.arange(len(demand))
    lasts = np.full(stock.shape, np.nan)
    for bucket in range(horizon):
        until = used[:, bucket + 1] + np.maximum(stock[:, bucket], 0.0)
        # The bucket in whose course cumulated demand passes what the stock can serve; `horizon` is beyond the last.
        passed = np.minimum((used <= until[:, None]).sum(axis=1) - 1, horizon)
        within = passed < horizon
        inside = np.minimum(passed, horizon - 1)
        rate = np.where(within, demand[rows, inside] / bucket_days[inside], beyond)
        left = until - used[rows, passed]
        day = edges[passed] + np.divide(left, rate, out=np.full(len(rate), np.nan), where=rate > 0)
        lasts[:, bucket] = np.maximum(day - edges[bucket + 1], 0.0)
    return np.where(np.isnan(stock), np.nan, lasts)


MEASURES: tuple[Measure, ...] = (
    part(
        "inventory_average_amount",
        Grain.STOCK,
        Unit.MONEY,
        "Average stock value",
        "Mean of opening and closing stock × standard cost; over several buckets the plain mean of them. Unknown where "
        "stock has no standard cost, and without a count of stock at the start.",
        over_time=OverTime.MEAN,
        nullable=True,
    ),
    part(
        "inventory_saleable_qty",
        Grain.STOCK,
        Unit.QUANTITY,
        "Saleable stock",
        "Closing stock of items that markets ask for in the plan; components and materials are not in it.",
        over_time=OverTime.LAST,
    ),
    part(
        "inventory_banded_number",
        Grain.STOCK,
        Unit.NUMBER,
        "Cells with a band",
        "1 where the policy gives a maximum, max_qty or max_days, 0 elsewhere.",
    ),
    part(
        "inventory_in_band_number",
        Grain.STOCK,
        Unit.NUMBER,
        "Cells in the band",
        "1 where closing stock lies between safety stock and that maximum.",
    ),
    part(
        "inventory_off_band_number",
        Grain.STOCK,
        Unit.NUMBER,
        "Cells outside the band",
        "1 where closing stock lies below safety stock or above that maximum.",
    ),
    percent(
        "inventory_attainment_pct",
        Grain.STOCK,
        "Stock to target",
        "Closing stock / target stock.",
        of=("inventory_closing_qty", "inventory_target_qty"),
    ),
    percent(
        "inventory_in_band_pct",
        Grain.STOCK,
        "Stock in its band",
        "Cells of item, location and bucket between safety stock and maximum / cells that have a maximum.",
        of=("inventory_in_band_number", "inventory_banded_number"),
    ),
    ratio(
        "inventory_turns_ratio",
        Grain.STOCK,
        Unit.RATIO,
        "Inventory turns",
        "Annualized cost of sales / average stock, both at standard cost; average of opening and closing stock of each "
        "bucket. Materials that are used and not sold have no cost of sales of their own and turn with the whole.",
        of=("cost_of_sales_amount", "inventory_average_amount"),
        per=Per.YEAR,
    ),
    ratio(
        "inventory_outstanding_days",
        Grain.STOCK,
        Unit.DAYS,
        "Days inventory outstanding (DIO)",
        "Average stock / cost of sales × days of the buckets.",
        of=("inventory_average_amount", "cost_of_sales_amount"),
        per=Per.DAYS,
    ),
    ratio(
        "inventory_gmroi_ratio",
        Grain.STOCK,
        Unit.RATIO,
        "Gross margin return on inventory (GMROI)",
        "Annualized gross margin / average stock at standard cost.",
        of=("margin_gross_amount", "inventory_average_amount"),
        per=Per.YEAR,
    ),
    Measure(
        "inventory_cover_days",
        Grain.STOCK,
        Unit.DAYS,
        "kpis",
        "Days of supply (DOS)",
        "Days that saleable closing stock lasts, walked forward through the demand of the coming buckets; beyond the "
        "horizon at the daily mean of its last year. Over several buckets that of the last.",
        OverTime.LAST,
        cover=("inventory_saleable_qty", "demand_sourced_qty"),
        nullable=True,
    ),
)

_VALUED = "tables inventory and costs (standard_cost)"

KPIS: tuple[Kpi, ...] = (
    Kpi(
        "Stock to target",
        "inventory_attainment_pct",
        "closing stock / (safety stock + cycle stock)",
        "supply",
        100.0,
        Direction.BAND,
        Kind.LEADING,
        "family",
        Unit.PERCENT,
        tolerance=20.0,
        needs="table inventory_policy, and items in one unit (volume_uom where units differ)",
    ),
    Kpi(
        "Stock in its band",
        "inventory_in_band_pct",
        "cells of item, location and bucket with safety stock ≤ closing stock ≤ maximum / cells that have a maximum",
        "supply",
        90.0,
        Direction.UP,
        Kind.LEADING,
        "item",
        Unit.PERCENT,
        shared_with=("procurement", "finance"),
        needs="max_qty or max_days in table inventory_policy",
    ),
    Kpi(
        "Stock value",
        "inventory_value_amount",
        "Σ closing stock × standard cost",
        "finance",
        None,
        Direction.DOWN,
        Kind.LEADING,
        "family",
        Unit.MONEY,
        shared_with=("supply", "procurement"),
        needs=_VALUED,
    ),
    Kpi(
        "Inventory turns",
        "inventory_turns_ratio",
        "annualized cost of sales / mean over buckets of (opening + closing stock) / 2, both at standard cost",
        "supply",
        None,
        Direction.UP,
        Kind.LEADING,
        "family",
        Unit.RATIO,
        shared_with=("finance", "operations", "procurement", "executive"),
        needs=_VALUED,
    ),
    Kpi(
        "Days of supply",
        "inventory_cover_days",
        "days that closing stock lasts, walked forward through the demand of the coming buckets",
        "supply",
        None,
        Direction.BAND,
        Kind.LEADING,
        "family",
        Unit.DAYS,
        shared_with=("sales", "operations"),
        needs="demand for the items in stock, in one unit (volume_uom where units differ)",
        drill="inventory_saleable_qty",
    ),
    Kpi(
        "Days inventory outstanding",
        "inventory_outstanding_days",
        "average stock / cost of sales × days",
        "finance",
        None,
        Direction.DOWN,
        Kind.LEADING,
        "family",
        Unit.DAYS,
        shared_with=("supply",),
        needs=_VALUED,
    ),
    Kpi(
        "Gross margin return on inventory",
        "inventory_gmroi_ratio",
        "annualized gross margin / average stock at standard cost",
        "product",
        None,
        Direction.UP,
        Kind.LEADING,
        "family",
        Unit.RATIO,
        shared_with=("finance", "marketing"),
        needs=f"{_VALUED}, and prices",
    ),
)
