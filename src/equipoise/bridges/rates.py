"""Rates of other days and other plans in the cells of a plan: what its money would be worth there."""

import numpy as np
import polars as pl

from equipoise.core.grid import FloatArray, IntArray
from equipoise.core.history import row_numbers
from equipoise.core.measure import Grain
from equipoise.core.panel import Keys, sum_rows
from equipoise.core.rates import Asked
from equipoise.finance.currency import ExchangeRates, RatesOfDays
from equipoise.finance.sales_price import demand_cells
from equipoise.finance.stock_cost import stock_cells
from equipoise.plan import Plan

RATE_MEASURES = {Grain.DEMAND: "sales_exchange_ratio", Grain.STOCK: "cost_exchange_ratio"}
MONEY_COLUMNS = {Grain.DEMAND: ("prices", "price"), Grain.STOCK: ("costs", "standard_cost")}


def cost_difference(plan: Plan, rate: FloatArray) -> FloatArray:
    """How much more sales would cost at other rates of their standard costs [S, T], by demand row, [N, T]."""
    flow, keys = plan.axes.keys[Grain.FLOW].frame, plan.axes.keys[Grain.DEMAND]
    source = row_numbers(plan.axes.keys[Grain.STOCK], flow, ("item", "from"))
    sold = row_numbers(keys, flow, ("item", "to"))
    reaches = (sold >= 0) & (source >= 0)
    standard = np.nan_to_num(plan.measure("cost_standard_price").values)
    more = standard * (relative_rates(rate, own_rates(plan, Grain.STOCK)) - 1.0)
    arrivals = plan.measure("arrival_qty").values
    return sum_rows(np.where(reaches[:, None], arrivals * more[source], 0.0), np.where(reaches, sold, -1), len(keys))


def relative_rates(rate: FloatArray, own: FloatArray) -> FloatArray:
    """Another rate over a plan's own, 1 where either is not known."""
    known = ~np.isnan(rate) & ~np.isnan(own)
    return np.divide(rate, own, out=np.ones(rate.shape), where=known)


def own_rates(plan: Plan, grain: Grain) -> FloatArray:
    """The plan's rates of its prices or standard costs, after people's changes, [N, T]."""
    return plan.measure(RATE_MEASURES[grain]).values


def _currencies(plan: Plan, grain: Grain) -> tuple[tuple[str, ...], IntArray]:
    """Currency codes, and the number of the one in which each cell's price or cost stands, [N, T]; −1: not known."""
    axes, head = plan.axes, plan.head
    exchange = ExchangeRates.of(axes.calendar, plan.snapshot.table("exchange_rates"), head.currency)
    name, column = MONEY_COLUMNS[grain]
    cells: tuple[Asked, ...] = demand_cells(axes) if grain is Grain.DEMAND else stock_cells(axes)
    numbers = exchange.numbers(axes, plan.snapshot.table(name), column, *cells)
    return exchange.codes, np.where(numbers < len(exchange.codes), numbers, -1)


def rates_of(a: Plan, b: Plan, grain: Grain) -> FloatArray:
    """Plan a's rates in the cells of plan b, [N, T]; b's own where a has no such cell or another currency in it."""
    own = own_rates(b, grain)
    codes_a, number_a = _currencies(a, grain)
    codes_b, number_b = _currencies(b, grain)
    same = np.array([codes_a.index(code) if code in codes_a else -2 for code in codes_b] + [-2])
    keys: Keys = a.axes.keys[grain]
    rows = row_numbers(keys, b.axes.keys[grain].frame, grain.dimensions)
    calendar = b.axes.calendar
    buckets = np.array([a.axes.calendar.index_of(calendar.start_of(t)) for t in range(b.axes.horizon)], dtype=np.int64)
    inside = (rows >= 0)[:, None] & ((buckets >= 0) & (buckets < a.axes.horizon))[None, :]
    cells = np.ix_(np.maximum(rows, 0), np.clip(buckets, 0, a.axes.horizon - 1))
    matched = inside & (number_a[cells] == same[number_b])
    return np.where(matched, own_rates(a, grain)[cells], own)


def dated_rates(plan: Plan, grain: Grain, rate_type: str, *, first: int = 0, back: int = 0) -> FloatArray:
    """Rates of a type in each cell's currency in buckets first..T−1, of days `back` buckets before, [N, T − first].

    Where no rate of that type is given the planning rate stands: the plan's own in its buckets, else that of the day.
    A bucket of the past is in the currency of the first planning bucket.
    """
    codes, number = _currencies(plan, grain)
    calendar, head = plan.axes.calendar, plan.head
    table = plan.snapshot.table("exchange_rates").filter(pl.col("rate_type").is_in([rate_type, "plan"]))
    none = ExchangeRates.of(calendar, table.clear(), head.currency)
    dated = RatesOfDays.of(calendar, table, head.currency, none)
    days = [calendar.start_of(bucket - back) for bucket in range(first, plan.axes.horizon)]
    is_given = {code for code, kind in dated.dated if kind == rate_type} | {head.currency}
    by_code = np.array([[dated.rate(code, rate_type, day) for day in days] for code in codes] + [[np.nan] * len(days)])
    wide = np.concatenate([np.repeat(number[:, [0]], -first, axis=1), number], axis=1)
    found: FloatArray = by_code[wide, np.arange(len(days))]
    own = own_rates(plan, grain)
    given = np.array([code in is_given for code in codes] + [False])[wide[:, -first:]] & ~np.isnan(found[:, -first:])
    found[:, -first:] = np.where(given, found[:, -first:], own)
    return found
