"""How the company makes and moves things: lines, crews, routes, materials, lanes, stock and what is on order."""

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np

from equipoise.core.grid import FloatArray
from equipoise.demo.company import (
    COMPONENT,
    HISTORY,
    HORIZON,
    LABOR,
    START,
    SUPPLIER,
    Item,
    Size,
    month_start,
)
from equipoise.demo.history import Past

UTILIZATION = {
    "capsule-line": 1.0,
    "liquid-filling-1": 0.84,
    "liquid-filling-2": 0.86,
    "tube-filling": 0.82,
    "bottle-line": 0.74,
}
"""Mean load of each line over the horizon; the capsule line is over it and has its peak in winter."""
LABOR_SHARE = 0.9
"""Packing hours at the west plant for each line hour."""
OVERHAUL, OVERHAUL_SHARE = date(2027, 1, 11), 0.45
"""The capsule line is overhauled in January, in the middle of its peak: what is left of its hours."""
Rows = Iterator[dict[str, object]]


def line_load(items: list[Item], past: Past) -> dict[str, FloatArray]:
    """True hours of each line in every month of the horizon, [HORIZON]."""
    load: dict[str, FloatArray] = {}
    for item, demand in zip(items, past.truth[:, :, HISTORY:].sum(axis=1), strict=True):
        load[item.family.line] = load.get(item.family.line, np.zeros(HORIZON)) + demand * item.hours
    return load


def capacity_of(items: list[Item], past: Past) -> dict[str, float]:
    """Rated hours a month of each line, rounded to tens."""
    return {line: round(float(h.mean()) / UTILIZATION[line] / 10) * 10.0 for line, h in line_load(items, past).items()}


def surfactant_limit(items: list[Item], past: Past) -> float:
    """What the supplier delivers a month: between a mean month and a winter month, so that it binds in the peak."""
    need = sum(i.surfactant * d for i, d in zip(items, past.truth[:, :, HISTORY:].sum(axis=1), strict=True))
    return float(round(float(np.mean(np.asarray(need))) * 1.05 / 1000) * 1000)


def supply_tables(items: list[Item], size: Size, past: Past) -> dict[str, Rows]:
    """Every table of the supply side, as rows."""
    return {
        "locations": _locations(),
        "resources": _resources(items, past),
        "resource_calendar": iter(
            [
                {
                    "resource": "capsule-line",
                    "date": OVERHAUL,
                    "capacity_hours": round(capacity_of(items, past)["capsule-line"] * OVERHAUL_SHARE),
                    "max_overtime_hours": 0,
                    "reason": "Overhaul of the sealing station",
                }
            ]
        ),
        "routings": _routings(items),
        "bom": (
            {"item": i.code, "component": COMPONENT, "quantity_per": i.surfactant, "scrap_pct": 2}
            for i in items
            if i.surfactant
        ),
        "subcontracting": iter(
            [
                {
                    "item": "Laundry care",
                    "location": "plant-west",
                    "supplier": "copacker",
                    "valid_from": START,
                    "unit_cost": 24.5,
                    "max_qty": 6000,
                    "lead_time_days": 42,
                }
            ]
        ),
        "purchasing": iter(
            [
                {
                    "item": COMPONENT,
                    "supplier": SUPPLIER,
                    "location": "plant-west",
                    "valid_from": START,
                    "unit_cost": 2.1,
                    "lead_time_days": 45,
                    "max_qty": surfactant_limit(items, past),
                }
            ]
        ),
        "lanes": _lanes(size),
        "inventory": _inventory(items, size, past),
        "inventory_policy": iter(
            [
                {"item": "", "location": "dc-north", "service_level_pct": 97, "review_days": 30},
                {"item": "", "location": "dc-south", "review_days": 30},  # its service level is the policy's
                {"item": COMPONENT, "location": "plant-west", "safety_days": 10},
            ]
        ),
        "receipts": _receipts(items, past),
        "production_history": (
            {
                "item": item.code,
                "location": item.family.plant,
                "resource": item.family.line,
                "date": month_start(month - HISTORY),
                "quantity": int(past.production[row, month]),
                "hours": round(float(past.production[row, month]) * item.hours, 2),
            }
            for row, item in enumerate(items)
            for month in range(HISTORY)
            if past.production[row, month] > 0
        ),
        "inventory_history": (
            {
                "item": item.code,
                "location": "dc-north",
                "date": month_start(month - HISTORY + 1) - timedelta(days=1),
                "on_hand": int(past.stock[row, month]),
            }
            for row, item in enumerate(items)
            if item.level > 0
            for month in range(HISTORY - 12, HISTORY)
        ),
    }


def _locations() -> Rows:
    for code, name, kind, region in (
        ("plant-west", "Plant West", "plant", "North"),
        ("plant-east", "Plant East", "plant", "South"),
        ("dc-north", "Warehouse North", "dc", "North"),
        ("dc-south", "Warehouse South", "dc", "South"),
    ):
        yield {"location": code, "name": name, "type": kind, "region": region}


def _resources(items: list[Item], past: Past) -> Rows:
    plants = {item.family.line: item.family.plant for item in items}
    names = {
        "capsule-line": "Capsule line",
        "liquid-filling-1": "Liquid filling 1",
        "liquid-filling-2": "Liquid filling 2",
        "tube-filling": "Tube filling",
        "bottle-line": "Bottle line",
    }
    for line, hours in capacity_of(items, past).items():
        yield {
            "resource": line,
            "location": plants[line],
            "name": names[line],
            "type": "machine",
            "capacity_hours": hours,
            "capacity_per": "bucket",
            "max_overtime_hours": round(hours * 0.08 / 5) * 5,
            "regular_cost_per_hour": 180,
            "overtime_cost_per_hour": 290,
        }
    west = sum(hours for line, hours in line_load(items, past).items() if plants[line] == "plant-west")
    workers = round(float(np.mean(np.asarray(west))) * LABOR_SHARE / 150)
    yield {
        "resource": LABOR,
        "location": "plant-west",
        "name": "Packing crew West",
        "type": "labor",
        "workers": workers,
        "hours_per_worker": 150,
        "max_overtime_hours_per_worker": 15,
        "regular_cost_per_hour": 28,
        "overtime_cost_per_hour": 42,
        "hire_cost": 2400,
        "layoff_cost": 5200,
        "min_workers": max(1, workers - 12),
        "max_workers": workers + 12,
    }


def _routings(items: list[Item]) -> Rows:
    for item in items:
        row = {"item": item.code, "location": item.family.plant, "route": "", "yield_pct": 98.5}
        yield {**row, "resource": item.family.line, "hours_per_unit": item.hours, "variable_cost": _variable(item)}
        if item.family.plant == "plant-west":
            yield {**row, "resource": LABOR, "hours_per_unit": round(item.hours * LABOR_SHARE, 6)}


def _variable(item: Item) -> float:
    """Materials other than surfactant, per case started."""
    return round(item.price * 0.38, 2)


def _lanes(size: Size) -> Rows:
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


def _inventory(items: list[Item], size: Size, past: Past) -> Rows:
    """Last month's closing stock, at the warehouses in proportion to what each serves."""
    north = sum(market.share for market in size.markets if market.warehouse == "dc-north")
    for row, item in enumerate(items):
        if item.level == 0:
            continue
        stock = int(past.stock[row, -1])
        at_north = int(stock * north)
        yield {"item": item.code, "location": "dc-north", "on_hand": at_north}
        yield {"item": item.code, "location": "dc-south", "on_hand": stock - at_north}
    yield {"item": COMPONENT, "location": "plant-west", "on_hand": int(surfactant_limit(items, past) * 0.9)}


def _receipts(items: list[Item], past: Past) -> Rows:
    """Surfactant already ordered for the first two months, which new orders can no longer reach."""
    for number in (0, 1):
        yield {
            "reference": f"PO-{7101 + number}",
            "line": "10",
            "item": COMPONENT,
            "location": "plant-west",
            "due_date": month_start(number).replace(day=6),
            "quantity": surfactant_limit(items, past),
            "type": "purchase",
            "status": "released",
            "supplier": SUPPLIER,
        }
