"""How the company makes and moves things: lines, crews, routes, materials, lanes, stock and what is on order."""

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
import polars as pl

from equipoise.core.grid import FloatArray
from equipoise.demo.company import (
    BULK,
    COMPANY,
    COMPONENT,
    HISTORY,
    HORIZON,
    LABOR,
    MIXER,
    START,
    SUPPLIER,
    Item,
    Size,
    materials,
    month_start,
    numbered,
)
from equipoise.demo.frames import Axes, Rows, cell_frame
from equipoise.demo.history import Past

UTILIZATION = {
    "capsule-line": 1.0,
    "liquid-filling-1": 0.84,
    "liquid-filling-2": 0.86,
    "tube-filling": 0.82,
    "bottle-line": 0.74,
}
"""Mean load of each line over the horizon; the capsule line is over it and has its peak in winter."""
NAMES = {
    "capsule-line": "Capsule line",
    "liquid-filling-1": "Liquid filling 1",
    "liquid-filling-2": "Liquid filling 2",
    "tube-filling": "Tube filling",
    "bottle-line": "Bottle line",
    MIXER: "Dish mixing vessel",
    LABOR: "Packing crew West",
}
OPTIONS: dict[str, dict[str, object]] = {
    "tube-filling": {"extra_shift_hours": 40, "extra_shift_cost": 13_500},
    "bottle-line": {"rate_up_cost": 12, "rate_down_cost": 8},
}
"""A weekend shift that may be added, and a line whose pace is dear to change. A second capsule shift is a decision."""
LABOR_SHARE = 0.9
"""Packing hours at the west plant for each line hour."""
OVERHAUL, OVERHAUL_SHARE = date(2027, 1, 11), 0.45
"""The capsule line is overhauled in January, in the middle of its peak: what is left of its hours."""
BULK_SURFACTANT = 0.15
"""Kilograms of surfactant in a kilogram of dish liquid."""
MIXING_HOURS = 0.0005
"""Hours of the mixing vessel for a kilogram."""
CALENDARS = {"plant-west": "west", "plant-east": "east"}
HOLIDAYS = ((1, 1), (5, 1), (8, 15), (11, 1), (12, 24), (12, 25), (12, 31))
Lines = Iterator[dict[str, object]]


def line_load(items: list[Item], past: Past) -> dict[str, FloatArray]:
    """True hours of each line in every month of the horizon, [HORIZON]."""
    load: dict[str, FloatArray] = {}
    for item, demand in zip(items, past.truth[:, :, HISTORY:].sum(axis=1), strict=True):
        load[item.line] = load.get(item.line, np.zeros(HORIZON)) + demand * item.hours
    return load


def capacity_of(items: list[Item], past: Past) -> dict[str, float]:
    """Rated hours of each line per working day, rounded to tenths."""
    base = {item.line: item.family.line for item in items}
    days = {item.line: working_days(item.family.plant) for item in items}
    load = line_load(items, past)
    return {line: round(float(h.sum() / days[line].sum()) / UTILIZATION[base[line]], 1) for line, h in load.items()}


def working_days(plant: str) -> FloatArray:
    """Days from Monday to Friday on which a plant works, in every month of the horizon, [HORIZON]."""
    closed = {row["date"] for row in _calendars() if row["calendar"] == CALENDARS[plant]}
    first, last = month_start(0), month_start(HORIZON)
    days = [first + timedelta(days=number) for number in range((last - first).days)]
    worked = [day for day in days if day.weekday() < 5 and day not in closed]
    months = [(day.year - first.year) * 12 + day.month - first.month for day in worked]
    return np.bincount(months, minlength=HORIZON).astype(np.float64)


def surfactant_limits(items: list[Item], past: Past) -> dict[int, float]:
    """What the supplier delivers a month by group: between a mean month and a winter month, so it binds in the peak."""
    mean = past.truth[:, :, HISTORY:].sum(axis=1).mean(axis=1) * np.array([item.surfactant for item in items])
    need = np.bincount([item.group for item in items], mean)
    return {group: float(round(kilograms * 1.05 / 1000) * 1000) for group, kilograms in enumerate(need) if group}


def supply_tables(items: list[Item], size: Size, past: Past) -> dict[str, Rows]:
    """Every table of the supply side, as rows."""
    limits = surfactant_limits(items, past)
    return {
        "locations": _locations(size),
        "calendars": _calendars(),
        "resources": _resources(items, size, past),
        "resource_calendar": _overhauls(items, size, past),
        "routings": _routings(items, size),
        "bom": _bills(items, size),
        "subcontracting": iter(
            [
                {
                    "item": "Laundry care",
                    "location": "plant-west",
                    "supplier": "copacker",
                    "valid_from": START,
                    "unit_cost": 24.5,
                    "max_qty": 6000 * size.lines,
                    "lead_time_days": 42,
                }
            ]
        ),
        "purchasing": (
            {
                "item": numbered(COMPONENT, group),
                "supplier": SUPPLIER,
                "location": "plant-west",
                "valid_from": START,
                "unit_cost": 2.1,
                "lead_time_days": 45,
                "lead_time_std_days": 6,
                "max_qty": limits[group],
            }
            for group in _groups(size)
        ),
        "lanes": _lanes(size),
        "inventory": _inventory(items, size, past, limits),
        "inventory_policy": _policies(size),
        "fences": iter([{"item": "Personal care", "location": "plant-east", "demand_days": 10, "planning_days": 20}]),
        "receipts": _receipts(items, size, limits),
        "production_history": _production(items, past),
        "inventory_history": _stock_history(items, past),
    }


def _groups(size: Size) -> range:
    return range(1, size.lines + 1)


def _locations(size: Size) -> Lines:
    for code, name, kind, region, calendar in (
        ("plant-west", "Plant West", "plant", "North", "west"),
        ("plant-east", "Plant East", "plant", "South", "east"),
        ("dc-north", "Warehouse North", "dc", "North", "west"),
        ("dc-south", "Warehouse South", "dc", "South", "east"),
    ):
        row: dict[str, object] = {
            "location": code,
            "name": name,
            "type": kind,
            "region": region,
            "company": COMPANY,
            "calendar": calendar,
        }
        if kind == "dc":
            row |= {"storage_capacity": 15_000 * size.lines, "capacity_uom": "pallet"}
        yield row


def _calendars() -> Lines:
    """Days off of the two plants; the east plant also closes for the second week of August."""
    for calendar in ("west", "east"):
        for year in range(START.year, START.year + 4):
            closed = {date(year, month, day) for month, day in HOLIDAYS}
            if calendar == "east":
                closed |= {date(year, 8, day) for day in range(8, 15)}
            for day in sorted(closed):
                if day.weekday() < 5:
                    yield {"calendar": calendar, "date": day, "working": 0, "note": "Plant closed"}


def _resources(items: list[Item], size: Size, past: Past) -> Lines:
    first = {item.line: item for item in items}
    for line, hours in capacity_of(items, past).items():
        row = {
            "resource": line,
            "location": first[line].family.plant,
            "name": _name(first[line].family.line, first[line].group),
            "type": "machine",
            "calendar": CALENDARS[first[line].family.plant],
            "capacity_hours": hours,
            "capacity_per": "working_day",
            "max_overtime_hours": round(hours * 21 * 0.08 / 5) * 5,
            "regular_cost_per_hour": 180,
            "overtime_cost_per_hour": 290,
        }
        row |= OPTIONS.get(first[line].family.line, {})
        yield row
    load = line_load(items, past)
    for group in _groups(size):
        west = sum(hours for line, hours in load.items() if first[line].group == group and first[line].crew)
        workers = round(float(np.mean(np.asarray(west))) * LABOR_SHARE / 150)
        yield {
            "resource": numbered(LABOR, group),
            "location": "plant-west",
            "name": _name(LABOR, group),
            "type": "labor",
            "workers": workers,
            "hours_per_worker": 150,
            "max_overtime_hours_per_worker": 15,
            "regular_cost_per_hour": 28,
            "overtime_cost_per_hour": 42,
            "hire_cost": 2400,
            "layoff_cost": 5200,
            "hire_lead_days": 30,
            "min_workers": max(1, workers - 12),
            "max_workers": workers + 12,
        }
        yield {
            "resource": numbered(MIXER, group),
            "location": "plant-west",
            "name": _name(MIXER, group),
            "type": "machine",
            "calendar": "west",
            "units": 1,
            "shifts_per_day": 2,
            "hours_per_shift": 8,
            "utilization_pct": 92,
            "efficiency_pct": 105,
            "regular_cost_per_hour": 60,
        }


def _name(base: str, group: int) -> str:
    return NAMES[base] if group == 1 else f"{NAMES[base]} ({group})"


def _overhauls(items: list[Item], size: Size, past: Past) -> Lines:
    capacity = capacity_of(items, past)
    for group in _groups(size):
        line = numbered("capsule-line", group)
        yield {
            "resource": line,
            "date": OVERHAUL,
            "capacity_hours": round(capacity[line] * 21 * OVERHAUL_SHARE),
            "max_overtime_hours": 0,
            "reason": "Overhaul of the sealing station",
        }


def _routings(items: list[Item], size: Size) -> Lines:
    for item in items:
        row = {"item": item.code, "location": item.family.plant, "route": "", "yield_pct": 98.5}
        yield {**row, "resource": item.line, "hours_per_unit": item.hours, "variable_cost": _variable(item)}
        if item.crew:
            yield {**row, "resource": item.crew, "hours_per_unit": round(item.hours * LABOR_SHARE, 6)}
    for group in _groups(size):
        yield {
            "item": numbered(BULK, group),
            "location": "plant-west",
            "route": "",
            "resource": numbered(MIXER, group),
            "hours_per_unit": MIXING_HOURS,
            "variable_cost": 0.05,
            "yield_pct": 99,
        }


def _variable(item: Item) -> float:
    """Materials other than surfactant and bulk, per case started."""
    return round(item.price * 0.38, 2)


def _bills(items: list[Item], size: Size) -> Lines:
    """Surfactant goes into the cases of the west plant; into dish care as bulk, which is mixed from it."""
    for item in items:
        if item.family.code == "DI":
            bulk = round(item.surfactant / BULK_SURFACTANT, 2)
            yield {"item": item.code, "component": item.material, "quantity_per": bulk, "scrap_pct": 1}
        elif item.material:
            yield {"item": item.code, "component": item.material, "quantity_per": item.surfactant, "scrap_pct": 2}
    for mixed, surfactant in zip(materials(BULK, size), materials(COMPONENT, size), strict=True):
        yield {"item": mixed, "component": surfactant, "quantity_per": BULK_SURFACTANT, "scrap_pct": 1}


def _lanes(size: Size) -> Lines:
    for plant, near in (("plant-west", "dc-north"), ("plant-east", "dc-south")):
        for warehouse in ("dc-north", "dc-south"):
            cost = 0.35 if warehouse == near else 0.6
            yield _lane(plant, warehouse, 3, cost, 1)
    for market in size.markets:
        for warehouse in ("dc-north", "dc-south"):
            is_home = warehouse == market.warehouse
            yield _lane(warehouse, market.code, 2, 0.5 if is_home else 0.95, 1 if is_home else 2)


def _lane(begin: str, end: str, days: int, cost: float, preference: int) -> dict[str, object]:
    return {
        "item": "",
        "from_location": begin,
        "to": end,
        "valid_from": month_start(-HISTORY),
        "lead_time_days": days,
        "unit_cost": cost,
        "preference": preference,
    }


def _policies(size: Size) -> Lines:
    yield {"item": "", "location": "dc-north", "service_level_pct": 97, "review_days": 30, "max_days": 90}
    # The service level of the south is the policy's.
    yield {"item": "", "location": "dc-south", "review_days": 30, "max_days": 90}
    for code in materials(COMPONENT, size):
        yield {"item": code, "location": "plant-west", "safety_days": 10}


def _inventory(items: list[Item], size: Size, past: Past, limits: dict[int, float]) -> Lines:
    """Last month's closing stock, at the warehouses in proportion to what each serves; some of it is blocked."""
    north = sum(market.share for market in size.markets if market.warehouse == "dc-north")
    for row, item in enumerate(items):
        if item.level == 0:
            continue
        stock = int(past.stock[row, -1])
        at_north = int(stock * north)
        blocked = {"blocked": 120} if item.code == "HA-01" else {}
        yield {"item": item.code, "location": "dc-north", "on_hand": at_north, **blocked}
        yield {"item": item.code, "location": "dc-south", "on_hand": stock - at_north}
    for group in _groups(size):
        on_hand = int(limits[group] * 0.9)
        yield {"item": numbered(COMPONENT, group), "location": "plant-west", "on_hand": on_hand}


def _receipts(items: list[Item], size: Size, limits: dict[int, float]) -> Lines:
    """Surfactant ordered for the first two months, which new orders can no longer reach; hair care in transit."""
    for group in _groups(size):
        for number in (0, 1):
            yield {
                "reference": f"PO-{7101 + number + 2 * (group - 1)}",
                "line": "10",
                "item": numbered(COMPONENT, group),
                "location": "plant-west",
                "due_date": month_start(number).replace(day=6),
                "quantity": limits[group],
                "type": "purchase",
                "status": "released",
                "supplier": SUPPLIER,
                "ordered_date": month_start(number - 2).replace(day=20),
            }
    for group in _groups(size):
        for month in range(-12, 0):
            # What was delivered in the past year, between four days early and ten late.
            late = (month * 7 + group * 5) % 15 - 4
            due = month_start(month).replace(day=6)
            yield {
                "reference": f"PO-{6900 + 12 * (group - 1) + month}",
                "line": "10",
                "item": numbered(COMPONENT, group),
                "location": "plant-west",
                "due_date": due,
                "quantity": 0,
                "type": "purchase",
                "status": "released",
                "supplier": SUPPLIER,
                "ordered_date": due - timedelta(days=45),
                "received_date": due + timedelta(days=late),
            }
    yield {
        "reference": "TR-311",
        "line": "10",
        "item": next(item.code for item in items if item.family.code == "HA"),
        "location": "dc-south",
        "from": "plant-east",
        "due_date": START + timedelta(days=2),
        "ship_date": START - timedelta(days=2),
        "quantity": 480,
        "type": "transfer",
        "status": "in_transit",
    }


def _production(items: list[Item], past: Past) -> pl.DataFrame:
    hours = np.array([item.hours for item in items])[:, None]
    axes: Axes = {"item": [i.code for i in items], "date": [month_start(m - HISTORY) for m in range(HISTORY)]}
    values = {"quantity": past.production, "hours": np.round(past.production * hours, 2)}
    home = pl.DataFrame(
        {
            "item": axes["item"],
            "location": [item.family.plant for item in items],
            "resource": [item.line for item in items],
        }
    )
    return cell_frame(axes, values, past.production > 0).join(home, on="item", how="left", maintain_order="left")


def _stock_history(items: list[Item], past: Past) -> pl.DataFrame:
    months = range(HISTORY - 12, HISTORY)
    ends = [month_start(month - HISTORY + 1) - timedelta(days=1) for month in months]
    sold = np.array([item.level > 0 for item in items])[:, None]
    stock = past.stock[:, HISTORY - 12 :]
    frame = cell_frame(
        {"item": [item.code for item in items], "date": ends}, {"on_hand": stock}, np.broadcast_to(sold, stock.shape)
    )
    return frame.with_columns(location=pl.lit("dc-north"))
