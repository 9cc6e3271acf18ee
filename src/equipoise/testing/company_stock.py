"""Where a random company's stock is and goes: lanes, stock on hand and its rules, what is on order, fences."""

from datetime import timedelta

from equipoise.testing.sketch import Row, Sketch


def stock_tables(sketch: Sketch) -> dict[str, list[Row]]:
    """Tables of stock and transport."""
    return {
        "lanes": _lanes(sketch),
        "inventory": _inventory(sketch),
        "inventory_history": _counted(sketch),
        "inventory_policy": _policies(sketch),
        "receipts": _receipts(sketch),
        "fences": _fences(sketch),
    }


def stocked_at(sketch: Sketch, item: str) -> list[str]:
    """Where an item may be in stock: where it is made or used, and products in the warehouses."""
    if item in sketch.products:
        return [*sketch.made_at[item], *sketch.warehouses]
    if item in sketch.assemblies:
        return sorted({plant for user in sketch.products for plant in sketch.made_at[user]} | {sketch.plants[0]})
    return sketch.plants if item in sketch.parts else sketch.plants[:1]


def _lanes(sketch: Sketch) -> list[Row]:
    """Plants to warehouses, warehouses to markets (the home warehouse always), assemblies between plants."""
    draw, rows = sketch.draw("lanes"), list[Row]()
    usual = sketch.days(0)

    def lane(item: str, begin: str, end: str, *days: int) -> Row:
        row: Row = {"item": item, "from_location": begin, "to": end, "unit_cost": draw.number(0.1, 3)}
        row |= {"lead_time_days": draw.one_of(days)}
        if not sketch.has("lanes"):
            return row
        if draw.chance(0.3):
            row |= {"max_qty": draw.whole(150, 500)}
        elif draw.chance(0.2):
            row |= {"max_qty": draw.whole(3, 12), "capacity_uom": "pallet"}
        row |= {"preference": draw.maybe(0.4, 1, 3), "transfer_price": draw.maybe(0.2, 5, 9)}
        if sketch.has("calendars") and draw.chance(0.3):
            row["calendar"] = "works"
        return row

    families = [*sketch.families, *(["by-products"] if sketch.by_products else [])]
    for family in families:
        rows += [lane(family, plant, dc, 0, usual // 3, usual) for plant in sketch.plants for dc in sketch.warehouses]
    for number, market in enumerate(sketch.markets):
        home = number % len(sketch.warehouses)
        for place, dc in enumerate(sketch.warehouses):
            if place == home or draw.chance(0.5):
                rows.append(lane("", dc, market, 0, 0, usual // 4))
        if draw.chance(0.2):
            rows.append(lane(sketch.families[0], sketch.plants[0], market, 0, usual // 2))
    for item in sketch.assemblies:
        rows += [lane(item, sketch.plants[0], plant, 0, usual // 4) for plant in sketch.plants[1:]]
    return rows + (_splits(sketch, rows) if sketch.has("lanes") else [])


def _splits(sketch: Sketch, lanes: list[Row]) -> list[Row]:
    """The first product reaches the first market by fixed shares, where two warehouses serve it."""
    into = [row for row in lanes if row["to"] == sketch.markets[0] and row["item"] == ""]
    parts = (60, 40) if len(into) == 2 else ()
    return [
        {**{name: row[name] for name in ("from_location", "to", "unit_cost")}, "lead_time_days": 0}
        | {"item": sketch.products[0], "share_pct": share}
        for row, share in zip(into, parts, strict=False)
    ]


def _inventory(sketch: Sketch) -> list[Row]:
    draw, rows = sketch.draw("inventory"), list[Row]()
    for item in sketch.items:
        if item == "product-new":
            continue
        for place in stocked_at(sketch, item):
            many = 3.0 if item in sketch.parts else 1.0
            row: Row = {"item": item, "location": place, "on_hand": round(draw.number(0, 150) * many)}
            if draw.chance(0.2):
                row["blocked"] = round(float(str(row["on_hand"])) * 0.1)
            if draw.chance(0.1) and place in sketch.warehouses:
                row["in_transit"] = draw.whole(1, 20)
            if draw.chance(0.85) or item in sketch.parts:
                rows += _lots(sketch, row) if sketch.has("storage") and item in sketch.products else [row]
    return rows


def _lots(sketch: Sketch, row: Row) -> list[Row]:
    """The stock in two lots, the second with a last day."""
    draw = sketch.draw(f"lots {row['item']} {row['location']}")
    half = int(float(str(row["on_hand"])) / 2)
    last = sketch.as_of + timedelta(days=draw.whole(1, 4 * sketch.days(0)))
    second: Row = {"item": row["item"], "location": row["location"], "lot": "B", "on_hand": half, "expiry_date": last}
    return [row | {"lot": "A", "on_hand": float(str(row["on_hand"])) - half}, second]


def _counted(sketch: Sketch) -> list[Row]:
    """Stock at the end of closed buckets."""
    draw = sketch.draw("counted")
    return [
        {"item": item, "location": sketch.warehouses[0], "date": sketch.calendar.end_of(bucket)}
        | {"on_hand": draw.whole(20, 150)}
        for item in sketch.products
        if item != "product-new"
        for bucket in range(sketch.history_end - 4, sketch.history_end)
    ]


def _policies(sketch: Sketch) -> list[Row]:
    """Rules of stock for some items and places; limits that may bind."""
    if not sketch.has("policies"):
        return []
    draw, rows = sketch.draw("policies"), list[Row]()
    for item in sketch.items:
        for place in stocked_at(sketch, item):
            if draw.chance(0.5):
                continue
            row: Row = {"item": item, "location": place}
            kind = draw.one_of(("safety_stock_qty", "safety_days", "fill_rate_pct", "service_level_pct"))
            row[kind] = {
                "safety_stock_qty": draw.whole(0, 40),
                "safety_days": draw.whole(1, sketch.days(0)),
                "fill_rate_pct": draw.whole(85, 99),
                "service_level_pct": draw.whole(80, 99),
            }[kind]
            row |= {"shortfall_cost": draw.number(0.5, 4), "review_days": draw.maybe(0.3, 1, 14)}
            if sketch.has("storage"):
                row |= {"max_qty": draw.maybe(0.3, 60, 200), "max_days": draw.maybe(0.2, 40, 90)}
            if item in sketch.products and draw.chance(0.2):
                row["closing_min_qty"] = draw.whole(0, 10)
            if item != "product-new":
                rows.append(row)
    return rows


def _receipts(sketch: Sketch) -> list[Row]:
    """What is under way: bought, made and moved; planned, firm, released, in transit; overdue, and already received."""
    if not sketch.has("receipts"):
        return []
    draw, begin = sketch.draw("receipts"), sketch.as_of
    usual = sketch.days(0)
    product, plant = sketch.products[0], sketch.plants[0]
    made: Row = {"item": product, "location": plant, "type": "production"}
    moved: Row = {"item": product, "location": sketch.warehouses[0], "from": plant, "type": "transfer"}
    rows: list[Row] = [
        made | {"status": "firm", "quantity": 12, "due_date": begin + timedelta(days=2)},
        made | {"status": "planned", "quantity": 30, "due_date": begin + timedelta(days=usual + 1)},
        made
        | {"status": "released", "quantity": 5, "due_date": begin + timedelta(days=usual), "components_issued": 1}
        | {"hours_remaining": draw.maybe(0.5, 1, 4)},
        moved | {"status": "in_transit", "quantity": 8, "due_date": begin + timedelta(days=3), "ship_date": begin},
        moved | {"status": "firm", "quantity": 4, "due_date": begin + timedelta(days=usual + 2)},
    ]
    for part in sketch.parts:
        bought: Row = {"item": part, "location": plant, "type": "purchase", "supplier": "supplier-1"}
        bought["ordered_date"] = begin - timedelta(days=usual)
        rows += [
            bought | {"status": "released", "quantity": 30, "due_date": begin + timedelta(days=draw.whole(1, usual))},
            bought | {"status": "firm", "quantity": 20, "due_date": begin - timedelta(days=draw.whole(1, 5))},
            bought | {"status": "released", "quantity": 0, "due_date": begin, "received_date": begin},
        ]
    return [row | {"reference": f"R-{number}", "line": "1"} for number, row in enumerate(rows, start=1)]


def _fences(sketch: Sketch) -> list[Row]:
    if not sketch.has("fences"):
        return []
    usual = sketch.days(0)
    row: Row = {"demand_days": usual // 2, "planning_days": usual}
    return [row | {"item": sketch.family(sketch.products[-1]), "location": sketch.plants[0]}]
