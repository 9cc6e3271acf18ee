"""What moves between suppliers, plants, warehouses and markets in some buckets, and how much of each limit that uses.

Everything is taken from the plan as the person sees it, so nothing outside a scope adds to a number.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.core.measure import Grain
from equipoise.explain.supply_tables import SupplyTables
from equipoise.plan import Plan
from equipoise.supply.network.limits import Limit
from equipoise.supply.network.routes import PURCHASE, SUBCONTRACT
from equipoise_web.access import Access
from equipoise_web.reads.plans import open_plan
from equipoise_web.reads.scoped import visible_rows

SUPPLIER, PLANT, PLACE, MARKET = range(4)
"""Layers of the map, from left to right."""
Node = tuple[int, str]
"""Layer and code."""
LEAST = 1e-3
"""Less than this does not move."""


@dataclass
class Lane:
    """What moves between two nodes, by unit of measure, and the most of a limit on it that is used."""

    begin: Node
    end: Node
    by_unit: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    used_pct: float | None = None
    """None where nothing limits it."""

    @property
    def main(self) -> tuple[str, float]:
        """The unit of which most moves, and how much."""
        return max(self.by_unit.items(), key=lambda pair: (pair[1], pair[0]))


@dataclass
class Network:
    """Lanes with something on them, and what is known of nodes."""

    lanes: dict[tuple[Node, Node], Lane]
    used_pct: dict[Node, float]
    """The fullest resource of a plant over the buckets."""
    short: dict[Node, float]
    """Units asked of a market that are late or lost."""

    @property
    def nodes(self) -> list[Node]:
        """Every node, in layers."""
        return sorted({node for ends in self.lanes for node in ends} | set(self.short))


def read_network(who: Access, plan: Plan, *, first: int, last: int, family: str = "") -> Network:
    """The network of a plan in buckets first..last, of all items or those of a family."""
    within = slice(first, last + 1)
    lanes: dict[tuple[Node, Node], Lane] = {}
    plants = _plants(plan)
    rows = _rows(plan, family)
    for begin, end, item, quantity in (*_bought(plan, rows, within, plants), *_shipped(plan, rows, within, plants)):
        lane = lanes.setdefault((begin, end), Lane(begin, end))
        lane.by_unit[plan.base_uoms[item]] += quantity
    for limit in _tables(plan.digest).limits:
        _use(who, plan, limit, within, lanes, plants)
    return Network(lanes, _load(who, plan, within), _short(plan, rows, within))


@lru_cache(maxsize=4)
def _tables(digest: str) -> SupplyTables:
    return SupplyTables(open_plan(digest))


def _rows(plan: Plan, family: str) -> dict[Grain, IntArray]:
    """Rows of each grain that are asked for."""
    nodes = {"item": f"family:{family}"} if family else {}
    return {grain: plan.axes.rows(grain, nodes) for grain in (Grain.MAKE, Grain.FLOW, Grain.DEMAND)}


def _plants(plan: Plan) -> BoolArray:
    """True where a location makes something itself, or has it made, [locations]."""
    keys = plan.axes.keys[Grain.MAKE]
    found = np.zeros(len(plan.axes.locations), dtype=np.bool_)
    labels = [keys.codes[2][number] for number in keys.column("route").tolist()]
    own = np.array([not label.startswith(PURCHASE) for label in labels], dtype=np.bool_)
    found[keys.column("location")[own]] = True
    return found


def _place(plan: Plan, plants: BoolArray, code: str) -> Node:
    return (PLANT if plants[plan.axes.locations.position[code]] else PLACE), code


def _bought(
    plan: Plan, rows: dict[Grain, IntArray], within: slice, plants: BoolArray
) -> Iterator[tuple[Node, Node, str, float]]:
    """What suppliers and subcontractors deliver, by supplier, location and item."""
    keys = plan.axes.keys[Grain.MAKE]
    quantity = _sum(plan, "purchase_qty", within) + _sum(plan, "subcontract_qty", within)
    for row in rows[Grain.MAKE][quantity[rows[Grain.MAKE]] > LEAST].tolist():
        item, location, route = keys.labels(row)
        supplier = route.removeprefix(PURCHASE).removeprefix(SUBCONTRACT)
        yield (SUPPLIER, supplier), _place(plan, plants, location), item, float(quantity[row])


def _shipped(
    plan: Plan, rows: dict[Grain, IntArray], within: slice, plants: BoolArray
) -> Iterator[tuple[Node, Node, str, float]]:
    """What leaves along lanes, by its ends and item."""
    keys = plan.axes.keys[Grain.FLOW]
    quantity, places = _sum(plan, "shipment_qty", within), len(plan.axes.locations)
    to = keys.column("to")
    for row in rows[Grain.FLOW][quantity[rows[Grain.FLOW]] > LEAST].tolist():
        item, begin, end = keys.labels(row)
        target = (MARKET, end) if to[row] >= places else _place(plan, plants, end)
        yield _place(plan, plants, begin), target, item, float(quantity[row])


def _sum(plan: Plan, measure: str, within: slice) -> FloatArray:
    found: FloatArray = np.nan_to_num(plan.measure(measure).values[:, within]).sum(axis=1)
    return found


def _use(
    who: Access, plan: Plan, limit: Limit, within: slice, lanes: dict[tuple[Node, Node], Lane], plants: BoolArray
) -> None:
    """Note on its lane how much of a limit is used, for who sees all that shares it."""
    most, by = limit.most[within], dict(limit.keys)
    if not np.isfinite(most).all() or most.sum() <= 0 or limit.table not in ("lanes", "purchasing", "subcontracting"):
        return
    measures = {"lanes": "shipment_qty", "purchasing": "purchase_qty", "subcontracting": "subcontract_qty"}
    grain = Grain.FLOW if limit.table == "lanes" else Grain.MAKE
    if not visible_rows(plan.axes, grain, who, measures[limit.table])[limit.members].all():
        return
    values = np.nan_to_num(plan.measure(measures[limit.table]).values[limit.members][:, within])
    used = 100.0 * float((values.sum(axis=1) * limit.per_unit).sum() / most.sum())
    begin = _place(plan, plants, by["from_location"]) if limit.table == "lanes" else (SUPPLIER, by["supplier"])
    code = by["to"] if limit.table == "lanes" else by["location"]
    is_place = code in plan.axes.locations.position
    lane = lanes.get((begin, _place(plan, plants, code) if is_place else (MARKET, code)))
    if lane is not None:
        lane.used_pct = used if lane.used_pct is None else max(lane.used_pct, used)


def _load(who: Access, plan: Plan, within: slice) -> dict[Node, float]:
    """The fullest resource of each plant: its hours over the buckets in percent of those available."""
    resources = plan.axes.resources
    if "location" not in resources.levels:
        return {}
    seen = visible_rows(plan.axes, Grain.RESOURCE, who, "capacity_load_hours")
    load, most = _sum(plan, "capacity_load_hours", within), _sum(plan, "capacity_available_hours", within)
    found: dict[Node, float] = {}
    for row in np.flatnonzero(seen & (most > 0)).tolist():
        node = (PLANT, resources.codes("location")[row])
        found[node] = max(found.get(node, 0.0), 100.0 * float(load[row] / most[row]))
    return found


def _short(plan: Plan, rows: dict[Grain, IntArray], within: slice) -> dict[Node, float]:
    keys, unmet = plan.axes.keys[Grain.DEMAND], _sum(plan, "unmet_qty", within)
    found: dict[Node, float] = {}
    for row in rows[Grain.DEMAND][unmet[rows[Grain.DEMAND]] > LEAST].tolist():
        node = (MARKET, keys.labels(row)[1])
        found[node] = found.get(node, 0.0) + float(unmet[row])
    return found
