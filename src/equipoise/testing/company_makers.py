"""Who makes a random company's items: lines and crews, routes, bills of material, subcontractors, suppliers."""

from equipoise.testing.sketch import Row, Sketch

AT_THE_SUPPLIERS = 0.2
"""Part of a purchase limit that a second supplier gives."""


def maker_tables(sketch: Sketch) -> dict[str, list[Row]]:
    """Tables of production and purchase."""
    return {
        "resources": [*_lines(sketch), *_crews(sketch), *_rooms(sketch)],
        "resource_calendar": _stated_hours(sketch),
        "routings": _routings(sketch),
        "bom": _bills(sketch),
        "subcontracting": _subcontracting(sketch),
        "purchasing": _purchasing(sketch),
        "production_history": _made(sketch),
    }


def _lines(sketch: Sketch) -> list[Row]:
    """A line in each plant, with hours for about what is asked of it."""
    draw, rows = sketch.draw("lines"), list[Row]()
    for plant in sketch.plants:
        need = max(40.0, sum(sketch.wanted.values()) * 1.2 / len(sketch.plants))
        hours = round(need * draw.number(0.5, 1.3))
        row: Row = {"resource": f"line-{plant}", "location": plant, "name": f"Line of {plant}", "type": "machine"}
        row |= {"capacity_hours": hours, "overtime_cost_per_hour": draw.number(5, 12)}
        row |= {"max_overtime_hours": draw.maybe(0.7, 0, 0.3 * hours), "regular_cost_per_hour": draw.maybe(0.5, 1, 5)}
        if draw.chance(0.5):
            row |= {"utilization_pct": draw.whole(80, 100), "efficiency_pct": draw.whole(85, 110)}
        if sketch.has("calendars"):
            row["calendar"] = "works"
            kind = draw.one_of(("bucket", "working_day", "week", "shifts"))
            days = sketch.days(0) * 5 / 7
            if kind == "working_day":
                row |= {"capacity_hours": round(hours / days, 1), "capacity_per": kind}
            elif kind == "week":
                row |= {"capacity_hours": round(hours * 7 / sketch.days(0), 1), "capacity_per": kind}
            elif kind == "shifts":
                row |= {"capacity_hours": None, "units": max(1, round(hours / days / 16)), "shifts_per_day": 2}
                row["hours_per_shift"] = 8
        if sketch.has("shifts"):
            row |= {"extra_shift_hours": draw.maybe(0.6, 5, 0.3 * hours), "extra_shift_cost": draw.number(30, 300)}
            row |= {"rate_up_cost": draw.maybe(0.5, 0.2, 4), "rate_down_cost": draw.maybe(0.5, 0.2, 4)}
        rows.append(row)
    return rows


def _crews(sketch: Sketch) -> list[Row]:
    if not sketch.has("crews"):
        return []
    draw = sketch.draw("crews")
    hours = 40 if sketch.bucket == "week" else 160
    row: Row = {"resource": "crew", "location": sketch.plants[0], "name": "Packing crew", "type": "labor"}
    row |= {"workers": draw.whole(1, 8), "hours_per_worker": hours, "min_workers": draw.one_of((None, 1))}
    row |= {"max_workers": draw.one_of((None, 9, 12)), "max_overtime_hours_per_worker": draw.maybe(0.7, 0, hours / 5)}
    row |= {"regular_cost_per_hour": draw.number(2, 5), "overtime_cost_per_hour": draw.number(5, 9)}
    row |= {"hire_cost": draw.number(50, 300), "layoff_cost": draw.number(50, 300)}
    row |= {"hire_lead_days": draw.one_of((None, 0, sketch.days(0)))}
    return [row]


def _rooms(sketch: Sketch) -> list[Row]:
    """Rented room in the last warehouse, in its unit of capacity."""
    draw = sketch.draw("rooms")
    if not sketch.has("storage") or draw.chance(0.5):
        return []
    row: Row = {"resource": "room", "location": sketch.warehouses[-1], "name": "Room", "type": "storage"}
    row |= {"units": draw.whole(100, 900), "regular_cost_per_hour": draw.number(0, 0.05), "max_overtime_hours": 40}
    return [row | {"overtime_cost_per_hour": draw.number(0.5, 2)}]


def _stated_hours(sketch: Sketch) -> list[Row]:
    """An overhaul, told in two rows of one bucket."""
    if not sketch.has("calendars"):
        return []
    draw = sketch.draw("stated_hours")
    bucket = draw.whole(1, sketch.size.horizon - 1)
    need = max(20.0, sum(sketch.wanted.values()) / len(sketch.plants))
    row: Row = {"resource": f"line-{sketch.plants[-1]}", "reason": "Overhaul"}
    return [
        row | {"date": sketch.day(bucket), "capacity_hours": round(need * 0.3)},
        row | {"date": sketch.day(bucket, 0.5), "capacity_hours": round(need * 0.2), "max_overtime_hours": 0},
    ]


def _routings(sketch: Sketch) -> list[Row]:
    """A line for everything that is made; at the first plant perhaps a crew beside it, and a second, slower route."""
    draw, rows = sketch.draw("routings"), list[Row]()
    for item, plants in sketch.made_at.items():
        for plant in plants:
            row: Row = {"item": item, "location": plant, "route": "", "resource": f"line-{plant}"}
            way: Row = {"variable_cost": draw.number(2, 9), "yield_pct": draw.one_of((None, 100, 95, 88))}
            way["lead_time_days"] = draw.one_of((None, 0, 0.3, 1.0))
            if way["lead_time_days"]:
                way["lead_time_days"] = int(float(str(way["lead_time_days"])) * sketch.days(0))
            hours = draw.number(0.3, 1.2) * (0.5 if item in sketch.assemblies else 1.0)
            line: Row = {"hours_per_unit": round(hours, 3), "setup_hours": draw.maybe(0.2, 0.5, 2)}
            if line["setup_hours"]:
                line["min_lot"] = 20
            rows.append(row | way | line)
            if sketch.has("crews") and plant == sketch.plants[0] and draw.chance(0.6):
                rows.append(row | way | {"resource": "crew", "hours_per_unit": draw.number(0.1, 0.8)})
            if sketch.has("alternates") and draw.chance(0.4):
                second = {"route": "slow", "hours_per_unit": round(hours * 1.3, 3), "preference": 2}
                rows.append(row | {"variable_cost": draw.number(2, 9), "lead_time_days": 0} | second)
    return rows


def _bills(sketch: Sketch) -> list[Row]:
    draw, rows = sketch.draw("bills"), list[Row]()
    for item, components in sketch.recipe.items():
        for component in components:
            row: Row = {"item": item, "component": component, "quantity_per": draw.number(0.4, 2)}
            row["scrap_pct"] = draw.maybe(0.4, 1, 8)
            if draw.chance(0.2):
                # Less of it is needed from the third bucket on.
                later = row | {
                    "valid_from": sketch.day(2),
                    "quantity_per": round(float(str(row["quantity_per"])) / 2, 3),
                }
                row["valid_to"] = sketch.calendar.end_of(1)
                rows.append(later)
            rows.append(row)
    for item in sketch.by_products:
        makes = sketch.assemblies or sketch.products
        row = {"item": draw.one_of(makes), "component": item, "quantity_per": draw.number(0.1, 0.6)}
        rows.append(row | {"type": draw.one_of(("by_product", "co_product")), "scrap_pct": draw.maybe(0.5, 1, 9)})
    return rows


def _subcontracting(sketch: Sketch) -> list[Row]:
    if not sketch.has("subcontractors"):
        return []
    draw = sketch.draw("subcontracting")
    node = draw.one_of((sketch.products[0], sketch.family(sketch.products[0])))
    row: Row = {"item": node, "location": draw.one_of([*sketch.plants, *sketch.warehouses]), "supplier": "co-packer"}
    row |= {"unit_cost": draw.number(18, 40), "max_qty": draw.maybe(0.8, 10, 80), "min_qty": draw.maybe(0.3, 1, 8)}
    return [row | {"lead_time_days": draw.one_of((0, sketch.days(0) // 2, sketch.days(0)))}]


def _purchasing(sketch: Sketch) -> list[Row]:
    """Every part at every plant where it may be used; a by-product that is wanted can be bought too, at a price."""
    draw, rows = sketch.draw("purchasing"), list[Row]()
    need = sum(sketch.wanted.values())
    for item in [*sketch.parts, *sketch.by_products]:
        for plant in sketch.plants if item in sketch.parts else sketch.plants[:1]:
            row: Row = {"item": item, "supplier": "supplier-1", "location": plant, "unit_cost": draw.number(1, 6)}
            row["lead_time_days"] = draw.one_of((0, sketch.days(0) // 3, sketch.days(0)))
            if not sketch.has("suppliers"):
                rows.append(row)
                continue
            row |= {"max_qty": draw.maybe(0.5, 0.5 * need, 2 * need), "lead_time_std_days": draw.maybe(0.5, 1, 4)}
            rows += [row, row | {"valid_from": sketch.day(2), "unit_cost": draw.number(1, 6)}]
            second = {"supplier": "supplier-2", "unit_cost": draw.number(5, 9), "lead_time_days": 0}
            rows.append(row | second | {"max_qty": round(need * AT_THE_SUPPLIERS), "min_lot": 10})
    return rows


def _made(sketch: Sketch) -> list[Row]:
    """What the lines made in closed buckets."""
    draw, rows = sketch.draw("made"), list[Row]()
    for item, plants in sketch.made_at.items():
        for bucket in range(sketch.history_end - 4, sketch.history_end):
            row: Row = {
                "item": item,
                "location": plants[0],
                "resource": f"line-{plants[0]}",
                "date": sketch.day(bucket),
            }
            quantity = draw.whole(30, 150)
            if item != "product-new":
                rows.append(row | {"quantity": quantity, "hours": round(quantity * draw.number(0.5, 0.9), 1)})
    return rows
