"""What a launch takes from other items: cannibalization_pct of its part of the baseline, bucket by bucket.

It is taken from the rows of the cannibalized node in the same market, in proportion to what stands there and never
below 0; launches one after the other, in the order of their rows.
"""

import numpy as np

from equipoise.core.finding import Finding
from equipoise.core.grid import QUANTITY_STEP, FloatArray, IntArray, on_grid, split_columns
from equipoise.core.measure import Grain
from equipoise.core.stage import Inputs
from equipoise.core.succession import row_table
from equipoise.demand.launches import WHERE, LaunchPlan
from equipoise.demand.life_findings import CANNIBALIZED_TOO_MUCH, CANNIBALIZED_UNITS


def cannibalize(
    inputs: Inputs, plan: LaunchPlan, launched: FloatArray, baseline: FloatArray
) -> tuple[list[tuple[str, IntArray, FloatArray]], list[Finding]]:
    """What launches [L, T] take from the rows of `baseline` [N, T]: (item, rows, amounts ≤ 0) in the order taken."""
    axes, keys = inputs.axes, inputs.keys(Grain.DEMAND)
    base = dict(inputs.table("items").select("item", "uom").iter_rows())
    units = np.array([base[code] for code in axes.items.leaves], dtype=np.str_)
    row_of, left = row_table(keys), baseline.copy()
    taken: list[tuple[str, IntArray, FloatArray]] = []
    missing, strange = [], set()
    for place in np.flatnonzero((plan.pct > 0) & launched.any(axis=1)).tolist():
        node, row = plan.cannibalized[place], int(plan.rows[place])
        item, market = int(keys.column("item")[row]), int(keys.column("market")[row])
        if not node or not axes.items.knows(node):
            continue
        others = axes.items.positions(node)
        same = others[(units[others] == units[item]) & (others != item)]
        if len(same) < np.count_nonzero(others != item):
            strange.add(f"{axes.items.leaves[item]} from {node}")
        rows = row_of[same, market]
        rows = rows[rows >= 0]
        wanted = on_grid(launched[place] * (plan.pct[place] / 100), QUANTITY_STEP)
        there = left[rows]
        loss = np.minimum(wanted, there.sum(axis=0))
        if float((wanted - loss).sum()) > 0:
            missing.append((row, float((wanted - loss).sum())))
        amounts = np.minimum(split_columns(loss, there), there) if rows.size else there
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
