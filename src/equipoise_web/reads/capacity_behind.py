"""What is behind the load of a resource: hours by family, bucket by bucket, and what an hour of each family earns.

Contribution per hour of the constraint = (net price − standard cost) / hours of a unit on the resource; where hours are
short, what earns least an hour gives way first (Goldratt, The Haystack Syndrome; Vollmann et al., chapter 10).
"""

from dataclasses import dataclass

import numpy as np

from equipoise.core.grid import FloatArray, IntArray
from equipoise.core.measure import Grain
from equipoise.plan import Plan
from equipoise.supply.infinite_plan import hours_by_stock
from equipoise_web.reads.capacity_load import RoughCut


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


def behind(plan: Plan, cut: RoughCut, resource: int) -> Behind:
    """What asks for the hours of a resource, by the resource profile."""
    network, infinite = cut.network, cut.infinite
    horizon = infinite.heat.load.shape[1]
    by_stock = np.stack(
        [hours_by_stock(network, infinite, resource=resource, bucket=bucket) for bucket in range(horizon)], axis=1
    )
    items = plan.axes.items
    codes = items.codes("family") if "family" in items.levels else items.leaves
    named = [code or items.leaves[number] for number, code in enumerate(codes)]
    families = tuple(dict.fromkeys(named))
    number = {family: n for n, family in enumerate(families)}
    of_item = np.array([number[family] for family in named], dtype=np.int64)
    family_of = of_item[plan.axes.keys[Grain.STOCK].column("item")]
    by_family = np.zeros((len(families), horizon))
    np.add.at(by_family, family_of, by_stock)
    rest = np.maximum(infinite.heat.load[resource] - by_stock.sum(axis=0), 0.0)
    return Behind(families, by_family, rest, by_stock, _hours_per_unit(cut, resource), family_of)


def _hours_per_unit(cut: RoughCut, resource: int) -> FloatArray:
    routes, infinite = cut.network.routes, cut.infinite
    stock = routes.stock[routes.load_route]
    uses = np.flatnonzero(
        (stock >= 0) & (infinite.route[stock] == routes.load_route) & (routes.load_resource == resource)
    )
    own = routes.is_own[routes.load_route[uses]]
    started = np.where(own, infinite.structure.started_per_good[stock[uses]], 1.0)
    found = np.zeros(len(cut.network.opening))
    np.add.at(found, stock[uses], routes.load_hours[uses] * started)
    return found


def contribution_per_hour(plan: Plan, found: Behind, bucket: int) -> FloatArray:
    """Money that an hour of the resource earns by each stock row, [S]; NaN for what is not sold or has no cost."""
    keys = plan.axes.keys
    items = keys[Grain.DEMAND].column("item")
    quantity = np.nan_to_num(plan.measure("demand_consensus_qty").values[:, bucket])
    price = plan.measure("sales_net_price").values[:, bucket]
    known = ~np.isnan(price) & (quantity > 0)
    count = len(plan.axes.items)
    units = np.bincount(items[known], quantity[known], minlength=count)
    amount = np.bincount(items[known], (quantity * np.where(known, price, 0.0))[known], minlength=count)
    with np.errstate(divide="ignore", invalid="ignore"):
        of_item = np.where(units > 0, amount / units, np.nan)
        cost = plan.measure("cost_standard_price").values[:, bucket]
        earned = (of_item[keys[Grain.STOCK].column("item")] - cost) / found.hours_per_unit
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
