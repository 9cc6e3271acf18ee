"""The planning grid as arrays: the rows of a view as a tree, its lines and columns, every number and its marks.

The binary form (`grid_bytes`) is a header, then float64 [M, R, C] (unknown is NaN), then a byte of marks [M, R, C];
that of a change is a header, then float64 [n], the places of the cells int32 [n] in M × R × C, and their marks [n].
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from equipoise.catalog import MEASURE_BY_NAME
from equipoise.core.adjustment import Adjustment
from equipoise.core.axes import Axes
from equipoise.core.grid import BoolArray, FloatArray
from equipoise.core.measure import Grain
from equipoise.core.measure import Unit as MeasureUnit
from equipoise.core.table import UnknownName
from equipoise.demand.measures import FUNCTION_MEASURES
from equipoise.plan import Plan
from equipoise.stored_rollups import layout_of
from equipoise_web.access import Access, Right
from equipoise_web.reads.grid_bytes import to_bytes
from equipoise_web.reads.grid_changes import Since, cells_that_differ
from equipoise_web.reads.grid_columns import Columns, columns_of
from equipoise_web.reads.grid_lines import OWN, Lines, grain_of, label_of, parts_of
from equipoise_web.reads.grid_marks import ESTIMATE, marks_of
from equipoise_web.reads.grid_numbers import Numbers
from equipoise_web.reads.grid_outline import Names, OutlineTree, in_array, node_names, outline_of, tree_of
from equipoise_web.reads.grid_tree import GridTree, build_tree
from equipoise_web.reads.grid_view import (
    CONSENSUS,
    DIMENSIONS,
    LOAD_HOURS,
    LOAD_PCT,
    MONEY,
    GridView,
    Level,
    Unit,
    editable_measures,
)
from equipoise_web.reads.in_words import words_of
from equipoise_web.reads.scoped import sees_all, visible_rows

MOST_CELLS = 12_000_000
CLOSED = 12
"""Closed buckets that a view shows."""
Marks = npt.NDArray[np.uint8]
BASELINE = "demand_baseline_qty"
DEMAND_STAGES = ("portfolio", "prices", "baseline", "demand")
"""Stages that an estimate folds anew."""


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
    columns = columns_of(axes, view.time, closed_buckets(plan) if view.past else range(0))
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
    header = {**_head_of(numbers, view, who, tree, columns, lines), **standing_of(numbers)}
    return GridRows(view, tree, columns, lines, values, marks, numbers, header)


def tree_for(plan: Plan, view: GridView, who: Access, held: tuple[str, ...]) -> GridTree:
    """The tree of a view's rows; of a plan with many rows, of those that the reader has before the eyes."""
    axes, levels = plan.axes, view.levels(plan.axes)
    grains = {grain_of(name) for name in (*view.measures, MONEY)}
    if all(grain is None or layout_of(axes, grain) is None for grain in grains):
        return build_tree(axes, levels, shown_rows(plan, view, who))
    key = (view.measures, who.held, who.limit)
    return tree_of(outline_of(axes, levels, view.nodes, key, lambda: shown_rows(plan, view, who)), view.opened, held)


def people_marks(numbers: Numbers, who: Access, tree: GridTree, columns: Columns, lines: tuple[str, ...]) -> Marks:
    """The bits of what people did, of all that this one may see, [M, R, C]."""
    return marks_of(numbers.plan, tree, columns, lines, seen(numbers, who, numbers.adjustments), who.name)


def seen(numbers: Numbers, who: Access, adjustments: Iterable[Adjustment]) -> list[Adjustment]:
    """Those of the adjustments that the person may see."""
    return [a for a in adjustments if sees_all(who) or _sees(who, numbers.plan, a)]


def standing_of(numbers: Numbers) -> dict[str, Any]:
    """What of the header changes with every edit."""
    return {"fingerprint": numbers.fingerprint, "is_exact": numbers.is_exact}


def closed_buckets(plan: Plan) -> range:
    """The last closed buckets of which the plan has actuals, at most CLOSED of them, as numbers below 0."""
    end = min(0, plan.head.closed_buckets_end)
    return range(max(end - CLOSED, plan.first_bucket("history_ordered_qty")), end)


def shown_rows(plan: Plan, view: GridView, who: Access) -> dict[Grain, BoolArray]:
    """Rows of every grain that the lines need, below the view's nodes and in the person's scope."""
    nodes = dict(view.nodes)
    grains = {grain_of(name): name for name in view.measures} | {Grain.DEMAND: MONEY}
    found = {}
    for grain, name in grains.items():
        assert grain is not None, name
        known = set(_dimensions(grain))
        inside = np.zeros(len(plan.axes.keys[grain]), dtype=np.bool_)
        inside[plan.axes.rows(grain, {dim: node for dim, node in nodes.items() if dim in known})] = True
        if not sees_all(who):
            lines = (*view.measures, MONEY)
            parts = [part for each in lines if grain_of(each) is grain for part in parts_of(each)]
            inside &= np.any([visible_rows(plan.axes, grain, who, part) for part in parts], axis=0)
        found[grain] = inside
    return found


def may_read(who: Access, name: str) -> bool:
    """Load rests on what everybody asks for, so it is pooled as the load of the plan is."""
    if name in (LOAD_PCT, LOAD_HOURS):
        return who.may(Right.SEE_POOLED) and who.may(Right.READ, measure=CONSENSUS)
    return who.may(Right.READ, measure=CONSENSUS if name == MONEY else name)


def _dimensions(grain: Grain) -> tuple[str, ...]:
    return (*grain.dimensions, "location", "market") if grain is Grain.FLOW else grain.dimensions


def _sees(who: Access, plan: Plan, adjustment: Adjustment) -> bool:
    return bool(adjustment.author == who.name or who.may(Right.READ, scope=adjustment.scope, axes=plan.axes))


def state_of_line(name: str, values: FloatArray, starting: Lines, numbers: Numbers) -> Marks:
    """The bit of an estimate where a line differs from the plan in force, [R, C]."""
    if numbers.is_exact or _is_later(name) or np.isnan(values).all():
        return np.zeros(values.shape, dtype=np.uint8)
    before = starting.line(name)
    same = (before == values) | (np.isnan(before) & np.isnan(values))
    return np.where(same, 0, ESTIMATE).astype(np.uint8)


def _is_later(name: str) -> bool:
    """True for what only the exact plan makes anew: until then it is the last plan's."""
    return name not in OWN and MEASURE_BY_NAME[name].stage not in DEMAND_STAGES


def _head_of(
    numbers: Numbers, view: GridView, who: Access, tree: GridTree, columns: Columns, lines: tuple[str, ...]
) -> dict[str, Any]:
    """The header but for what changes with every edit, kept with the tree that it tells of."""
    may = editable_measures(who) if numbers.scenario else {}
    # Columns are those of the view, its plan and the language.
    language = get_language()
    key = ("head", language, view, numbers.base.digest, numbers.scenario, tuple(may.items()))
    if key not in tree.kept:
        said = _described(language, lines, view.measures, view.unit, tuple(may.items()))
        tree.kept[key] = _header(numbers, view, who, tree, columns, lines, said)
    found: dict[str, Any] = tree.kept[key]
    return found


def _header(
    numbers: Numbers,
    view: GridView,
    who: Access,
    tree: GridTree,
    columns: Columns,
    lines: tuple[str, ...],
    said: list[dict[str, Any]],
) -> dict[str, Any]:
    labels = np.full(len(tree), _whole(who), dtype=object)
    for at, level in zip(tree.at[1:], tree.levels, strict=True):
        labels[at] = _labels_at(numbers.base.snapshot_id, numbers.plan.axes, level)[tree.number[at]]
    return {
        "scenario": numbers.scenario,
        "digest": numbers.base.digest,
        "currency": numbers.base.head.currency,
        "uom": _uom(numbers.plan, view, tree),
        "shape": (len(lines), len(tree), len(columns)),
        "columns": columns.described,
        "lines": said,
        "leading": lines.index(CONSENSUS) if CONSENSUS in lines else 0,
        "baseline": lines.index(BASELINE) if BASELINE in lines else -1,
        "keys": tree.keys,
        "labels": tuple(labels.tolist()),
        "depth": tree.depth.tolist(),
        **_window(tree),
    }


@lru_cache(maxsize=64)
def _labels_at(snapshot: str, axes: Axes, level: Level) -> Names:
    """What each node of a level is called, by its number."""
    names = words_of(snapshot).names
    return in_array([names.get((level.dimension, code), code) or "–" for code in node_names(axes, level)])


@lru_cache(maxsize=256)
def _described(
    _language: str | None,
    lines: tuple[str, ...],
    measures: tuple[str, ...],
    unit: Unit,
    may: tuple[tuple[str, str], ...],
) -> list[dict[str, Any]]:
    """What the header says of each line; not to be written to."""
    edit = dict(may)
    return [
        {
            "name": name,
            "label": label_of(name),
            "kind": _kind(name, unit),
            "edit": edit.get(name, ""),
            "is_later": _is_later(name) or name in (LOAD_PCT, LOAD_HOURS),
            "is_function": name in FUNCTION_MEASURES.values(),
            "is_foot": name == MONEY and MONEY not in measures,
        }
        for name in lines
    ]


def _window(tree: GridTree) -> dict[str, Any]:
    """Of a tree that is not held whole: children of each row that are not held, and which child is the first."""
    if not isinstance(tree, OutlineTree) or not tree.not_held:
        return {}
    return {"hidden": tree.hidden.tolist(), "begins": tree.begins.tolist()}


def _uom(plan: Plan, view: GridView, tree: GridTree) -> str:
    """The unit that all items with rows of demand share; blank where they share none."""
    if view.unit == "volume":
        return plan.head.volume_uom
    key = ("uom", plan.snapshot_id)
    if key not in tree.shared:
        items = plan.axes.keys[Grain.DEMAND].column("item")[tree.rows(Grain.DEMAND)]
        units = plan.item_units[items]
        is_one = len(units) > 0 and units.min() == units.max()
        tree.shared[key] = plan.base_uoms[plan.axes.items.leaves[items[0]]] if is_one else ""
    found: str = tree.shared[key]
    return found


def _whole(who: Access) -> str:
    return _("Total") if who.is_everywhere else _("Total (your scope)")


def _kind(name: str, unit: Unit) -> str:
    """What is shown: `qty`, `amount`, `hours`, `pct`, `load` (alarms above 100), `days`."""
    if name == LOAD_PCT:
        return "load"
    if name in (LOAD_HOURS, MONEY):
        return "hours" if name == LOAD_HOURS else "amount"
    own = MEASURE_BY_NAME[name].unit
    if own is MeasureUnit.QUANTITY:
        return {"money": "amount", "hours": "hours"}.get(unit, "qty")
    return "load" if name == "capacity_load_pct" else own.value


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
