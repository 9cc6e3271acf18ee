"""What a family has to meet more demand than planned: stock beyond the plan's demand, and regular hours that are free.

    cover_t = closing stock + goods under way − backlog − lost demand + room_t
    room_t = Σ_{1 ≤ u ≤ t} what is made or bought in u × headroom_u
    headroom = min over the lines that make the family of (regular hours − planned hours) / planned hours, at most 25 %

Closing stock has the plan's receipts and its demand in it, so cover is what is left of both. The first bucket has no
room: a miss is seen when the bucket is over. More than a quarter above the plan is not counted whatever the hours say,
for materials and people are not there; free hours are shared by the families of a line in proportion to their load.
Overtime, extra shifts and other routes are decisions, and are not counted.
"""

import numpy as np

from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.core.history import row_numbers
from equipoise.core.measure import Grain
from equipoise.explain.supply_tables import SupplyTables
from equipoise.plan import Plan

MOST_HEADROOM = 0.25
"""Of planned production: more is not made, however many hours are free."""
MADE = ("production_qty", "subcontract_qty", "purchase_qty")


class Cover:
    """Cover by stock rows of a plan; quantities [T] in the unit of `factor`, which is by number of item."""

    def __init__(self, plan: Plan) -> None:
        """Reads the lines of the plan once."""
        self.plan = plan
        self.supply = SupplyTables(plan)
        keys = plan.axes.keys
        self.stock_item, self.flow_item = keys[Grain.STOCK].column("item"), keys[Grain.FLOW].column("item")
        self.make_item = keys[Grain.MAKE].column("item")
        self.is_between = row_numbers(keys[Grain.STOCK], keys[Grain.FLOW].frame, ("item", "to")) >= 0

    def left(self, demand_rows: IntArray, factor: FloatArray) -> FloatArray:
        """What stock, receipts and goods under way leave beyond planned demand at each close, [T]; below 0: short."""
        items = np.unique(self.plan.axes.keys[Grain.DEMAND].column("item")[demand_rows])
        stock = self._sum("inventory_closing_qty", np.isin(self.stock_item, items), self.stock_item, factor)
        between = np.isin(self.flow_item, items) & self.is_between
        sent, arrived = (self._sum(n, between, self.flow_item, factor) for n in ("shipment_qty", "arrival_qty"))
        waiting = self.plan.measure("backlog_closing_qty").values + self.plan.measure("lost_qty").values
        item = self.plan.axes.keys[Grain.DEMAND].column("item")[demand_rows]
        owed = (waiting[demand_rows] * factor[item][:, None]).sum(axis=0)
        found: FloatArray = stock + np.cumsum(sent - arrived) - owed
        return found

    def room(self, demand_rows: IntArray, factor: FloatArray) -> FloatArray:
        """What free regular hours could make more until each close, [T]."""
        items = np.unique(self.plan.axes.keys[Grain.DEMAND].column("item")[demand_rows])
        rows = np.isin(self.make_item, items)
        made = np.sum([self._sum(name, rows, self.make_item, factor) for name in MADE], axis=0)
        more = made * self.headroom(np.flatnonzero(rows))
        more[:1] = 0.0
        found: FloatArray = np.cumsum(more)
        return found

    def headroom(self, make_rows: IntArray) -> FloatArray:
        """By how much of itself the planned production of some rows of grain make can grow in regular hours, [T]."""
        routes, plan = self.supply.routes, self.plan
        horizon = plan.axes.horizon
        load = np.nan_to_num(plan.measure("capacity_load_hours").values)
        available = np.asarray(plan.measure("capacity_available_hours").values)
        free = np.divide(available - load, load, out=np.full(load.shape, np.inf), where=load > 0)
        free = np.where(np.isnan(free), np.inf, free)  # a line without a limit
        uses = np.isin(routes.load_route, make_rows)
        started = np.asarray(plan.measure("production_started_qty").values)[routes.load_route[uses]]
        limit = np.where(started > 0, free[routes.load_resource[uses]], np.inf)
        least = limit.min(axis=0, initial=np.inf) if len(limit) else np.full(horizon, np.inf)
        found: FloatArray = np.clip(least, 0.0, MOST_HEADROOM)
        return found

    def _sum(self, name: str, rows: BoolArray, item: IntArray, factor: FloatArray) -> FloatArray:
        values = np.asarray(self.plan.measure(name).values)[rows]
        total: FloatArray = (values * factor[item[rows]][:, None]).sum(axis=0)
        return total
