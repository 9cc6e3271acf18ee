"""How long an item takes to be replenished at a location, in days and in buckets."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.calendar import Calendar
from equipoise.core.grid import FloatArray
from equipoise.core.measure import Grain
from equipoise.core.rates import Asked, painted_rates
from equipoise.core.stage import Inputs

NO_PREFERENCE = 1e9


@dataclass(frozen=True, eq=False)
class Replenishment:
    """Lead time and its standard deviation of the stock rows, in days, [N]; 0 where no table says."""

    days: FloatArray
    sd_days: FloatArray


def bucket_days(calendar: Calendar) -> float:
    """Mean calendar days of a bucket: statistical formulas take lead time as a fraction of a bucket, unrounded.

    >>> from datetime import date
    >>> round(bucket_days(Calendar.build(bucket="month", start=date(2027, 1, 1), horizon=3)), 2)
    30.44
    """
    if calendar.bucket == "week":
        return 7.0
    return 365.25 / 12 if calendar.bucket == "month" else 364 / 12


def replenishment(inputs: Inputs) -> Replenishment:
    """Lead time of an item at a location: of its own route, else of its supplier, else of the lane that brings it.

    Of several routes, suppliers or lanes the one with the best preference counts, of equals the slowest: the stock
    must last until then. Rows at an item node hold for the items below it that no nearer row names.
    """
    axes = inputs.axes
    count, horizon = len(inputs.keys(Grain.STOCK)), axes.horizon
    days = np.full(count, np.nan)
    sd = np.zeros(count)
    for table, location in (("routings", "location"), ("purchasing", "location"), ("lanes", "to")):
        chosen = _chosen(axes, inputs.table(table), location)
        if chosen.height == 0:
            continue
        found = _painted(axes, chosen, "lead_time_days", location, horizon)
        new = np.isnan(days) & ~np.isnan(found)
        days[new] = found[new]
        if table == "purchasing":
            sd[new] = np.nan_to_num(_painted(axes, chosen, "lead_time_std_days", location, horizon))[new]
    return Replenishment(np.nan_to_num(days), sd)


def _chosen(axes: Axes, frame: pl.DataFrame, location: str) -> pl.DataFrame:
    """One row per item node and location of the plan: that of the best source, of equals the slowest."""
    if location == "to":
        frame = frame.filter(pl.col("to").is_in(list(axes.locations.leaves)))
    if "lead_time_std_days" not in frame.columns:
        frame = frame.with_columns(pl.lit(None, dtype=pl.Float64).alias("lead_time_std_days"))
    ranked = frame.with_columns(
        pl.col("lead_time_days").fill_null(0.0), pl.col("preference").fill_null(NO_PREFERENCE)
    ).sort("item", location, "preference", "lead_time_days", descending=[False, False, False, True])
    return ranked.unique(["item", location], keep="first", maintain_order=True).select(
        "item", location, "lead_time_days", "lead_time_std_days"
    )


def _painted(axes: Axes, frame: pl.DataFrame, value: str, location: str, horizon: int) -> FloatArray:
    keys = axes.keys[Grain.STOCK]
    rates = painted_rates(
        axes,
        frame,
        value,
        Asked("item", axes.items, keys.column("item")),
        Asked(location, axes.locations, keys.column("location")),
    )
    assert rates.shape == (len(keys), horizon)
    first: FloatArray = rates[:, 0]
    return first
