"""A change of some cells of an infinite plan: only what hangs on them is planned anew, and the bytes are those of a
full pass.

Nodes are taken by low-level code, each once: a node whose releases moved hands the difference of its needs on to its
components, exact because needs are steps of the grid, and a node that ends as it was hands on nothing.

>>> from equipoise.supply.loading.infinite_loading import load_infinitely
>>> from equipoise.supply.loading.requirements import requirements
>>> from equipoise.supply.loading.product_structure import build_structure
>>> table = build_structure(
...     2, parent=np.array([0]), component=np.array([1]), quantity=np.array([4.0]), lead=np.array([0, 0]))
>>> asked = requirements(demand=np.array([[10.0, 10], [0, 0]]))
>>> plan = load_infinitely(table, asked)
>>> change_demand(table, asked, plan, rows=np.array([0]), buckets=np.array([1]), quantities=np.array([12.0])).tolist()
[0, 1]
>>> plan.receipts.tolist()
[[10.0, 12.0], [40.0, 48.0]]
"""

from heapq import heapify, heappop, heappush

import numpy as np

from equipoise.core.grid import QUANTITY_STEP, FloatArray, IntArray, on_grid
from equipoise.core.kernel import check_kernel
from equipoise.supply.loading.infinite_loading import planned_receipts
from equipoise.supply.loading.product_structure import ProductStructure
from equipoise.supply.loading.requirements import Loading, Requirements, WrongRequirements


def change_demand(
    structure: ProductStructure,
    asked: Requirements,
    plan: Loading,
    *,
    rows: IntArray,
    buckets: IntArray,
    quantities: FloatArray,
    kernel: str = "numpy",
) -> IntArray:
    """Set independent demand of some cells, each [k], and plan what hangs on them anew; the nodes planned, in order.

    Changes `asked.demand` and the arrays of `plan` in place; of a cell named twice the last quantity counts. Raises
    `WrongRequirements` for a quantity that cannot be, before anything is changed.
    """
    if not ((quantities >= 0) & np.isfinite(quantities)).all():
        raise WrongRequirements("demand cannot be set below 0 or to something unknown")
    check_kernel(kernel)
    for row, bucket, quantity in zip(rows, buckets, on_grid(quantities, QUANTITY_STEP), strict=True):
        plan.gross[row, bucket] += quantity - asked.demand[row, bucket]
        asked.demand[row, bucket] = quantity
    if kernel == "numba":
        from equipoise.supply.loading import infinite_loading_compiled

        return infinite_loading_compiled.replan(structure, asked, plan, rows)
    return replan(structure, asked, plan, rows)


def replan(structure: ProductStructure, asked: Requirements, plan: Loading, rows: IntArray) -> IntArray:
    """Plan nodes anew whose gross requirements, stock or scheduled receipts changed, and all that follows, in place.

    The nodes planned, in the order of planning.
    """
    waiting, planned = structure.rank[rows].tolist(), list[int]()
    heapify(waiting)
    while waiting:
        row = int(structure.order[heappop(waiting)])
        if planned and planned[-1] == row:  # asked for by several: planned once, for parents stand before it
            continue
        planned.append(row)
        before = _asked_of_parts(plan, row)
        _plan_row(structure, asked, plan, row)
        after = _asked_of_parts(plan, row)
        moved = np.flatnonzero(before != after)
        begin, end = structure.taken_starts[row : row + 2].tolist()
        for link in structure.taken_links[begin:end].tolist() if len(moved) else ():
            below = int(structure.component[link])
            per_unit = structure.quantity[link] if structure.quantity.shape[1] == 1 else structure.quantity[link, moved]
            step = on_grid(per_unit * after[moved], QUANTITY_STEP) - on_grid(per_unit * before[moved], QUANTITY_STEP)
            if step.any():
                plan.gross[below, moved] += step
                heappush(waiting, int(structure.rank[below]))
    return np.array(planned, dtype=np.int64)


def _asked_of_parts(plan: Loading, row: int) -> FloatArray:
    """Releases of a node with the past-due ones in the first bucket, [T]."""
    asked: FloatArray = plan.releases[row].copy()
    asked[0] += plan.past_due[row]
    return asked


def _plan_row(structure: ProductStructure, asked: Requirements, plan: Loading, row: int) -> None:
    """Net and offset one node."""
    rows = np.array([row])
    plan.receipts[row] = planned_receipts(structure, asked, rows, plan.gross[rows])[0]
    started = on_grid(plan.receipts[row] * structure.started_per_good[row], QUANTITY_STEP)
    lead, horizon = int(structure.lead[row]), len(started)
    plan.releases[row] = 0.0
    plan.releases[row, : max(horizon - lead, 0)] = started[lead:]
    plan.past_due[row] = started[:lead].sum()
