"""Where a plan may fall short: each family and each stocking point, how likely, by how much, what it would cost.

Of a family: chance = P(error of its demand through the bucket > cover), the error one standard deviation σ·G(t) of past
sums of so many buckets (decision 0019), for the whole horizon, as if no plan were made anew; cover is stock, receipts
and free regular hours (`cover`). Of a stocking point: the measures `stockout_chance_pct` and `shortage_expected_qty`,
where receipts ordered since make up for what was missed longer than lead time and review period ago.

    materiality = chance × units short if it happens × contribution a unit = expected shortage × contribution

in the bucket of the year ahead where that is most. A family is one pool: what an item lacks another may spare, if the
mix is planned anew; what a stocking point lacks it lacks.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from equipoise.balance.cover import Cover
from equipoise.balance.fans import LEVELS, Fan, Fans
from equipoise.core.errors import EquipoiseError
from equipoise.core.grid import FloatArray, IntArray
from equipoise.core.measure import Grain
from equipoise.inventory.stockout_risk import chance_and_shortage, owed
from equipoise.pack.scope import families
from equipoise.plan import Plan

MOST_SERIES = 6_000
"""Series of which fans are laid, in about two seconds; of a larger company only stocking points are judged."""


class NotAssessed(EquipoiseError):
    """A plan that does not say how likely it runs short."""


@dataclass(frozen=True, eq=False)
class FamilyRisk:
    """A family; arrays [T], NaN where unknown."""

    family: str
    rows: IntArray
    """Rows of grain demand."""
    unit: str
    """Blank where its items share none."""
    demand: Fan | None
    """None where its items share no unit."""
    revenue: Fan
    margin: Fan
    cover_qty: FloatArray
    """Units above the consensus that stock, receipts and free regular hours can serve."""
    room_qty: FloatArray
    """Of these what free regular hours could make."""
    chance_pct: FloatArray
    short_qty: FloatArray
    """Units short in expectation."""
    spread_qty: FloatArray
    """[T, 2] P10 and P90 of what demand through the bucket may lie beyond the consensus."""
    contribution: float
    """Money a unit."""
    year: int
    """Buckets of the year ahead, in which the worst is looked for."""

    @property
    def at_risk_amount(self) -> FloatArray:
        """Expected shortage × contribution."""
        found: FloatArray = self.short_qty * self.contribution
        return found

    @property
    def worst(self) -> int | None:
        """The bucket of the year ahead where most is short; None where nothing is known."""
        short = self.short_qty[: self.year]
        return int(np.nanargmax(short)) if np.isfinite(short).any() else None

    @property
    def amount(self) -> float:
        """At risk in the worst bucket; NaN unknown."""
        return float("nan") if self.worst is None else float(self.at_risk_amount[self.worst])

    @property
    def gap_qty(self) -> FloatArray:
        """Units short if it happens."""
        found: FloatArray = np.divide(
            100.0 * self.short_qty, self.chance_pct, out=np.zeros(len(self.short_qty)), where=self.chance_pct > 0
        )
        return np.where(np.isnan(self.short_qty), np.nan, found)


@dataclass(frozen=True, eq=False)
class CellRisk:
    """A stocking point in the bucket where most is at risk."""

    row: int
    """Row of grain stock."""
    item: str
    location: str
    bucket: int
    chance_pct: float
    short_qty: float
    """Units short in expectation."""
    gap_qty: float
    """Units short if it runs out."""
    amount: float
    """At risk; NaN without a price or a cost."""


@dataclass(frozen=True, eq=False)
class Risks:
    """All of a plan."""

    families: tuple[FamilyRisk, ...]
    """Those that are sold, in the order of the hierarchy; none of a company too large for fans."""
    cells: tuple[CellRisk, ...]
    """Stocking points that serve customers, the most at risk first, those without a price last."""
    unjudged: IntArray
    """Stock rows that serve customers and whose forecast has no known error in some bucket of the year."""
    cover_qty: FloatArray
    """Units that each stocking point has beyond planned demand, less what markets wait for, [S, T]."""
    spread_qty: FloatArray
    """P10 and P90 of what demand of each may lie beyond the plan until the close, [S, T, 2]; NaN unknown."""
    revenue: Fan | None
    """Of the company; None where it is too large."""
    margin: Fan | None
    year_revenue: FloatArray
    """P10, P50, P90 of the first year, or of the horizon where it is shorter, [3]; NaN unknown."""
    year_margin: FloatArray
    year: int
    """Buckets of it."""
    is_cut: bool
    """True where the company has too many series for fans."""

    def family(self, code: str) -> FamilyRisk | None:
        """One of the families."""
        return next((each for each in self.families if each.family == code), None)


@lru_cache(maxsize=4)
def assess_risk(plan: Plan) -> Risks:
    """The risks of a plan, with every cell of it; the last few are kept.

    Raises NotAssessed for a plan of an earlier version.
    """
    if "stockout_chance_pct" not in plan.sections["inventory"]:
        raise NotAssessed("this plan was made before risk was judged along with it; plan again")
    fans = Fans(plan)
    year = min(plan.axes.calendar.periods_per_year, plan.axes.horizon)
    cells = cell_risks(plan, fans, year)
    unjudged = np.flatnonzero(np.isnan(plan.measure("shortage_expected_qty").values[:, :year]).any(axis=1))
    waiting = plan.measure("backlog_closing_qty").values + plan.measure("lost_qty").values
    held = plan.measure("inventory_closing_qty").values - owed(
        plan.axes, np.asarray(plan.measure("sourcing_share_ratio").values), waiting
    )
    spread = plan.measure("inventory_exposed_sd").values[:, :, None] * np.array(
        [fans.shape.at(0.1), fans.shape.at(0.9)]
    )
    rows = np.arange(len(plan.axes.keys[Grain.DEMAND]))
    unknown = np.full(len(LEVELS), np.nan)
    if len(rows) > MOST_SERIES or not len(rows):
        return Risks((), cells, unjudged, held, spread, None, None, unknown, unknown, year, len(rows) > MOST_SERIES)
    cover = Cover(plan)
    found = tuple(_family(plan, fans, cover, family, year) for family in families(plan)) if _has_families(plan) else ()
    revenue, margin = fans.revenue(rows), fans.margin(rows)
    of_year = [each.total(year, fans.shape) for each in (revenue, margin)]
    return Risks(found, cells, unjudged, held, spread, revenue, margin, of_year[0], of_year[1], year, is_cut=False)


def _has_families(plan: Plan) -> bool:
    return "family" in plan.axes.items.levels


def _family(plan: Plan, fans: Fans, cover: Cover, family: str, year: int) -> FamilyRisk:
    rows = plan.axes.rows(Grain.DEMAND, {"item": f"family:{family}"})
    item = plan.axes.keys[Grain.DEMAND].column("item")
    units = sorted({plan.base_uoms[plan.axes.items.leaves[n]] for n in np.unique(item[rows]).tolist()})
    has_unit = len(units) == 1 or bool(plan.head.volume_uom)
    factor = np.ones(len(plan.axes.items.leaves)) if len(units) == 1 else plan.volume_factors
    has_unit = has_unit and bool(np.isfinite(factor[item[rows]]).all())
    revenue, margin = fans.revenue(rows), fans.margin(rows)
    unknown = np.full(plan.axes.horizon, np.nan)
    if not has_unit:
        return FamilyRisk(
            family, rows, "", None, revenue, margin, *(unknown,) * 4, np.tile(unknown[:, None], 2), float("nan"), year
        )
    demand = fans.units(rows, factor[item[rows]])
    room = cover.room(rows, factor)
    left = cover.left(rows, factor) + room
    chance, short = chance_and_shortage(left, demand.span_sd, np.zeros(len(left)), (fans.shape, fans.shape))
    asked = float(demand.center.sum())
    worth = float(margin.center.sum()) / asked if asked > 0 else float("nan")
    unit = units[0] if len(units) == 1 else plan.head.volume_uom
    spread = demand.span_sd[:, None] * np.array([fans.shape.at(0.1), fans.shape.at(0.9)])
    return FamilyRisk(
        family, rows, unit, demand, revenue, margin, left, room, 100.0 * chance, short, spread, worth, year
    )


def cell_risks(plan: Plan, fans: Fans, year: int) -> tuple[CellRisk, ...]:
    """Stocking points in the bucket of the year where most is at risk, those with a risk at all."""
    chance = np.asarray(plan.measure("stockout_chance_pct").values)[:, :year]
    short = np.asarray(plan.measure("shortage_expected_qty").values)[:, :year]
    worth = fans.worth.at_stock
    known = np.where(np.isfinite(chance) & np.isfinite(short), short, 0.0)
    worst = known.argmax(axis=1) if known.shape[1] else np.zeros(len(known), dtype=np.int64)
    rows = np.flatnonzero(known.max(axis=1, initial=0.0) > 0)
    keys = plan.axes.keys[Grain.STOCK]
    amount = known[rows, worst[rows]] * worth[rows]
    order = np.lexsort((rows, np.nan_to_num(-amount, nan=np.inf)))
    found = []
    for place in order.tolist():
        row = int(rows[place])
        bucket = int(worst[row])
        item, location = keys.labels(row)
        pct, units = float(chance[row, bucket]), float(short[row, bucket])
        gap = units / (pct / 100.0) if pct > 0 else units
        found.append(CellRisk(row, item, location, bucket, pct, units, gap, float(amount[place])))
    return tuple(found)
