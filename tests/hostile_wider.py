"""Companies more hostile yet: any calendar and policy, pairs of tables lost, rows of nodes, days and words spoiled.

What `hostile` does to numbers is done to the rest here: rows of items become rows of their families or of everything,
days move to where no calendar reaches, words become other words of their column or blank, shares of planning bills sum
to anything.
"""

import dataclasses
from datetime import date, timedelta

from equipoise.core.knob import KNOBS
from equipoise.core.table import ColumnType, Inheritance
from equipoise.core.tables import table
from equipoise.testing import CompanySize, random_company
from equipoise.testing.sketch import Draw
from hostile import KEPT, spoiled

BUCKETS = ("month", "month", "week", "4-4-5")
NODES = {
    ColumnType.ITEM_NODE: ("family-1", "parts", "goods", ""),
    ColumnType.MARKET_NODE: ("North", "South", "South-retail", ""),
    ColumnType.LOCATION_NODE: ("North", "South", "C1", ""),
}
"""Nodes above the leaves, of random companies."""
FARTHEST = (date(1900, 1, 1), date(2199, 12, 31))


def wider_company(seed):
    """The company of a seed; the same whenever it is asked for."""
    draw = Draw(seed, "wider")
    size = CompanySize(plants=2, warehouses=draw.whole(1, 2), markets=2, products=2, levels=draw.whole(1, 3), horizon=5)
    company = random_company(seed, size=size, bucket=draw.one_of(BUCKETS))
    rate = draw.one_of((0.0, 0.01, 0.05, 0.3))
    tables = {name: list(rows) for name, rows in company.tables.items()}
    if draw.chance(0.5):
        tables["planning_bills"] = _planning_bills(draw, company)
    for name in _lost(draw, tables):
        del tables[name]
    start = company.head["start"]
    rows = {}
    for name, given in tables.items():
        found = [_other(draw, name, spoiled(draw, name, row, rate), rate, start) for row in given]
        rows[name] = tuple(found if table(name).inheritance is Inheritance.HISTORY else _once(name, found))
    rules = {**company.head.get("policy", {}), **policy(draw)}
    head = {**company.head, "horizon": draw.whole(1, 5), "policy": rules}
    kept = {name: found for name, found in rows.items() if found or name in KEPT}
    return dataclasses.replace(company, head=head, tables=kept)


def policy(draw):
    """A value of about a third of all knobs; most baselines are imported, since a forecast takes long."""
    found = {knob.name: knob_value(draw, knob) for knob in KNOBS if draw.chance(0.35)}
    return {**found, "baseline": draw.one_of(("imported", "imported", "statistical"))}


def knob_value(draw, knob):
    """Any value that a knob may have."""
    if knob.choices:
        return draw.one_of(knob.choices)
    if isinstance(knob.default, bool):
        return draw.chance(0.5)
    if isinstance(knob.default, str):
        return draw.one_of(("AOP", "RF1", "none such"))
    return draw.one_of((knob.minimum, knob.maximum, draw.number(knob.minimum, knob.maximum)))


def _lost(draw, tables):
    """None, one or two of the tables that a dataset can do without."""
    names = sorted(set(tables) - KEPT)
    return {draw.one_of(names) for _ in range(draw.whole(0, 2))} if draw.chance(0.6) else set()


def _planning_bills(draw, company):
    """A bill of a family, and one of a model that is an item; shares in sum below, at or far beyond 100 %."""
    items = [row["item"] for row in company.tables["items"]]
    parents = ["family-1", draw.one_of(items)]
    found = [
        {"parent": parent, "item": item, "market": draw.one_of(("", "North", "market-1"))}
        | {"share_pct": draw.one_of((0.0, 40.0, 100.0, 250.0, 1e4))}
        for parent in parents
        for item in items
        if draw.chance(0.6)
    ]
    return list(_once("planning_bills", found))


def _other(draw, name, row, rate, start):
    """The row with some of its nodes, days and words changed."""
    found = dict(row)
    for column in table(name).columns:
        if column.type in NODES and draw.chance(rate / 2):
            found[column.name] = draw.one_of(NODES[column.type])
        elif column.type is ColumnType.DATE and found.get(column.name) and draw.chance(rate / 2):
            far = start + timedelta(days=draw.whole(-900, 900))
            found[column.name] = draw.one_of((far, *FARTHEST))
        elif column.choices and draw.chance(rate / 2):
            found[column.name] = draw.one_of((*column.choices, *([] if column.required else [None])))
        elif column.type in (ColumnType.CODE, ColumnType.TEXT) and not column.required and draw.chance(rate / 2):
            found[column.name] = None
    return found


def _once(name, rows):
    """Rows of which no two have one key."""
    keys = table(name).keys
    return tuple({tuple(str(row.get(key) or "") for key in keys): row for row in rows}.values()) if keys else rows
