"""Lots: what a setup, a least lot and a lot multiple ask of a source, where policy `lots` says whole.

A lot of a source is at most its lot multiple, else the usual lot of table inventory_policy, else whatever a bucket
asks for: one lot a bucket. Every lot takes the setup hours of its route, or costs its order; where a lot multiple is
smaller than the least lot, a lot is several multiples. With policy `lots` average none of this is planned: setup hours
are spread over the usual lot (routes.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.supply.limits import Limit
from equipoise.supply.routes import (
    PURCHASE,
    Routes,
    bills_of_capacity,
    make_labels,
    stated,
    supplier_rates,
    usual_lots,
)


@dataclass(frozen=True, eq=False)
class Lots:
    """N rows of grain make that are planned in lots, and U setups of resources."""

    rows: IntArray
    """[N] row of grain make."""
    multiple: FloatArray
    """[N, T] units of which a lot is a whole multiple; 0: any amount."""
    least: FloatArray
    """[N, T] smallest lot, 0: none."""
    most: FloatArray
    """[N, T] units of the largest lot; inf: as many as the bucket asks for, in one lot."""
    setup_lot: IntArray
    """[U] place among the N rows."""
    setup_use: IntArray
    """[U] place among the uses of resources of the routes (`Routes.load_route` ...)."""
    setup_hours: FloatArray
    """[U] standard hours per lot."""

    @property
    def count(self) -> int:
        """N."""
        return len(self.rows)


def no_lots(horizon: int) -> Lots:
    """Nothing is planned in lots."""
    none, some = np.zeros(0, dtype=np.int64), np.zeros((0, horizon))
    return Lots(none, some, some, some, none, none, np.zeros(0))


def read_lots(
    axes: Axes,
    routes: Routes,
    limits: Sequence[Limit],
    *,
    routings: pl.DataFrame,
    purchasing: pl.DataFrame,
    inventory_policy: pl.DataFrame,
    order_price: FloatArray,
) -> Lots:
    """The lots of own routes and of suppliers; `order_price` [M, T] is what an order of each row costs.

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
    fixed = _fixed(limits, order_price.shape)
    multiple[fixed], least[fixed] = 0.0, 0.0
    has_setup = np.zeros(len(labels), dtype=np.bool_)
    has_setup[[row for row, _ in setups]] = True
    rows = np.flatnonzero(has_setup | ((multiple > 0) | (least > 0) | (order_price > 0)).any(axis=1))
    most = np.where(multiple >= np.maximum(least, 1e-9), multiple, np.where(usual > 0, usual, np.inf)[:, None])
    most = np.where((most < least) | fixed, np.inf, most)
    place = {row: number for number, row in enumerate(rows.tolist())}
    pairs = zip(routes.load_route.tolist(), routes.load_resource.tolist(), strict=True)
    uses = [(use, pair) for use, pair in enumerate(pairs) if pair in setups]
    return Lots(
        rows,
        multiple[rows],
        least[rows],
        most[rows],
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


def _fixed(limits: Sequence[Limit], shape: tuple[int, ...]) -> BoolArray:
    """Cells of grain make whose amount a limit states exactly, [M, T]."""
    found = np.zeros(shape, dtype=np.bool_)
    for limit in limits:
        if limit.block == "make":
            found[np.ix_(limit.members, np.flatnonzero((limit.least > 0) & (limit.least == limit.most)))] = True
    return found
