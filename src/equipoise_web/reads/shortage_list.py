"""Every demand that a plan serves late or never, with its money: contribution lost and stated penalties.

Units are served first come, first served, as in `supply.counter_offers`: what waits longest goes first. A unit late
costs the stated backlog cost of every bucket it waits; one that is never served costs its contribution, and the stated
lost sale cost where its market loses it. A cost that nobody stated costs nothing here: the price that the optimizer
takes in its place is the contribution already (`finance.service_cost`).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from equipoise.core.grid import BoolArray, FloatArray
from equipoise.core.measure import Grain
from equipoise.core.rates import painted_rates
from equipoise.finance.sales_price import demand_cells
from equipoise.plan import Plan

SHOWN = 1e-3
"""Less short than this is not worth a line."""


@dataclass(frozen=True)
class Shortage:
    """What one item and market asked for in one bucket, and what became of it, in units; they add up."""

    row: int
    """Row of grain demand."""
    bucket: int
    asked: float
    on_time: float
    late: tuple[tuple[int, float], ...]
    """Bucket of arrival and units, of what comes within the horizon."""
    waiting: float
    """Units that still wait when the horizon ends."""
    lost: float
    contribution: float
    """Money of what is never served: net price less standard cost, at net price where no standard cost is known."""
    penalties: float
    """Money of stated backlog and lost sale costs."""

    @property
    def late_units(self) -> float:
        """Units that come late, or still wait at the end."""
        return sum(units for _, units in self.late) + self.waiting

    @property
    def short(self) -> float:
        """Units not served in the bucket."""
        return self.late_units + self.lost

    @property
    def amount(self) -> float:
        """Contribution lost + penalties."""
        return self.contribution + self.penalties


@dataclass(frozen=True)
class _Asked:
    """A plan, known by its digest."""

    plan: Plan

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Asked) and self.plan.digest == other.plan.digest

    def __hash__(self) -> int:
        return hash(self.plan.digest)


def list_shortages(plan: Plan) -> tuple[Shortage, ...]:
    """All of a whole plan, the most money first, then the most units. A plan never changes: they are kept."""
    return _list(_Asked(plan))


@lru_cache(maxsize=8)
def _list(asked: _Asked) -> tuple[Shortage, ...]:
    plan = asked.plan
    unmet = plan.measure("unmet_qty").values
    rows = np.flatnonzero((unmet > SHOWN).any(axis=1))
    money = _Money(plan)
    found = [
        _shortage(plan, money, row, bucket)
        for row in rows.tolist()
        for bucket in np.flatnonzero(unmet[row] > SHOWN).tolist()
    ]
    return tuple(sorted(found, key=lambda each: (-each.amount, -each.short, each.row, each.bucket)))


class _Money:
    """What the prices of a plan say of a unit late or lost, [D, T] each."""

    def __init__(self, plan: Plan) -> None:
        price = np.nan_to_num(plan.measure("sales_net_price").values)
        self.contribution = np.maximum(price - np.nan_to_num(_standard_cost(plan)), 0.0)
        backlog, lost = (_is_stated(plan, column) for column in ("backlog_cost", "lost_sale_cost"))
        self.late = np.where(backlog, plan.measure("cost_backlog_price").values, 0.0)
        self.lost = np.where(lost, plan.measure("cost_lost_price").values, 0.0)


def _standard_cost(plan: Plan) -> FloatArray:
    """Standard cost of each demand row's item, the mean of the places that know one, [D, T]; NaN where none does."""
    costs = plan.measure("cost_standard_price").values
    items = plan.axes.keys[Grain.STOCK].column("item")
    known = np.isfinite(costs)
    total, count = (np.zeros((len(plan.axes.items), costs.shape[1])) for _ in range(2))
    np.add.at(total, items, np.where(known, costs, 0.0))
    np.add.at(count, items, known)
    by_item = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
    found: FloatArray = by_item[plan.axes.keys[Grain.DEMAND].column("item")]
    return found


def _is_stated(plan: Plan, column: str) -> BoolArray:
    """True where table service_costs or costs states it for the market or the item, [D, T]."""
    axes, cells = plan.axes, demand_cells(plan.axes)
    by_market = painted_rates(axes, plan.snapshot.table("service_costs"), column, *cells)
    costs = plan.snapshot.table("costs")
    by_item = painted_rates(axes, costs.filter(costs["location"] == ""), column, cells[0])
    found: BoolArray = np.isfinite(by_market) | np.isfinite(by_item)
    return found


def _shortage(plan: Plan, money: _Money, row: int, bucket: int) -> Shortage:
    required, on_time, lost = (
        float(plan.measure(name).values[row, bucket])
        for name in ("demand_required_qty", "demand_on_time_qty", "lost_qty")
    )
    late = arrivals(plan, row, bucket)
    waiting = max(required - on_time - lost - sum(units for _, units in late), 0.0)
    waiting = waiting if waiting > SHOWN else 0.0
    horizon = plan.axes.horizon
    cost = np.concatenate([[0.0], np.cumsum(money.late[row])])
    waits = sum(units * (cost[at] - cost[bucket]) for at, units in late) + waiting * (cost[horizon] - cost[bucket])
    return Shortage(
        row=row,
        bucket=bucket,
        asked=required,
        on_time=on_time,
        late=late,
        waiting=waiting,
        lost=lost,
        contribution=(lost + waiting) * float(money.contribution[row, bucket]),
        penalties=float(waits) + lost * float(money.lost[row, bucket]),
    )


def arrivals(plan: Plan, row: int, bucket: int) -> tuple[tuple[int, float], ...]:
    """When the demand of a bucket is served after it: Σ served to u against Σ asked before and in the bucket."""
    required, overdue, uncovered, lost, served = (
        plan.measure(name).values[row]
        for name in (
            "demand_required_qty",
            "demand_overdue_qty",
            "demand_not_covered_qty",
            "lost_qty",
            "demand_served_qty",
        )
    )
    asked = np.cumsum(required + overdue + uncovered - lost)
    begin = float(asked[bucket - 1]) if bucket else 0.0
    mine = np.clip(np.cumsum(served), begin, float(asked[bucket])) - begin
    parts = np.diff(mine, prepend=0.0)[bucket + 1 :]
    return tuple((bucket + 1 + at, float(units)) for at, units in enumerate(parts.tolist()) if units > SHOWN)
