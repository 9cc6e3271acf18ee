"""Capacity of resources by bucket: machines by their hours, crews by their workers (tables.md, Capacity).

Standard hours available = clock hours × utilization × efficiency; clock hours are what is paid, hired and limited.
D8 (cases.md): 4 machines × 8 h × 5 days × 0.85 × 1.10 = 149.6 standard hours.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.finding import Finding
from equipoise.core.grid import QUANTITY_STEP, BoolArray, FloatArray, IntArray, on_grid
from equipoise.supply.capacity.working_days import WorkingTime, working_time
from equipoise.supply.findings import NO_CAPACITY, NO_HOURS_PER_WORKER, UNEQUAL_DAYS


@dataclass(frozen=True, eq=False)
class Capacity:
    """Limits of R resources over T buckets. Rows that are no workforce have zeros where workers stand."""

    rate: FloatArray
    """[R] standard hours produced per clock hour."""
    clock: FloatArray
    """[R, T] most regular clock hours; of a workforce the machine's limit on regular + overtime. inf: no limit."""
    overtime: FloatArray
    """[R, T] most overtime clock hours; of a workforce a limit beside the one per worker (inf: none)."""
    is_workforce: BoolArray
    """[R]"""
    workers: FloatArray
    """[R] workers at the start."""
    hours_per_worker: FloatArray
    """[R, T] regular clock hours per worker."""
    overtime_per_worker: FloatArray
    """[R, T] most overtime clock hours per worker."""
    overtime_extra: FloatArray
    """[R, T] overtime clock hours allowed beyond those per worker."""
    min_workers: FloatArray
    max_workers: FloatArray
    """[R]"""
    hire_from: IntArray
    """[R] first bucket in which somebody hired now can start."""
    shift_hours: FloatArray
    """[R] clock hours that an extra shift adds in a bucket, 0: there is none."""
    to_go: FloatArray
    """[R] part of the first bucket still to go."""
    is_storage: BoolArray
    """[R] rooms: what they hold is stock, and their hours are units of room (`storage`)."""
    location: tuple[str, ...]
    """[R] where each stands, blank unknown."""

    @cached_property
    def workforce(self) -> IntArray:
        """Rows that are a workforce, [W]."""
        return np.flatnonzero(self.is_workforce)

    @cached_property
    def shifts(self) -> IntArray:
        """Rows that can work an extra shift, [X]."""
        return np.flatnonzero(self.shift_hours > 0)

    def overtime_room(self, row: int) -> FloatArray:
        """Most overtime of a resource in clock hours, [T], of a workforce that of its workers at the start; inf: no
        limit."""
        most: FloatArray = self.overtime[row]
        if self.is_workforce[row]:
            most = np.minimum(most, self.workers[row] * self.overtime_per_worker[row] + self.overtime_extra[row])
        return most


def read_capacity(
    axes: Axes,
    resources: pl.DataFrame,
    resource_calendar: pl.DataFrame,
    calendars: pl.DataFrame,
    as_of: date,
    *,
    locations: pl.DataFrame | None = None,
) -> tuple[Capacity, list[Finding]]:
    """Capacity of every resource of the axes; one that has no row in table resources is infinite.

    A resource that names no calendar works by that of its location, if table `locations` names one.
    """
    count, horizon = len(axes.resources), axes.horizon
    records = {str(row["resource"]): row for row in resources.iter_rows(named=True)}
    places = {} if locations is None else {str(row["location"]): row for row in locations.iter_rows(named=True)}
    kinds = [records[code]["type"] if code in records else "" for code in axes.resources.leaves]
    found: list[Finding] = []
    capacity = Capacity(
        rate=np.ones(count),
        clock=np.full((count, horizon), np.inf),
        overtime=np.zeros((count, horizon)),
        is_workforce=np.zeros(count, dtype=np.bool_),
        workers=np.zeros(count),
        hours_per_worker=np.zeros((count, horizon)),
        overtime_per_worker=np.zeros((count, horizon)),
        overtime_extra=np.zeros((count, horizon)),
        min_workers=np.zeros(count),
        max_workers=np.full(count, np.inf),
        hire_from=np.zeros(count, dtype=np.int64),
        shift_hours=np.zeros(count),
        to_go=np.ones(count),
        is_storage=np.array([kind == "storage" for kind in kinds], dtype=np.bool_),
        location=tuple(str(records[code]["location"]) if code in records else "" for code in axes.resources.leaves),
    )
    times: dict[str, WorkingTime] = {}
    changes = calendar_hours(axes, resource_calendar)
    for number, code in enumerate(axes.resources.leaves):
        row = records.get(code)
        if row is None:
            continue
        place = places.get(str(row["location"]), {})
        if capacity.is_storage[number]:
            _fill_room(capacity, number, row, place, changes, found)
            continue
        name = str(row["calendar"] or place.get("calendar") or "")
        if name not in times:
            times[name] = working_time(axes, calendars, name, as_of)
        _fill(capacity, number, row, time=times[name], changes=changes, axes=axes, as_of=as_of, found=found)
    return capacity, found


def _fill(
    capacity: Capacity,
    number: int,
    row: Mapping[str, Any],
    *,
    time: WorkingTime,
    changes: Mapping[tuple[str, str], FloatArray],
    axes: Axes,
    as_of: date,
    found: list[Finding],
) -> None:
    code = str(row["resource"])

    def over(column: str, hours: FloatArray) -> FloatArray:
        """Hours of table resource_calendar where it has some, else `hours`; of the first bucket the part to go."""
        stated = changes.get((code, column), np.full(axes.horizon, np.nan))
        merged = np.where(np.isnan(stated), hours, stated)
        # No limit is none for a part of a bucket too, even where no working time of it is to go (inf times 0 is NaN).
        if np.isfinite(merged[0]):
            merged[0] *= time.to_go
        return merged

    capacity.rate[number] = _rate(row)
    capacity.to_go[number] = time.to_go
    capacity.shift_hours[number] = _value(row, "extra_shift_hours", 0.0)
    capacity.clock[number] = over("capacity_hours", _rated_hours(row, time, axes))
    usual = np.full(axes.horizon, _value(row, "max_overtime_hours", 0.0))
    capacity.overtime[number] = over("max_overtime_hours", usual)
    if row["workers"] is not None:
        worked = over("hours_per_worker", _hours_per_worker(row, time, axes))
        if np.isnan(worked).any():
            found.append(NO_HOURS_PER_WORKER.found(f"resource {code}", f"{code} has workers but no hours_per_worker"))
        else:
            _fill_workforce(capacity, number, row, worked=worked, to_go=time.to_go)
            capacity.hire_from[number] = _first_hire(axes, row, as_of)
    if not capacity.is_workforce[number] and np.isinf(capacity.clock[number]).all():
        found.append(NO_CAPACITY.found(f"resource {code}", f"{code} has no rated capacity and is taken as infinite"))
    is_constant = row["capacity_hours"] is not None and row["capacity_per"] in ("", "bucket")
    if is_constant and row["calendar"] and len(set(time.days.tolist())) > 1 and (code, "capacity_hours") not in changes:
        text = f"{code} has {row['capacity_hours']:g} h in every bucket, of {time.days.min():g} to {time.days.max():g}"
        found.append(UNEQUAL_DAYS.found(f"resource {code}", f"{text} working days"))


def _fill_room(
    capacity: Capacity,
    number: int,
    row: Mapping[str, Any],
    place: Mapping[str, Any],
    changes: Mapping[tuple[str, str], FloatArray],
    found: list[Finding],
) -> None:
    """Room in units of capacity_uom: no hours of a day, so neither a calendar nor the time to go changes it."""
    code = str(row["resource"])
    stated = (row["capacity_hours"], row["units"], place.get("storage_capacity"))
    room = next((float(value) for value in stated if value is not None), np.inf)
    capacity.rate[number] = _rate(row)
    for target, column, usual in (
        (capacity.clock, "capacity_hours", room),
        (capacity.overtime, "max_overtime_hours", _value(row, "max_overtime_hours", 0.0)),
    ):
        by_bucket = changes.get((code, column), np.full(target.shape[1], np.nan))
        target[number] = np.where(np.isnan(by_bucket), usual, by_bucket)
    if np.isinf(capacity.clock[number]).all():
        found.append(NO_CAPACITY.found(f"resource {code}", f"{code} has no rated capacity and is taken as infinite"))


def _rate(row: Mapping[str, Any]) -> float:
    """Standard hours per clock hour."""
    return _value(row, "utilization_pct", 100.0) * _value(row, "efficiency_pct", 100.0) / 10_000.0


def _fill_workforce(
    capacity: Capacity, number: int, row: Mapping[str, Any], *, worked: FloatArray, to_go: float
) -> None:
    capacity.is_workforce[number] = True
    capacity.workers[number] = on_grid(np.array(float(row["workers"])), QUANTITY_STEP)
    capacity.hours_per_worker[number] = worked
    capacity.overtime_per_worker[number] = _value(row, "max_overtime_hours_per_worker", 0.0)
    capacity.overtime_per_worker[number, 0] *= to_go
    if row["max_overtime_hours"] is None:
        capacity.overtime[number] = np.inf
    capacity.min_workers[number] = _value(row, "min_workers", 0.0)
    capacity.max_workers[number] = _value(row, "max_workers", np.inf)


def _first_hire(axes: Axes, row: Mapping[str, Any], as_of: date) -> int:
    """First bucket that begins after as_of + hire_lead_days; 0 where hiring takes no time."""
    lead = _value(row, "hire_lead_days", 0.0)
    starts = np.array([axes.calendar.start_of(bucket).toordinal() for bucket in range(axes.horizon)])
    return int(np.searchsorted(starts, as_of.toordinal() + lead, side="right")) if lead > 0 else 0


def _rated_hours(row: Mapping[str, Any], time: WorkingTime, axes: Axes) -> FloatArray:
    """Clock hours per bucket from table resources, inf where it states none, [T]."""
    units = _value(row, "units", 1.0)
    if row["capacity_hours"] is not None:
        hours = float(row["capacity_hours"])
        if row["capacity_per"] == "working_day":
            return hours * time.days
        if row["capacity_per"] == "week":
            return hours / 7.0 * axes.calendar.horizon_days.astype(np.float64)
        return np.full(axes.horizon, hours)
    if row["hours_per_shift"] is not None and row["workers"] is None:
        return units * _value(row, "shifts_per_day", 1.0) * float(row["hours_per_shift"]) * time.days
    if not np.isnan(time.hours).any() and row["workers"] is None:
        return units * time.hours
    return np.full(axes.horizon, np.inf)


def _hours_per_worker(row: Mapping[str, Any], time: WorkingTime, axes: Axes) -> FloatArray:
    """Regular hours per worker and bucket: stated, else a shift a working day; NaN where neither is, [T]."""
    if row["hours_per_worker"] is not None:
        return np.full(axes.horizon, float(row["hours_per_worker"]))
    if row["hours_per_shift"] is not None:
        return float(row["hours_per_shift"]) * time.days
    return time.hours.copy()


def calendar_hours(axes: Axes, frame: pl.DataFrame) -> dict[tuple[str, str], FloatArray]:
    """Hours of table resource_calendar by (resource, column), [T], NaN where no row; rows of one bucket add up."""
    found: dict[tuple[str, str], FloatArray] = {}
    for column in ("capacity_hours", "max_overtime_hours", "hours_per_worker"):
        rows = frame.filter(pl.col(column).is_not_null()).sort("resource", "date", column)
        buckets = axes.calendar.index_dates(rows["date"]) if rows.height else np.zeros(0, dtype=np.int64)
        cells = zip(rows["resource"].to_list(), buckets.tolist(), rows[column].to_list(), strict=True)
        for code, bucket, hours in cells:
            if 0 <= bucket < axes.horizon:
                line = found.setdefault((code, column), np.full(axes.horizon, np.nan))
                line[bucket] = hours if np.isnan(line[bucket]) else line[bucket] + hours
    return found


def _value(row: Mapping[str, Any], column: str, blank: float) -> float:
    return blank if row[column] is None else float(row[column])
