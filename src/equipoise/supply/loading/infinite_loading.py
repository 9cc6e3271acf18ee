"""Infinite loading: what has to be made, bought and shipped, and when it has to begin, as if capacity had no limit.

Gross to net, level by level of the product structure (Orlicky, Material Requirements Planning, chapters 4 and 5;
ASCM dictionary: netting, lead time offset, explosion):

    gross requirements[t]  = independent demand[t] + Σ quantity per × (releases[t] of all that takes the node)
    net requirements[t]    = what projected stock lacks of the safety stock
    planned receipts[t]    = net requirements, rounded up to lots (lot for lot where no lot is stated)
    planned releases[t]    = planned receipts[t + lead time] ÷ yield

Lot for lot in closed form: Σ receipts to t = the highest net need so far, max over s ≤ t of (Σ gross to s + safety
stock − on hand − Σ scheduled receipts to s), not below 0.

**Past due.** A release that should have been made before the first bucket is not dropped: it stands in `past_due`, and
its components are asked for in the first bucket, for it has to be released at once.

**Exact.** Inputs, releases and the need of every link are whole steps of the quantity grid (`core/grid.py`), so all
sums are exact in any order: NumPy, compiled code (`infinite_loading_compiled`) and an update of one cell
(`loading_update`) give the same bytes.

>>> from equipoise.supply.loading.product_structure import build_structure
>>> from equipoise.supply.loading.requirements import requirements
>>> table = build_structure(
...     2, parent=np.array([0]), component=np.array([1]), quantity=np.array([4.0]), lead=np.array([1, 1]))
>>> asked = requirements(demand=np.array([[0.0, 10, 20], [0, 0, 0]]), on_hand=np.array([5.0, 8]))
>>> plan = load_infinitely(table, asked)
>>> plan.receipts.tolist(), plan.releases.tolist(), plan.past_due.tolist()
([[0.0, 5.0, 20.0], [12.0, 80.0, 0.0]], [[5.0, 20.0, 0.0], [80.0, 0.0, 0.0]], [0.0, 12.0])
"""

import numpy as np

from equipoise.core.grid import LIMIT_STEPS, QUANTITY_STEP, BeyondExact, FloatArray, IntArray, on_grid
from equipoise.core.kernel import check_kernel
from equipoise.supply.loading.product_structure import ProductStructure
from equipoise.supply.loading.requirements import Loading, Requirements, WrongRequirements

CHUNK = 8_192
"""Rows of a level that are planned at once: their working arrays stay in the cache."""


def load_infinitely(structure: ProductStructure, asked: Requirements, *, kernel: str = "numpy") -> Loading:
    """The infinite plan; `kernel` numpy is the reference, numba the same bytes several times as fast.

    Raises `NoSuchKernel`, and `BeyondExact` for totals too large to be exact.
    """
    if len(asked.demand) != len(structure.order):
        raise WrongRequirements(f"{len(asked.demand)} rows of demand for {len(structure.order)} item-locations")
    check_kernel(kernel)
    if kernel == "numba":
        from equipoise.supply.loading import infinite_loading_compiled

        plan = infinite_loading_compiled.load(structure, asked)
    else:
        plan = _load(structure, asked)
    _check_exact(plan)
    return plan


def _check_exact(plan: Loading) -> None:
    """Refuse totals that float64 no longer adds without rounding."""
    most = LIMIT_STEPS * QUANTITY_STEP
    largest = float(plan.gross.max(initial=0.0)) * plan.gross.shape[1]
    if not largest <= most:
        totals = plan.gross.sum(axis=1)
        row = int(np.argmax(np.where(np.isnan(totals), np.inf, totals)))
        if not totals[row] <= most:
            raise BeyondExact(
                f"row {row} is asked for {totals[row]:.3g} units in all, more than {most:.3g}: count in larger units"
            )


def _load(structure: ProductStructure, asked: Requirements) -> Loading:
    """The reference: all nodes of a low-level code at once."""
    count, horizon = asked.demand.shape
    plan = Loading(np.empty((count, horizon)), np.empty((count, horizon)), np.zeros((count, horizon)), np.zeros(count))
    for level in range(len(structure.level_starts) - 1):
        end = int(structure.level_starts[level + 1])
        for begin in range(int(structure.level_starts[level]), end, CHUNK):
            _plan_rows(structure, asked, plan, slice(begin, min(begin + CHUNK, end)))
    return plan


def _plan_rows(structure: ProductStructure, asked: Requirements, plan: Loading, places: slice) -> None:
    """Plan the nodes at some places of the order: none of them asks for another."""
    rows = structure.order[places]
    plan.gross[rows] = asked.demand[rows] + dependent_demand(structure, plan, places)
    plan.receipts[rows] = planned_receipts(structure, asked, rows, plan.gross[rows])
    started = on_grid(plan.receipts[rows] * structure.started_per_good[rows, None], QUANTITY_STEP)
    for lead in np.unique(structure.lead[rows]).tolist():
        chosen = structure.lead[rows] == lead
        plan.releases[rows[chosen], : max(started.shape[1] - lead, 0)] = started[chosen, lead:]
        plan.past_due[rows[chosen]] = started[chosen, :lead].sum(axis=1)


def dependent_demand(structure: ProductStructure, plan: Loading, places: slice) -> FloatArray:
    """What planned releases ask of the nodes at some places of the order, [n, T]."""
    starts = structure.asked_starts[places.start : places.stop + 1]
    links = slice(int(starts[0]), int(starts[-1]))
    need = np.zeros((len(starts) - 1, plan.gross.shape[1]))
    if links.start == links.stop:
        return need
    parent = structure.parent[links]
    released = plan.releases[parent]
    released[:, 0] += plan.past_due[parent]
    wanted = on_grid(structure.quantity[links] * released, QUANTITY_STEP)
    is_asked = starts[1:] > starts[:-1]
    need[is_asked] = np.add.reduceat(wanted, (starts[:-1] - starts[0])[is_asked], axis=0)
    return need


def planned_receipts(structure: ProductStructure, asked: Requirements, rows: IntArray, gross: FloatArray) -> FloatArray:
    """Planned order receipts of some nodes from their gross requirements [n, T]."""
    change = gross - asked.scheduled[rows]
    need = np.cumsum(change, axis=1) + asked.safety[rows] - asked.on_hand[rows, None]
    so_far = np.maximum.accumulate(np.maximum(need, 0.0), axis=1)
    receipts = np.diff(so_far, axis=1, prepend=0.0)
    in_lots = np.flatnonzero((structure.min_lot[rows] > 0) | (structure.lot_multiple[rows] > 0))
    if len(in_lots):
        receipts[in_lots] = _in_lots(structure, rows[in_lots], need[in_lots])
    return receipts


def _in_lots(structure: ProductStructure, rows: IntArray, need: FloatArray) -> FloatArray:
    """The same for nodes with lots, bucket by bucket: a lot's rest serves the buckets after it."""
    receipts, received = np.zeros(need.shape), np.zeros(len(rows))
    least, multiple = structure.min_lot[rows], structure.lot_multiple[rows]
    step = np.where(multiple > 0, multiple, 1.0)
    for bucket in range(need.shape[1]):
        short = need[:, bucket] - received
        lot = np.maximum(short, least)
        lot = np.where(multiple > 0, np.ceil(lot / step) * step, lot)
        receipts[:, bucket] = np.where(short > 0, lot, 0.0)
        received += receipts[:, bucket]
    return receipts
