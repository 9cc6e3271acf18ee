"""Regular clock hours that resources had in past buckets, as their tables have them today."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.grid import FloatArray


@dataclass(frozen=True, eq=False)
class Worked:
    """Of one calendar and the buckets asked for: working days, and the hours its rows state (NaN if none do)."""

    days: FloatArray
    hours: FloatArray


def clock_hours(
    axes: Axes,
    resources: pl.DataFrame,
    resource_calendar: pl.DataFrame,
    calendars: pl.DataFrame,
    *,
    first: int,
    last: int,
) -> FloatArray:
    """Clock hours of each resource in buckets first..last − 1, [R, last − first]; NaN where no table states any.

    Rows of resource_calendar in a bucket go before table resources and add up. A resource with workers has their hours,
    at most those of its machine. Days are worked Monday to Friday unless its calendar says otherwise.
    """
    count, span = len(axes.resources), last - first
    found = np.full((count, span), np.nan)
    calendar = axes.calendar
    lengths = np.array([calendar.days(t) for t in range(first, last)], dtype=np.float64)
    worked: dict[str, Worked] = {}
    for row in resources.sort("resource").iter_rows(named=True):
        number = axes.resources.position.get(str(row["resource"]))
        if number is None:
            continue
        name = str(row["calendar"])
        if name not in worked:
            worked[name] = _worked(axes, calendars, name, first, last)
        found[number] = _usual(row, worked[name], lengths)
    stated = resource_calendar.filter(pl.col("capacity_hours").is_not_null()).sort("resource", "date", "capacity_hours")
    changed = np.full((count, span), np.nan)
    buckets = calendar.index_dates(stated["date"]) - first if stated.height else np.zeros(0, dtype=np.int64)
    codes = zip(stated["resource"].to_list(), buckets.tolist(), stated["capacity_hours"].to_list(), strict=True)
    for code, bucket, hours in codes:
        number = axes.resources.position.get(code)
        if number is not None and 0 <= bucket < span:
            changed[number, bucket] = np.nan_to_num(changed[number, bucket]) + hours
    return np.where(np.isnan(changed), found, changed)


def _usual(row: Mapping[str, Any], worked: Worked, lengths: FloatArray) -> FloatArray:
    """Hours of table resources, [T]."""
    hours, shift, units = row["capacity_hours"], row["hours_per_shift"], _value(row["units"], 1.0)
    machine = np.full(len(lengths), np.nan)
    if hours is not None:
        by_day = {"working_day": hours * worked.days, "week": hours / 7.0 * lengths}
        machine = by_day.get(row["capacity_per"], np.full(len(lengths), float(hours)))
    elif row["workers"] is None and shift is not None:
        machine = units * _value(row["shifts_per_day"], 1.0) * shift * worked.days
    elif row["workers"] is None:
        machine = units * worked.hours
    if row["workers"] is None:
        return machine
    each = worked.hours if shift is None else shift * worked.days
    crew = row["workers"] * (
        each if row["hours_per_worker"] is None else np.full(len(lengths), row["hours_per_worker"])
    )
    hours_of_both: FloatArray = np.fmin(crew, machine)
    return hours_of_both


def _worked(axes: Axes, calendars: pl.DataFrame, name: str, first: int, last: int) -> Worked:
    rows = calendars.filter(pl.col("calendar") == name) if name else calendars.clear()
    stated: dict[date, float] = dict(zip(rows["date"].to_list(), rows["working"].to_list(), strict=True))
    days, hours = np.zeros(last - first), np.zeros(last - first)
    for bucket in range(first, last):
        begin = axes.calendar.start_of(bucket)
        for offset in range(axes.calendar.days(bucket)):
            day = begin + timedelta(days=offset)
            working = stated.get(day, 1.0 if day.weekday() < 5 else 0.0)
            days[bucket - first] += min(working, 1.0)
            hours[bucket - first] += working if working > 1.0 else 0.0
    has_hours = any(working > 1.0 for working in stated.values())
    return Worked(days, hours if has_hours else np.full(last - first, np.nan))


def _value(given: float | None, blank: float) -> float:
    return blank if given is None else float(given)
