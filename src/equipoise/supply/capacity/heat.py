"""The heat table of rough-cut capacity planning: load, available, utilization of every resource and bucket, the
bottlenecks in their order, and the products behind each cell.

Load comes from one of the three methods of `rough_cut` (ASCM dictionary: capacity planning using overall factors, bill
of labor, resource profile), from the roughest to the finest:

| method | knows | misses |
|---|---|---|
| factors | hours of a unit in all, and each resource's share of the past | the mix |
| bill | hours of a unit at each resource | when they are worked |
| profile | and how many buckets before completion | |

A *bottleneck* is ranked by the hours that no pre-building brings in: the most by which load so far exceeds capacity so
far. Load that could be worked earlier is an overload of its bucket, not of the year.

>>> made = np.array([[10.0, 30.0, 10.0]])  # one product
>>> table = heat(made, np.array([[[1.0, 0.5]]]), available=np.full((1, 3), 25.0))
>>> table.load.tolist(), table.overdue.tolist(), table.utilization_pct.tolist()
([[25.0, 35.0, 10.0]], [[5.0]], [[100.0, 140.0, 40.0]])
>>> worst = bottlenecks(table)[0]
>>> worst.first_bucket, worst.over_hours, worst.beyond_levelling_hours
(1, 10.0, 15.0)
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from equipoise.core.grid import FloatArray, IntArray
from equipoise.supply.capacity.rough_cut import WrongCapacity, bill_of_capacity, overall_factors, resource_profile

Method = Literal["factors", "bill", "profile"]
MIX_TOLERANCE_PCT = 5.0
"""Above it a family's load says something else than its items' loads (rules.md, Capacity)."""


@dataclass(frozen=True, eq=False)
class Heat:
    """Standard hours of R resources over T buckets."""

    load: FloatArray
    """[R, T]"""
    overdue: FloatArray
    """[R, L] load that lies before the first bucket, its last column just before it."""
    available: FloatArray
    """[R, T] standard hours; inf: no limit."""

    @property
    def utilization_pct(self) -> FloatArray:
        """Load in % of available, [R, T]; NaN where nothing limits it, inf where nothing is available for it."""
        with np.errstate(divide="ignore", invalid="ignore"):
            found = 100.0 * self.load / self.available
        found[(self.load == 0) & (self.available == 0)] = 0.0
        found[np.isinf(self.available)] = np.nan
        return found

    @property
    def over_hours(self) -> FloatArray:
        """Hours by which load exceeds what is available, [R, T]."""
        found: FloatArray = np.maximum(self.load - self.available, 0.0)
        return found


@dataclass(frozen=True)
class Bottleneck:
    """One resource of a heat table, in the order in which it should be looked at."""

    resource: int
    over_hours: float
    """Added over its overloaded buckets."""
    beyond_levelling_hours: float
    """Hours that no work ahead of time brings in, overdue load included."""
    worst_bucket: int
    worst_pct: float
    first_bucket: int | None
    """First overloaded bucket, None if none is."""
    overdue_hours: float

    @property
    def is_overloaded(self) -> bool:
        """True if some bucket asks for more than there is."""
        return self.first_bucket is not None


def heat(
    mps: FloatArray,
    hours: FloatArray,
    *,
    available: FloatArray,
    method: Method = "profile",
    share: FloatArray | None = None,
) -> Heat:
    """The heat table of a master schedule `mps` [P, T] in units, by one of the three methods.

    `hours` [R, P, L + 1]: standard hours of a unit of product p at resource r, l buckets before it is finished.
    `available` [R, T]; `share` [R] each resource's part of all hours in the past, for method factors: blank takes the
    parts that this schedule has by its bills. Raises `WrongCapacity` for arrays that do not fit and shares that are
    none.
    """
    resources, products, _ = hours.shape
    if mps.shape[0] != products or available.shape != (resources, mps.shape[1]):
        raise WrongCapacity(
            f"a schedule {mps.shape} of {products} products and hours available {available.shape} do not fit "
            f"{resources} resources"
        )
    if method == "profile":
        load, overdue = resource_profile(mps, hours=hours)
        return Heat(load, overdue, available)
    by_resource = hours.sum(axis=2)
    if method == "bill":
        load = bill_of_capacity(mps, hours=by_resource)
    else:
        parts = past_shares(bill_of_capacity(mps, hours=by_resource)) if share is None else share
        load = overall_factors(mps, hours_per_unit=by_resource.sum(axis=0), share=parts)
    return Heat(load, np.zeros((resources, 0)), available)


def past_shares(worked: FloatArray) -> FloatArray:
    """Each resource's part of all hours worked [R, T] (or [R]); equal parts where none were.

    >>> past_shares(np.array([[30.0, 30.0], [20.0, 20.0]])).tolist()
    [0.6, 0.4]
    """
    totals = worked.reshape(len(worked), -1).sum(axis=1)
    whole = float(totals.sum())
    return totals / whole if whole > 0 else np.full(len(totals), 1.0 / max(len(totals), 1))


def profile_hours(
    *, product: IntArray, resource: IntArray, hours: FloatArray, lag: IntArray, shape: tuple[int, int]
) -> FloatArray:
    """Hours [R, P, L + 1] from single uses: `hours` of `product` at `resource`, `lag` buckets before completion.

    `shape` = (R, P). Uses of the same cell add up, as rows of a routing do.
    """
    found = np.zeros((*shape, int(lag.max(initial=0)) + 1))
    np.add.at(found, (resource, product, lag), hours)
    return found


def family_hours(hours: FloatArray, *, family: IntArray, mix: FloatArray) -> FloatArray:
    """Hours of a unit of each family, [R, F, L + 1], from its items' hours [R, P, L + 1] in the mix `mix` [P].

    The mix is units of each item: of the bucket's forecast, or of a planning bill. A family without any takes its items
    in equal parts.
    """
    count = int(family.max(initial=-1)) + 1
    units = np.bincount(family, mix, count)
    equal = np.bincount(family, minlength=count)
    share = np.where(units[family] > 0, mix / np.where(units > 0, units, 1.0)[family], 1.0 / equal[family])
    by_family = np.zeros((count, hours.shape[0], hours.shape[2]))
    np.add.at(by_family, family, (hours * share[None, :, None]).transpose(1, 0, 2))
    return np.ascontiguousarray(by_family.transpose(1, 0, 2))


def mix_gap_pct(by_item: FloatArray, by_family: FloatArray) -> FloatArray:
    """How far load by family is from load by item, in % of the latter, [R, T]; over `MIX_TOLERANCE_PCT` is a warning.

    >>> mix_gap_pct(np.array([[100.0, 0.0]]), np.array([[94.0, 0.0]])).tolist()
    [[-6.0, 0.0]]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = 100.0 * (by_family - by_item) / by_item
    found: FloatArray = np.where(by_family == by_item, 0.0, gap)
    return found


def bottlenecks(table: Heat) -> tuple[Bottleneck, ...]:
    """All resources with load and a limit: those first of which most hours cannot be levelled, then by hours over, then
    by the highest utilization."""
    late = table.overdue.sum(axis=1)
    limited = np.isfinite(table.available).any(axis=1) & ((table.load.sum(axis=1) > 0) | (late > 0))
    over, used = table.over_hours, table.utilization_pct
    behind = _beyond_levelling(table, late)
    found = []
    for row in np.flatnonzero(limited).tolist():
        worst = int(np.nanargmax(used[row]))
        tight = np.flatnonzero(over[row] > 0)
        found.append(
            Bottleneck(
                resource=row,
                over_hours=float(over[row].sum()),
                beyond_levelling_hours=float(behind[row]),
                worst_bucket=worst,
                worst_pct=float(used[row, worst]),
                first_bucket=int(tight[0]) if len(tight) else None,
                overdue_hours=float(late[row]),
            )
        )
    return tuple(sorted(found, key=lambda b: (-b.beyond_levelling_hours, -b.over_hours, -b.worst_pct, b.resource)))


def _beyond_levelling(table: Heat, late: FloatArray) -> FloatArray:
    """Most hours by which load so far, overdue load first, exceeds what was available so far, [R]."""
    # After a bucket without a limit nothing is left over: all later load could have been worked in it.
    ahead = late[:, None] + np.cumsum(table.load, axis=1) - np.cumsum(table.available, axis=1)
    found: FloatArray = np.maximum(ahead.max(axis=1, initial=0.0), 0.0)
    return found


def hours_behind(mps: FloatArray, hours: FloatArray, *, resource: int, bucket: int) -> FloatArray:
    """What each product puts into one cell of a profile's heat table, [P]; they add up to its load.

    `mps` [P, T], `hours` [R, P, L + 1] as for `heat`. A bucket below 0 is overdue load, −1 just before the first.
    """
    _, _, lags = hours.shape
    found = np.zeros(len(mps))
    for lag in range(lags):
        if 0 <= bucket + lag < mps.shape[1]:
            found += hours[resource, :, lag] * mps[:, bucket + lag]
    return found


def ranked(by_product: FloatArray, group: IntArray | None = None) -> tuple[tuple[int, float, float], ...]:
    """(product or group, hours, % of all), the most first, nothing without hours; `group` [P] numbers the families.

    >>> ranked(np.array([10.0, 0.0, 30.0]))
    ((2, 30.0, 75.0), (0, 10.0, 25.0))
    >>> ranked(np.array([10.0, 20.0, 30.0]), np.array([0, 0, 1]))
    ((0, 30.0, 50.0), (1, 30.0, 50.0))
    """
    totals = by_product if group is None else np.bincount(group, by_product)
    whole = float(totals.sum())
    order = np.argsort(-totals, kind="stable")
    return tuple((int(k), float(totals[k]), 100.0 * float(totals[k]) / whole) for k in order if totals[k] > 0)
