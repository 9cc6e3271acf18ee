"""A company told another way: transformations that may not change its plan. Shared by the tests of the invariances.

Rows of a table are asked for, and told, as its declaration says; what a transformation leaves out is named in it.
"""

import dataclasses
from datetime import date

import polars as pl

from equipoise.core.measure import Grain
from equipoise.core.tables import table


def told_otherwise(snapshot, head=None, **tables):
    """The snapshot with other tables, and with other entries of its head."""
    return dataclasses.replace(
        snapshot,
        head=dataclasses.replace(snapshot.head, **(head or {})),
        tables={**snapshot.tables, **tables},
    )


def with_rows(frame, rows):
    """The frame and more rows; their columns that are not named are blank."""
    blank = [
        pl.lit("" if kind == pl.String else None, dtype=kind).alias(name)
        for name, kind in frame.schema.items()
        if name not in rows.columns
    ]
    return pl.concat([frame, rows.with_columns(blank).select(frame.columns)])


def with_row(frame, **values):
    """The frame and one more row; columns that are not named are blank."""
    blank = {name: "" if kind == pl.String else None for name, kind in frame.schema.items()}
    return pl.concat([frame, pl.DataFrame([{**blank, **values}], schema=frame.schema)])


def cheaper_at(snapshot, places, less=1 / 18):
    """Stock a little cheaper to hold at some places.

    Where it stands is then no matter of chance, nor whether a lane is paid in the last bucket or in the first beyond.
    """
    costs = snapshot.table("costs")
    own = [
        costs.filter(pl.col("location") == "").select(
            "item",
            pl.col("holding_rate_pct") * (1 - less),
            pl.col("holding_cost") * (1 - less),
            location=pl.lit(place),
        )
        for place in places
    ]
    return told_otherwise(snapshot, costs=with_rows(costs, pl.concat(own)))


def gone_as_planned(snapshot, plan, day, behind):
    """The company inside its first bucket, the part `behind` of what `plan` has for it shipped, made and received.

    What is due by `day` has arrived. No lane or route takes a whole bucket, nothing comes out beside, no order under
    way is production.
    """
    stock, demand = plan.axes.keys[Grain.STOCK].frame, plan.axes.keys[Grain.DEMAND].frame

    def first(name, keys, *columns):
        rows = plan.measure(name).keys.frame.with_columns(moved=pl.Series(plan.measure(name).values[:, 0]))
        parts = rows.group_by(columns, maintain_order=True).agg(pl.col("moved").sum() * behind)
        return keys.join(parts, left_on=keys.columns, right_on=columns, how="left", maintain_order="left")[
            "moved"
        ].fill_null(0.0)

    receipts = snapshot.table("receipts")
    arrives = (pl.col("due_date") <= day) & pl.col("received_date").is_null()
    arrived = (
        receipts.filter(arrives)
        .group_by("item", "location", maintain_order=True)
        .agg(received=pl.col("quantity").sum())
    )
    moving = (
        snapshot.table("inventory")
        .group_by("item", "location", maintain_order=True)
        .agg(pl.col("in_transit").fill_null(0.0).sum())
    )
    start = plan.measure("inventory_start_qty").values[:, 0]
    inventory = stock.with_columns(
        on_hand=pl.Series(start)
        + first("production_qty", stock, "item", "location")
        + first("subcontract_qty", stock, "item", "location")
        + first("purchase_qty", stock, "item", "location")
        + first("arrival_qty", stock, "item", "to")
        - first("shipment_qty", stock, "item", "from")
        - first("component_use_qty", stock, "item", "location")
    )
    for frame in (arrived, moving):
        inventory = inventory.join(frame, on=["item", "location"], how="left", maintain_order="left")
    inventory = inventory.with_columns(on_hand=pl.col("on_hand") + pl.col("received").fill_null(0.0))
    made = stock.with_columns(quantity=first("production_qty", stock, "item", "location"), date=pl.lit(day))
    shipped = demand.with_columns(shipped_qty=first("demand_served_qty", demand, "item", "market"), date=pl.lit(day))
    orders = snapshot.table("open_orders")
    is_now = pl.col("requested_date") < snapshot.head.calendar.start_of(1)
    crew = plan.measure("workforce_count")
    people = [float(crew.values[crew.keys.rows[code,], 0]) for code in snapshot.table("resources")["resource"]]
    return told_otherwise(
        snapshot,
        {"as_of": day, "history_to": snapshot.head.history_to},
        inventory=with_rows(snapshot.table("inventory").clear(), inventory.drop("received")),
        receipts=receipts.with_columns(
            received_date=pl.when(arrives).then(pl.col("due_date")).otherwise(pl.col("received_date"))
        ),
        production_history=with_rows(snapshot.table("production_history"), made.filter(pl.col("quantity") > 0)),
        sales_history=with_rows(snapshot.table("sales_history"), shipped.filter(pl.col("shipped_qty") > 0)),
        open_orders=orders.with_columns(quantity=pl.col("quantity") * pl.when(is_now).then(1 - behind).otherwise(1.0)),
        resources=snapshot.table("resources").with_columns(
            workers=pl.when(pl.col("workers").is_not_null()).then(pl.Series(people)).otherwise(None)
        ),
    )


def with_order(snapshot, item, market, day, quantity):
    """One more open order."""
    row = {"order": "SO-NEW", "line": "10", "item": item, "market": market, "requested_date": day}
    return told_otherwise(snapshot, open_orders=with_row(snapshot.table("open_orders"), **row, quantity=quantity))


def due_and_received(snapshot, reference, due, *, as_of, is_kept):
    """A purchase order still due on a day of its bucket, and received by as_of: its line closed, or gone."""
    receipts, inventory = snapshot.table("receipts"), snapshot.table("inventory")
    is_meant = pl.col("reference") == reference
    order = receipts.filter(is_meant).row(0, named=True)
    is_there = (pl.col("item") == order["item"]) & (pl.col("location") == order["location"])
    assert inventory.filter(is_there).height == 1, "the order's item has one row of stock"
    arrived = pl.when(is_meant).then(pl.lit(as_of)).otherwise(pl.col("received_date")).alias("received_date")
    received = told_otherwise(
        snapshot,
        {"as_of": as_of},
        receipts=receipts.with_columns(arrived) if is_kept else receipts.filter(~is_meant),
        inventory=inventory.with_columns(
            on_hand=pl.col("on_hand") + pl.when(is_there).then(order["quantity"]).otherwise(0.0)
        ),
    )
    still_due = told_otherwise(
        snapshot,
        {"as_of": as_of},
        receipts=receipts.with_columns(due_date=pl.when(is_meant).then(pl.lit(due)).otherwise(pl.col("due_date"))),
    )
    return still_due, received, order


QUANTITIES = {
    "sales_history": ("ordered_qty", "on_time_qty", "shipped_qty", "booked_qty", "returned_qty"),
    "forecast": ("quantity",),
    "open_orders": ("quantity",),
    "forecast_archive": ("quantity",),
    "plan_archive": ("quantity",),
    "inventory": ("on_hand", "blocked", "in_transit"),
    "inventory_history": ("on_hand",),
    "inventory_policy": ("safety_stock_qty", "max_qty", "lot_size", "min_lot", "closing_min_qty"),
    "production_history": ("quantity",),
    "receipts": ("quantity",),
    "planning_bills": ("share_pct",),
    "routings": ("min_lot", "lot_multiple"),
    "purchasing": ("max_qty", "min_lot", "lot_multiple"),
}
"""Columns that count units of the row's item."""
PER_UNIT = {
    "routings": ("hours_per_unit", "variable_cost"),
    "bom": ("quantity_per",),
    "prices": ("price",),
    "costs": ("standard_cost", "holding_cost", "backlog_cost", "lost_sale_cost"),
    "inventory_policy": ("shortfall_cost",),
    "purchasing": ("unit_cost",),
    "open_orders": ("price",),
    "items": ("unit_volume_m3", "unit_weight_kg"),
}
"""Columns that are so much for a unit of it."""
INHERITED = {"lanes": ("unit_cost", "transfer_price"), "service_costs": ("backlog_cost", "lost_sale_cost")}
"""Rates for a unit that stand at nodes above items: the item gets rows of its own."""


def counted_in(snapshot, item, factor, unit):
    """An item counted in another base unit, `factor` to each of the old one: quantities times it, rates by it.

    Limits that count several items together are left out: lanes and subcontracting say them in units.
    """
    mine = pl.col("item") == item

    def scaled(frame, by, columns):
        return frame.with_columns(
            pl.when(mine).then(pl.col(name) * by).otherwise(pl.col(name)).alias(name)
            for name in columns
            if name in frame.columns
        )

    tables = {}
    for name in {*QUANTITIES, *PER_UNIT}:
        frame = scaled(snapshot.table(name), factor, QUANTITIES.get(name, ()))
        tables[name] = scaled(frame, 1 / factor, PER_UNIT.get(name, ()))
    # What goes into other items is counted per unit of the other.
    used = pl.col("component") == item
    tables["bom"] = tables["bom"].with_columns(
        pl.when(used).then(pl.col("quantity_per") * factor).otherwise(pl.col("quantity_per")).alias("quantity_per")
    )
    (row,) = snapshot.table("items").filter(mine).iter_rows(named=True)
    above = {"", row["family"], row["subfamily"], row["category"]}
    for name, columns in INHERITED.items():
        frame = snapshot.table(name)
        own = frame.filter(pl.col("item").is_in(sorted(above | {item})))
        others = [key for key in table(name).keys if key != "item"]
        depth = own.group_by(others).agg(pl.col("item").n_unique())["item"].max()
        assert (depth or 0) <= 1, f"rows of {name} stand at several nodes above {item}"
        own = own.with_columns(pl.col(name) / factor for name in columns).with_columns(item=pl.lit(item))
        tables[name] = pl.concat([frame.filter(~mine), own])
    uoms = snapshot.table("uoms")
    nodes = uoms.filter(pl.col("item").is_in(sorted(above)) & (pl.col("uom") != unit))
    own = pl.concat([uoms.filter(mine), nodes]).unique("uom", keep="first", maintain_order=True)
    own = own.with_columns(item=pl.lit(item), factor=pl.col("factor") * factor)
    uoms = pl.concat([uoms.filter(~mine), own.filter(pl.col("uom") != row["uom"])])
    tables["uoms"] = with_row(uoms, item=item, uom=row["uom"], factor=factor)
    tables["items"] = tables["items"].with_columns(uom=pl.when(mine).then(pl.lit(unit)).otherwise(pl.col("uom")))
    return told_otherwise(snapshot, **tables)


def in_fractions(snapshot, item):
    """The company with fractions of an item allowed, so that its safety stock is not rounded to whole ones."""
    whole = pl.when(pl.col("item") == item).then(None).otherwise(pl.col("decimals")).alias("decimals")
    return told_otherwise(snapshot, items=snapshot.table("items").with_columns(whole))


def budgeted_by_year(snapshot, begin, end):
    """The budget between two days as one row for each node."""
    budget = snapshot.table("budget")
    inside = pl.col("date").is_between(begin, end)
    year = (
        budget.filter(inside)
        .group_by("version", "item", "market", maintain_order=True)
        .agg(pl.col("quantity", "revenue_amount", "margin_amount").sum())
        .with_columns(date=pl.lit(begin), period=pl.lit("year"))
    )
    return told_otherwise(snapshot, budget=with_rows(budget.filter(~inside), year))


def imported_by_month(snapshot, plan, **head):
    """The company with the demand of its plan imported by month; its fiscal year is the calendar year."""
    demand, calendar = plan.measure("demand_consensus_qty"), plan.axes.calendar
    rows = [
        demand.keys.frame.with_columns(
            date=pl.lit(calendar.start_of(bucket)), quantity=pl.Series(demand.values[:, bucket])
        )
        for bucket in range(calendar.horizon)
    ]
    forecast = with_rows(snapshot.table("forecast").clear(), pl.concat(rows).with_columns(period=pl.lit("month")))
    policy = {**dict(snapshot.head.policy), "baseline": "imported"}
    told = {"fiscal_year_start": "01-01", "policy": tuple(sorted(policy.items())), **head}
    return told_otherwise(snapshot, told, forecast=forecast)


def by_week(snapshot, start: date, horizon: int):
    """The company planned by week."""
    eve = date.fromordinal(start.toordinal() - 1)
    return told_otherwise(
        snapshot, {"bucket": "week", "start": start, "as_of": eve, "history_to": eve, "horizon": horizon}
    )


def unbound(snapshot, *, stocked, without=()):
    """The company with more than it needs of everything: hours, sources, lanes, and of `stocked` items stock.

    Resources named in `without` are not used: of people what is paid would depend on how many there are.
    """

    def free(name, *columns):
        return snapshot.table(name).with_columns(pl.lit(None, dtype=pl.Float64).alias(column) for column in columns)

    resources = snapshot.table("resources")
    is_used = ~pl.col("resource").is_in(list(without))
    return told_otherwise(
        snapshot,
        resources=resources.with_columns(capacity_hours=pl.col("capacity_hours") * 0.0 + 1e7),
        routings=snapshot.table("routings").filter(is_used),
        resource_calendar=snapshot.table("resource_calendar").clear(),
        purchasing=free("purchasing", "max_qty"),
        lanes=free("lanes", "max_qty"),
        inventory=snapshot.table("inventory").with_columns(
            on_hand=pl.when(pl.col("item").is_in(list(stocked))).then(1e7).otherwise(pl.col("on_hand"))
        ),
    )


def over_a_dock(snapshot, begin, end):
    """Lanes without lead time, and the same with those between two places in two hops over a dock without room.

    With room it would help out warehouses that are full.
    """
    lanes = snapshot.table("lanes").with_columns(lead_time_days=pl.lit(0.0))
    straight = told_otherwise(snapshot, lanes=lanes)
    is_split = (pl.col("from_location") == begin) & (pl.col("to") == end)
    first = lanes.filter(is_split).with_columns(to=pl.lit("dock"), unit_cost=pl.col("unit_cost") * 0.4)
    second = lanes.filter(is_split).with_columns(from_location=pl.lit("dock"), unit_cost=pl.col("unit_cost") * 0.6)
    dock = {"location": "dock", "name": "Dock", "type": "dc", "storage_capacity": 0.0, "capacity_uom": "pallet"}
    (place,) = snapshot.table("locations").filter(pl.col("location") == end).iter_rows(named=True)
    dock |= {"region": place["region"], "company": place["company"]}
    hops = told_otherwise(
        snapshot,
        lanes=pl.concat([lanes.filter(~is_split), first, second]),
        locations=with_row(snapshot.table("locations"), **dock),
    )
    return straight, hops
