"""Adjustments of capacity and overtime, applied to the limits of resources before the model is built."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from equipoise.core.adjustment import Adjustment, Amount
from equipoise.core.axes import Axes
from equipoise.core.finding import Finding
from equipoise.core.grid import FloatArray
from equipoise.core.measure import Grain
from equipoise.core.table import UnknownName
from equipoise.supply.capacity.capacity import Capacity
from equipoise.supply.changes import ChangeCapacity, ChangeOvertime
from equipoise.supply.findings import CHANGES_NOTHING


def apply_changes(axes: Axes, capacity: Capacity, adjustments: Sequence[Adjustment]) -> tuple[Capacity, list[Finding]]:
    """Capacity after the adjustments in their order; no limit ever falls below zero."""
    findings: list[Finding] = []
    for adjustment in sorted(adjustments, key=lambda a: a.order):
        if not isinstance(adjustment.change, ChangeCapacity | ChangeOvertime):
            continue
        where = f"adjustment {adjustment.id}"
        try:
            rows = axes.rows(Grain.RESOURCE, adjustment.scope)
        except UnknownName as error:
            # A code was dropped since this was typed: not the caller's fault (algebra.md 7).
            findings.append(CHANGES_NOTHING.found(where, f"{error}: nothing changed"))
            continue
        first, end = axes.calendar.span(adjustment.scope.first, adjustment.scope.last)
        cells = np.ix_(rows, np.arange(first, end))
        before = capacity
        if isinstance(adjustment.change, ChangeCapacity):
            capacity = _capacity(capacity, adjustment.change.amount, cells)
        else:
            capacity = _overtime(capacity, adjustment.change.amount, cells)
        if _is_same(before, capacity):
            node = adjustment.scope.resource or "all resources"
            text = f"{adjustment.change.kind} of {node} is unlimited or out of the horizon: nothing changed"
            findings.append(CHANGES_NOTHING.found(where, text))
    return capacity, findings


Cells = tuple[np.ndarray[tuple[int, ...], np.dtype[np.int64]], ...]


def _capacity(capacity: Capacity, amount: Amount, cells: Cells) -> Capacity:
    rate = np.broadcast_to(capacity.rate[:, None], capacity.clock.shape)
    return replace(capacity, clock=_moved(capacity.clock, amount, cells, rate))


def _overtime(capacity: Capacity, amount: Amount, cells: Cells) -> Capacity:
    ones = np.ones(capacity.overtime.shape)
    crew = np.broadcast_to(capacity.is_workforce[:, None], ones.shape)
    moved = _moved(capacity.overtime, amount, cells, ones)
    if amount.operation == "set":
        # The number typed is the only limit that stays: the one per worker is lifted in these cells.
        inside = np.zeros(ones.shape, dtype=np.bool_)
        inside[cells] = True
        extra = np.where(inside & crew, np.inf, capacity.overtime_extra)
        return replace(capacity, overtime=moved, overtime_extra=extra)
    if amount.operation == "add":
        added = capacity.overtime_extra.copy()
        added[cells] += amount.value
        return replace(capacity, overtime=moved, overtime_extra=np.where(crew, added, capacity.overtime_extra))
    return replace(
        capacity,
        overtime=moved,
        overtime_per_worker=_moved(capacity.overtime_per_worker, amount, cells, ones),
        overtime_extra=_moved(capacity.overtime_extra, amount, cells, ones),
    )


def _moved(values: FloatArray, amount: Amount, cells: Cells, rate: FloatArray) -> FloatArray:
    """`values` with the amount, typed in units of `rate` × value, applied to the cells; no limit (inf) stays none."""
    moved = values.copy()
    now = values[cells]
    safe = np.where(rate[cells] > 0, rate[cells], 1.0)
    if amount.operation == "set":
        moved[cells] = max(amount.value, 0.0) / safe
    elif amount.operation == "add":
        moved[cells] = np.maximum(now + amount.value / safe, 0.0)
    else:
        moved[cells] = np.maximum(now * (1 + amount.value / 100), 0.0)
    return moved


def _is_same(a: Capacity, b: Capacity) -> bool:
    pairs = (
        (a.clock, b.clock),
        (a.overtime, b.overtime),
        (a.overtime_per_worker, b.overtime_per_worker),
        (a.overtime_extra, b.overtime_extra),
    )
    return all(np.array_equal(old, new) for old, new in pairs)
