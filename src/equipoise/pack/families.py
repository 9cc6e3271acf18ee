"""Families side by side: demand of each over the coming year, what was ordered a year before, and the budget.

All in money at this plan's net prices, so that a difference to last year is one of volume. The family furthest from its
budget comes first, in money either way; where nothing is budgeted, furthest from last year.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan

import numpy as np

from equipoise.core.errors import EquipoiseError
from equipoise.core.grid import FloatArray
from equipoise.core.measure import Grain
from equipoise.core.panel import sum_rows
from equipoise.pack.chart_table import ChartTable
from equipoise.pack.headline import LEAST_TOLD, money, signed_money
from equipoise.pack.prices import worth
from equipoise.pack.scope import AHEAD, WEEKS_AHEAD, families
from equipoise.plan import Plan

MOST = 24
"""Families on a page."""
Line = tuple[float | None, ...]
"""Money by bucket; None is unknown."""


class NoSuchPage(EquipoiseError):
    """A page of families that there is not."""


@dataclass(frozen=True)
class Family:
    """One family: its lines over the buckets shown."""

    name: str
    demand: Line
    last_year: Line
    budget: Line

    @property
    def against(self) -> str:
        """What its gap is to: budget, last year, or blank where neither is known."""
        return "budget" if _is_known(self.budget) else "last year" if _is_known(self.last_year) else ""

    @property
    def gap(self) -> float:
        """Demand less budget, else last year, over the buckets in which both are known."""
        other = {"budget": self.budget, "last year": self.last_year}.get(self.against, ())
        return sum(a - b for a, b in zip(self.demand, other, strict=False) if a is not None and b is not None)

    @property
    def lines(self) -> tuple[tuple[str, Line], ...]:
        """Its lines by what they are, those that are known."""
        named = (("Demand", self.demand), ("Last year", self.last_year), ("Budget", self.budget))
        return tuple((name, line) for name, line in named if _is_known(line))


@dataclass(frozen=True)
class Families:
    """A page of families, furthest from their budget first."""

    title: str
    subtitle: str
    currency: str
    labels: tuple[str, ...]
    shown: tuple[Family, ...]
    page: int
    pages: int
    is_shared: bool
    """True if all are drawn on one scale; each has its own otherwise."""

    def table(self) -> ChartTable:
        """Every line of every family, in whole money, the sum at the end."""
        rows = tuple(
            (f"{family.name}, {name.lower()}", *(_told(value) for value in line), _told(_sum(line)))
            for family in self.shown
            for name, line in family.lines
        )
        return ChartTable((f"{self.currency}, at net price", *self.labels, "All"), rows)


def family_panels(plan: Plan, *, page: int = 1, is_shared: bool = True) -> Families:
    """The families of a plan that are sold, `MOST` a page. Raises NoSuchPage."""
    buckets = range(min(WEEKS_AHEAD if plan.axes.calendar.bucket == "week" else AHEAD, plan.axes.horizon))
    found = [family for family in _families(plan, len(buckets)) if any(_is_known(line) for _, line in family.lines)]
    found.sort(key=lambda family: (-abs(family.gap), family.name))
    pages = max(-(-len(found) // MOST), 1)
    if not 1 <= page <= pages:
        raise NoSuchPage(f"there is no page {page} of families; there are {pages}")
    labels = tuple(plan.axes.calendar.label(bucket) for bucket in buckets)
    scale = "one scale for all" if is_shared else "each on its own scale"
    return Families(
        title=_finding(found, plan.head.currency),
        subtitle=f"Demand, orders a year before and budget, {plan.head.currency} at net price, {labels[0]} to "
        f"{labels[-1]}; {scale}, from 0; furthest from budget first",
        currency=plan.head.currency,
        labels=labels,
        shown=tuple(found[(page - 1) * MOST : page * MOST]),
        page=page,
        pages=pages,
        is_shared=is_shared,
    )


def _families(plan: Plan, count: int) -> Sequence[Family]:
    items = plan.axes.items
    groups = items.groups("family")[plan.axes.keys[Grain.DEMAND].column("item")]
    nodes = items.nodes("family")
    price = plan.measure("sales_net_price").values[:, :count]
    demand = worth(plan.measure("demand_consensus_qty").values[:, :count], price)
    budget = plan.measure("budget_revenue_amount").values[:, :count]
    sums = [
        _by_family(values, groups, len(nodes)) for values in (demand, worth(_year_before(plan, count), price), budget)
    ]
    number = {node: n for n, node in enumerate(nodes)}
    rows = [(name, *(values[number[name]] for values in sums)) for name in families(plan)]
    return [Family(name, *(_line(values) for values in lines)) for name, *lines in rows]


def _by_family(values: FloatArray, groups: np.ndarray, count: int) -> FloatArray:
    """Sums over the rows of each family, [families, T]; NaN where no row of it is known."""
    known = sum_rows((~np.isnan(values)).astype(np.float64), groups, count)
    return np.where(known > 0, sum_rows(np.nan_to_num(values), groups, count), np.nan)


def _year_before(plan: Plan, count: int) -> FloatArray:
    """Units ordered in the bucket a year before each of the first `count`, [N, count]; NaN where it is not closed."""
    panel, year = plan.measure("history_ordered_qty"), plan.axes.calendar.periods_per_year
    found = np.full((panel.values.shape[0], count), np.nan)
    for bucket in range(count):
        column = bucket - year - panel.first
        if 0 <= column < panel.values.shape[1] and bucket - year < plan.head.closed_buckets_end:
            found[:, bucket] = panel.values[:, column]
    return found


def _finding(found: Sequence[Family], currency: str) -> str:
    """How far off the first one is, and how many fall short."""
    measured = [family for family in found if family.against]
    if not measured:
        return f"Demand of {len(found)} families" if len(found) != 1 else f"Demand of {found[0].name}"
    first = measured[0]
    short = sum(family.gap < -LEAST_TOLD for family in measured)
    if abs(first.gap) < LEAST_TOLD:
        return f"Every family is at its {first.against}"
    side = "above" if first.gap > 0 else "below"
    said = f"{first.name} is {money(currency, abs(first.gap))} {side} {first.against}"
    if len(measured) == 1:
        return said
    return (
        f"{said}, furthest of all; {short or 'none'} of {len(measured)} families {'are' if short != 1 else 'is'} below"
    )


def gap_words(family: Family, currency: str) -> str:
    """`−€2.10 M to budget`; blank where there is nothing to compare with."""
    if not family.against:
        return ""
    told = signed_money(currency, family.gap)
    return f"at {family.against}" if told == "0" else f"{told} to {family.against}"


def _line(values: FloatArray) -> Line:
    return tuple(None if isnan(value) else value for value in values.tolist())


def _is_known(line: Line) -> bool:
    return any(value is not None and value != 0 for value in line)


def _sum(line: Line) -> float | None:
    known = [value for value in line if value is not None]
    return sum(known) if known else None


def _told(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}".replace("-", "−")
