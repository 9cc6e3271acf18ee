"""Working days and working hours of each bucket, by calendar."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.grid import FloatArray


@dataclass(frozen=True, eq=False)
class WorkingTime:
    """Of one calendar: working days [T], the hours its rows state [T], and the part of bucket 0 still to go."""

    days: FloatArray
    hours: FloatArray
    """NaN where no row of the calendar states hours."""
    to_go: float


def working_time(axes: Axes, calendars: pl.DataFrame, name: str, as_of: date) -> WorkingTime:
    """Monday to Friday work, unless a row of the calendar says otherwise: `working` 0 or 1, or the day's hours.

    To go of bucket 0 are its working days after as_of over all of them; its calendar days where no calendar is named.
    """
    rows = calendars.filter(pl.col("calendar") == name) if name else calendars.clear()
    stated: dict[date, float] = dict(zip(rows["date"].to_list(), rows["working"].to_list(), strict=True))
    days = np.zeros(axes.horizon)
    hours = np.zeros(axes.horizon)
    to_go = 0.0
    for bucket, day in _days(axes):
        worked = stated.get(day, 1.0 if day.weekday() < 5 else 0.0)
        days[bucket] += min(worked, 1.0)
        hours[bucket] += worked if worked > 1.0 else 0.0
        if bucket == 0 and day > as_of:
            to_go += min(worked, 1.0) if name else 1.0
    has_hours = any(worked > 1.0 for worked in stated.values())
    all_days = float(days[0]) if name else float(axes.calendar.days(0))
    share = to_go / all_days if all_days > 0 else 1.0
    return WorkingTime(days, hours if has_hours else np.full(axes.horizon, np.nan), share)


def _days(axes: Axes) -> Iterator[tuple[int, date]]:
    for bucket in range(axes.horizon):
        first = axes.calendar.start_of(bucket)
        for number in range(axes.calendar.days(bucket)):
            yield bucket, first + timedelta(days=number)
