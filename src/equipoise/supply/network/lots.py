"""Lots: what a setup, a least lot and a lot multiple ask of a source, where policy `lots` says whole.

A lot of a source is at most its lot multiple, else the usual lot of table inventory_policy, else whatever a bucket
asks for: one lot a bucket. A lane's lot is a truckload, or the least that is worth sending: part of one waits for the
next bucket. A lane that carries a fixed share of what its receiver gets cannot keep lots as well. Every lot takes the
setup hours of its route, or costs its order; where a lot multiple is smaller than the least lot, a lot is several
multiples. With policy `lots` average none of this is planned: setup hours are spread over the usual lot (routes.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.supply.network.flows import Flows, lane_rates
from equipoise.supply.network.limits import Limit
from equipoise.supply.network.routes import (
    PURCHASE,
    Routes,
    bills_of_capacity,
    make_labels,
    stated,
    supplier_rates,
    usual_lots,
)

LOTS_OF_LANES = ("lot_multiple", "min_lot")


@dataclass(frozen=True, eq=False)
class Lots:
    """N sources that are planned in lots: rows of grain make, then of grain flow; and U setups of resources."""

    rows: IntArray
    """[K] row of grain make."""
    lanes: IntArray
    """[N − K] row of grain flow."""
    multiple: FloatArray
    """[N, T] units of which a lot is a whole multiple; 0: any amount."""
    least: FloatArray
    """[N, T] smallest lot, 0: none."""
    most: FloatArray
    """[N, T] units of the largest lot; inf: as many as the bucket asks for, in one lot."""
    setup_lot: IntArray
    """[U] place among the K rows."""
    setup_use: IntArray
    """[U] place among the uses of resources of the routes (`Routes.load_route` ...)."""
    setup_hours: FloatArray
    """[U] standard hours per lot."""

    @property
    def count(self) -> int:
        """N."""
        return len(self.rows) + len(self.lanes)


def no_lots(horizon: int) -> Lots:
    """Nothing is planned in lots."""
    none, some = np.zeros(0, dtype=np.int64), np.zeros((0, horizon))
    return Lots(none, none, some, some, some, none, none, np.zeros(0))


def read_lots(
    axes: Axes,
    routes: Routes,
    limits: Sequence[Limit],
    *,
    routings: pl.DataFrame,
    purchasing: pl.DataFrame,
    inventory_policy: pl.DataFrame,
    order_price: FloatArray,
    lanes: pl.DataFrame,
    flows: Flows,
) -> Lots:
    """The lots of own routes, suppliers and lanes; `order_price` [M, T] is what an order of each row costs.

    Where a limit says exactly how much is made in a bucket, as inside the planning fence, that is no whole lot: the
    bucket asks for one lot of any size.
    """
    labels = make_labels(axes)
    multiple, least = np.zeros(order_price.shape), np.zeros(order_price.shape)
    usual = usual_lots(axes, inventory_policy)
    setups: dict[tuple[int, int], float] = {}
    for row, bill in bills_of_capacity(axes, routings, labels, routes.is_own).items():
        multiple[row] = max(stated(bill, "lot_multiple"), default=0.0)
        least[row] = max(stated(bill, "min_lot"), default=0.0)
        setups |= _setups(axes, row, bill)
    bought = np.flatnonzero(~routes.is_own & ~routes.is_subcontract)
    for column, target in (("lot_multiple", multiple), ("min_lot", least)):
        target[bought] = np.nan_to_num(supplier_rates(axes, purchasing, column, bought, labels, PURCHASE))
    fixed = _fixed(limits, "make", order_price.shape)
    multiple[fixed], least[fixed] = 0.0, 0.0
    has_setup = np.zeros(len(labels), dtype=np.bool_)
    has_setup[[row for row, _ in setups]] = True
    rows = np.flatnonzero(has_setup | ((multiple > 0) | (least > 0) | (order_price > 0)).any(axis=1))
    most = np.where(fixed, np.inf, _largest(multiple, least, np.where(usual > 0, usual, np.inf)[:, None]))
    chosen, per_lane = _of_lanes(axes, lanes, flows, limits)
    place = {row: number for number, row in enumerate(rows.tolist())}
    pairs = zip(routes.load_route.tolist(), routes.load_resource.tolist(), strict=True)
    uses = [(use, pair) for use, pair in enumerate(pairs) if pair in setups]
    return Lots(
        rows,
        chosen,
        np.concatenate([multiple[rows], per_lane[0]]),
        np.concatenate([least[rows], per_lane[1]]),
        np.concatenate([most[rows], _largest(*per_lane, np.array(np.inf))]),
        np.array([place[row] for _, (row, _) in uses], dtype=np.int64),
        np.array([use for use, _ in uses], dtype=np.int64),
        np.array([setups[pair] for _, pair in uses]),
    )


def _setups(axes: Axes, row: int, bill: Sequence[Mapping[str, Any]]) -> dict[tuple[int, int], float]:
    """Setup hours by row and resource."""
    return {
        (row, axes.resources.position[line["resource"]]): float(line["setup_hours"])
        for line in bill
        if line["setup_hours"] and line["resource"] in axes.resources.position
    }


def _largest(multiple: FloatArray, least: FloatArray, usual: FloatArray) -> FloatArray:
    """The largest lot: the multiple where it is no smaller than the least one, else the usual one; inf: no limit."""
    most = np.where(multiple >= np.maximum(least, 1e-9), multiple, usual)
    return np.where(most < least, np.inf, most)


def _of_lanes(
    axes: Axes, lanes: pl.DataFrame, flows: Flows, limits: Sequence[Limit]
) -> tuple[IntArray, tuple[FloatArray, FloatArray]]:
    """Rows of grain flow with lots, and their multiples and least lots, each [n, T]."""
    shape = flows.share.shape
    free = np.isnan(flows.share) & ~_fixed(limits, "ship", shape)
    multiple, least = (np.where(free, np.nan_to_num(lane_rates(axes, lanes, name)), 0.0) for name in LOTS_OF_LANES)
    chosen = np.flatnonzero(((multiple > 0) | (least > 0)).any(axis=1))
    return chosen, (multiple[chosen], least[chosen])


def lots_beside_shares(axes: Axes, lanes: pl.DataFrame, flows: Flows) -> IntArray:
    """Rows of grain flow whose lots are not kept, because they carry a fixed share of what their receiver gets."""
    stated = [np.nan_to_num(lane_rates(axes, lanes, name)) > 0 for name in LOTS_OF_LANES]
    return np.flatnonzero(((stated[0] | stated[1]) & ~np.isnan(flows.share)).any(axis=1))


def _fixed(limits: Sequence[Limit], block: str, shape: tuple[int, ...]) -> BoolArray:
    """Cells of grain make or flow whose amount a limit states exactly, [rows, T]."""
    found = np.zeros(shape, dtype=np.bool_)
    for limit in limits:
        if limit.block == block:
            found[np.ix_(limit.members, np.flatnonzero((limit.least > 0) & (limit.least == limit.most)))] = True
    return found
