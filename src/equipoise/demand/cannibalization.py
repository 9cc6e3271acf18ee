"""What a launch takes from other items: cannibalization_pct of its part of the baseline, bucket by bucket.

It is taken from the rows of the cannibalized node in the same market, in proportion to what stands there and never
below 0; launches one after the other, in the order of their rows. Items counted in another unit are weighed and lose in
units of the launch, by table uoms; those without a factor lose nothing.
"""

import numpy as np

from equipoise.core.finding import Finding
from equipoise.core.grid import QUANTITY_STEP, FloatArray, IntArray, on_grid, split_columns
from equipoise.core.measure import Grain
from equipoise.core.stage import Inputs
from equipoise.core.succession import row_table
from equipoise.demand.launches import WHERE, LaunchPlan
from equipoise.demand.life_findings import CANNIBALIZED_TOO_MUCH, CANNIBALIZED_UNITS
from equipoise.demand.unit_factor import UnitFactors


def cannibalize(
    inputs: Inputs, plan: LaunchPlan, launched: FloatArray, baseline: FloatArray
) -> tuple[list[tuple[str, IntArray, FloatArray]], list[Finding]]:
    """What launches [L, T] take from the rows of `baseline` [N, T]: (item, rows, amounts ≤ 0) in the order taken."""
    axes, keys = inputs.axes, inputs.keys(Grain.DEMAND)
    factors = UnitFactors(inputs.table("items"), inputs.table("uoms"), axes.items)
    row_of, left = row_table(keys), baseline.copy()
    taken: list[tuple[str, IntArray, FloatArray]] = []
    missing, strange = [], set()
    for place in np.flatnonzero((plan.pct > 0) & launched.any(axis=1)).tolist():
        node, row = plan.cannibalized[place], int(plan.rows[place])
        item, market = int(keys.column("item")[row]), int(keys.column("market")[row])
        if not node or not axes.items.knows(node):
            continue
        others = axes.items.positions(node)
        others = others[others != item]
        per = _units_of(factors, [axes.items.leaves[other] for other in others.tolist()], axes.items.leaves[item])
        if np.isnan(per).any():
            strange.add(f"{axes.items.leaves[item]} from {node}")
        rows = row_of[others, market]
        loses = (rows >= 0) & ~np.isnan(per)
        rows, per = rows[loses], per[loses, None]
        wanted = on_grid(launched[place] * (plan.pct[place] / 100), QUANTITY_STEP)
        there = on_grid(left[rows] / per, QUANTITY_STEP)
        loss = np.minimum(wanted, there.sum(axis=0))
        if float((wanted - loss).sum()) > 0:
            missing.append((row, float((wanted - loss).sum())))
        shared = np.minimum(split_columns(loss, there), there) if rows.size else there
        amounts = np.minimum(on_grid(shared * per, QUANTITY_STEP), left[rows])
        left[rows] -= amounts
        taken.append((axes.items.leaves[item], rows, 0.0 - amounts))
    findings = []
    if missing:
        row, amount = missing[0]
        text = f"{len(missing)} launches, first {' in '.join(keys.labels(row))}: {amount:,.0f} units are not there"
        findings.append(CANNIBALIZED_TOO_MUCH.found(WHERE, text, count=len(missing)))
    if strange:
        findings.append(CANNIBALIZED_UNITS.found(WHERE, f"first {min(strange)}", count=len(strange)))
    return taken, findings


def _units_of(factors: UnitFactors, others: list[str], launched: str) -> FloatArray:
    """Base units of each other item in one of the launched item, [n]; NaN where no row of table uoms says."""
    found = [factors.between(launched, other) for other in others]
    return np.array([np.nan if factor is None else factor for factor in found], dtype=np.float64)
