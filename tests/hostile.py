"""Companies that nobody would wish for: a random one whose tables are spoiled, each row within the import contract.

Numbers become nothing, blank, tiny or huge, within what their columns allow; tables lose rows, or all; lanes lead round
in a circle; lines have no hours; whole numbers are asked for. A spoiled row is a row that a file might hold.
"""

import dataclasses

from equipoise.core.tables import table
from equipoise.testing import CompanySize, random_company
from equipoise.testing.sketch import Draw

SMALL = CompanySize(plants=2, warehouses=1, markets=2, products=2, levels=2, horizon=4)
MOST = {"quantity": 1e7, "hours": 1e5, "money": 1e4, "percent": 1e3, "number": 1e3, "days": 2000.0, "flag": 1.0}
"""The largest number drawn of each type."""
HIGH = {"quantity_per": 100.0, "hours_per_worker": 1000.0, "units": 100.0, "hours_per_unit": 1000.0}
"""What multiplies along a chain: else sums come to more than the grid holds exactly, which is refused in words."""
LOW = {"yield_pct": 1.0, "factor": 0.01, "utilization_pct": 1.0, "efficiency_pct": 1.0}
"""Of what other numbers are divided by: a step of the grid over a yield of a millionth of one per cent is 100 units."""
KEPT = {"items", "markets", "forecast", "sales_history"}
"""Tables of which no row is lost."""
KNOBS = {
    "lots": ("average", "whole"),
    "workforce": ("continuous", "integer"),
    "unmet_demand": ("backlog", "lost"),
    "closing_backlog": (True, False),
    "holding_on": ("closing", "average"),
    "end_condition": ("target", "closing_min"),
    "capacity": ("rated", "demonstrated"),
    "lead_time_rounding": ("nearest", "up"),
}


def hostile_company(seed):
    """The company of a seed, spoiled; the same whenever it is asked for."""
    draw = Draw(seed, "hostile")
    company = random_company(seed, size=SMALL)
    tables = {name: list(rows) for name, rows in company.tables.items()}
    rate = draw.one_of((0.02, 0.1, 0.4))
    for name, rows in tables.items():
        if name not in KEPT and draw.chance(0.08):
            tables[name] = []
        elif name not in KEPT and draw.chance(0.1):
            tables[name] = [row for row in rows if draw.chance(0.6)]
        tables[name] = [spoiled(draw, name, row, rate) for row in tables[name]]
    if draw.chance(0.4):
        tables["lanes"] = [*tables.get("lanes", ()), *_back(tables.get("lanes", ()), draw)]
    if draw.chance(0.2):
        for row in tables.get("resources", ()):
            row["capacity_hours"] = 0.0
    policy = {knob: draw.one_of(values) for knob, values in KNOBS.items() if draw.chance(0.6)}
    head = {**company.head, "policy": {**company.head.get("policy", {}), "baseline": "imported", **policy}}
    rows = {name: tuple(rows) for name, rows in tables.items() if rows or name in KEPT}
    return dataclasses.replace(company, head=head, tables=rows)


def spoiled(draw, name, row, rate):
    """The row with some of its numbers changed."""
    found = dict(row)
    for column in table(name).columns:
        if not column.type.is_number or column.is_key or not draw.chance(rate):
            continue
        low = column.minimum if column.minimum is not None else -MOST[column.type.value]
        low = max(low, LOW.get(column.name, low))
        high = min(HIGH.get(column.name, MOST[column.type.value]), column.maximum or float("inf"))
        choices = [low, high, draw.number(max(low, 0.0), max(min(high, 50.0), low, 0.0)), max(low, 1e-6)]
        if not column.required:
            choices.append(None)
        found[column.name] = draw.one_of(choices)
    return found


def _back(lanes, draw):
    """Lanes that lead back where others come from: goods may go round in a circle, at no cost and in no time."""
    ends = {(row["from_location"], row["to"]) for row in lanes}
    places = {row["from_location"] for row in lanes}
    return [
        {"item": row.get("item", ""), "from_location": row["to"], "to": row["from_location"]}
        | {"lead_time_days": 0.0, "unit_cost": 0.0}
        | ({"lot_multiple": draw.number(1, 90)} if draw.chance(0.5) else {})
        for row in lanes
        if row["to"] in places and (row["to"], row["from_location"]) not in ends
    ]
