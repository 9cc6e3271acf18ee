"""What is behind the load of a resource: hours by family, bucket by bucket, and what an hour of each family earns.

Contribution per hour of the constraint = (net price − standard cost) / hours of a unit on the resource; where hours are
short, what earns least an hour gives way first (Goldratt, The Haystack Syndrome; Vollmann et al., chapter 10).
"""

from dataclasses import dataclass

import numpy as np

from equipoise.balance.ground import Ground
from equipoise.core.grid import FloatArray, IntArray
from equipoise.core.measure import Grain


@dataclass(frozen=True, eq=False)
class Behind:
    """Hours of one resource by what asks for them."""

    families: tuple[str, ...]
    by_family: FloatArray
    """[F, T] standard hours of the first sources of the families' items."""
    rest: FloatArray
    """[T] firm receipts, and of a room what stands in it."""
    by_stock: FloatArray
    """[S, T]"""
    hours_per_unit: FloatArray
    """[S] standard hours of a good unit on the resource, 0 for what is not made there."""
    family_of: IntArray
    """[S] number of the family of each stock row."""


def behind(ground: Ground, resource: int) -> Behind:
    """What asks for the hours of a resource, by the resource profile."""
    by_stock = ground.hours_behind(resource)
    items = ground.plan.axes.items
    codes = items.codes("family") if "family" in items.levels else items.leaves
    named = [code or items.leaves[number] for number, code in enumerate(codes)]
    families = tuple(dict.fromkeys(named))
    number = {family: n for n, family in enumerate(families)}
    of_item = np.array([number[family] for family in named], dtype=np.int64)
    family_of = of_item[ground.plan.axes.keys[Grain.STOCK].column("item")]
    by_family = np.zeros((len(families), by_stock.shape[1]))
    np.add.at(by_family, family_of, by_stock)
    rest = np.maximum(ground.infinite.heat.load[resource] - by_stock.sum(axis=0), 0.0)
    return Behind(families, by_family, rest, by_stock, ground.hours_per_unit(resource), family_of)


def contribution_per_hour(ground: Ground, found: Behind, bucket: int) -> FloatArray:
    """Money that an hour of the resource earns by each stock row, [S]; NaN for what is not sold or has no cost."""
    with np.errstate(divide="ignore", invalid="ignore"):
        earned = ground.contribution[:, bucket] / found.hours_per_unit
    return np.where(found.hours_per_unit > 0, earned, np.nan)


def by_family_per_hour(found: Behind, per_hour: FloatArray, bucket: int) -> FloatArray:
    """The mean of [S] by hours of the bucket, [F]; NaN where a family has none that is known."""
    hours = found.by_stock[:, bucket]
    known = ~np.isnan(per_hour) & (hours > 0)
    count = len(found.families)
    total = np.bincount(found.family_of[known], hours[known], minlength=count)
    earned = np.bincount(found.family_of[known], (hours * np.where(known, per_hour, 0.0))[known], minlength=count)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(total > 0, earned / total, np.nan)
