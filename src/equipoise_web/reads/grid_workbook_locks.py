"""Which cells of a view its person may type in: what a workbook leaves open, so that nobody types in vain."""

from collections.abc import Iterable

import numpy as np

from equipoise.core.adjustment import WrongAdjustment
from equipoise.core.grid import BoolArray
from equipoise.core.measure import Grain
from equipoise.core.table import UnknownName
from equipoise_web.access import Access, Right
from equipoise_web.reads.grid_marks import HELD
from equipoise_web.reads.grid_rows import GridRows
from equipoise_web.reads.grid_typed import TypedCell, scope_of
from equipoise_web.reads.grid_view import grain_typed
from equipoise_web.records.models import ScenarioRecord


def open_cells(rows: GridRows, who: Access) -> BoolArray:
    """Cells [M, R, C] that take a number from this person now; none of a published plan or an archived scenario."""
    found = np.zeros(rows.values.shape, dtype=np.bool_)
    kinds = {line: about["edit"] for line, about in enumerate(rows.header["lines"]) if about["edit"]}
    if not kinds or not is_open(rows.numbers.scenario):
        return found
    axes = rows.numbers.plan.axes
    for lines in _alike(rows, kinds):
        for node in range(len(rows.tree)):
            try:
                scope = scope_of(rows, TypedCell(lines[0], node, 0, ""), who)
            except (WrongAdjustment, UnknownName):  # a part of a node, or a grant on what the plan does not have
                continue
            for line in lines:
                found[line, node] = who.may(Right.PROPOSE, kind=kinds[line], scope=scope, axes=axes)
    found &= ((rows.marks & HELD) == 0) & ~np.isnan(rows.values)
    # In another unit a number scales what stands there, and nothing cannot be scaled.
    return found if rows.view.unit == "base" else found & (rows.values != 0)


def _alike(rows: GridRows, lines: Iterable[int]) -> Iterable[list[int]]:
    """Lines whose cells have the same scopes: those of one grain."""
    found: dict[Grain, list[int]] = {}
    for line in lines:
        found.setdefault(grain_typed(rows.lines[line]), []).append(line)
    return found.values()


def is_open(scenario: str) -> bool:
    """True if a scenario is there and was not put away."""
    return ScenarioRecord.objects.filter(name=scenario, archived_at__isnull=True).exists()
