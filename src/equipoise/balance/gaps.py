"""Gaps: a resource, a supplier or a subcontractor that is asked for more than it has, bucket by bucket.

Sized before anything is done about them, by infinite loading: what demand asks of each first source, in the bucket in
which it is worked or delivered. The plan in force may have closed a gap already, by overtime or by building ahead; that
it did is one of the options, and what it left open are its units short.

    margin at stake = least margin of the units that would have to give way for `short` hours

What earns least an hour gives way first (Goldratt, The Haystack Syndrome; Vollmann et al., chapter 10).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from equipoise.balance.ground import Ground
from equipoise.balance.takes import Cell
from equipoise.core.grid import FloatArray
from equipoise.core.measure import Grain

LEAST = 0.5
"""Hours or units short that are worth an option."""
Kind = Literal["hours", "room", "limit"]
LIMITS = ("purchasing", "subcontracting")
"""Tables whose limits are those of suppliers and subcontractors; fences and lanes are rules, not capacity."""


@dataclass(frozen=True, eq=False)
class Gap:
    """One place and bucket that is asked for more than it has; in standard hours, or in units of a limit."""

    ground: Ground
    kind: Kind
    where: str
    """Code of the resource, or what the limit is called."""
    resource: int
    """−1 of a limit."""
    limit: int
    """−1 of a resource."""
    bucket: int
    asked: float
    available: float
    need: FloatArray
    """[S] hours or units behind it by stock row."""
    per_unit: FloatArray
    """[S] hours, or units of the limit, a good unit takes."""

    @property
    def short(self) -> float:
        """By how much more is asked than there is; 0 where nothing is short."""
        return max(self.asked - self.available, 0.0)

    @property
    def cell(self) -> Cell:
        """What is short."""
        return ("hours", self.resource, self.bucket) if self.resource >= 0 else ("limit", self.limit, self.bucket)

    def cell_at(self, bucket: int) -> Cell:
        """The same place in another bucket."""
        return (self.cell[0], self.cell[1], bucket)

    def counted(self, stock: int) -> int | None:
        """The bucket by which the first source of a stock row is counted when it loads the gap; None: it does not."""
        route = int(self.ground.infinite.route[stock])
        if route < 0 or self.kind == "limit":
            return None if route < 0 else self.bucket
        return self.ground.takes.counted(route, self.resource, self.bucket)

    @property
    def unit(self) -> str:
        """What it is counted in: hour, or unit."""
        return "hour" if self.kind == "hours" else "unit"

    @cached_property
    def units_each(self) -> float:
        """Good units that an hour (or unit) of it stands for, by the mix behind it; 0 where nothing is behind it."""
        made = (self.need > 0) & (self.per_unit > 0)
        total = float(self.need[made].sum())
        return float((self.need[made] / self.per_unit[made]).sum()) / total if total > 0 else 0.0

    def margin_of(self, hours: float) -> float | None:
        """Least margin lost where so many hours (or units) of it are not worked; None where margins are unknown."""
        made = (self.need > 0) & (self.per_unit > 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            each = self.ground.contribution[made, self.bucket] / self.per_unit[made]
        known = np.isfinite(each)
        order = np.argsort(each[known], kind="stable")
        need = self.need[made][known][order]
        if need.sum() < hours - LEAST:
            return None
        before = np.cumsum(need) - need
        return float((np.clip(hours - before, 0.0, need) * each[known][order]).sum())

    @cached_property
    def at_stake(self) -> float | None:
        """Margin that hangs on closing it."""
        return self.margin_of(self.short)

    @property
    def worth_each(self) -> float | None:
        """Margin that is lost with an hour (or unit) short, on average; None: unknown."""
        return None if self.at_stake is None or self.short <= 0 else self.at_stake / self.short

    @cached_property
    def unserved_qty(self) -> float:
        """Units of the items behind it that the plan in force leaves unserved at the end of the bucket."""
        keys, plan = self.ground.plan.axes.keys, self.ground.plan
        items = np.unique(keys[Grain.STOCK].column("item")[self.need > 0])
        rows = np.isin(keys[Grain.DEMAND].column("item"), items)
        waiting = np.asarray(plan.measure("backlog_closing_qty").values)[rows, self.bucket]
        lost = np.asarray(plan.measure("lost_qty").values)[rows, self.bucket]
        return float(waiting.sum() + lost.sum())


def find_gaps(ground: Ground) -> list[Gap]:
    """Every gap of a plan by resource and limit, then bucket."""
    return [gap for each in (*_resources(ground), *_limits(ground)) for gap in each if gap.short >= LEAST]


def gaps_of_resource(ground: Ground, resource: int) -> list[Gap]:
    """A resource in every bucket of the plan, whether or not anything is short in it."""
    heat = ground.infinite.heat
    behind, per_unit = ground.hours_behind(resource), ground.hours_per_unit(resource)
    code, is_room = ground.plan.axes.resources.leaves[resource], ground.network.capacity.is_storage[resource]
    return [
        Gap(
            ground,
            "room" if is_room else "hours",
            code,
            resource,
            -1,
            bucket,
            float(heat.load[resource, bucket]),
            float(heat.available[resource, bucket]),
            behind[:, bucket],
            per_unit,
        )
        for bucket in range(ground.plan.axes.horizon)
    ]


def _resources(ground: Ground) -> Iterator[list[Gap]]:
    over = ground.infinite.heat.over_hours.max(axis=1, initial=0.0)
    for row in np.flatnonzero(over >= LEAST).tolist():
        yield gaps_of_resource(ground, row)


def _limits(ground: Ground) -> Iterator[list[Gap]]:
    routes, first = ground.network.routes, ground.infinite.route
    for number, limit in enumerate(ground.network.limits):
        if limit.block != "make" or limit.table not in LIMITS:
            continue
        stock = routes.stock[limit.members]
        mine = (stock >= 0) & (first[stock] == limit.members)
        if not mine.any():
            continue
        need, per_unit = np.zeros(ground.infinite.loading.receipts.shape), np.zeros(len(first))
        started = 1.0 / routes.yield_ratio[limit.members[mine]]
        per_unit[stock[mine]] = limit.per_unit[mine] * started
        need[stock[mine]] = ground.infinite.loading.receipts[stock[mine]] * per_unit[stock[mine], None]
        asked = need.sum(axis=0)
        yield [
            Gap(
                ground, "limit", limit.where, -1, number, t, float(asked[t]), float(limit.most[t]), need[:, t], per_unit
            )
            for t in range(ground.plan.axes.horizon)
        ]
