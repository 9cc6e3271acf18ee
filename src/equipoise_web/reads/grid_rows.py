"""The planning grid as arrays: the rows of a view as a tree, its lines and columns, every number and its marks.

The binary form (`grid_bytes`) is a header, then float64 [M, R, C] (unknown is NaN), then a byte of marks [M, R, C];
that of a change is a header, then float64 [n], the places of the cells int32 [n] in M × R × C, and their marks [n].
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from equipoise.catalog import MEASURE_BY_NAME
from equipoise.core.adjustment import Adjustment
from equipoise.core.grid import FloatArray
from equipoise.core.table import UnknownName
from equipoise.plan import Plan
from equipoise_web.access import Access, Right
from equipoise_web.reads.grid_bytes import to_bytes
from equipoise_web.reads.grid_changes import Since, cells_that_differ
from equipoise_web.reads.grid_columns import Columns, columns_of
from equipoise_web.reads.grid_header import head_of, is_later, standing_of
from equipoise_web.reads.grid_lines import OWN, Lines, grain_of
from equipoise_web.reads.grid_marks import ESTIMATE, marks_of
from equipoise_web.reads.grid_numbers import Numbers
from equipoise_web.reads.grid_shown import may_read, tree_for
from equipoise_web.reads.grid_tree import GridTree
from equipoise_web.reads.grid_view import (
    DIMENSIONS,
    MONEY,
    PRODUCTION,
    GridView,
)
from equipoise_web.reads.scoped import sees_all

MOST_CELLS = 12_000_000
CLOSED = 12
"""Closed buckets that a view shows."""
Marks = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class GridRows:
    """A view of numbers, for one person: M lines × R nodes × C columns."""

    view: GridView
    tree: GridTree
    columns: Columns
    lines: tuple[str, ...]
    """The view's measures, then the money of the foot."""
    values: FloatArray
    marks: Marks
    numbers: Numbers
    header: Mapping[str, Any]
    since: Since | None = None
    """What they were worked out again from; None where they were worked out anew."""

    def to_bytes(self, **more: object) -> bytes:
        """The binary form of all of it."""
        return to_bytes({"format": 1, **self.header, **more}, self.values, self.marks)

    def changes_to_bytes(self, before: "GridRows | None", **more: object) -> bytes:
        """The binary form of the cells that differ from what the reader has; of all of them where that is not known."""
        is_known = before is not None and before.values.shape == self.values.shape
        place = cells_that_differ(before, self) if before is not None and is_known else np.arange(self.values.size)
        state = {"is_exact": self.numbers.is_exact, "fingerprint": self.numbers.fingerprint, "cells": len(place)}
        values, marks = self.values.ravel()[place], self.marks.ravel()[place]
        return to_bytes({"format": 1, **state, **more}, values, place.astype(np.int32), marks)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """What each row is called."""
        labels: tuple[str, ...] = self.header["labels"]
        return labels


def read_rows(numbers: Numbers, view: GridView, *, who: Access, held: tuple[str, ...] = ()) -> GridRows:
    """The rows of a view, of a large plan those held by keys where any are named. UnknownName for measures, levels or
    nodes that there are not, and for too many cells."""
    plan, axes = numbers.plan, numbers.plan.axes
    lines = view.measures if MONEY in view.measures else (*view.measures, MONEY)
    for name in lines:
        if name not in OWN and (name not in MEASURE_BY_NAME or grain_of(name) is None):
            raise UnknownName(f"there is no measure {name!r} with rows; the data dictionary lists them all")
    tree = tree_for(plan, view, who, held)
    closed = closed_buckets(plan) if view.past else range(0)
    columns = columns_of(axes, view.time, closed, quarters=view.quarters)
    if len(lines) * len(tree) * len(columns) > MOST_CELLS:
        raise UnknownName(f"a view holds at most {MOST_CELLS:,} cells; ask for fewer measures or a node")
    reader, starting = (Lines(each, numbers.base, tree, columns, view.unit) for each in (plan, numbers.base))
    values = np.empty((len(lines), len(tree), len(columns)))
    marks = people_marks(numbers, who, tree, columns, lines)
    for number, name in enumerate(lines):
        if may_read(who, name):
            reader.line(name, values[number])
        else:
            values[number] = np.nan
        if not numbers.is_exact:
            marks[number] |= state_of_line(name, values[number], starting, numbers)
    header = {**head_of(numbers, view, who, tree, columns, lines), **standing_of(numbers)}
    return GridRows(view, tree, columns, lines, values, marks, numbers, header)


def people_marks(numbers: Numbers, who: Access, tree: GridTree, columns: Columns, lines: tuple[str, ...]) -> Marks:
    """The bits of what people did, of all that this one may see, [M, R, C]."""
    return marks_of(numbers.plan, tree, columns, lines, seen(numbers, who, numbers.adjustments), who.name)


def seen(numbers: Numbers, who: Access, adjustments: Iterable[Adjustment]) -> list[Adjustment]:
    """Those of the adjustments that the person may see."""
    return [a for a in adjustments if sees_all(who) or _sees(who, numbers.plan, a)]


def closed_buckets(plan: Plan) -> range:
    """The last closed buckets of which the plan has actuals, at most CLOSED of them, as numbers below 0."""
    end = min(0, plan.head.closed_buckets_end)
    return range(max(end - CLOSED, plan.first_bucket("history_ordered_qty")), end)


def _sees(who: Access, plan: Plan, adjustment: Adjustment) -> bool:
    return bool(adjustment.author == who.name or who.may(Right.READ, scope=adjustment.scope, axes=plan.axes))


def state_of_line(name: str, values: FloatArray, starting: Lines, numbers: Numbers) -> Marks:
    """The bit of an estimate where a line differs from the plan in force, [R, C]."""
    if numbers.is_exact or (is_later(name) and not _is_foreseen(name)) or np.isnan(values).all():
        return np.zeros(values.shape, dtype=np.uint8)
    before = starting.line(name)
    same = (before == values) | (np.isnan(before) & np.isnan(values))
    return np.where(same, 0, ESTIMATE).astype(np.uint8)


def _is_foreseen(name: str) -> bool:
    """True for what an estimate may know of a later stage: planned production as people firmed it."""
    return name == PRODUCTION


def narrowed(view: GridView, numbers: Numbers, who: Access) -> GridView:
    """The view with the nodes of the person's own scope where it names none: the link then says what it shows."""
    scopes = {held.scope for held in who.held if held.gives(Right.READ)}
    if sees_all(who) or len(scopes) != 1:
        return view
    (mine,) = scopes
    nodes = dict(view.nodes)
    for name in DIMENSIONS:
        node = getattr(mine, name)
        if node and numbers.plan.axes.hierarchy(name).knows(node):
            nodes.setdefault(name, node)
    return replace(view, nodes=tuple((name, nodes[name]) for name in DIMENSIONS if nodes.get(name)))
