"""Flows: the lanes along which items leave a location for another location or a market."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.core.measure import Grain
from equipoise.supply.capacity.working_days import working_time
from equipoise.supply.network.keyed_rates import SEPARATOR, keyed_rates
from equipoise.supply.network.lead_times import arrival_buckets, lag_buckets


@dataclass(frozen=True, eq=False)
class Flows:
    """F lanes of one item each over T buckets, counted by the bucket in which goods leave."""

    from_stock: IntArray
    """[F] stock row that they leave, −1 if the plan has none."""
    to_stock: IntArray
    """[F] stock row that they reach, −1 where they reach a market."""
    to_demand: IntArray
    """[F] demand row that they reach, −1 where they reach a location."""
    arrival: IntArray
    """[F, T] bucket of arrival; T: after the horizon."""
    is_open: BoolArray
    """[F, T] whether goods may leave."""
    lag: IntArray
    """[F] buckets of the lead time, the longest of the horizon."""
    share: FloatArray
    """[F, T] fixed share of the receiver's arrivals, 0 to 1; NaN: the optimizer chooses."""


def lane_rates(axes: Axes, lanes: pl.DataFrame, value: str) -> FloatArray:
    """A rate of table lanes for every row of grain flow, [F, T]; NaN where no lane says."""
    keys = axes.keys[Grain.FLOW]
    codes = [f"{keys.codes[1][a]}{SEPARATOR}{keys.codes[2][b]}" for a, b in zip(*keys.columns[1:], strict=True)]
    return keyed_rates(axes, lanes, value, items=keys.column("item"), columns=("from_location", "to"), codes=codes)


def read_flows(
    axes: Axes, lanes: pl.DataFrame, as_of: date, rounding: str, *, calendars: pl.DataFrame | None = None
) -> Flows:
    """The rows of grain flow with their lead times; without a table lanes all are open and take no time.

    Nothing leaves along a lane in a bucket without a working day in its calendar.
    """
    keys = axes.keys[Grain.FLOW]
    from_stock, to_stock, to_demand = flow_ends(axes)
    shape = (len(keys), axes.horizon)
    if lanes.height == 0:
        days, is_known = np.zeros(shape), np.ones(shape, dtype=np.bool_)
        share = np.full(shape, np.nan)
    else:
        lead = lane_rates(axes, lanes, "lead_time_days")
        days, is_known = np.nan_to_num(lead), ~np.isnan(lane_rates(axes, lanes, "unit_cost")) | ~np.isnan(lead)
        share = lane_rates(axes, lanes, "share_pct") / 100
    arrival = arrival_buckets(axes.calendar, as_of, days, rounding)
    is_open = is_known & (arrival < axes.horizon) & (from_stock >= 0)[:, None]
    is_open &= ((to_stock >= 0) | (to_demand >= 0))[:, None]
    if calendars is not None:
        is_open &= _runs(axes, lanes, calendars, as_of)
    lag = lag_buckets(axes.calendar, days, rounding).max(axis=1, initial=0)
    return Flows(from_stock, to_stock, to_demand, arrival, is_open, lag, share)


def _runs(axes: Axes, lanes: pl.DataFrame, calendars: pl.DataFrame, as_of: date) -> BoolArray:
    """Whether a flow's lane runs on some day of each bucket that is still to go, [F, T]."""
    runs = np.ones((len(axes.keys[Grain.FLOW]), axes.horizon), dtype=np.bool_)
    names = sorted(set(lanes["calendar"].to_list()) - {""})
    if not names:
        return runs
    number = {name: float(position) for position, name in enumerate(names)}
    named = lanes.with_columns(pl.col("calendar").replace_strict(number, default=None, return_dtype=pl.Float64))
    mine = lane_rates(axes, named, "calendar")
    for name, position in number.items():
        time = working_time(axes, calendars, name, as_of)
        works = time.days > 0
        works[0] &= time.to_go > 0
        runs &= np.where(mine == position, works[None, :], True)
    return runs


def flow_ends(axes: Axes) -> tuple[IntArray, IntArray, IntArray]:
    """Stock row left, stock row reached, demand row reached of every flow, −1 where there is none, each [F]."""
    keys = axes.keys[Grain.FLOW]
    items, sources, places = keys.columns
    locations = len(axes.locations)
    stock = row_table(axes, Grain.STOCK)
    demand = row_table(axes, Grain.DEMAND)
    is_market = places >= locations
    to_stock = np.where(is_market, -1, stock[items, np.where(is_market, 0, places)])
    to_demand = np.where(is_market, demand[items, np.where(is_market, places - locations, 0)], -1)
    return stock[items, sources], to_stock, to_demand


def row_table(axes: Axes, grain: Grain) -> IntArray:
    """Row of each (item, market) or (item, location), −1 where the grain has none, [items, places of the grain]."""
    keys = axes.keys[grain]
    table = np.full((len(axes.items), max(1, len(axes.hierarchy(keys.dimensions[1])))), -1, dtype=np.int64)
    table[keys.columns[0], keys.columns[1]] = np.arange(len(keys))
    return table
