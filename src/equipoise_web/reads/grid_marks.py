"""Marks of the cells of a grid: who moved a number, what is held, where somebody said something."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from equipoise.core.adjustment import Adjustment, Scope
from equipoise.core.axes import Axes
from equipoise.core.grid import BoolArray, IntArray
from equipoise.core.measure import Grain
from equipoise.core.table import UnknownName
from equipoise.demand.measures import FUNCTION_MEASURES
from equipoise.plan import Plan
from equipoise.supply.network.routes import PURCHASE, SUBCONTRACT, make_labels
from equipoise_web.reads.grid_columns import Columns
from equipoise_web.reads.grid_tree import GridTree
from equipoise_web.reads.grid_view import CONSENSUS, PRODUCTION, grain_typed

MINE, THEIRS, HELD, COMMENT, ESTIMATE, CHANGED = 1, 2, 4, 8, 16, 32
"""Bits: edited by the reader, by others, held, commented; the number is an estimate; others have changed it since the
reader looked last."""
PEOPLE = MINE | THEIRS | HELD
"""What adjustments say."""
HOLD = "demand_hold"


def measure_of(adjustment: Adjustment) -> str:
    """The measure in which an adjustment was typed; blank for kinds that are typed elsewhere."""
    if adjustment.change.kind == "demand_input":
        return FUNCTION_MEASURES.get(adjustment.function, "")
    typed = {"demand_override": CONSENSUS, "demand_hold": CONSENSUS, "production_override": PRODUCTION}
    return typed.get(adjustment.change.kind, "")


def rows_in(axes: Axes, grain: Grain, scope: Scope | Mapping[str, str]) -> IntArray:
    """Rows of a grain in a scope; none where it names a node that the plan or the grain does not have."""
    try:
        return axes.rows(grain, scope)
    except UnknownName:
        return np.zeros(0, dtype=np.int64)


@lru_cache(maxsize=8)
def own_routes(axes: Axes) -> BoolArray:
    """Rows of grain make that are our own production, [M]; not to be written to."""
    labels = make_labels(axes)
    found = np.array([not label.startswith((SUBCONTRACT, PURCHASE)) for label in labels], dtype=np.bool_)
    found.setflags(write=False)
    return found


def covered(plan: Plan, tree: GridTree, columns: Columns, adjustment: Adjustment) -> tuple[BoolArray, BoolArray]:
    """Nodes [R] and columns [C] that lie wholly in the scope of an adjustment."""
    nowhere = np.zeros(len(tree), dtype=np.bool_), np.zeros(len(columns), dtype=np.bool_)
    axes, scope, grain = plan.axes, adjustment.scope, grain_typed(measure_of(adjustment))
    if grain not in tree.nodes:
        return nowhere
    begin, end = axes.calendar.span(scope.first, scope.last)
    inside = np.array([begin <= column.begin and column.end <= end for column in columns.all])
    return _nodes_in(plan, tree, grain, scope), inside


def _nodes_in(plan: Plan, tree: GridTree, grain: Grain, scope: Scope) -> BoolArray:
    """Nodes [R] that show rows, all of them in a scope."""
    key = ("nodes in", grain, replace(scope, first=None, last=None))
    if key not in tree.kept:
        outside = np.ones(len(plan.axes.keys[grain]))
        outside[rows_in(plan.axes, grain, scope)] = 0.0
        if grain is Grain.MAKE:  # what is bought or subcontracted there is no production
            outside[~own_routes(plan.axes)] = -np.inf
        most = tree.roll_up(grain, outside[tree.rows(grain)][:, None], by=np.maximum, none=-np.inf)[:, 0]
        tree.kept[key] = most == 0
    found: BoolArray = tree.kept[key]
    return found


def marks_of(
    plan: Plan,
    tree: GridTree,
    columns: Columns,
    measures: Iterable[str],
    adjustments: Sequence[Adjustment],
    reader: str,
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Bits of every cell, [M, R, C], from the adjustments that stand."""
    names = tuple(measures)
    found = np.zeros((len(names), len(tree), len(columns)), dtype=np.uint8)
    mark_typed(found, plan, tree, columns, names, adjustments, reader)
    held = _held(plan, tree, columns, adjustments)
    for line, name in enumerate(names):
        if name == CONSENSUS or name in FUNCTION_MEASURES.values():
            found[line] |= held  # a hold fixes the consensus and every function's line alike
    return found


def mark_typed(
    marks: np.ndarray[tuple[int, ...], np.dtype[np.uint8]],
    plan: Plan,
    tree: GridTree,
    columns: Columns,
    names: Sequence[str],
    adjustments: Iterable[Adjustment],
    reader: str,
) -> None:
    """Add to marks [M, R, C] the bits of what was typed; what is held is another matter."""
    for adjustment in adjustments:
        measure = measure_of(adjustment)
        if measure not in names or adjustment.change.kind == HOLD:
            continue
        cells = np.ix_(*covered(plan, tree, columns, adjustment))
        marks[names.index(measure)][cells] |= MINE if adjustment.author == reader else THEIRS


def _held(
    plan: Plan, tree: GridTree, columns: Columns, adjustments: Iterable[Adjustment]
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Cells [R, C] of which every part is held, by whatever holds."""
    axes, holds = plan.axes, [each for each in adjustments if each.change.kind == HOLD]
    if not holds:
        return np.zeros((len(tree), len(columns)), dtype=np.uint8)
    held = np.zeros((len(axes.keys[Grain.DEMAND]), axes.horizon))
    for adjustment in holds:
        scope = adjustment.scope
        if axes.items.knows(scope.item) and axes.markets.knows(scope.market):
            begin, end = axes.calendar.span(scope.first, scope.last)
            held[axes.rows(Grain.DEMAND, scope), begin:end] = 1.0
    if not held.any() or Grain.DEMAND not in tree.nodes:
        return np.zeros((len(tree), len(columns)), dtype=np.uint8)
    whole = np.nan_to_num(tree.roll_up(Grain.DEMAND, held[tree.rows(Grain.DEMAND)], by=np.minimum, none=1.0))
    inside = np.stack([whole[:, column.begin : column.end].min(axis=1) for column in columns.ahead], axis=1)
    found = np.zeros((len(tree), len(columns)), dtype=np.uint8)
    found[:, len(columns.closed) :] = np.where(inside > 0, HELD, 0)
    return found
