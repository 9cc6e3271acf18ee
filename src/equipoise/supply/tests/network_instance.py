"""A random company of two to three plants, one to two warehouses and two levels of bills, with every limit of stock."""

from datetime import timedelta

import numpy as np

from equipoise.supply.tests.oracle import START, week

FAMILIES = {"a": "f1", "b": "f1", "c": "f2", "semi": "parts", "part": "parts", "by": "others"}
PRODUCTS = ("a", "b", "c")


class Draw:
    """Random numbers of one seed."""

    def __init__(self, seed):
        self.random = np.random.default_rng(seed)

    def number(self, low, high):
        return float(np.round(self.random.uniform(low, high), 2))

    def chance(self, probability):
        return bool(self.random.random() < probability)

    def one_of(self, *values):
        return values[int(self.random.integers(len(values)))]

    def maybe(self, probability, low, high):
        value = self.number(low, high)
        return value if self.chance(probability) else None


def random_network(seed):
    """Tables, knobs, safety stock, and the horizon in weeks."""
    d = Draw(seed)
    horizon = d.one_of(5, 6, 7, 8)
    plants = ("p1", "p2", "p3")[: d.one_of(2, 3)]
    dcs = ("d1", "d2")[: d.one_of(1, 2)]
    places = (*plants, *dcs)
    tables = {
        "items": [
            {
                "item": item,
                "name": item,
                "family": family,
                "uom": "unit",
                "shelf_life_days": d.one_of(7, 14, 21) if d.chance(0.5) else None,
                "unit_volume_m3": d.number(0.2, 2),
            }
            for item, family in FAMILIES.items()
        ],
        "locations": [
            {
                "location": place,
                "name": place,
                "type": "plant" if place in plants else "dc",
                "storage_capacity": d.maybe(0.5, 60, 250),
                "capacity_uom": "m3",
            }
            for place in places
        ],
        "markets": [
            {"market": m, "name": m, "region": "r", "unmet": d.one_of("backlog", "lost")} for m in ("m1", "m2")
        ],
        "costs": [
            {
                "item": item,
                "standard_cost": d.number(15, 30),
                "holding_cost": d.number(0.1, 1.5),
                "backlog_cost": d.number(3, 60),
                "lost_sale_cost": d.number(20, 90),
            }
            for item in FAMILIES
        ],
    }
    tables["forecast"] = _forecast(d, horizon)
    tables["inventory"] = _inventory(d, places)
    tables["inventory_policy"], safety = _policies(d, places)
    tables["resources"], tables["production_history"] = _resources(d, plants, dcs)
    tables["resource_calendar"] = []
    tables["routings"] = _routings(d, plants)
    tables["bom"] = _bills(d)
    tables["purchasing"] = _purchasing(d, plants)
    tables["subcontracting"] = [
        {
            "item": d.one_of("a", "f1", "c"),
            "location": "p2",
            "supplier": "sub",
            "unit_cost": d.number(18, 40),
            "max_qty": d.number(10, 80),
            "min_qty": None,
            "lead_time_days": d.one_of(0, 7),
        }
    ]
    tables["lanes"] = _lanes(d, plants, dcs)
    tables["receipts"] = [
        {"reference": "r", "line": "1", "item": "part", "location": "p2", "due_date": week(1), "quantity": 30}
        | {"type": "purchase", "status": "released"}
    ]
    knobs = {
        "holding_on": d.one_of("closing", "average"),
        "end_condition": d.one_of("target", "closing_min"),
        "lead_time_rounding": d.one_of("nearest", "up"),
    }
    return tables, knobs, safety, horizon


def _forecast(d, horizon):
    wanted = [(item, market) for item in PRODUCTS for market in ("m1", "m2")] + [("by", "m1")]
    return [
        {"item": item, "market": market, "date": week(t), "quantity": d.number(0, 90)}
        for item, market in wanted
        for t in range(horizon)
    ]


def _inventory(d, places):
    rows = []
    for item in FAMILIES:
        for place in places:
            if d.chance(0.6) or item == "part":
                for lot in ("x", "y")[: d.one_of(1, 2)]:
                    days = int(d.random.integers(-4, 30))
                    row = {"item": item, "location": place, "lot": lot, "on_hand": d.number(20, 120)}
                    row |= {"blocked": d.number(0, 10)}
                    rows.append(row | {"expiry_date": START + timedelta(days=days) if d.chance(0.3) else None})
    return rows


def _policies(d, places):
    rows, safety = [], {}
    for item in FAMILIES:
        for place in places:
            if d.chance(0.35):
                most = d.maybe(0.7, 30, 120)
                rows.append({"item": item, "location": place, "shortfall_cost": d.number(0.5, 4), "max_qty": most})
                safety[item, place] = d.number(0, 40)
    return rows, safety


def _resources(d, plants, dcs):
    rows, history = [], []
    for plant in plants:
        name = f"line {plant}"
        rows.append(
            {
                "resource": name,
                "location": plant,
                "name": "line",
                "capacity_hours": d.number(40, 160),
                "utilization_pct": d.number(70, 100),
                "efficiency_pct": d.number(80, 115),
                "max_overtime_hours": d.maybe(0.7, 0, 40),
                "regular_cost_per_hour": d.maybe(0.5, 0, 5),
                "overtime_cost_per_hour": d.number(5, 12),
                "extra_shift_hours": d.maybe(0.6, 10, 50),
                "extra_shift_cost": d.number(30, 300),
                "rate_up_cost": d.maybe(0.5, 0.2, 4),
                "rate_down_cost": d.maybe(0.5, 0.2, 4),
            }
        )
        if d.chance(0.5):
            row = {"item": "a", "location": plant, "resource": name, "date": week(-1), "quantity": 10}
            history.append(row | {"hours": d.number(20, 90)})
    rows.append(
        {
            "resource": "crew",
            "location": "p1",
            "name": "crew",
            "workers": d.one_of(2, 4, 6),
            "hours_per_worker": 40,
            "max_overtime_hours_per_worker": d.number(0, 10),
            "regular_cost_per_hour": d.number(2, 5),
            "overtime_cost_per_hour": d.number(5, 9),
            "hire_cost": d.number(50, 300),
            "layoff_cost": d.number(50, 300),
            "min_workers": 1,
            "max_workers": None,
            "capacity_hours": d.maybe(0.5, 150, 350),
            "extra_shift_hours": d.maybe(0.5, 10, 40),
            "extra_shift_cost": d.number(30, 200),
            "rate_up_cost": d.maybe(0.4, 0.2, 2),
        }
    )
    if d.chance(0.6):
        rows.append(
            {
                "resource": "room",
                "location": dcs[-1],
                "name": "room",
                "type": "storage",
                "units": d.number(60, 200),
                "regular_cost_per_hour": d.number(0, 0.3),
                "max_overtime_hours": 40,
                "overtime_cost_per_hour": d.number(1, 3),
            }
        )
    return rows, history


def _routings(d, plants):
    rows = []
    for item in (*PRODUCTS, "semi"):
        for plant in plants:
            if plant == "p1" or (item != "semi" and d.chance(0.7)):
                shared = {
                    "item": item,
                    "location": plant,
                    "variable_cost": d.number(2, 9),
                    "yield_pct": d.number(75, 100),
                    "lead_time_days": d.one_of(0, 0, 3, 7),
                }
                rows.append(shared | {"resource": f"line {plant}", "hours_per_unit": d.number(0.3, 1)})
                if plant == "p1" and d.chance(0.6):
                    rows.append(shared | {"resource": "crew", "hours_per_unit": d.number(0.3, 1)})
    return rows


def _bills(d):
    rows = [{"item": "semi", "component": "part", "quantity_per": d.number(0.5, 2)}]
    for item in PRODUCTS:
        component = d.one_of("semi", "semi", "part")
        rows.append({"item": item, "component": component, "quantity_per": d.number(0.4, 1.2)})
    for item in ("semi", d.one_of(*PRODUCTS)):
        kind = d.one_of("by_product", "co_product")
        rows.append({"item": item, "component": "by", "quantity_per": d.number(0.1, 0.7), "type": kind})
    for row in rows:
        row |= {"scrap_pct": d.number(0, 9), "valid_to": week(3) if d.chance(0.2) else None}
    return rows


def _purchasing(d, plants):
    rows = []
    for item, chance in (("part", 1.0), ("semi", 0.6), ("by", 0.3)):
        for plant in (plant for plant in plants if d.chance(chance)):
            for since in (None, week(2)):
                row = {"item": item, "supplier": "s", "location": plant, "valid_from": since}
                row |= {"unit_cost": d.number(2, 9), "lead_time_days": d.one_of(0, 4, 10)}
                rows.append(row | {"max_qty": d.maybe(0.6, 40, 200)})
    return rows


def _lanes(d, plants, dcs):
    def lane(item, begin, end, *days, most=None):
        row = {"item": item, "from_location": begin, "to": end, "unit_cost": d.number(0, 3), "max_qty": most}
        return row | {"lead_time_days": d.one_of(*days)}

    rows = [lane("", plant, dc, 0, 5, 8) for plant in plants for dc in dcs]
    rows += [lane("semi", "p1", plant, 0, 4) for plant in plants[1:]]
    rows += [lane("", dcs[0], dc, 0, 4, most=d.maybe(0.5, 30, 90)) for dc in dcs[1:]]
    for market in ("m1", "m2"):
        rows += [lane("", dc, market, 0, 0, 7) for dc in dcs]
        rows += [lane("", plant, market, 0, most=d.maybe(0.5, 40, 150)) for plant in plants if d.chance(0.5)]
    return rows
