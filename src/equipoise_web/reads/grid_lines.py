"""The measures of a planning grid in the rows of a tree and the columns of a time, each at every level as it must be.

Additive measures are summed, ratios and days of supply taken anew from their parts, prices left out. Quantities are
shown in their unit (unknown where items of a node share none), in money at the plan's own prices, or in standing hours.
"""

from dataclasses import dataclass
from functools import cache, cached_property, partial

import numpy as np
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from equipoise.catalog import measure_named
from equipoise.core.grid import QUANTITY_STEP, BoolArray, FloatArray, IntArray, on_grid
from equipoise.core.measure import Grain, Measure, OverTime
from equipoise.core.measure import Unit as MeasureUnit
from equipoise.core.table import UnknownName
from equipoise.kpi.inventory import days_of_supply
from equipoise.plan import Plan
from equipoise.stored_rollups import layout_of
from equipoise_web.reads.grid_columns import Columns
from equipoise_web.reads.grid_outline_tree import OutlineTree, Roll
from equipoise_web.reads.grid_stored import PRICE_OF, at_price, rows_moved, stored_line, stored_uses, units_differ
from equipoise_web.reads.grid_sums import merged, stored_places
from equipoise_web.reads.grid_tree import GridTree
from equipoise_web.reads.grid_view import CONSENSUS, LOAD_HOURS, LOAD_PCT, MONEY, Unit
from equipoise_web.reads.standing_hours import hours_per_unit

OWN = (LOAD_PCT, LOAD_HOURS, MONEY)
ACTUAL_OF = {CONSENSUS: "history_ordered_qty"}
"""What a line is set beside in closed buckets."""
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
    "demand_to_date_qty": gettext_lazy("Shipped to date"),
    "inventory_closing_qty": gettext_lazy("Closing inventory"),
    "inventory_cover_days": gettext_lazy("Days of supply"),
    "demand_sourced_qty": gettext_lazy("Demand here"),
    "capacity_load_pct": gettext_lazy("Load of lines, %"),
}
"""Short names, for the column beside the rows; others go by their own."""


@cache
def grain_of(name: str) -> Grain | None:
    """The grain in whose rows a line lives; None for one that has no rows. UnknownName if there is no such measure."""
    if name in OWN:
        return Grain.DEMAND
    measure = measure_named(name)
    while measure.parts:
        measure = measure_named(measure.parts[0])
    return measure.grain if measure_named(name).rolls_up else None


@cache
def parts_of(name: str) -> tuple[str, ...]:
    """The stored measures that a line is made of."""
    if name in OWN:
        return (CONSENSUS,)
    measure = measure_named(name)
    return tuple(part for each in measure.parts for part in parts_of(each)) or (name,)


def needs_of(name: str, unit: Unit) -> tuple[str, ...]:
    """The stored measures that a line is worked out from in a unit, prices included."""
    prices = {PRICE_OF.get(measure_named(part).grain or Grain.FLOW, "") for part in parts_of(name)}
    return (*parts_of(name), *(prices - {""} if name == MONEY or unit == "money" else ()))


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

    def line(self, name: str, out: FloatArray | None = None) -> FloatArray:
        """One line, [R, C], in `out` if that is given; NaN where it has no value. UnknownName for a price: it has no
        total."""
        found = np.empty((len(self.tree), len(self.columns))) if out is None else out
        closed = len(self.columns.closed)
        if closed:
            found[:, :closed] = self._actual(name)
        self._ahead(name, found[:, closed:])
        return found

    def _actual(self, name: str) -> FloatArray:
        """What became of a line in the closed buckets, [R, closed]; NaN where no measure of the plan says it."""
        closed = self.columns.closed
        measure = measure_named(ACTUAL_OF.get(name, name)) if name not in OWN else None
        if measure is None or measure.parts or measure.name not in ACTUAL_OF.values() or self.unit == "money":
            return np.full((len(self.tree), len(closed)), np.nan)
        return self._rolled(measure, self.unit, closed)

    def _ahead(self, name: str, out: FloatArray) -> None:
        """A line in the columns of the horizon, written to `out`, [R, A]."""
        if name == LOAD_PCT:
            out[:] = self._load()
            return
        if name in (LOAD_HOURS, MONEY):
            unit: Unit = "hours" if name == LOAD_HOURS else "money"
            self.columns.combine(self._rolled(measure_named(CONSENSUS), unit), OverTime.SUM, out=out)
            return
        measure = measure_named(name)
        if not measure.rolls_up or grain_of(name) is None:
            raise UnknownName(_("%(name)s has no total that a grid could show") % {"name": measure.label})
        if measure.parts:
            out[:] = self._of(measure)
        else:
            self.columns.combine(self._rolled(measure, self.unit), measure.over_time, out=out)

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
        if measure.parts:
            return sum((term.sign * self._of(measure_named(term.measure)) for term in measure.terms), np.zeros(()))
        return self.columns.combine(self._rolled(measure, self.unit), measure.over_time)

    def _rolled(self, measure: Measure, unit: Unit, buckets: range | None = None) -> FloatArray:
        """An additive measure in the nodes, [R, T], or [R, buckets]."""
        panel = self.plan.section_of(measure.name).panel_of(measure.name)
        span = buckets or range(self.plan.axes.horizon)
        stored = stored_line(self.plan, self.base, panel, measure, unit) if isinstance(self.tree, OutlineTree) else None
        whole = self.tree.rows(panel.grain), partial(self.tree.roll_up, panel.grain)
        if stored is None or not isinstance(self.tree, OutlineTree):
            return self._summed(measure, unit, span, *whole)
        found = merged(
            self.tree,
            panel.grain,
            lambda places: _cells(stored.sums.take(places, axis=0), panel.first, span),
            stored.seen,
            partial(self._summed, measure, unit, span),
        )
        if stored.moved is not None:
            rows, roll = self.tree.among(panel.grain, stored.moved)
            now, was = (self._worth(plan, measure, unit, span, rows) for plan in (self.plan, self.base))
            known = stored_places(self.tree, panel.grain, stored.seen) >= 0
            if np.isnan(found[known]).any():  # what is unknown in what was published may be known by now
                return self._summed(measure, unit, span, *whole)
            found[known] += roll(now - was)[known]
        return found

    def _summed(self, measure: Measure, unit: Unit, span: range, rows: IntArray, roll: Roll) -> FloatArray:
        """Rows of a measure, summed to nodes by `roll`."""
        cells = self._worth(self.plan, measure, unit, span, rows)
        found = roll(cells)
        if unit != "base" or measure.unit is not MeasureUnit.QUANTITY or not self._units_differ:
            return found
        keys = self.plan.section_of(measure.name).panel_of(measure.name).keys
        if "item" in keys.dimensions:
            self._blank_mixes(found, keys.column("item")[rows], cells, roll)
        return found

    @cached_property
    def _units_differ(self) -> bool:
        return units_differ(self.base)

    def _worth(self, plan: Plan, measure: Measure, unit: Unit, span: range, rows: IntArray) -> FloatArray:
        """Rows of a measure in a unit, [n, T]."""
        panel = plan.section_of(measure.name).panel_of(measure.name)
        cells = _cells(panel.part(measure.name, rows), panel.first, span)
        if measure.unit is not MeasureUnit.QUANTITY or "item" not in panel.keys.dimensions or unit == "base":
            return cells
        items = panel.keys.column("item")[rows]
        if unit == "money":
            return at_price(plan, panel.grain, rows, cells)
        if unit == "hours":
            return on_grid(cells * hours_per_unit(self.base).sum(axis=1)[items][:, None], QUANTITY_STEP)
        return on_grid(cells * self.base.volume_factors[items][:, None], QUANTITY_STEP)

    def _blank_mixes(self, found: FloatArray, items: IntArray, cells: FloatArray, roll: Roll) -> None:
        """Make unknown the nodes whose rows with numbers are counted in more than one base unit."""
        units = self.base.item_units[items]
        if len(units) == 0 or units.min() == units.max():
            return
        has_numbers = (cells != 0).any(axis=1)
        low = roll(np.where(has_numbers, units, np.inf)[:, None], by=np.minimum, none=np.inf)
        high = roll(np.where(has_numbers, units, -np.inf)[:, None], by=np.maximum, none=-np.inf)
        found[(low < high)[:, 0]] = np.nan

    @cached_property
    def load(self) -> tuple[FloatArray, FloatArray]:
        """Hours of load and hours available of every resource, [resources, C]: the load of the published plan, and at
        standing rates what demand moved since."""
        load = np.nan_to_num(self.base.measure("capacity_load_hours").values)
        moved = rows_moved(self.plan, self.base, CONSENSUS)
        if moved is not None:
            rows = np.flatnonzero(moved)
            now, was = (
                p.section_of(CONSENSUS).panel_of(CONSENSUS).part(CONSENSUS, rows) for p in (self.plan, self.base)
            )
            items = self.base.axes.keys[Grain.DEMAND].column("item")[rows]
            by_item = np.zeros((len(self.base.axes.items), now.shape[1]))
            np.add.at(by_item, items, now - was)
            load = load + hours_per_unit(self.base).T @ by_item
        limit = np.nan_to_num(self.base.measure("capacity_available_hours").values)
        above, below = (self.columns.combine(hours, OverTime.SUM, is_exact=False) for hours in (load, limit))
        return above, below

    def _load(self) -> FloatArray:
        """Load in percent of the tightest resource that the items of a node use, [R, C]."""
        load, limit = self.load
        percent = np.divide(100.0 * load, limit, out=np.full(load.shape, -np.inf), where=limit > 0)
        groups, group_of = self._users()
        tightest = np.where(groups[:, :, None], percent[None, :, :], -np.inf).max(axis=1, initial=-np.inf)
        tightest[np.isinf(tightest)] = np.nan
        found: FloatArray = tightest[group_of]
        return found

    def _users(self) -> tuple[BoolArray, IntArray]:
        """Sets of resources that the items of a node use, [sets, resources], and the set of each node, [R]."""
        key = ("users", self.base.digest)
        if key not in self.tree.kept:
            used = self._used()
            groups, group_of = np.unique(used, axis=0, return_inverse=True)
            self.tree.kept[key] = groups, group_of.ravel()
        found: tuple[BoolArray, IntArray] = self.tree.kept[key]
        return found

    def _used(self) -> BoolArray:
        """Resources that the items of a node use, [R, resources]."""
        grain, tree = Grain.DEMAND, self.tree
        hours = hours_per_unit(self.base)

        def summed(rows: IntArray, roll: Roll) -> FloatArray:
            uses = hours[self.plan.axes.keys[grain].column("item")[rows]] > 0
            return roll(uses.astype(np.float64), by=np.maximum)

        if isinstance(tree, OutlineTree) and layout_of(self.plan.axes, grain) is not None:
            uses = stored_uses(self.base.digest)
            return merged(tree, grain, lambda places: uses[places], None, summed) > 0
        return summed(tree.rows(grain), partial(tree.roll_up, grain)) > 0


def _cells(given: FloatArray, first: int, buckets: range) -> FloatArray:
    """Columns that begin with bucket `first` [n, W] as `buckets` [n, T]; 0 in buckets that there are none of."""
    if first == buckets.start and given.shape[1] == len(buckets):
        return given
    cells = np.zeros((len(given), len(buckets)))
    begin, end = max(first, buckets.start), min(first + given.shape[1], buckets.stop)
    if begin < end:
        cells[:, begin - buckets.start : end - buckets.start] = given[:, begin - first : end - first]
    return cells
