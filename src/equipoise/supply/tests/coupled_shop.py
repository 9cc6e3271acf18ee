"""A random company whose items compete: two plants make each, on shared lines, from components of some supply."""

from datetime import date

import numpy as np


def coupled_tables(seed, horizon=6, items=8, components=4):
    """Tables of a company of a seed; of its components some are scarce, others are not."""
    random = np.random.default_rng(seed)

    def number(low, high):
        return float(np.round(random.uniform(low, high), 2))

    products = [f"p{number}" for number in range(items)]
    parts = [f"c{number}" for number in range(components)]
    plants, lines = ("east", "west"), ("saw", "press")
    months = [date(2027, month + 1, 1) for month in range(horizon)]
    return {
        "items": [{"item": item, "name": item, "family": "all", "uom": "unit"} for item in (*products, *parts)],
        "locations": [{"location": place, "name": place, "type": "plant"} for place in plants],
        "markets": [
            {"market": "shop", "name": "shop", "region": "r", "unmet": "backlog"},
            {"market": "web", "name": "web", "region": "r", "unmet": "lost"},
        ],
        "forecast": [
            {"item": item, "market": market, "date": month, "quantity": float(random.integers(5, 60))}
            for item in products
            for market in ("shop", "web")
            for month in months
        ],
        "inventory": [{"item": item, "location": "east", "on_hand": float(random.integers(0, 60))} for item in products]
        + [{"item": c, "location": p, "on_hand": float(random.integers(50, 300))} for c in parts for p in plants],
        "costs": [
            {
                "item": item,
                "standard_cost": 10,
                "holding_cost": number(0.1, 0.5),
                "backlog_cost": number(3, 9),
                "lost_sale_cost": number(20, 40),
            }
            for item in products
        ]
        + [{"item": part, "standard_cost": 2, "holding_cost": number(0.01, 0.1)} for part in parts],
        "resources": [
            {
                "resource": f"{line} {plant}",
                "location": plant,
                "name": line,
                "capacity_hours": number(60, 140),
                "max_overtime_hours": 20,
                "regular_cost_per_hour": 2,
                "overtime_cost_per_hour": 5,
            }
            for plant in plants
            for line in lines
        ],
        "routings": [
            {
                "item": item,
                "location": plant,
                "resource": f"{lines[int(random.integers(2))]} {plant}",
                "hours_per_unit": number(0.2, 0.6),
                "variable_cost": number(2, 6),
                "yield_pct": 95,
            }
            for item in products
            for plant in plants
        ],
        "bom": [
            {"item": item, "component": part, "quantity_per": number(0.5, 2)}
            for item in products
            for part in random.choice(parts, 2, replace=False).tolist()
        ],
        "purchasing": [
            {
                "item": part,
                "supplier": "s",
                "location": plant,
                "unit_cost": number(1, 3),
                "lead_time_days": int(random.integers(0, 50)),
                "max_qty": number(60, 500) if random.random() < 0.5 else None,
            }
            for part in parts
            for plant in plants
        ],
        "lanes": [
            {"item": "", "from_location": plant, "to": to, "lead_time_days": 0, "unit_cost": number(0, 2)}
            for plant in plants
            for to in ("shop", "web")
        ],
    }
