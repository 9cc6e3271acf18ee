"""The axes of a snapshot: its hierarchies, and which rows each grain has.

* demand: every item and market that a demand table names at leaf level, or below a node it names; the items of a
  planning bill in the markets of its parent; a successor in every market of its predecessors.
* make: every way to get an item into a location from outside the lanes: own routes, subcontracting, purchasing.
* flow: every lane row, for the items that can be where it begins (and that its market wants). Without a lanes table:
  from each location that stocks or makes an item straight to every market that wants it.
* stock: every item and location that is stocked, made, bought, used or shipped.
* resource: every resource.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice, product

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.grid import IntArray
from equipoise.core.hierarchy import ITEM_LEVELS, LOCATION_LEVELS, MARKET_LEVELS, RESOURCE_LEVELS, Hierarchy
from equipoise.core.measure import Grain
from equipoise.core.panel import Keys
from equipoise.core.snapshot import Snapshot
from equipoise.core.succession import read_succession

SUBCONTRACT, PURCHASE = "subcontract:", "purchase:"
"""Prefixes of the route label of a make row that is not an own route."""

DEMAND_TABLES = ("sales_history", "order_lines", "forecast", "open_orders", "launches", "budget")
"""Tables whose rows call a demand row into being."""

LOCATION_COLUMNS = (
    *((name, "location") for name in ("inventory", "routings", "resources", "subcontracting", "purchasing")),
    *((name, "location") for name in ("receipts", "inventory_policy", "fences", "costs", "plan_archive")),
    ("lanes", "from_location"),
    ("receipts", "from"),
)
"""Where locations are named that no table of locations declares: what holds, makes or ships, and what has rates. A
node above a location is known by a table of locations alone; intake takes such rows out without one."""

Pair = tuple[str, str]


def build_axes(snapshot: Snapshot) -> Axes:
    """Calendar, hierarchies and keys; the same for every plan on the snapshot."""
    items = _hierarchy(snapshot, "items", "item", ITEM_LEVELS)
    markets = _hierarchy(snapshot, "markets", "market", MARKET_LEVELS)
    locations = _locations(snapshot)
    resources = _hierarchy(snapshot, "resources", "resource", RESOURCE_LEVELS)
    bare = Axes(snapshot.head.calendar, items, markets, locations, resources, {})

    demand = _demand_rows(snapshot, bare)
    make = _make_rows(snapshot, bare)
    stocked = _stocked(snapshot, bare, make)
    flow = _lane_rows(snapshot, bare, stocked, demand)
    if not snapshot.has("lanes"):
        flow = _default_flows(stocked, demand)
    stock = stocked | {(item, begin) for item, begin, _ in flow}
    stock |= {(item, end) for item, _, end in flow if end in locations.position}
    keys = {
        Grain.DEMAND: _keys(Grain.DEMAND, demand, (items.leaves, markets.leaves)),
        Grain.STOCK: _keys(Grain.STOCK, stock, (items.leaves, locations.leaves)),
        Grain.FLOW: _keys(Grain.FLOW, flow, (items.leaves, locations.leaves, bare.places)),
        Grain.MAKE: _keys(
            Grain.MAKE, make, (items.leaves, locations.leaves, tuple(sorted({route for _, _, route in make})))
        ),
        Grain.RESOURCE: _keys(Grain.RESOURCE, [(code,) for code in resources.leaves], (resources.leaves,)),
    }
    lines = _lines(snapshot, bare, keys[Grain.MAKE])
    return Axes(snapshot.head.calendar, items, markets, locations, resources, keys, lines)


def _lines(snapshot: Snapshot, axes: Axes, make: Keys) -> IntArray:
    """The resource that works longest on a unit of each own route, by the bill of the item or the nearest node above
    it, [M]; −1 where there is none. Of equals the first by name."""
    longest: dict[tuple[str, str, str], tuple[float, str]] = {}
    bills = snapshot.table("routings").select("item", "location", "route", "resource", "hours_per_unit")
    for node, location, route, resource, hours in bills.iter_rows():
        if resource in axes.resources.position:
            place, mine = (_full_name(axes.items, node), location, route), (-float(hours or 0.0), resource)
            longest[place] = min(longest.get(place, mine), mine)
    found = np.full(len(make), -1, dtype=np.int64)
    for row in range(len(make) if longest else 0):
        item, location, route = make.labels(row)
        path = zip(axes.items.levels, axes.items.paths[axes.items.position[item]], strict=True)
        nodes = (*(f"{level}:{code}" for level, code in path), "")
        known = (longest[node, location, route] for node in nodes if (node, location, route) in longest)
        for _hours, resource in islice(known, 1):
            found[row] = axes.resources.position[resource]
    return found


def _full_name(hierarchy: Hierarchy, node: str) -> str:
    """A node with its level, `family:tools`; blank for all."""
    level = hierarchy.level_of(node)
    return "" if level == "all" else f"{level}:{node.removeprefix(f'{level}:')}"


def _hierarchy(snapshot: Snapshot, table: str, dimension: str, levels: Sequence[str]) -> Hierarchy:
    frame = snapshot.table(table)
    return Hierarchy.build(dimension, levels, frame.select(levels).iter_rows())


def _locations(snapshot: Snapshot) -> Hierarchy:
    """Declared locations, and those that other tables name where no table of locations was given."""
    frame = snapshot.table("locations")
    paths = {row[0]: row for row in frame.select(LOCATION_LEVELS).iter_rows()}
    if not snapshot.has("locations"):
        for table, column in LOCATION_COLUMNS:
            for node in snapshot.table(table)[column].unique().to_list():
                code = (node or "").removeprefix("location:")
                if code:
                    paths.setdefault(code, (code, "", ""))
    return Hierarchy.build("location", LOCATION_LEVELS, paths.values())


def _leaves(hierarchy: Hierarchy, node: str) -> list[str]:
    return [hierarchy.leaves[number] for number in hierarchy.positions(node).tolist()]


def _distinct(frame: pl.DataFrame, *columns: str) -> list[tuple[str, ...]]:
    return frame.select(columns).unique().sort(columns).rows()


def _demand_rows(snapshot: Snapshot, axes: Axes) -> set[Pair]:
    """Leaf rows as named; a row at a node above asks for all below it only where nothing below is named already.

    A launch is not spread over what is there: its row asks for every market below it.
    """
    named: set[Pair] = set()
    above: list[Pair] = []
    for table in DEMAND_TABLES:
        for item, market in _distinct(snapshot.table(table), "item", "market"):
            if item in axes.items.position and market in axes.markets.position:
                named.add((item, market))
            elif axes.items.knows(item) and axes.markets.knows(market):
                if table == "launches":
                    named |= set(product(_leaves(axes.items, item), _leaves(axes.markets, market)))
                else:
                    above.append((item, market))
    for item, market in above:
        below = set(product(_leaves(axes.items, item), _leaves(axes.markets, market)))
        if not below & named:
            named |= below
    named |= _billed(snapshot, axes, named)
    return named | _inherited(snapshot, axes, named)


def _inherited(snapshot: Snapshot, axes: Axes, named: Iterable[Pair]) -> set[Pair]:
    """Successors in the markets of their predecessors."""
    links = read_succession(snapshot.table("items"), axes.items)
    found: set[Pair] = set()
    for item, market in named:
        follows = int(links.successor[axes.items.position[item]])
        while follows >= 0:
            found.add((axes.items.leaves[follows], market))
            follows = int(links.successor[follows])
    return found


def _billed(snapshot: Snapshot, axes: Axes, named: set[Pair]) -> set[Pair]:
    """Items of planning bills in the markets of their parent: a model, or a node that table forecast has totals of."""
    rows: set[Pair] = set(named)
    parents = set(axes.items.position) | set(snapshot.table("forecast")["item"].to_list())
    bills = [
        (set(_leaves(axes.items, parent)), item, set(_leaves(axes.markets, market)))
        for parent, item, market in _distinct(snapshot.table("planning_bills"), "parent", "item", "market")
        if parent in parents and axes.items.knows(parent) and item in axes.items.position and axes.markets.knows(market)
    ]
    grows = bool(bills)
    while grows:
        markets_of: dict[str, set[str]] = {}
        for item, market in rows:
            markets_of.setdefault(item, set()).add(market)
        before = len(rows)
        for below, item, markets in bills:
            sold_in = set().union(*(markets_of.get(member, set()) for member in below))
            rows |= {(item, market) for market in sold_in & markets}
        grows = len(rows) > before
    return rows


def _make_rows(snapshot: Snapshot, axes: Axes) -> set[tuple[str, str, str]]:
    rows: set[tuple[str, str, str]] = set()
    own: list[tuple[int, str, str, str]] = [
        (axes.items.specificity(node), node, location, route)
        for node, location, route in _distinct(snapshot.table("routings"), "item", "location", "route")
    ]
    has_bill: set[Pair] = set()
    # A family's bill is used only where an item has none of its own: most specific rows first.
    for depth in sorted({entry[0] for entry in own}, reverse=True):
        found = [
            (item, location, route)
            for level, node, location, route in own
            if level == depth
            for item in _leaves(axes.items, node)
            if (item, location) not in has_bill
        ]
        rows |= set(found)
        has_bill |= {(item, location) for item, location, _ in found}
    for table, prefix in (("subcontracting", SUBCONTRACT), ("purchasing", PURCHASE)):
        for node, location, supplier in _distinct(snapshot.table(table), "item", "location", "supplier"):
            rows |= {(item, location, prefix + supplier) for item in _leaves(axes.items, node)}
    return {row for row in rows if row[1] in axes.locations.position}


def _stocked(snapshot: Snapshot, axes: Axes, make: Iterable[tuple[str, str, str]]) -> set[Pair]:
    """Items and locations that hold stock before any lane is followed."""
    found = {(item, location) for item, location, _ in make}
    found |= {(i, p) for i, p in _distinct(snapshot.table("inventory"), "item", "location") if i in axes.items.position}
    parts_of: dict[str, list[Pair]] = {}
    for parent, part, where in _distinct(snapshot.table("bom"), "item", "component", "location"):
        parts_of.setdefault(parent, []).append((part, where))
    for parent, location, route in make:
        if not route.startswith((SUBCONTRACT, PURCHASE)):
            found |= {(part, location) for part, where in parts_of.get(parent, []) if where in ("", location)}
    for node, place in _distinct(snapshot.table("inventory_policy"), "item", "location"):
        if node in axes.items.position and place in axes.locations.position:
            found.add((node, place))
    return {(item, location) for item, location in found if location in axes.locations.position}


def _lane_rows(
    snapshot: Snapshot, axes: Axes, stocked: Iterable[Pair], demand: Iterable[Pair]
) -> set[tuple[str, str, str]]:
    """Lanes for the items that can be at their beginning; what arrives at a location can leave it again."""
    lanes = [
        (set(_leaves(axes.items, node)), begin, end)
        for node, begin, end in _distinct(snapshot.table("lanes"), "item", "from_location", "to")
        if begin in axes.locations.position
    ]
    wanted: dict[str, set[str]] = {}
    for item, market in demand:
        wanted.setdefault(market, set()).add(item)
    present: dict[str, set[str]] = {}
    for item, location in stocked:
        present.setdefault(location, set()).add(item)
    rows: set[tuple[str, str, str]] = set()
    grows = True
    while grows:
        grows = False
        for items, begin, end in lanes:
            carried = items & present.get(begin, set())
            if end in axes.markets.position:
                carried &= wanted.get(end, set())
            new = {(item, begin, end) for item in carried} - rows
            if new:
                rows |= new
                grows = True
                if end in axes.locations.position:
                    present.setdefault(end, set()).update(carried)
    return rows


def _default_flows(stocked: Iterable[Pair], demand: Iterable[Pair]) -> set[tuple[str, str, str]]:
    places: dict[str, list[str]] = {}
    for item, location in stocked:
        places.setdefault(item, []).append(location)
    return {(item, location, market) for item, market in demand for location in places.get(item, [])}


def _keys(grain: Grain, rows: Iterable[tuple[str, ...]], codes: tuple[tuple[str, ...], ...]) -> Keys:
    """Rows as integer columns, sorted by the order of the leaves of each dimension."""
    numbers: list[Mapping[str, int]] = [{code: n for n, code in enumerate(column)} for column in codes]
    table = sorted(tuple(number[code] for number, code in zip(numbers, row, strict=True)) for row in rows)
    matrix = np.array(table, dtype=np.int64).reshape(len(table), len(codes))
    return Keys(grain, grain.dimensions, tuple(np.ascontiguousarray(matrix[:, n]) for n in range(len(codes))), codes)
