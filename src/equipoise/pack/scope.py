"""What a family sheet looks at: one family or all of them, in quantities or money, over closed and coming buckets."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import polars as pl

from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.core.measure import Grain
from equipoise.core.table import UnknownName
from equipoise.plan import Plan

CLOSED, AHEAD, WEEKS_AHEAD = 3, 12, 13
"""Closed and coming buckets on a sheet; a weekly sheet shows a quarter ahead."""

PAST = ("sales_history", "production_history", "inventory_history", "plan_archive")
"""Tables that speak of closed buckets."""


@dataclass(frozen=True, eq=False)
class SheetScope:
    """One family (None: all, which is always money) of a plan; arrays of a sheet are [C] over `buckets`."""

    plan: Plan
    family: str | None
    is_money: bool
    is_year: bool = False
    """True to look at all buckets of the fiscal year in which the plan begins, as its landing does."""

    @staticmethod
    def of(plan: Plan, family: str | None, unit: str) -> "SheetScope":
        """The scope; UnknownName if the plan has no such family or there is no such unit.

        Quantities of different families are never added: all families are shown in money whatever is asked.
        """
        if unit not in ("qty", "amount"):
            raise UnknownName(f"a family sheet has no unit {unit!r}; choose qty or amount")
        if family is not None and family not in plan.axes.items.nodes("family"):
            raise UnknownName(f"there is no family {family!r}; there are {', '.join(families(plan))}")
        return SheetScope(plan, family, unit == "amount" or family is None)

    @cached_property
    def closed(self) -> range:
        """The latest buckets that ended by history_to, from the first of which anything is known."""
        end, calendar = self.plan.head.closed_buckets_end, self.plan.axes.calendar
        if self.is_year and self.fiscal_year is not None:
            return range(min(self.fiscal_year.start, end), end)
        dates = [self.plan.snapshot.table(table)["date"].min() for table in PAST]
        known = [calendar.index_of(day) for day in dates if isinstance(day, date)]
        return range(max(end - CLOSED, min([end - 1, *known]), -calendar.first), end)

    @cached_property
    def ahead(self) -> range:
        """The first buckets of the plan."""
        if self.is_year and self.fiscal_year is not None:
            return range(self.fiscal_year.stop)
        wanted = WEEKS_AHEAD if self.plan.axes.calendar.bucket == "week" else AHEAD
        return range(min(wanted, self.plan.axes.horizon))

    @property
    def is_begun(self) -> bool:
        """True if the data stand inside the first bucket: part of it is behind us."""
        return self.plan.head.as_of >= self.plan.axes.calendar.start_of(0)

    @cached_property
    def fiscal_year(self) -> range | None:
        """Buckets of the fiscal year in which the plan begins, of which some or a part is behind us.

        None where nothing of it is, where the horizon ends before it does, or where buckets between the actuals and
        the plan are open: then the sheet has no landing.
        """
        calendar, head = self.plan.axes.calendar, self.plan.head
        year, first, end = calendar.fiscal_year(0), 0, 1
        while calendar.fiscal_year(first - 1) == year:
            first -= 1
        while end <= calendar.horizon and calendar.fiscal_year(end) == year:
            end += 1
        is_whole = head.closed_buckets_end == 0 and end <= calendar.horizon
        return range(first, end) if is_whole and (first < 0 or self.is_begun) else None

    @property
    def buckets(self) -> tuple[int, ...]:
        """Bucket of each column."""
        return (*self.closed, *self.ahead)

    @cached_property
    def is_closed(self) -> BoolArray:
        """True for columns of actuals, [C]."""
        return np.arange(len(self.buckets)) < len(self.closed)

    @cached_property
    def priced(self) -> IntArray:
        """Planning bucket whose prices hold in each column, [C]: its own, the first one for the past."""
        return np.maximum(np.array(self.buckets, dtype=np.int64), 0)

    @property
    def node(self) -> str:
        """The item node it covers, blank for all."""
        return "" if self.family is None else f"family:{self.family}"

    @cached_property
    def items(self) -> IntArray:
        """Numbers of the items it covers, ascending."""
        return self.plan.axes.items.positions(self.node)

    @cached_property
    def uoms(self) -> tuple[str, ...]:
        """Base unit of measure of every item of the plan, [items]; blank for those its reader may not see."""
        return tuple(self.plan.base_uoms[item] for item in self.plan.axes.items.leaves)

    @cached_property
    def uom(self) -> str:
        """The unit its quantities are in; blank if its items share none."""
        if self.plan.head.volume_uom:
            return self.plan.head.volume_uom
        found = {self.uoms[item] for item in self.items.tolist()} - {""}
        return found.pop() if len(found) == 1 else ""

    @cached_property
    def in_uom(self) -> FloatArray:
        """`uom` in one base unit of each item, [items]; NaN where they share none or no conversion is known."""
        if not self.plan.head.volume_uom:
            return np.full(len(self.uoms), 1.0 if self.uom else np.nan)
        factors = np.where(np.array(self.uoms) == self.uom, 1.0, np.nan)
        items = self.plan.axes.items
        rows = self.plan.snapshot.table("uoms").filter(pl.col("uom") == self.uom).select("item", "factor").iter_rows()
        for node, factor in sorted(rows, key=lambda row: (items.specificity(row[0]), row[0])):
            factors[items.positions(node)] = 1.0 / factor
        return factors

    def planned(self, measure: str) -> FloatArray:
        """A measure of this plan in each column, [C]; NaN in the closed ones, which this plan does not plan."""
        nodes = {} if self.family is None else {"family": self.family}
        ahead = self.plan.by_bucket(measure, **nodes)[self.ahead.start : self.ahead.stop]
        return np.concatenate([np.full(len(self.closed), np.nan), ahead])


def families(plan: Plan) -> tuple[str, ...]:
    """Families of the plan that are sold, in the order of the hierarchy; components nobody buys have no sheet."""
    items = plan.axes.items
    sold = set(items.groups("family")[plan.axes.keys[Grain.DEMAND].column("item")].tolist())
    return tuple(code for number, code in enumerate(items.nodes("family")) if number in sold)
