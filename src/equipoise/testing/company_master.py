"""Master data of a random company: items, units, locations, markets, calendars."""

from datetime import timedelta

from equipoise.testing.sketch import HOME, Row, Sketch

SIDES = ("North", "South")
LITERS = {"product": 4.0, "assembly": 2.0, "part": 0.5, "by": 1.0}
"""Liters in a base unit, by kind of item."""
PER_CASE = 12.0
"""Units in a case."""


def master_tables(sketch: Sketch) -> dict[str, list[Row]]:
    """Tables that say what there is."""
    return {
        "items": _items(sketch),
        "uoms": _uoms(sketch),
        "locations": _locations(sketch),
        "markets": _markets(sketch),
        "calendars": _calendars(sketch),
    }


def in_cases(sketch: Sketch) -> str:
    """The product that is counted in cases, the second; blank for none."""
    return sketch.products[1] if sketch.has("uoms") else ""


def ended(sketch: Sketch) -> str:
    """The product that ends within the plan, the second; blank for none."""
    return sketch.products[1] if sketch.has("succession") else ""


def _items(sketch: Sketch) -> list[Row]:
    draw, rows = sketch.draw("items"), list[Row]()
    for item in sketch.items:
        family = sketch.family(item)
        row: Row = {"item": item, "name": item.replace("-", " ").title(), "family": family, "uom": "unit"}
        row |= {"unit_volume_m3": draw.number(0.01, 0.1, 3), "decimals": 0 if draw.chance(0.3) else None}
        if item == in_cases(sketch):
            row["uom"] = "case"
        if sketch.has("levels"):
            row |= {"subfamily": f"{family}-a", "category": "goods" if item in sketch.products else "materials"}
            row |= {"brand": draw.one_of(("Acorn", "Birch")), "lifecycle": "active", "fulfillment": "make_to_stock"}
        if sketch.has("storage") and item in sketch.products and draw.chance(0.5):
            row["shelf_life_days"] = draw.one_of((3, 4)) * max(sketch.days(bucket) for bucket in range(3))
        if item == "product-new":
            row |= {"lifecycle": "launch", "launch_date": sketch.day(1)}
        if item == ended(sketch):
            row |= {"lifecycle": "phase_out", "successor": sketch.products[0]}
            row["end_date"] = sketch.calendar.end_of(sketch.size.horizon // 2)
        rows.append(row)
    return rows


def _uoms(sketch: Sketch) -> list[Row]:
    rows: list[Row] = [{"item": "", "uom": "pallet", "factor": 50}]
    if sketch.has("uoms"):
        case = in_cases(sketch)
        rows += [{"item": case, "uom": "unit", "factor": 1 / PER_CASE}, {"item": case, "uom": "pallet", "factor": 5}]
        for item in sketch.items:
            liters = LITERS[item.partition("-")[0]] * (PER_CASE if item == case else 1.0)
            rows.append({"item": item, "uom": "liter", "factor": 1 / liters})
    return rows


def _locations(sketch: Sketch) -> list[Row]:
    draw, rows = sketch.draw("locations"), list[Row]()
    for number, place in enumerate([*sketch.plants, *sketch.warehouses]):
        row: Row = {"location": place, "name": place, "type": "plant" if place in sketch.plants else "dc"}
        row |= {"region": SIDES[number % 2], "company": "C1", "currency": HOME}
        if sketch.has("calendars") and draw.chance(0.7):
            row["calendar"] = "works"
        if sketch.has("storage") and place in sketch.warehouses and draw.chance(0.6):
            row |= {"storage_capacity": draw.whole(3, 30), "capacity_uom": draw.one_of(("pallet", "m3"))}
        rows.append(row)
    return rows


def _markets(sketch: Sketch) -> list[Row]:
    draw, rows = sketch.draw("markets"), list[Row]()
    for number, market in enumerate(sketch.markets):
        side = SIDES[number % 2]
        row: Row = {"market": market, "name": market, "region": side}
        if sketch.has("levels"):
            row |= {"channel": f"{side}-retail", "customer": f"customer-{side}-{number // 4}"}
        if draw.chance(0.5):
            row["priority"] = draw.whole(1, 3)
        if sketch.has("lost_sales"):
            row["unmet"] = draw.one_of(("backlog", "lost"))
        rows.append(row)
    return rows


def _calendars(sketch: Sketch) -> list[Row]:
    """Days off, at most two a bucket; a Saturday that is worked."""
    if not sketch.has("calendars"):
        return []
    draw, rows = sketch.draw("calendars"), list[Row]()
    for bucket in range(sketch.size.horizon + 6):
        first = sketch.day(bucket)
        monday = first + timedelta(days=(7 - first.weekday()) % 7)
        for day in range(draw.whole(0, 2)):
            rows.append({"calendar": "works", "date": monday + timedelta(days=day), "working": 0, "note": "closed"})
        if draw.chance(0.3) and monday + timedelta(days=5) <= sketch.calendar.end_of(bucket):
            rows.append({"calendar": "works", "date": monday + timedelta(days=5), "working": 1})
    return rows
