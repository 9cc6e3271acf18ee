"""A successor continues what its predecessor sold: history where the switch lies behind, forecast where it lies ahead.

With y the history, b the forecast as if every day were sold, f the successor's base units for one of the predecessor's
and s_t the share of bucket t's days on which the demand is the successor's (stage portfolio):

- the switch came before the plan (s_0 = 1): y_successor ← y_successor + f · y_predecessor, in every closed bucket, and
  the successor is forecast from both; what the predecessor still sold after the switch was the successor's demand;
- the switch lies in the plan: each is forecast from its own history, and s_t · f · b_predecessor,t passes on.

Never both, so demand passes once. Chains are walked from the oldest item on.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from equipoise.core.finding import Finding
from equipoise.core.grid import QUANTITY_STEP, BoolArray, FloatArray, IntArray, on_grid
from equipoise.core.measure import Grain
from equipoise.core.stage import Inputs
from equipoise.core.succession import read_succession
from equipoise.demand.life_findings import PASSED_NOWHERE, SUCCESSOR_UNITS
from equipoise.demand.unit_factor import UnitFactors


@dataclass(frozen=True, eq=False)
class Heirs:
    """Rows of grain demand that pass their demand on, [K] each."""

    rows: IntArray
    target: IntArray
    factor: FloatArray
    share: FloatArray
    """[K, T] share of each bucket's days on which the demand is the successor's."""
    depth: IntArray
    """Place in the chain: a predecessor's predecessor has a smaller one."""

    @property
    def has_passed(self) -> BoolArray:
        """True where the switch came before the plan."""
        if self.share.shape[1] == 0:
            return np.zeros(len(self.rows), dtype=np.bool_)
        passed: BoolArray = self.share[:, 0] >= 1.0
        return passed

    def histories(self, y: FloatArray) -> FloatArray:
        """History y [N, H] with what predecessors sold added to their successors; NaN only where both are unknown."""
        chosen = np.flatnonzero(self.has_passed)
        if chosen.size == 0:
            return y
        joined = y.copy()
        for depth in np.unique(self.depth[chosen]).tolist():
            links = chosen[self.depth[chosen] == depth]
            known = np.isfinite(joined[self.rows[links]])
            for link, is_known in zip(links.tolist(), known, strict=True):
                before, target = joined[self.rows[link]], self.target[link]
                add = np.where(is_known, before * self.factor[link], 0.0)
                joined[target] = np.where(is_known, np.nan_to_num(joined[target], nan=0.0) + add, joined[target])
        return joined


def read_heirs(inputs: Inputs) -> tuple[Heirs, list[Finding]]:
    """Who passes demand to whom, from table items and `demand_succeeded_ratio`."""
    axes, keys = inputs.axes, inputs.keys(Grain.DEMAND)
    share = inputs.measure("demand_succeeded_ratio")
    links = read_succession(inputs.table("items"), axes.items)
    target = links.rows(keys)
    rows = np.flatnonzero((target >= 0) & share.any(axis=1))
    item = keys.column("item")
    factors = UnitFactors(inputs.table("items"), inputs.table("uoms"), axes.items)
    by_item = {
        number: factors.between(axes.items.leaves[number], axes.items.leaves[int(links.successor[number])])
        for number in np.unique(item[rows]).tolist()
    }
    factor = np.array([by_item[number] or np.nan for number in item[rows].tolist()], dtype=np.float64)
    findings = [
        SUCCESSOR_UNITS.found(
            f"items {axes.items.leaves[number]}",
            f"{axes.items.leaves[number]} is counted in {factors.base[axes.items.leaves[number]]}, its successor "
            f"{axes.items.leaves[int(links.successor[number])]} in "
            f"{factors.base[axes.items.leaves[int(links.successor[number])]]}",
        )
        for number, known in by_item.items()
        if known is None
    ]
    kept = np.isfinite(factor)
    rows, factor = rows[kept], factor[kept]
    return Heirs(rows, target[rows], factor, share[rows], links.depth[item[rows]]), findings


@dataclass(frozen=True, eq=False)
class Passed:
    """What passes on in the plan, [K, T] each by link; on the grid in the units of the successor."""

    links: IntArray
    amounts: FloatArray
    error_sd: FloatArray
    lost: FloatArray
    """[K] units of the predecessor that nobody receives."""


def pass_forecast(
    heirs: Heirs, full: FloatArray, *, sd: FloatArray, active: FloatArray, is_stated: BoolArray, is_imported: bool
) -> Passed:
    """Forecast that passes to successors; `full` [N, T] as if every day were sold, `sd` [N] its error.

    Nothing passes to a successor whose own demand a launch states (`is_stated` [N]), nor to one that is not sold. An
    imported forecast says what is sold in the bucket, so that only buckets after the end pass.
    """
    links = np.flatnonzero(~heirs.has_passed)
    share = heirs.share[links]
    if is_imported:
        share = np.where(active[heirs.rows[links]] > 0, 0.0, share)
    amounts, errors, lost = np.zeros(share.shape), np.zeros(share.shape), np.zeros(len(links))
    onward = dict(zip(heirs.rows.tolist(), heirs.share, strict=True))
    received: dict[int, FloatArray] = {}
    for place in np.argsort(heirs.depth[links], kind="stable").tolist():
        row, target = int(heirs.rows[links[place]]), int(heirs.target[links[place]])
        moved = (full[row] + received.get(row, 0.0)) * share[place]
        if is_stated[target]:
            lost[place] = moved.sum()
            continue
        arriving = moved * heirs.factor[links[place]]
        received[target] = received.get(target, 0.0) + arriving
        # In the days that are its own successor's already, the target only hands on what it gets.
        further = onward.get(target, np.zeros(full.shape[1]))
        is_sold = active[target] > 0
        amounts[place] = on_grid(np.where(is_sold, arriving * (1.0 - further), 0.0), QUANTITY_STEP)
        lost[place] = np.where(is_sold | (further > 0), 0.0, moved).sum()
        errors[place] = np.where(is_sold, share[place] * heirs.factor[links[place]] * np.nan_to_num(sd[row]), 0.0)
    return Passed(links, amounts, errors, lost)


def lost_findings(inputs: Inputs, heirs: Heirs, passed: Passed) -> Iterator[Finding]:
    """Forecast of ended items that no successor receives."""
    rows = np.flatnonzero(passed.lost > 0)
    if rows.size:
        first = int(rows[0])
        example = " in ".join(inputs.keys(Grain.DEMAND).labels(int(heirs.rows[passed.links[first]])))
        text = f"{rows.size} series, first {example}, {passed.lost[first]:,.0f} units"
        yield PASSED_NOWHERE.found("baseline", text, count=int(rows.size))
