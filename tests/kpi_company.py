"""A tiny company for KPI tests: saw and axe, two markets, one plant, four closed months; every number by hand."""

from datetime import date, timedelta

from equipoise import compute_plan
from equipoise.core.dataset import DatasetHead
from equipoise.core.snapshot import Snapshot, conformed
from equipoise.core.tables import table

START = date(2027, 5, 1)


def day(month, number=1):
    return date(2027, month, number)


def eve(month):
    """The last day of the month before."""
    return date(2027, month, 1) - timedelta(days=1)


def rows(names, *given):
    """Columns of a table from rows of values in the order of `names`."""
    heads = names.split()
    return {head: [row[number] for row in given] for number, head in enumerate(heads)}


ITEMS = rows("item name family uom", ("saw", "Saw", "tools", "each"), ("axe", "Axe", "tools", "each"))
MARKETS = rows("market name region", ("north", "North", "home"), ("south", "South", "away"))
LOCATIONS = rows("location name type", ("plant", "Plant", "plant"))
FORECAST = rows(
    "item market date quantity",
    *(
        (item, market, day(month), 100)
        for item in ("saw", "axe")
        for market in ("north", "south")
        for month in (5, 6, 7)
    ),
)
ROUTINGS = rows(
    "item location resource hours_per_unit variable_cost",
    ("saw", "plant", "mill", 0.5, 3),
    ("axe", "plant", "mill", 0.25, 3),
)
RESOURCES = rows("resource location name capacity_hours max_overtime_hours", ("mill", "plant", "Mill", 200, 0))
COSTS = rows("item valid_from standard_cost backlog_cost", ("saw", day(1), 4, 9), ("axe", day(1), 8, 9))
PRICES = rows("item valid_from price", ("saw", day(1), 10), ("axe", day(1), 10))
INVENTORY = rows("item location on_hand", ("saw", "plant", 0), ("axe", "plant", 0))

BASE = {
    "items": ITEMS,
    "markets": MARKETS,
    "locations": LOCATIONS,
    "forecast": FORECAST,
    "routings": ROUTINGS,
    "resources": RESOURCES,
    "costs": COSTS,
    "prices": PRICES,
    "inventory": INVENTORY,
}


def company(*, head=None, policy=None, without=(), **tables):
    """The plan of the company with other tables in place of, or beside, its own."""
    given = {name: columns for name, columns in {**BASE, **tables}.items() if name not in without}
    frames = {name: conformed(table(name), columns) for name, columns in given.items()}
    knobs = {"baseline": "imported", "end_condition": "closing_min", "safety_stock": "none", **(policy or {})}
    heads = {"name": "made up", "currency": "EUR", "bucket": "month", "start": START, "horizon": 3, **(head or {})}
    return compute_plan(Snapshot(DatasetHead.of(**heads, policy=knobs), frames))


def history(*given):
    """Table sales_history of item, market, month, ordered and, where a row has five, on time; all was shipped."""
    full = [(*row, None)[:5] for row in given]
    return rows(
        "item market date ordered_qty on_time_qty shipped_qty",
        *((item, market, day(month), ordered, on_time, ordered) for item, market, month, ordered, on_time in full),
    )


def forecasts(*given):
    """Table forecast_archive of made_date, source, item, market, month, quantity."""
    names = "made_date source item market date quantity"
    return rows(
        names, *((made, source, item, market, day(month), units) for made, source, item, market, month, units in given)
    )
