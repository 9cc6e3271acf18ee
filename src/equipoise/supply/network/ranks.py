"""Ranks that decide where money does not: which market is served first, which of equally dear sources is taken.

`markets.priority` 1 goes first. `preference` of routes, subcontractors, suppliers and lanes ranks those of equal cost.
A blank stands behind all ranks that are stated. Both are read here and obeyed in `tie_break`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.grid import FloatArray
from equipoise.core.measure import Grain
from equipoise.supply.network.flows import lane_rates
from equipoise.supply.network.routes import PURCHASE, SUBCONTRACT, route_preferences, supplier_rates

FIRST = 1.0
STEP = 10.0
"""A unit of one priority goes before so many units of the next."""
PREFERENCE_WEIGHT = 1e-3
"""A step of preference counts less than any step of priority."""
MOST_RANKS = 6


@dataclass(frozen=True, eq=False)
class Ranks:
    """Weights of the second objective, in no money: of waiting or lost units, of units made, of units shipped."""

    late: FloatArray
    """[D]"""
    make: FloatArray
    """[M, T]"""
    ship: FloatArray
    """[F, T]"""


def read_ranks(
    axes: Axes,
    *,
    markets: pl.DataFrame,
    routings: pl.DataFrame,
    subcontracting: pl.DataFrame,
    purchasing: pl.DataFrame,
    lanes: pl.DataFrame,
) -> Ranks:
    """Weights from the ranks of the tables; all zero where a table states none, or only one."""
    stated = dict(markets.select("market", "priority").iter_rows())
    priority = np.array([np.nan if stated.get(m) is None else float(stated[m]) for m in axes.markets.leaves])
    place = _places(priority)
    last = place.max(initial=0.0)
    # The last rank weighs nothing more than waiting does anyway: only differences count.
    weight = STEP ** np.minimum(last - place, MOST_RANKS) - FIRST
    keys = axes.keys[Grain.MAKE]
    labels = [keys.codes[2][number] for number in keys.column("route").tolist()]
    make = route_preferences(axes, routings, labels)
    for frame, prefix in ((subcontracting, SUBCONTRACT), (purchasing, PURCHASE)):
        rows = np.flatnonzero([label.startswith(prefix) for label in labels])
        if len(rows) and _states_any(frame):
            make[rows] = supplier_rates(axes, frame, "preference", rows, labels, prefix)
    shape = (len(axes.keys[Grain.FLOW]), axes.horizon)
    ship = lane_rates(axes, lanes, "preference") if _states_any(lanes) else np.full(shape, np.nan)
    return Ranks(weight[axes.keys[Grain.DEMAND].column("market")], _preference(make), _preference(ship))


def _states_any(frame: pl.DataFrame) -> bool:
    return bool(frame["preference"].is_not_null().any())


def _places(ranks: FloatArray) -> FloatArray:
    """0 for the first rank that is stated, 1 for the next, and so on; blanks come last."""
    known: Sequence[float] = np.unique(ranks[~np.isnan(ranks)]).tolist()
    if not known:
        return np.zeros(len(ranks))
    return np.where(np.isnan(ranks), len(known), np.searchsorted(known, np.nan_to_num(ranks, nan=np.inf))).astype(float)


def _preference(ranks: FloatArray) -> FloatArray:
    """Weight of a unit by its source's preference; zeros where none is stated."""
    places = _places(ranks.ravel()).reshape(ranks.shape)
    return places * (PREFERENCE_WEIGHT / max(1.0, float(places.max(initial=0.0))))
