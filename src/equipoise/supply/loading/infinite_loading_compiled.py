"""Twin of `infinite_loading` and `loading_update`: node by node in compiled code, the same bytes."""

from heapq import heappop, heappush

import numpy as np

from equipoise.core.compiling import compiled
from equipoise.core.grid import QUANTITY_STEP, FloatArray, IntArray
from equipoise.supply.loading.product_structure import ProductStructure
from equipoise.supply.loading.requirements import Loading, Requirements

STEPS = 1.0 / QUANTITY_STEP


def load(structure: ProductStructure, asked: Requirements) -> Loading:
    """As `infinite_loading.load_infinitely`."""
    # NumPy asks for large pages, compiled code does not.
    gross, receipts, releases = (np.empty(asked.demand.shape) for _ in range(3))
    past_due = np.zeros(len(gross))
    _load(
        structure.order,
        structure.asked_starts,
        structure.parent,
        structure.quantity,
        structure.lead,
        structure.started_per_good,
        structure.min_lot,
        structure.lot_multiple,
        asked.demand,
        asked.on_hand,
        asked.scheduled,
        asked.safety,
        gross,
        receipts,
        releases,
        past_due,
    )
    return Loading(gross, receipts, releases, past_due)


def replan(structure: ProductStructure, asked: Requirements, plan: Loading, rows: IntArray) -> IntArray:
    """As `loading_update.replan`."""
    planned: IntArray = _replan(
        rows,
        structure.order,
        structure.rank,
        structure.taken_starts,
        structure.taken_links,
        structure.component,
        structure.quantity,
        structure.lead,
        structure.started_per_good,
        structure.min_lot,
        structure.lot_multiple,
        asked.on_hand,
        asked.scheduled,
        asked.safety,
        plan.gross,
        plan.receipts,
        plan.releases,
        plan.past_due,
    )
    return planned


@compiled
def _load(
    order: IntArray,
    asked_starts: IntArray,
    parent: IntArray,
    quantity: FloatArray,
    lead: IntArray,
    started_per_good: FloatArray,
    min_lot: FloatArray,
    lot_multiple: FloatArray,
    demand: FloatArray,
    on_hand: FloatArray,
    scheduled: FloatArray,
    safety: FloatArray,
    gross: FloatArray,
    receipts: FloatArray,
    releases: FloatArray,
    past_due: FloatArray,
) -> None:
    count, horizon = demand.shape
    varies = quantity.shape[1] > 1
    for place in range(count):
        row = order[place]
        for t in range(horizon):
            gross[row, t] = demand[row, t]
        for link in range(asked_starts[place], asked_starts[place + 1]):
            above, per_unit = parent[link], quantity[link, 0]
            gross[row, 0] += np.rint(per_unit * (releases[above, 0] + past_due[above]) * STEPS) * QUANTITY_STEP
            if varies:
                for t in range(1, horizon):
                    gross[row, t] += np.rint(quantity[link, t] * releases[above, t] * STEPS) * QUANTITY_STEP
            else:
                for t in range(1, horizon):
                    gross[row, t] += np.rint(per_unit * releases[above, t] * STEPS) * QUANTITY_STEP
        _net(row, receipts, gross, scheduled, safety, on_hand[row], min_lot[row], lot_multiple[row])
        past_due[row] = _offset(row, releases, receipts, lead[row], started_per_good[row])


@compiled
def _net(
    row: int,
    receipts: FloatArray,
    gross: FloatArray,
    scheduled: FloatArray,
    safety: FloatArray,
    on_hand: float,
    least: float,
    multiple: float,
) -> None:
    """Planned receipts of one node: what the stock lacks of the safety stock, in lots where it has some."""
    asked, received = -on_hand, 0.0
    varies = safety.shape[1] > 1
    target = safety[row, 0]
    in_lots = least > 0.0 or multiple > 0.0
    for t in range(gross.shape[1]):
        asked += gross[row, t] - scheduled[row, t]
        if varies:
            target = safety[row, t]
        need = max(asked + target, received)
        if in_lots and need > received:
            lot = max(need - received, least)
            if multiple > 0.0:
                lot = np.ceil(lot / multiple) * multiple
            need = received + lot
        receipts[row, t] = need - received
        received = need


@compiled
def _offset(row: int, releases: FloatArray, receipts: FloatArray, lead: int, started_per_good: float) -> float:
    """Units started, a lead time before they are received; what lies before the first bucket is returned."""
    horizon, late = receipts.shape[1], 0.0
    first = min(lead, horizon)
    for t in range(first):
        late += np.rint(receipts[row, t] * started_per_good * STEPS) * QUANTITY_STEP
    for t in range(horizon - first):
        releases[row, t] = np.rint(receipts[row, t + first] * started_per_good * STEPS) * QUANTITY_STEP
    for t in range(horizon - first, horizon):
        releases[row, t] = 0.0
    return late


@compiled
def _replan(
    rows: IntArray,
    order: IntArray,
    rank: IntArray,
    taken_starts: IntArray,
    taken_links: IntArray,
    component: IntArray,
    quantity: FloatArray,
    lead: IntArray,
    started_per_good: FloatArray,
    min_lot: FloatArray,
    lot_multiple: FloatArray,
    on_hand: FloatArray,
    scheduled: FloatArray,
    safety: FloatArray,
    gross: FloatArray,
    receipts: FloatArray,
    releases: FloatArray,
    past_due: FloatArray,
) -> IntArray:
    started = np.empty((1, gross.shape[1]))
    planned, waiting = [np.int64(0)], [np.int64(0)]
    planned.pop()
    waiting.pop()
    for row in rows:
        heappush(waiting, rank[row])
    last = np.int64(-1)
    while len(waiting) > 0:
        place = heappop(waiting)
        if place == last:  # asked for by several: planned once, for parents stand before it
            continue
        last = place
        row = order[place]
        planned.append(row)
        _net(row, receipts, gross, scheduled, safety, on_hand[row], min_lot[row], lot_multiple[row])
        late = _offset(0, started, receipts[row : row + 1], lead[row], started_per_good[row])
        for number in range(taken_starts[row], taken_starts[row + 1]):
            link = taken_links[number]
            below = component[link]
            if _move_need(gross[below], releases[row], past_due[row], started[0], late, quantity[link]):
                heappush(waiting, rank[below])
        releases[row] = started[0]
        past_due[row] = late
    return np.array(planned)


@compiled
def _move_need(
    gross: FloatArray, old: FloatArray, old_late: float, new: FloatArray, new_late: float, quantity: FloatArray
) -> bool:
    """Add what changed when releases move from `old` to `new`, exact on the grid. True if the need changed."""
    is_moved = False
    for t in range(len(gross)):
        before, after = old[t], new[t]
        if t == 0:
            before, after = before + old_late, after + new_late
        if before != after:
            per_unit = quantity[min(t, len(quantity) - 1)]
            step = np.rint(per_unit * after * STEPS) - np.rint(per_unit * before * STEPS)
            if step != 0.0:
                gross[t] += step * QUANTITY_STEP
                is_moved = True
    return is_moved
