"""The measures of a planning grid in the rows of a tree and the columns of a time, each at every level as it must be.

Additive measures are summed, ratios and days of supply taken anew from their parts, prices left out. Quantities are
shown in their unit (unknown where items of a node share none), in money at the plan's own prices, or in standing hours.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from equipoise.catalog import measure_named
from equipoise.core.grid import MONEY_STEP, QUANTITY_STEP, BoolArray, FloatArray, on_grid
from equipoise.core.measure import Grain, Measure, OverTime
from equipoise.core.measure import Unit as MeasureUnit
from equipoise.core.table import UnknownName
from equipoise.kpi.inventory import days_of_supply
from equipoise.plan import Plan
from equipoise_web.reads.grid_columns import Columns
from equipoise_web.reads.grid_tree import GridTree
from equipoise_web.reads.grid_view import CONSENSUS, LOAD_HOURS, LOAD_PCT, MONEY, Unit
from equipoise_web.reads.standing_hours import hours_per_unit

OWN = (LOAD_PCT, LOAD_HOURS, MONEY)
LABELS: dict[str, str | Promise] = {
    LOAD_PCT: gettext_lazy("Load, %"),
    LOAD_HOURS: gettext_lazy("Line hours"),
    MONEY: gettext_lazy("Revenue"),
    "demand_baseline_qty": gettext_lazy("Baseline"),
    "demand_sales_qty": gettext_lazy("Sales"),
    "demand_marketing_qty": gettext_lazy("Marketing"),
    "demand_product_qty": gettext_lazy("Product"),
    "demand_finance_qty": gettext_lazy("Finance"),
    "demand_consensus_qty": gettext_lazy("Consensus"),
    "demand_orders_qty": gettext_lazy("Orders in hand"),
    "inventory_closing_qty": gettext_lazy("Closing inventory"),
}
"""Short names, for the column beside the rows; others go by their own."""


def grain_of(name: str) -> Grain | None:
    """The grain in whose rows a line lives; None for one that has no rows. UnknownName if there is no such measure."""
    if name in OWN:
        return Grain.DEMAND
    measure = measure_named(name)
    while measure.parts:
        measure = measure_named(measure.parts[0])
    return measure.grain if measure_named(name).rolls_up else None


def parts_of(name: str) -> tuple[str, ...]:
    """The stored measures that a line is made of."""
    if name in OWN:
        return (CONSENSUS,)
    measure = measure_named(name)
    return tuple(part for each in measure.parts for part in parts_of(each)) or (name,)


def label_of(name: str) -> str:
    """What a line is called."""
    return str(LABELS.get(name) or measure_named(name).label)


@dataclass(frozen=True, eq=False)
class Lines:
    """Reads lines of one plan (`base`: the published one that an estimate starts from) into a tree and columns.

    Both as the person may see them.
    """

    plan: Plan
    base: Plan
    tree: GridTree
    columns: Columns
    unit: Unit

    def line(self, name: str) -> FloatArray:
        """One line, [R, C]; NaN where it has no value. UnknownName for a price: it has no total."""
        if name == LOAD_PCT:
            return self._load()
        if name in (LOAD_HOURS, MONEY):
            unit: Unit = "hours" if name == LOAD_HOURS else "money"
            return self.columns.combine(self._rolled(measure_named(CONSENSUS), unit), OverTime.SUM)
        measure = measure_named(name)
        if not measure.rolls_up or grain_of(name) is None:
            raise UnknownName(_("%(name)s has no total that a grid could show") % {"name": measure.label})
        return self._of(measure)

    def _of(self, measure: Measure) -> FloatArray:
        if measure.ratio:
            above, below = (self._of(measure_named(part)) for part in measure.ratio)
            share = np.divide(above, below, out=np.full(above.shape, np.nan), where=below != 0)
            scale = self.columns.scale(measure.per)
            ratio: FloatArray = np.maximum(0.0, 1.0 - share) if measure.is_complement else scale * share
            return measure.scale * ratio
        if measure.cover:
            stock, demand = (self._rolled(measure_named(part), "base") for part in measure.cover)
            calendar = self.plan.axes.calendar
            days = days_of_supply(stock, demand, calendar.horizon_days, per_year=calendar.periods_per_year)
            return self.columns.combine(days, OverTime.LAST)
        return self.columns.combine(self._rolled(measure, self.unit), measure.over_time)

    def _rolled(self, measure: Measure, unit: Unit) -> FloatArray:
        """An additive measure in the nodes, [R, T]."""
        panel = self.plan.measure(measure.name)
        cells = np.zeros((len(panel.keys), self.plan.axes.horizon))
        ahead = panel.values[:, max(0, -panel.first) :]
        begin = max(0, panel.first)
        cells[:, begin : begin + ahead.shape[1]] = ahead
        if measure.unit is not MeasureUnit.QUANTITY or "item" not in panel.keys.dimensions:
            return self.tree.roll_up(panel.keys.grain, cells)
        items = panel.keys.column("item")
        if unit == "money":
            return self.tree.roll_up(panel.keys.grain, self._at_price(panel.keys.grain, cells))
        if unit == "hours":
            hours = hours_per_unit(self.base).sum(axis=1)[items]
            return self.tree.roll_up(panel.keys.grain, on_grid(cells * hours[:, None], QUANTITY_STEP))
        if unit == "volume":
            factors = self.plan.volume_factors[items]
            return self.tree.roll_up(panel.keys.grain, on_grid(cells * factors[:, None], QUANTITY_STEP))
        found = self.tree.roll_up(panel.keys.grain, cells)
        found[self._mixes(panel.keys.grain, (cells != 0).any(axis=1))] = np.nan
        return found

    def _at_price(self, grain: Grain, cells: FloatArray) -> FloatArray:
        """Cells at the net price of their market, or the standard cost of their location; unknown without one."""
        if grain is Grain.DEMAND:
            price = np.asarray(self.plan.measure("sales_net_price").values)
        elif grain is Grain.STOCK:
            price = np.asarray(self.plan.measure("cost_standard_price").values)
        else:
            price = np.full(cells.shape, np.nan)
        with np.errstate(invalid="ignore"):
            return on_grid(np.where(cells == 0, 0.0, cells * price), MONEY_STEP)

    def _mixes(self, grain: Grain, has_numbers: BoolArray) -> BoolArray:
        """Nodes [R] whose rows with numbers are counted in more than one base unit."""
        units = self.plan.item_units[self.plan.axes.keys[grain].column("item")].astype(np.float64)
        least = np.where(has_numbers, units, np.inf)[:, None]
        most = np.where(has_numbers, units, -np.inf)[:, None]
        low = self.tree.roll_up(grain, least, by=np.minimum, none=np.inf)
        high = self.tree.roll_up(grain, most, by=np.maximum, none=-np.inf)
        mixes: BoolArray = (low < high)[:, 0]
        return mixes

    @cached_property
    def load(self) -> tuple[FloatArray, FloatArray]:
        """Hours of load and hours available of every resource, [resources, C]: the load of the published plan, and at
        standing rates what demand moved since."""
        load = np.nan_to_num(self.base.measure("capacity_load_hours").values)
        if self.plan is not self.base:
            moved = self.plan.measure(CONSENSUS).values - self.base.measure(CONSENSUS).values
            by_item = np.zeros((len(self.base.axes.items), moved.shape[1]))
            np.add.at(by_item, self.base.axes.keys[Grain.DEMAND].column("item"), moved)
            load = load + hours_per_unit(self.base).T @ by_item
        limit = np.nan_to_num(self.base.measure("capacity_available_hours").values)
        return tuple(self.columns.combine(hours, OverTime.SUM) for hours in (load, limit))  # type: ignore[return-value]

    def _load(self) -> FloatArray:
        """Load in percent of the tightest resource that the items of a node use, [R, C]."""
        load, limit = self.load
        percent = np.divide(100.0 * load, limit, out=np.full(load.shape, -np.inf), where=limit > 0)
        uses = hours_per_unit(self.base)[self.plan.axes.keys[Grain.DEMAND].column("item")] > 0
        used = self.tree.roll_up(Grain.DEMAND, uses.astype(np.float64), by=np.maximum)
        tightest = np.full((len(self.tree), load.shape[1]), -np.inf)
        for resource in range(len(percent)):
            row = np.where(used[:, resource, None] > 0, percent[resource], -np.inf)
            np.maximum(tightest, row, out=tightest)
        tightest[np.isinf(tightest)] = np.nan
        return tightest
